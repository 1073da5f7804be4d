"""A bot that was told to stop in the very moment in which it woke up went on for ever, and had to be killed."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.bell import Bell
from bot.clock import StandingClock

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize("turns", range(8))
@pytest.mark.parametrize("woken_by", ["the bell", "the clock"])
async def test_who_is_told_to_stop_while_waking_up_stops(turns: int, woken_by: str) -> None:
    bell, clock = Bell(), StandingClock(NOON)
    waiting = asyncio.create_task(bell.wait(clock, NOON + timedelta(hours=1)))
    for _ in range(3):
        await asyncio.sleep(0)
    if woken_by == "the bell":
        bell.ring()
    else:
        clock.move(timedelta(hours=1))
    for _ in range(turns):
        await asyncio.sleep(0)
    told = waiting.cancel()
    await asyncio.wait([waiting])
    assert waiting.cancelled() is told
