"""Wakes a loop that waits for work: nobody polls."""

from __future__ import annotations

import asyncio
from datetime import datetime

from bot.clock import Clock


class Bell:
    """Rung when there is something to do; a ring before the wait is not lost."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake who waits, or who is about to."""
        self._rung.set()

    async def wait(self, clock: Clock, until: datetime | None = None) -> None:
        """Return when the bell is rung, or when the clock reaches `until`."""
        waiting: list[asyncio.Task[object]] = [asyncio.create_task(self._rung.wait())]
        if until is not None:
            waiting.append(asyncio.create_task(clock.sleep_until(until)))
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()
            # Not by suppressing their cancellation one by one: that would swallow one that is meant for us.
            await asyncio.wait(waiting)
        self._rung.clear()
