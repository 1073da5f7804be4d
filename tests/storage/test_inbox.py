"""The inbox: each update once, whatever Telegram repeats or numbers anew."""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlalchemy import select

from storage.inbox import REMEMBERED
from storage.tables import InboxRow
from storage.unit import Unit
from tests.storage.conftest import Begin
from tests.storage.samples import ANNA, BORIS, BOT, HOUR, NOON, OTHER_BOT


async def test_updates_wait_in_the_order_they_came(begin: Begin) -> None:
    async with begin() as unit:
        assert await unit.inbox.keep([(10, "a"), (11, "b")], NOON) == 2
    async with begin() as unit:
        waiting = await unit.inbox.waiting(10)
    assert [(each.update_id, each.body, each.received_at) for each in waiting] == [
        (10, "a", NOON),
        (11, "b", NOON),
    ]


async def test_a_repeated_update_is_kept_once_and_unchanged(begin: Begin) -> None:
    async with begin() as unit:
        assert await unit.inbox.keep([(10, "a"), (11, "b")], NOON) == 2
        assert await unit.inbox.keep([(11, "changed"), (12, "c")], NOON) == 1
        assert [each.body for each in await unit.inbox.waiting(10)] == ["a", "b", "c"]


async def test_a_handled_update_that_comes_again_is_not_handled_again(begin: Begin) -> None:
    async with begin() as unit:
        await unit.inbox.keep([(10, "a")], NOON)
        await unit.inbox.done(await unit.inbox.waiting(1))
        assert await unit.inbox.keep([(10, "a")], NOON + HOUR) == 0
        assert await unit.inbox.waiting(10) == []


async def test_a_lower_number_is_new_when_it_was_never_seen(begin: Begin) -> None:
    # After an idle week Telegram numbers updates anew: «id ≤ last» would lose them.
    async with begin() as unit:
        await unit.inbox.keep([(900_000_000, "old")], NOON)
        assert await unit.inbox.keep([(5, "new")], NOON) == 1
        assert [each.body for each in await unit.inbox.waiting(10)] == ["old", "new"]


async def test_the_same_number_twice_in_one_answer_is_kept_once(begin: Begin) -> None:
    async with begin() as unit:
        assert await unit.inbox.keep([(10, "a"), (10, "a")], NOON) == 1


async def test_nothing_to_keep_is_no_error(begin: Begin) -> None:
    async with begin() as unit:
        assert await unit.inbox.keep([], NOON) == 0


async def test_only_so_many_are_given_at_once(begin: Begin) -> None:
    async with begin() as unit:
        await unit.inbox.keep([(number, "x") for number in range(5)], NOON)
        assert [each.update_id for each in await unit.inbox.waiting(2)] == [0, 1]


async def test_a_parked_update_waits_no_more_and_keeps_its_body(begin: Begin) -> None:
    async with begin() as unit:
        await unit.inbox.keep([(10, "a")], NOON)
        await unit.inbox.park((await unit.inbox.waiting(1))[0], "ValueError at x.py:1", 5)
        assert (await unit.inbox.waiting(1), await unit.inbox.parked()) == ([], 1)


async def test_handled_updates_are_forgotten_after_two_days_and_parked_ones_never(begin: Begin) -> None:
    async with begin() as unit:
        await unit.inbox.keep([(1, "done"), (2, "parked"), (3, "waiting")], NOON)
        done, parked, _ = await unit.inbox.waiting(3)
        await unit.inbox.done([done])
        await unit.inbox.park(parked, "why", None)
        await unit.inbox.forget(NOON + REMEMBERED)
        assert await unit.inbox.keep([(1, "done")], NOON) == 0  # remembered on the last moment
        await unit.inbox.forget(NOON + REMEMBERED + HOUR)
        assert await unit.inbox.keep([(1, "done"), (2, "parked"), (3, "waiting")], NOON) == 1


