"""A bot with a team: members who joined, and the words for what they do there."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.teams.claiming import open_claim
from qualification.working_time import Calendar
from storage.members import Role
from tests.scenarios.conftest import Opening
from tests.scenarios.over_http import ADA, MAX, VERA, Guest, House
from tests.scenarios.quick import quick_quiz

OLHA, HANNA = 5, 6
OFFICE = "mon-fri 9-18"


async def hires(
    house: House, number: int, name: str, role: Role = Role.MANAGER, team: str = "sales", *, started: bool = True
) -> Guest:
    """Let somebody work here without an invitation."""
    guest = house.guests.get(number) or house.guest(number, name)
    async with house.app.workshop.work() as work:
        await work.unit.members.join(number, name, role, team, work.now)
    if started:
        await guest.starts()
        guest.skims()
    return guest


async def opens_claim(house: House) -> str | None:
    """Do what `hotlead run` does when it starts: return the code that it prints."""
    async with house.app.workshop.work() as work:
        return await open_claim(work)


async def works_at(house: House, guest: Guest, hours: Calendar) -> None:
    """Set somebody's hours without a word."""
    async with house.app.workshop.work() as work:
        await work.unit.members.work(guest.person.id, hours)


def link_in(text: str) -> str:
    """Return what stands behind `?start=` in a message."""
    found = re.search(r"\?start=(\S+)", text)
    assert found is not None
    return found[1]


@pytest.fixture
async def office(opening: Opening) -> AsyncIterator[House]:
    """A bot whose admin stands in the settings, and nobody has joined yet."""
    async with _office(opening) as house:
        yield house


@asynccontextmanager
async def _office(opening: Opening) -> AsyncIterator[House]:
    async with opening(quiz=(str(quick_quiz()),), admins=(ADA,)) as house:
        ada = house.guest(ADA, "Ada")
        await ada.starts()
        ada.skims()
        yield house


@pytest.fixture
async def sales(office: House) -> House:
    """Three managers who take turns, the first of whom is Max, and Hanna, their head."""
    for number, name in ((MAX, "Max"), (VERA, "Vera"), (OLHA, "Olha")):
        await hires(office, number, name)
    await hires(office, HANNA, "Hanna", Role.MANAGER, "sales")
    async with office.app.workshop.work() as work:
        await work.unit.members.head(HANNA, is_head=True)
        await work.unit.members.limit(HANNA, 0)
    return office


def of(house: House, *numbers: int) -> list[Guest]:
    """Return some of the people of a house, in this order."""
    return [house.guests[number] for number in numbers]
