"""Wakes everybody who waits, each time something happened."""

import asyncio


class Bell:
    """A bell that may ring any number of times; whoever waits hears the next ring."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def ring(self) -> None:
        """Wake all who wait now."""
        rung, self._next = self._next, asyncio.Event()
        rung.set()

    async def heard(self, within: float) -> bool:
        """Wait for the next ring; return False when none came within that many real seconds."""
        try:
            async with asyncio.timeout(within):
                await self._next.wait()
        except TimeoutError:
            return False
        return True
