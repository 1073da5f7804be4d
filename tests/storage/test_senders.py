"""Senders: each has a number of its own, and what one claims the next one finds."""

from __future__ import annotations

import asyncio

import pytest

from storage.database import Database
from storage.errors import SupersededError
from storage.messages import Kind, Outgoing
from tests.storage.samples import BOT, NOON


async def _takes_over(database: Database) -> int:
    async with database.unit(BOT) as unit:
        return await unit.outbox.take_over()


async def test_senders_that_take_over_at_the_same_time_get_numbers_of_their_own(database: Database) -> None:
    numbers = await asyncio.gather(*(_takes_over(database) for _ in range(10)))
    assert sorted(numbers) == list(range(1, 11))
    async with database.unit(BOT) as unit:
        await unit.outbox.still_sends(10)
        for number in range(10):
            with pytest.raises(SupersededError):
                await unit.outbox.still_sends(number)


async def test_what_the_last_sender_was_just_claiming_is_found_by_the_next(database: Database) -> None:
    async with database.unit(BOT) as unit:
        old = await unit.outbox.take_over()
        number = await unit.outbox.put(Outgoing(1, Kind.DIALOG, "{}"), NOON)
    async with database.unit(BOT) as unit:
        await unit.outbox.still_sends(old)
        taking_over = asyncio.create_task(_next_finds(database))
        await unit.outbox.claim(NOON, 1, (), old)
        await asyncio.wait([taking_over], timeout=0.2)
        assert not taking_over.done()
    assert await taking_over == [number]


async def _next_finds(database: Database) -> list[int]:
    async with database.unit(BOT) as unit:
        await unit.outbox.take_over()
        return [queued.id for queued in await unit.outbox.interrupted()]
