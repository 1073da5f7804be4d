"""The one place that reads a clock: all time in Hotlead is asked from here."""

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time in UTC and wakes those who wait for a moment."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...

    async def sleep_until(self, moment: datetime) -> None:
        """Return when `now()` has reached `moment`; at once when it has passed."""
        ...


def uptime() -> float:
    """Return seconds that pass whatever becomes of the wall's clock, and while the machine sleeps, too."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def _system_now() -> datetime:
    return datetime.now(UTC)


class FlowingClock:
    """Time that flows as on the wall, and can be moved forward: production never moves it, the demo does.

    Moving it wakes every sleeper whose moment has come; nobody polls.
    """

    def __init__(self, wall: Callable[[], datetime] = _system_now) -> None:
        self._wall = wall
        self._ahead = timedelta(0)
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return self._wall() + self._ahead

    async def sleep_until(self, moment: datetime) -> None:
        """Return when `now()` has reached `moment`; at once when it has passed."""
        while (left := (moment - self.now()).total_seconds()) > 0:
            moved = self._moved
            try:
                async with asyncio.timeout(left):
                    await moved.wait()
            except TimeoutError:
                continue

    def move(self, by: timedelta) -> None:
        """Jump `by` ahead and wake who waited for a moment in between."""
        if by < timedelta(0):
            raise ValueError(f"a clock moves forward only, not by {by}")
        self._ahead += by
        self._moved.set()
        self._moved = asyncio.Event()


class StandingClock:
    """Time that stands still until a test moves it: nothing in a test ever waits for real."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock starts at an aware moment; this one has no time zone")
        self._now = start.astimezone(UTC)
        self._order = itertools.count()
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return self._now

    async def sleep_until(self, moment: datetime) -> None:
        """Return when `move` has brought the clock to `moment`."""
        if moment <= self._now:
            return
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (moment, next(self._order), woken))
        await woken

    def move(self, by: timedelta) -> None:
        """Jump `by` ahead and wake, in order, who waited for a moment up to then."""
        self._now += by
        while self._sleepers and self._sleepers[0][0] <= self._now:
            woken = heapq.heappop(self._sleepers)[2]
            if not woken.done():
                woken.set_result(None)
