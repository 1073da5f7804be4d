"""Three people who agreed to be written to, and the words of an admin who writes to them all."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.scenarios.over_http import Guest, House
from tests.scenarios.stories import WARM_LEAD

CLARA = 7_000_000_003
STOP = "🔕 No more of these"
TEXT = "Hi {first_name}, our spring collection is here!"


@pytest.fixture
async def clara(house: House) -> Guest:
    """Somebody who speaks Ukrainian, and looks for herself."""
    return house.guest(CLARA, "Клара", language="uk", phone="+380673456789")


@pytest.fixture
async def crowd(house: House, anna: Guest, boris: Guest, clara: Guest) -> list[Guest]:
    """Three warm leads of different sources and languages, all of whom agreed to be written to."""
    await anna.goes_through(WARM_LEAD)
    await boris.goes_through(WARM_LEAD)
    await clara.goes_through(WARM_LEAD, "uk")
    for guest in house.guests.values():
        guest.skims()
    return [anna, boris, clara]


async def hold(house: House, *guests: Guest, seconds: float = 30) -> None:
    """Let Telegram want silence in some chats: what is for them waits in the outbox."""
    async with house.work() as work:
        for guest in guests:
            await work.unit.outbox.pause(guest.person.id, work.now + timedelta(seconds=seconds))


async def begins(ada: Guest) -> None:
    """Let an admin begin a broadcast: what they send next is its text."""
    await ada.says("/broadcast")
    ada.skims()


async def reads_report(house: House, ada: Guest) -> None:
    """Let an admin see who got the broadcast, a moment after it was sent."""
    await house.later(seconds=1)
    ada.skims()


async def sends(ada: Guest, people: str = "3 people") -> None:
    """Let an admin send what they wrote, at once."""
    await ada.taps("🚀 Send now")
    ada.sees_change(f"Send it to {people} now?")
    await ada.taps("✅ Yes, send it")
    ada.sees_change("on its way")


async def writes(ada: Guest, text: str = TEXT) -> None:
    """Let an admin write a broadcast; its message is the newest one then."""
    await ada.says("/broadcast")
    ada.sees("A new broadcast", "{first_name}")
    await ada.says(text)
    ada.sees("Broadcast", text)
