"""Arrivals: who is woken by what Telegram brings, and by an outage that is over."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from bot.arrivals import TAPS_ARE_KEPT, Arrivals
from bot.clock import StandingClock
from storage.database import Database
from tests.bot.bench import NOON, a_bench
from tests.bot.conftest import ON_BOTH
from tests.bot.fakes import BOT

pytestmark = ON_BOTH
SECOND = timedelta(seconds=1)


async def _arrivals(database: Database) -> tuple[Arrivals, StandingClock, Counter[str]]:
    """Return arrivals that heard of Telegram just now, their clock, and whom they woke how often since."""
    bench = await a_bench(database)
    woken: Counter[str] = Counter()
    arrivals = Arrivals(
        bench.hotlead.workshop, lambda: woken.update(["worker"]), lambda: woken.update(["the others"])
    )
    await arrivals.in_reach(NOON, [(1, "{}")])
    woken.clear()
    return arrivals, bench.clock, woken


@pytest.mark.parametrize("silent", [SECOND, TAPS_ARE_KEPT])
async def test_what_arrives_wakes_the_worker_and_nobody_who_has_nothing_to_do(
    database: Database, silent: timedelta
) -> None:
    arrivals, clock, woken = await _arrivals(database)
    clock.move(silent)
    await arrivals.in_reach(clock.now(), [(2, "{}")])
    await arrivals.keep([(3, "{}")])
    assert woken == {"worker": 2}


async def test_after_an_outage_the_others_are_woken_too_questions_are_to_be_asked_again(
    database: Database,
) -> None:
    arrivals, clock, woken = await _arrivals(database)
    clock.move(TAPS_ARE_KEPT + SECOND)
    await arrivals.in_reach(clock.now(), [(2, "{}")])
    assert woken == {"worker": 1, "the others": 1}
    await arrivals.in_reach(clock.now(), [(3, "{}")])
    assert woken == {"worker": 2, "the others": 1}
    async with database.view(BOT) as view:
        assert [received.update_id for received in await view.inbox.waiting(9)] == [1, 2, 3]


async def test_while_nothing_arrives_and_all_is_well_nobody_is_woken(database: Database) -> None:
    arrivals, clock, woken = await _arrivals(database)
    clock.move(SECOND)
    await arrivals.in_reach(clock.now())
    assert woken == {}
