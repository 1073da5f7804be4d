"""Clocks: one that flows and can be put forward, one that stands until a test moves it; and the bell."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.bell import Bell
from bot.clock import FlowingClock, StandingClock

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


def test_the_flowing_clock_tells_the_time_of_the_wall_in_utc() -> None:
    before = datetime.now(UTC)
    told = FlowingClock().now()
    assert before <= told <= datetime.now(UTC)
    assert told.utcoffset() == timedelta(0)


def test_the_flowing_clock_can_be_put_forward() -> None:
    clock = FlowingClock(lambda: NOON)
    clock.move(HOUR)
    clock.move(SECOND)
    assert clock.now() == NOON + HOUR + SECOND


def test_no_flowing_clock_goes_back() -> None:
    with pytest.raises(ValueError, match="moves forward only"):
        FlowingClock().move(-SECOND)


async def test_who_sleeps_by_the_flowing_clock_wakes_when_it_is_moved_far_enough() -> None:
    clock = FlowingClock(lambda: NOON)
    sleeper = asyncio.create_task(clock.sleep_until(NOON + HOUR))
    for _ in range(3):
        await asyncio.sleep(0)
        clock.move(timedelta(minutes=10))
    await asyncio.sleep(0)
    assert not sleeper.done()
    clock.move(HOUR)
    await asyncio.wait_for(sleeper, 5)


async def test_the_flowing_clock_wakes_by_itself_when_the_moment_comes() -> None:
    clock = FlowingClock()
    until = clock.now() + timedelta(milliseconds=20)
    await asyncio.wait_for(clock.sleep_until(until), 5)
    assert clock.now() >= until


@pytest.mark.parametrize("clock", [FlowingClock(lambda: NOON), StandingClock(NOON)], ids=["flowing", "standing"])
@pytest.mark.parametrize("moment", [NOON, NOON - HOUR])
async def test_nobody_sleeps_until_a_moment_that_has_passed(
    clock: FlowingClock | StandingClock, moment: datetime
) -> None:
    await asyncio.wait_for(clock.sleep_until(moment), 5)


def test_the_standing_clock_starts_at_an_aware_moment_and_tells_utc() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        StandingClock(NOON.replace(tzinfo=None))
    assert StandingClock(datetime(2026, 3, 2, 14, tzinfo=timezone(2 * HOUR))).now() == NOON


async def test_the_standing_clock_wakes_its_sleepers_in_order_and_only_those_whose_moment_came() -> None:
    clock, woken = StandingClock(NOON), []

    async def sleep(name: str, length: timedelta) -> None:
        await clock.sleep_until(NOON + length)
        woken.append(name)

    tasks = [
        asyncio.create_task(sleep(name, length))
        for name, length in (("late", 3 * HOUR), ("second", HOUR), ("first", SECOND), ("also second", HOUR))
    ]
    await asyncio.sleep(0)
    clock.move(HOUR)
    await asyncio.gather(*tasks[1:])
    assert woken == ["first", "second", "also second"]
    assert not tasks[0].done()
    clock.move(2 * HOUR)
    await tasks[0]


async def test_a_sleeper_that_was_cancelled_disturbs_nobody() -> None:
    clock = StandingClock(NOON)
    cancelled = asyncio.create_task(clock.sleep_until(NOON + SECOND))
    waiting = asyncio.create_task(clock.sleep_until(NOON + SECOND))
    await asyncio.sleep(0)
    cancelled.cancel()
    await asyncio.gather(cancelled, return_exceptions=True)
    clock.move(SECOND)
    await waiting


# The bell ------------------------------------------------------------------------------------------------


async def test_a_ring_before_the_wait_is_not_lost() -> None:
    bell = Bell()
    bell.ring()
    await asyncio.wait_for(bell.wait(StandingClock(NOON)), 5)


async def test_many_rings_wake_once() -> None:
    bell, clock = Bell(), StandingClock(NOON)
    bell.ring()
    bell.ring()
    await bell.wait(clock)
    again = asyncio.create_task(bell.wait(clock))
    for _ in range(10):  # as many turns as a wait that is not held could need
        await asyncio.sleep(0)
    assert not again.done()
    bell.ring()
    await asyncio.wait_for(again, 5)


async def test_a_wait_ends_at_its_moment_without_a_ring() -> None:
    bell, clock = Bell(), StandingClock(NOON)
    waiting = asyncio.create_task(bell.wait(clock, NOON + HOUR))
    for _ in range(3):
        await asyncio.sleep(0)
    clock.move(HOUR)
    await asyncio.wait_for(waiting, 5)


async def test_a_ring_ends_a_wait_before_its_moment() -> None:
    bell, clock = Bell(), StandingClock(NOON)
    waiting = asyncio.create_task(bell.wait(clock, NOON + HOUR))
    await asyncio.sleep(0)
    bell.ring()
    await asyncio.wait_for(waiting, 5)
    assert clock.now() == NOON


async def test_a_cancelled_wait_leaves_no_task_behind() -> None:
    waiting = asyncio.create_task(Bell().wait(StandingClock(NOON), NOON + HOUR))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert asyncio.all_tasks() == {asyncio.current_task()}
