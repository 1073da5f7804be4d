"""Bells that ring in one process ring in the others on the same database, however the line between them fares."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from sqlalchemy import text

from bot.bell import Bell
from bot.clock import StandingClock
from bot.ringing import LOOK_EVERY, Ringing
from storage.database import Database
from storage.errors import DatabaseFailedError
from tests.keys import a_keyring
from tests.storage.samples import BOT, NOON, OTHER_BOT

SOON = 10


@dataclass
class Process:
    """One process with its bells."""

    database: Database
    ringing: Ringing
    bells: dict[str, Bell]
    clock: StandingClock
    running: asyncio.Task[None]

    async def hears(self, name: str) -> None:
        async with asyncio.timeout(SOON):
            await self.bells[name].wait(self.clock)

    def has_heard(self, name: str) -> bool:
        return self.bells[name]._rung.is_set()


async def _a_process(address: str, bot_id: int = BOT) -> Process:
    database, clock = await Database.open(address, a_keyring()), StandingClock(NOON)
    bells = {"inbox": Bell(), "outbox": Bell()}
    ringing = Ringing(database, bot_id, clock, bells)
    process = Process(database, ringing, bells, clock, asyncio.create_task(ringing.run()))
    for name in bells:  # once the line is open, whatever may have been missed is looked for
        await process.hears(name)
    return process


@pytest.fixture
async def processes(on_postgresql: str) -> AsyncIterator[tuple[Process, Process, Process]]:
    """Two of one bot, and one of another."""
    made = (
        await _a_process(on_postgresql),
        await _a_process(on_postgresql),
        await _a_process(on_postgresql, OTHER_BOT),
    )
    yield made
    for process in made:
        process.running.cancel()
    await asyncio.gather(*(process.running for process in made), return_exceptions=True)
    for process in made:
        await process.database.close()


async def test_a_bell_rings_in_the_other_process_of_its_bot_only(
    processes: tuple[Process, Process, Process],
) -> None:
    first, second, of_another_bot = processes
    first.ringing.tell(("inbox",))
    await second.hears("inbox")
    second.ringing.tell(("outbox",))
    await first.hears("outbox")
    assert not any((first.has_heard("inbox"), second.has_heard("outbox"), of_another_bot.has_heard("inbox")))


async def test_every_bell_rings_by_itself_now_and_then(processes: tuple[Process, Process, Process]) -> None:
    first, _, _ = processes
    await asyncio.sleep(0.05)  # it goes to sleep
    first.clock.move(LOOK_EVERY)
    await first.hears("inbox")
    await first.hears("outbox")


async def test_a_line_that_is_lost_is_noticed_and_opened_anew(processes: tuple[Process, Process, Process]) -> None:
    first, second, _ = processes
    async with second.database.transaction() as connection:
        await connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
        )
    for process in (first, second):
        with pytest.raises(DatabaseFailedError, match="line to the other processes"):
            await process.running
        process.running = asyncio.create_task(process.ringing.run())  # as `Hotlead._keep_going` does
        await process.hears("inbox")
    first.ringing.tell(("inbox",))
    await second.hears("inbox")


async def test_who_is_stopped_while_it_speaks_stops_quietly(on_postgresql: str) -> None:
    for turns in range(12):  # of the event loop, that it gets until it is stopped
        process = await _a_process(on_postgresql)
        process.ringing.tell(("inbox",))
        for _ in range(turns):
            await asyncio.sleep(0)
        process.running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await process.running
        await process.database.close()


async def test_on_sqlite_there_is_nobody_to_tell(on_sqlite: str) -> None:
    database = await Database.open(on_sqlite, a_keyring())
    bell = Bell()
    ringing = Ringing(database, BOT, StandingClock(NOON), {"inbox": bell})
    running = asyncio.create_task(ringing.run())
    ringing.tell(("inbox",))
    await asyncio.sleep(0)
    assert not running.done()
    assert not bell._rung.is_set()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await database.close()
