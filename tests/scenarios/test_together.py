"""Two bots in one process, on one database: neither sees, disturbs or stops the other."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.conftest import Opening
from tests.scenarios.over_http import ADA, ANNA, MAX, VERA, Guest
from tests.scenarios.small import AGREE, PHONE, small_quiz
from tests.scenarios.together import Room, Together, together

ROOFS, DANCES = 71, 72


@pytest.fixture
async def company(migrated: Path, tmp_path: Path) -> AsyncIterator[Together]:
    """Two bots of one owner: roofs, which the settings name, and dances, which the database keeps."""
    shutil.copy(migrated, tmp_path / "hotlead.db")
    quiz = str(small_quiz(tmp_path, AGREE, PHONE))
    async with together(tmp_path, roofs_bot=ROOFS, dances_bot=DANCES) as company:
        roofs, dances = company.rooms[ROOFS], company.rooms[DANCES]
        await company.adds(dances, quiz, managers=(VERA,), admins=(ADA,))
        settings: dict[str, Any] = {"quiz": (quiz,), "managers": (MAX,), "admins": (ADA,)}
        await company.starts(bot_token=roofs.token, **settings)
        await company.all_play()
        yield company
        for chat in company.chats:
            chat.must_be_seen()


@pytest.fixture
def roofs(company: Together) -> Room:
    return company.rooms[ROOFS]


@pytest.fixture
def dances(company: Together) -> Room:
    return company.rooms[DANCES]


async def _employs(room: Room, number: int, name: str) -> Guest:
    guest = room.guest(number, name)
    await guest.starts()
    guest.skims()
    return guest


async def _leaves_a_phone(room: Room, name: str = "Anna") -> Guest:
    anna = room.guest(ANNA, name)
    await anna.starts()
    await anna.taps("A company")
    await anna.taps("✅ I agree")
    await anna.shares_her_phone()
    anna.skims()
    return anna


async def test_somebody_who_talks_to_two_bots_is_two_prospects_and_each_team_sees_its_own(
    company: Together, roofs: Room, dances: Room
) -> None:
    max_, vera = await _employs(roofs, MAX, "Max"), await _employs(dances, VERA, "Vera")
    await _leaves_a_phone(roofs)
    max_.sees("Hot lead")
    vera.sees_nothing()
    anna = dances.guest(ANNA, "Anna")
    await anna.starts()
    anna.sees("Who is it for?")  # as if they had never met
    for room, leads, sessions, consents in ((roofs, 1, 1, 1), (dances, 0, 1, 0)):
        async with room.view() as view:
            person = await view.prospects.by_telegram_id(ANNA)
            assert person is not None
            assert len(await view.leads.all_of(person.id)) == leads
            assert len(await view.sessions.of(person.id)) == sessions
            assert len(await view.consents.history(person.id)) == consents
