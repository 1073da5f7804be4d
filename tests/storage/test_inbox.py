"""The inbox: each update once, whatever Telegram repeats or numbers anew."""

from __future__ import annotations

from sqlalchemy import select

from storage.inbox import REMEMBERED
from storage.tables import InboxRow
from tests.storage.conftest import Begin
from tests.storage.samples import ANNA, BOT, HOUR, NOON, OTHER_BOT


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


async def test_of_a_handled_update_nobody_can_tell_any_more_whose_it_was(begin: Begin) -> None:
    async with begin() as unit:
        await unit.inbox.keep([(10, "a")], NOON, lambda _: ANNA)
        (waiting,) = await unit.inbox.claim(9)
        assert waiting.telegram_id == ANNA
        await unit.inbox.done([waiting])
    async with begin() as unit:
        rows = await unit._connection.execute(select(InboxRow.state, InboxRow.body, InboxRow.telegram_id))
        assert [tuple(row) for row in rows] == [("done", "", None)]
