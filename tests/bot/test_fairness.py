"""Fairness: nobody waits for somebody else's thousands."""

from __future__ import annotations

from bot.worker import BATCH
from tests.bot.bench import ANNA, BORIS, Bench
from tests.bot.conftest import ON_BOTH
from tests.bot.fakes import BOT
from tests.storage.test_inbox import texts_of

pytestmark = ON_BOTH


async def test_somebodys_tap_does_not_wait_for_somebody_elses_thousands(bench: Bench) -> None:
    async with bench.database.unit(BOT) as unit:
        await unit.inbox.keep(texts_of(ANNA, range(5000)), bench.clock.now())
        await unit.inbox.keep(texts_of(BORIS, [5000]), bench.clock.now())
    assert await bench.hotlead.worker.work_once() == BATCH
    async with bench.database.view(BOT) as view:
        left = [each.update_id for each in await view.inbox.waiting(6000)]
    assert 5000 not in left
    assert left == list(range(BATCH - 1, 5000)), "somebody's messages went out of order"
