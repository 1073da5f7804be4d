"""PTB's queue as Hotlead wants it: whoever puts an update waits until it is handled, and for nothing else."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from telegram import Update
from telegram.ext import TypeHandler

from bot.telegram.with_ptb.embedding import ConfirmedQueue
from tests.bot.embedding.page import PATIENCE, Outside

FIRST, SECOND = Update(1), Update(2)


class Handling:
    """Somebody's handler: it works on an update until it is let go."""

    def __init__(self) -> None:
        self.began: list[int] = []
        self.may_end: defaultdict[int, asyncio.Event] = defaultdict(asyncio.Event)

    async def __call__(self, update: Update, _context: Any) -> None:
        self.began.append(update.update_id)
        await self.may_end[update.update_id].wait()

    def lets_go(self, *updates: Update) -> None:
        for update in updates:
            self.may_end[update.update_id].set()


@pytest.fixture
def handling() -> Handling:
    return Handling()


@asynccontextmanager
async def queue_of(
    outside: Outside, handling: Handling, *, many_at_once: bool = False
) -> AsyncIterator[ConfirmedQueue]:
    """Give the queue of an application that runs."""
    queue = ConfirmedQueue()
    builder = outside.ptb_builder().updater(None).update_queue(queue)
    application = builder.concurrent_updates(many_at_once).build()
    application.add_handler(TypeHandler(Update, handling))
    async with asyncio.timeout(PATIENCE), application:
        await application.start()
        yield queue
        await application.stop()


@pytest.mark.parametrize("many_at_once", [False, True])
async def test_an_update_that_is_handled_waits_for_no_other(
    outside: Outside, handling: Handling, *, many_at_once: bool
) -> None:
    async with queue_of(outside, handling, many_at_once=many_at_once) as queue:
        slow, quick = (SECOND, FIRST) if not many_at_once else (FIRST, SECOND)
        waits = {update.update_id: asyncio.create_task(queue.put(update)) for update in (FIRST, SECOND)}
        handling.lets_go(quick)
        await waits[quick.update_id]
        assert not waits[slow.update_id].done()
        handling.lets_go(slow)
        await waits[slow.update_id]
    assert sorted(handling.began) == [1, 2]


async def test_what_is_repeated_while_it_waits_is_handled_once_and_confirmed_to_everybody(
    outside: Outside, handling: Handling
) -> None:
    async with queue_of(outside, handling) as queue:
        given_up = asyncio.create_task(queue.put(FIRST))
        while not handling.began:
            await asyncio.wait([given_up], timeout=0.01)
        given_up.cancel()
        with suppress(asyncio.CancelledError):
            await given_up
        again = [asyncio.create_task(queue.put(FIRST)) for _ in range(2)]
        await asyncio.wait(again, timeout=0.05)
        assert not any(each.done() for each in again)
        handling.lets_go(FIRST)
        await asyncio.gather(*again)
        assert handling.began == [1]
        await queue.put(FIRST)  # it was confirmed: whoever brings it now means it
    assert handling.began == [1, 1]


async def test_what_is_no_update_is_put_and_not_waited_for(outside: Outside, handling: Handling) -> None:
    async with queue_of(outside, handling) as queue:
        waits = asyncio.create_task(queue.put(FIRST))
        await queue.put("something of their own")
        assert not waits.done()
        handling.lets_go(FIRST)
        await waits
