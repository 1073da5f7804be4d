"""Ringing: bells that ring in one process ring in the others on the same database."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import timedelta

from bot.bell import Bell
from bot.clock import Clock
from storage.database import Database
from storage.errors import DatabaseFailedError
from storage.exchange import Exchange

LOOK_EVERY = timedelta(seconds=5)
"""How often every bell rings by itself: a word that was lost must not leave work lying."""


class Ringing:
    """Passes on what rings here, and rings here what rings elsewhere. On SQLite there is nobody else."""

    def __init__(self, database: Database, bot_id: int, clock: Clock, bells: Mapping[str, Bell]) -> None:
        self._database = database
        self._bot_id = bot_id
        self._clock = clock
        self._bells = bells
        self._unsaid: set[str] = set()
        self._something = Bell()

    def tell(self, names: Iterable[str]) -> None:
        """Let bells ring in the other processes, before long: what is asked for meanwhile goes with it."""
        if self._database.is_shared:
            self._unsaid.update(names)
            self._something.ring()

    async def run(self) -> None:
        """Pass on for ever. Raises DatabaseFailedError when the line is lost."""
        if not self._database.is_shared:
            await asyncio.Event().wait()
        async with self._database.exchange(self._heard) as exchange:
            self._ring(self._bells)  # whatever was said before is lost
            lost = asyncio.create_task(exchange.lost())
            lost.add_done_callback(lambda _: self._something.ring())
            try:
                await self._pass_on(exchange, lost)
            finally:
                lost.cancel()

    async def _pass_on(self, exchange: Exchange, lost: asyncio.Task[None]) -> None:
        look_at = self._clock.now() + LOOK_EVERY
        while not lost.done():
            if self._unsaid:
                names, self._unsaid = sorted(self._unsaid), set()
                await exchange.tell(self._bot_id, " ".join(names))
            await self._something.wait(self._clock, look_at)
            if self._clock.now() >= look_at:
                self._ring(self._bells)
                look_at = self._clock.now() + LOOK_EVERY
        raise DatabaseFailedError("the line to the other processes was lost; it is opened anew")

    def _heard(self, bot_id: int, names: str) -> None:
        if bot_id == self._bot_id:
            self._ring(names.split())

    def _ring(self, names: Iterable[str]) -> None:
        for name in names:
            if name in self._bells:
                self._bells[name].ring()
