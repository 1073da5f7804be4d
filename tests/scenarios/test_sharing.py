"""The third purpose: sharing with partners is agreed to by itself, shown, and taken back by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yaml

from tests.scenarios import kept
from tests.scenarios.conftest import Opening
from tests.scenarios.inquiry import STEPS, answers, inquiry
from tests.scenarios.on_engine import MONDAY_NOON
from tests.scenarios.over_http import ANNA, Guest, House

PARTNERS = {"id": "partners", "consent": "sharing", "text": "May our partners write to you?", "yes": "They may"}
TAKE_BACK = "↩️ Don’t share my details with partners"


@pytest.fixture
async def house(opening: Opening, tmp_path: Path) -> AsyncIterator[House]:
    file = inquiry(tmp_path)
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    kept_steps = [step for step in STEPS if step["id"] in ("agree", "phone", "when", "letters", "bye")]
    document["steps"] = [*kept_steps[:-1], PARTNERS, kept_steps[-1]]
    file.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), encoding="utf-8")
    async with opening(House(tmp_path, MONDAY_NOON), quiz=(str(file),)) as opened:
        yield opened


@pytest.fixture
async def anna(house: House) -> Guest:
    guest = house.guest(ANNA, "Anna")
    await guest.starts()
    for step in ("agree", "phone"):
        await answers(guest, step)
    await guest.taps("Later")
    await answers(guest, "letters")
    await guest.taps("They may")
    guest.skims()
    return guest


async def test_taking_back_the_consent_to_share_stops_nothing_else(house: House, anna: Guest) -> None:
    await anna.says("/privacy")
    anna.sees("sharing your details with our partners, since March 2, 2026")
    await anna.taps(TAKE_BACK)
    anna.sees("We will not share your details with anyone any more")
    last = await kept.rows(house, "SELECT purpose, event, method FROM consents ORDER BY id DESC LIMIT 1")
    assert last == [("sharing", "withdrawn", "button")]
    assert "lost" not in await kept.stages(house)
    await anna.taps(TAKE_BACK)
    anna.is_told("taken back already")
    await house.later(days=1)
    anna.sees("An idea for you, Anna!")


async def test_taking_back_follow_ups_leaves_the_consent_to_share(house: House, anna: Guest) -> None:
    await anna.says("/privacy")
    anna.skims()
    await anna.taps("↩️ No more follow-up messages")
    anna.sees("You will get no more follow-up messages")
    await anna.says("/privacy")
    anna.sees("sharing your details with our partners")
    assert TAKE_BACK in anna.labels_on_screen()
