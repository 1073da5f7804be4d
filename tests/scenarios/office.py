"""An office with two managers and an admin, for scenarios about what becomes of leads after the quiz."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.conftest import Opening
from tests.scenarios.over_http import ADA, ANNA, MAX, VERA, Guest, House
from tests.scenarios.small import AGREE, PHONE, Step, small_quiz

LETTERS: Step = {"id": "letters", "consent": "follow_ups", "text": "May we write to you?"}
Office = Callable[..., AbstractAsyncContextManager[House]]


@pytest.fixture
def office(opening: Opening, tmp_path: Path) -> Office:
    """Open the office with a small quiz that is routed in a way of its own."""

    @asynccontextmanager
    async def opened(*steps: Step, **more: Any) -> AsyncIterator[House]:
        quiz = small_quiz(tmp_path, *(steps or (AGREE, PHONE)), **more)
        async with opening(quiz=(str(quiz),), managers=(MAX, VERA), admins=(ADA,)) as house:
            for number, name in ((MAX, "Max"), (VERA, "Vera"), (ADA, "Ada")):
                await house.guest(number, name).starts()
                house.guests[number].skims()
            yield house
            for chat in house.chats:
                chat.must_be_seen()

    return opened


async def leaves_a_phone(house: House, number: int = ANNA, name: str = "Anna", **more: Any) -> Guest:
    """Let somebody walk the small quiz as a company, and leave the phone with the button."""
    guest = house.guests.get(number) or house.guest(number, name, **more)
    await guest.starts()
    await guest.taps("A company")
    await guest.taps("✅ I agree")
    await guest.shares_her_phone()
    return guest
