"""Fifty who read and then write, in two processes' worth of connections: all are served, and nothing is lost."""

from __future__ import annotations

import asyncio

from storage.database import Database
from tests.keys import a_keyring
from tests.storage.samples import BOT

WRITERS = 50


async def test_fifty_writers_wait_for_their_turn_and_none_is_refused_or_overwritten(address: str) -> None:
    first, second = [await Database.open(address, a_keyring()) for _ in range(2)]

    async def count_up(database: Database) -> None:
        async with database.unit(BOT) as unit:
            await unit.alone_in_office()  # on a server each says what must not change meanwhile
            number = int(await unit.states.read("number") or 0)
            await asyncio.sleep(0)
            await unit.states.keep("number", str(number + 1))

    await asyncio.gather(*(count_up((first, second)[number % 2]) for number in range(WRITERS)))
    async with first.view(BOT) as view:
        assert await view.states.read("number") == str(WRITERS)
    for database in (first, second):
        await database.close()
