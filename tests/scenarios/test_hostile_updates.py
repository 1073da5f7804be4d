"""Updates that Telegram should not send, through the real intake: passed over or put aside; every chat goes on."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios import kept
from tests.scenarios.combination import CHOICE
from tests.scenarios.over_http import ANNA, Guest, House

HERSELF = {"id": ANNA, "is_bot": False, "first_name": "Anna"}
CHAT = {"id": ANNA, "type": "private", "first_name": "Anna"}
MESSAGE = {"message_id": 900, "date": 1_772_452_800, "from": HERSELF, "chat": CHAT}

PASSED_OVER: dict[str, tuple[str, Any]] = {
    "a kind of next year": ("hologram", {"from": HERSELF, "beam": [1, 2, 3]}),
    "a kind that nobody asked for": ("message_reaction", {"chat": CHAT, "message_id": 1, "date": 1}),
    "nobody's message": ("message", {"message_id": 1, "date": 1, "chat": CHAT}),
}
PUT_ASIDE: dict[str, tuple[str, Any]] = {
    "no object": ("message", "hello"),
    "without a chat": ("message", {"message_id": 1, "date": 1, "from": HERSELF, "text": "+380671234567"}),
    "an id of words": ("message", MESSAGE | {"message_id": "first", "text": "+380671234567"}),
}
READ: dict[str, Any] = {
    "NUL in the text": {"text": "Hi\0there"},
    "half a character in the text": {"text": "Hi \ud83d"},
    "half a character in the name": {"from": HERSELF | {"first_name": "An\udc00na"}, "text": "Hi"},
    "letters without end": {"text": "x" * (10_000_000 if CHOICE.is_usual else 1_000_000)},
    "fields of next year": {"text": "Hi", "mood": {"level": 11}},
}


def _tells(house: House, kind: str, content: Any) -> None:
    house.emulator._world.updates.allowed = ()  # Telegram is not held to what it was asked for here
    house.emulator._world.updates.put(kind, content)


@pytest.mark.parametrize("name", PASSED_OVER)
async def test_what_is_nobodys_doing_is_passed_over(house: House, anna: Guest, name: str) -> None:
    await anna.starts()
    anna.skims()
    _tells(house, *PASSED_OVER[name])
    await anna.taps("For a company")
    anna.sees_change("✓ For a company")
    anna.sees("What do you need?")
    assert await kept.rows(house, "SELECT id FROM inbox WHERE state <> 'done'") == []


@pytest.mark.parametrize("name", PUT_ASIDE)
async def test_what_cannot_be_read_is_put_aside_and_said_without_its_words(
    house: House, anna: Guest, ada: Guest, name: str
) -> None:
    await anna.starts()
    anna.skims()
    _tells(house, *PUT_ASIDE[name])
    await anna.taps("For a company")
    anna.sees_change("✓ For a company")
    anna.sees("What do you need?")
    line = ada.sees("could not be handled")
    ((error,),) = await kept.rows(house, "SELECT error FROM inbox WHERE state = 'parked'")
    assert "380" not in line.text + error


@pytest.mark.parametrize("name", READ)
async def test_what_can_be_read_is_read_and_the_chat_goes_on(house: House, anna: Guest, name: str) -> None:
    await anna.starts()
    anna.skims()
    _tells(house, "message", MESSAGE | READ[name])
    await house.quiet()
    assert anna.skims()
    assert await kept.rows(house, "SELECT id FROM inbox WHERE state <> 'done'") == []
    await anna.taps("For a company")
    anna.sees_change("✓ For a company")
    anna.sees("What do you need?")
