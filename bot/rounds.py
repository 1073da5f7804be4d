"""Rounds: now and then each process of a fleet looks whether another one left it something to do."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from bot.bell import Bell
from bot.clock import Clock

EVERY = timedelta(seconds=1)


class Rounds:
    """Rings the bells of a process, again and again."""

    def __init__(self, clock: Clock, bells: Iterable[Bell]) -> None:
        self._clock = clock
        self._bells = tuple(bells)

    async def run(self) -> None:
        """Ring for ever."""
        while True:
            await self._clock.sleep_until(self._clock.now() + EVERY)
            for bell in self._bells:
                bell.ring()
