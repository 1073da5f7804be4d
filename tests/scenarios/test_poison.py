"""An update that cannot be handled: it is put aside, the admin is told, and every chat goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.telegram.updates import Incoming
from tests.scenarios import kept
from tests.scenarios.conftest import Opening
from tests.scenarios.lines import Read
from tests.scenarios.on_engine import MONDAY_NOON
from tests.scenarios.over_http import ADA, ANNA, BORIS, FIRST_UPDATE, House


def _squeamishly(read: Read, body: str) -> Incoming | None:
    """Fail to read one word."""
    if "poison" in body:
        raise RuntimeError("cannot read «poison +380671234567»")
    return read(body)


@pytest.fixture
async def poisoned(opening: Opening, tmp_path: Path) -> AsyncIterator[House]:
    house = House(tmp_path, MONDAY_NOON, _squeamishly)
    async with opening(house, quiz=("office-furniture",), admins=(ADA,)):
        ada = house.guest(ADA, "Ada")
        await ada.starts()
        ada.skims()
        yield house


async def test_a_poisonous_update_is_parked_and_the_chat_goes_on(poisoned: House) -> None:
    anna, boris, ada = poisoned.guest(ANNA, "Anna"), poisoned.guest(BORIS, "Boris"), poisoned.guests[ADA]
    await anna.starts()
    anna.skims()
    anna.person.says("poison")
    boris.person.starts()
    await poisoned.quiet()

    ada.sees("could not be handled", f"update {FIRST_UPDATE + 2}", "RuntimeError")
    assert not any("+380" in message.text for message in ada.person.messages)
    boris.sees("Hi Boris!")
    boris.sees("Who is the furniture for?")
    await anna.taps("For a company")
    anna.sees_change("✓ For a company")
    anna.sees("What do you need?")
    async with poisoned.view() as view:
        assert await view.inbox.parked() == 1
    errors = await kept.rows(poisoned, "SELECT error FROM inbox WHERE state = 'parked'")
    assert "RuntimeError" in errors[0][0]
    assert "380" not in errors[0][0]
    whose = await kept.rows(poisoned, "SELECT telegram_id FROM inbox WHERE state = 'parked'")
    assert whose == [(ANNA,)]  # it is erased with her


async def test_a_parked_update_is_not_tried_again_after_a_restart(poisoned: House) -> None:
    anna, ada = poisoned.guest(ANNA, "Anna"), poisoned.guests[ADA]
    await anna.says("poison")
    ada.sees("could not be handled")
    await poisoned.restarts()
    await poisoned.later(days=1)
    ada.sees("every message has been handled", "Put aside since Mon, 2 Mar, 12:00: 1")
    ada.sees_nothing()
    await anna.starts()
    anna.sees("Hi Anna!")
    anna.skims()
