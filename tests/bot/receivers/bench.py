"""The dispatch on a bench: the real database, a clock that stands, and receivers in the test's hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from sqlalchemy import select

from bot.clock import StandingClock
from bot.main import Hotlead, build
from bot.receivers.signing import new_id, new_secret
from bot.settings import Settings
from storage.database import Database
from storage.receivers import NoticeKind, NoticeState
from storage.tables import NoticeRow, ReceiverRow
from tests.bot.bench import ADMIN, NOON
from tests.bot.fakes import BOT, FakeCourier, FakeMessenger, running, until
from tests.dialogs.broken_quizzes import GOOD

URL = "https://hooks.acme.example/leads?key=of-its-own"
BODY = '{"type":"lead.hot","timestamp":"2026-03-02T12:00:00.000Z","data":{"id":1}}'


@dataclass
class NoticeBench:
    """One bot's dispatch, with a courier that a test holds in its hand."""

    database: Database
    clock: StandingClock
    courier: FakeCourier
    hotlead: Hotlead
    chance: Random = field(default_factory=lambda: Random(7))  # noqa: S311 - the same in every run

    async def add(self, *kinds: NoticeKind, url: str = URL, bot: int = BOT) -> int:
        """Add a receiver."""
        async with self.database.unit(bot) as unit:
            return await unit.receivers.add(url, new_secret(self.chance), kinds, self.clock.now())

    async def rotates(self, receiver: int, keep: timedelta | None) -> str:
        """Give a receiver a new secret, and return it."""
        new = new_secret(self.chance)
        async with self.database.unit(BOT) as unit:
            await unit.receivers.rotate(receiver, new, self.clock.now() + keep if keep else None)
        return new

    async def secret_of(self, receiver: int) -> str:
        """Return a receiver's present secret."""
        async with self.database.view(BOT) as view:
            query = select(ReceiverRow.secret).where(ReceiverRow.id == receiver)
            return str(await view.notices._connection.scalar(query))

    async def put(self, receiver: int, body: str = BODY, bot: int = BOT) -> str:
        """Put a notice in, as a part of the bot does; return its id."""
        name = new_id(self.chance)
        async with self.database.unit(bot) as unit:
            await unit.notices.put(receiver, name, NoticeKind.HOT, body, self.clock.now())
        self.rings()
        return name

    def rings(self) -> None:
        assert self.hotlead.dispatch is not None
        self.hotlead.dispatch._waiting.ring()

    @asynccontextmanager
    async def dispatching(self) -> AsyncIterator[None]:
        assert self.hotlead.dispatch is not None
        async with running(self.hotlead.dispatch.run()):
            yield

    async def states(self) -> dict[str, int]:
        """Count all notices by their state."""
        async with self.database.view(BOT) as view:
            rows = list(await view.notices._connection.scalars(select(NoticeRow.state)))
        return {state: rows.count(state) for state in set(rows)}

    async def until_states(self, **expected: int) -> None:
        async def reached() -> bool:
            return await self.states() == expected

        try:
            await until(reached)
        except TimeoutError:
            assert await self.states() == expected

    async def until_posted(self, times: int) -> None:
        async def reached() -> bool:
            await self.states()
            return len(self.courier.posted) >= times

        await until(reached)

    async def moves(self, **span: float) -> None:
        """Wait until the dispatch waits for the clock, and put that forward."""
        async with asyncio.timeout(5):
            while not any(not woken.done() for _, _, woken in self.clock._sleepers):
                await self.states()
        self.clock.move(timedelta(**span))

    async def result_of(self, name: str) -> tuple[NoticeState, int, str | None]:
        async with self.database.view(BOT) as view:
            query = select(NoticeRow.state, NoticeRow.attempts, NoticeRow.result)
            row = (await view.notices._connection.execute(query.where(NoticeRow.public_id == name))).one()
        return NoticeState(row[0]), row[1], row[2]


async def a_notice_bench(database: Database) -> NoticeBench:
    clock, courier = StandingClock(NOON), FakeCourier()
    async with database.unit(BOT) as unit:
        await unit.quizzes.publish("study-abroad", GOOD, {}, NOON)
    settings = Settings(_env_file=None, quiz=("study-abroad",), admins=(ADMIN,))
    hotlead = await build(settings, clock, FakeMessenger(), database, courier=courier)
    return NoticeBench(database, clock, courier, hotlead)
