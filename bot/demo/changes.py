"""Counts what changed, so that whoever looks hears of every change, even one between two looks."""

from __future__ import annotations

import asyncio


class Changes:
    """A number that grows, and a way to wait until it has."""

    def __init__(self) -> None:
        self.number = 0
        self._next = asyncio.Event()

    def ring(self) -> None:
        """Something changed: wake all who wait."""
        self.number += 1
        rung, self._next = self._next, asyncio.Event()
        rung.set()

    async def after(self, seen: int) -> int:
        """Wait until there was a change after number `seen`; return the present number."""
        while self.number <= seen:
            await self._next.wait()
        return self.number
