"""Leadership: of several processes, one at a time runs what only one may run for a bot; the others stand by.

Who leads knows until when that is certain: for a while after each sign of life. A process that slept wakes up with
that moment behind it, and does nothing before it has asked whether it still leads.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Protocol

import structlog

from bot.clock import uptime
from storage.errors import LeadershipLostError, SupersededError
from storage.leadership import Leadership, Seat, Session

BEAT = 0.5
"""Seconds between two signs of life; so soon, too, a free seat is noticed."""
CERTAIN = 2.5
"""Seconds after a sign of life for which nobody else can have taken over: the server waits longer, for 3."""
AGAIN = 0.5
"""Seconds after which a lost session is opened anew."""

log = structlog.get_logger()


class Part(Protocol):
    """Something that runs as long as the bot does."""

    async def run(self) -> None:
        """Run until cancelled."""
        ...


class Election:
    """One process among several on a PostgreSQL: stands for seats, holds them, and notices when they are lost."""

    def __init__(
        self,
        leadership: Leadership,
        elapsed: Callable[[], float] = uptime,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._leadership = leadership
        self._elapsed = elapsed
        self._pause = pause
        self._stands_for: dict[Seat, asyncio.Event] = {}
        """seats that others have, with what is set once they are ours"""
        self._has: dict[Seat, asyncio.Event] = {}
        """seats that are ours, with what is set once they are not"""
        self._given_up: list[Seat] = []
        self._told: set[Seat] = set()
        self._certain_until = -float("inf")

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Election]:
        """Take part in elections; at the end every seat is given up."""
        taking_part = asyncio.create_task(self.run())
        try:
            yield self
        finally:
            taking_part.cancel()
            await asyncio.wait([taking_part])

    async def win(self, seat: Seat) -> None:
        """Return when this process has the seat."""
        won = self._stands_for[seat] = asyncio.Event()
        await won.wait()

    async def lost(self, seat: Seat) -> None:
        """Return when it has the seat no more."""
        if (gone := self._has.get(seat)) is not None:
            await gone.wait()

    async def resign(self, seat: Seat) -> None:
        """Give the seat up, or stop standing for it."""
        self._stands_for.pop(seat, None)
        self._told.discard(seat)
        if self._has.pop(seat, None) is not None:
            self._given_up.append(seat)

    def is_certain(self, seat: Seat) -> bool:
        """Tell whether it has the seat, and nobody else can have it yet."""
        return seat in self._has and self._elapsed() < self._certain_until

    async def run(self) -> None:
        """Take part for ever."""
        while True:
            try:
                async with self._leadership.session() as session:
                    while True:
                        await self._beat(session)
                        await self._pause(BEAT)
            except LeadershipLostError as error:
                lost = _named(self._has)
                log.warning("leadership_lost" if lost else "no_election_yet", duties=lost, reason=str(error))
            finally:
                self._lose_all()
            await self._pause(AGAIN)

    async def _beat(self, session: Session) -> None:
        """Give a sign of life, and see which seats are free."""
        begun = self._elapsed()
        while self._given_up:
            await session.give_up(self._given_up[0])
            self._given_up.pop(0)
        won = await session.beat(list(self._stands_for))
        self._certain_until = begun + CERTAIN
        for seat in won:
            self._has[seat] = asyncio.Event()
            self._told.discard(seat)
            if (waits := self._stands_for.pop(seat, None)) is not None:
                waits.set()
            else:  # it stopped standing for it meanwhile
                await self.resign(seat)
        self._tell_of([seat for seat in self._stands_for if seat not in self._told])

    def _tell_of(self, taken: list[Seat]) -> None:
        for seat in taken:
            log.info("stands_by", duty=seat.duty, bot=seat.bot_id, why="another process does it, and is awake")
        self._told.update(taken)

    def _lose_all(self) -> None:
        self._certain_until = -float("inf")
        for gone in self._has.values():
            gone.set()
        self._has = {}
        self._given_up = []
        self._told = set()


class Led:
    """A part that runs while this process leads, and stands by while another one does."""

    def __init__(self, seat: Seat, election: Election, part: Part) -> None:
        self._seat = seat
        self._election = election
        self.part = part

    async def run(self) -> None:
        """Stand for the seat, and run the part while it is ours, for ever."""
        while True:
            try:
                await self._election.win(self._seat)
                log.info("leads", duty=self._seat.duty, bot=self._seat.bot_id)
                await self._serve()
            except SupersededError as error:  # it slept, and noticed that before its election did
                log.warning("stopped_leading", duty=self._seat.duty, bot=self._seat.bot_id, reason=str(error))
            finally:
                await self._election.resign(self._seat)

    async def _serve(self) -> None:
        """Run the part until it ends or the seat is lost."""
        running = asyncio.create_task(self.part.run())
        losing = asyncio.create_task(self._election.lost(self._seat))
        try:
            await asyncio.wait((running, losing), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (running, losing):
                task.cancel()
            await asyncio.wait((running, losing))
        if running.cancelled():
            log.warning(
                "stopped_leading", duty=self._seat.duty, bot=self._seat.bot_id, reason="its session was lost"
            )
        elif (error := running.exception()) is not None:
            raise error


def name_of(part: Part) -> str:
    """Name a part for the log."""
    return type(part.part if isinstance(part, Led) else part).__name__


def _named(seats: dict[Seat, asyncio.Event]) -> str:
    return ", ".join(sorted({seat.duty for seat in seats}))