async def test_two_bots_have_the_same_numbers(begin: Begin) -> None:
    async with begin(BOT) as unit:
        await unit.inbox.keep([(10, "ours")], NOON)
    async with begin(OTHER_BOT) as unit:
        assert await unit.inbox.waiting(10) == []
        assert await unit.inbox.keep([(10, "theirs")], NOON) == 1
        await unit.inbox.park((await unit.inbox.waiting(1))[0], "why", None)
        await unit.inbox.forget(NOON + REMEMBERED + HOUR)
    async with begin(BOT) as unit:
        assert [each.body for each in await unit.inbox.waiting(10)] == ["ours"]
        assert await unit.inbox.parked() == 0


def texts_of(whose: int, numbers: Iterable[int]) -> list[tuple[int, str]]:
    return [(number, json.dumps({"message": {"from": {"id": whose}, "text": str(number)}})) for number in numbers]


async def _next(unit: Unit, limit: int = 10, of_one: int = 3) -> list[int]:
    return [each.update_id for each in await unit.inbox.next_ones(limit, of_one)]


async def test_who_left_thousands_of_messages_keeps_nobody_elses_waiting(begin: Begin) -> None:
    async with begin() as unit:
        await unit.inbox.keep(texts_of(ANNA, range(5000)), NOON)
        await unit.inbox.keep(texts_of(BORIS, range(5000, 5005)), NOON)
        assert await _next(unit) == [0, 1, 2, 3, 4, 5, 6, 5000, 5001, 5002]


async def test_who_sends_alone_gets_whole_batches(begin: Begin) -> None:
    async with begin() as unit:
        await unit.inbox.keep(texts_of(ANNA, range(20)), NOON)
        assert await _next(unit) == list(range(10))


async def test_several_who_flood_leave_room_for_others_too(begin: Begin) -> None:
    async with begin() as unit:
        await unit.inbox.keep(texts_of(ANNA, range(100)), NOON)
        await unit.inbox.keep(texts_of(BORIS, range(100, 200)), NOON)
        await unit.inbox.keep([*texts_of(3, [200]), (201, "nobody's"), *texts_of(4, range(202, 300))], NOON)
        assert await _next(unit) == [0, 1, 2, 100, 101, 102, 200, 201, 202, 203]


async def test_a_claim_is_as_fair_as_a_look_and_takes_no_more_than_it_was_to(begin: Begin) -> None:
    async with begin() as unit:
        for person in range(10):
            numbers = range(1000 * person, 1000 * person + 600)
            await unit.inbox.keep(texts_of(ANNA + person, numbers), NOON)
        claimed = [each.update_id for each in await unit.inbox.claim(9, 2)]
        assert claimed == [0, 1, 1000, 1001, 2000, 2001, 3000, 3001, 4000]
    async with begin() as unit:
        await unit.inbox.keep(texts_of(999, [50_000]), NOON)
        assert [each.update_id for each in await unit.inbox.claim(64, 2)][-1] == 50_000


async def test_each_persons_stay_in_order_whatever_comes_in_between(begin: Begin) -> None:
    async with begin() as unit:
        people = [number % 3 if number % 7 else ANNA for number in range(200)]
        for number, whose in enumerate(people):
            await unit.inbox.keep(texts_of(whose, [number]), NOON)
        handled: list[int] = []
        while batch := await unit.inbox.next_ones(16, 2):
            handled += [each.update_id for each in batch]
            await unit.inbox.done(batch)
        assert sorted(handled) == list(range(200))
        for person in set(people):
            theirs = [number for number in handled if people[number] == person]
            assert theirs == sorted(theirs)


async def test_whose_update_it_was_is_not_remembered_once_it_is_handled(begin: Begin) -> None:
    async with begin() as unit:
        await unit.inbox.keep(texts_of(ANNA, [1]), NOON)
        rows = select(InboxRow.telegram_id)
        assert await unit._connection.scalar(rows) == ANNA
        await unit.inbox.done(await unit.inbox.next_ones(1, 1))
        assert await unit._connection.scalar(rows) is None
