"""Rotating: while two secrets count a notice is signed with both, then with the new one alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from bot.receivers.port import Answered, CourierResult
from storage.database import Database
from storage.tables import ReceiverRow
from tests.bot.bench import NOON
from tests.bot.fakes import BOT
from tests.bot.receivers.bench import NoticeBench, a_notice_bench
from tests.bot.receivers.listening import Heard, proven_by


@pytest.fixture
async def bench(database: Database) -> NoticeBench:
    return await a_notice_bench(database)


async def test_while_two_secrets_count_a_notice_is_signed_with_both_and_then_with_the_new_one(
    bench: NoticeBench,
) -> None:
    receiver = await bench.add()
    old = await bench.secret_of(receiver)
    new = await bench.rotates(receiver, timedelta(hours=24))
    async with bench.dispatching():
        await bench.put(receiver)
        await bench.until_states(delivered=1)
        await bench.moves(hours=23, minutes=59, seconds=59)
        await bench.put(receiver)
        await bench.until_states(delivered=2)
        await bench.moves(seconds=1)
        await bench.put(receiver)
        await bench.until_states(delivered=3)
    assert [proven_by(heard, old, new) for heard in bench.courier.posted] == [[old, new], [old, new], [new]]


async def test_a_secret_that_leaked_signs_nothing_more_at_once(bench: NoticeBench) -> None:
    receiver = await bench.add()
    leaked = await bench.secret_of(receiver)
    await bench.put(receiver)
    new = await bench.rotates(receiver, None)
    async with bench.dispatching():
        await bench.until_states(delivered=1)
    assert [proven_by(heard, leaked, new) for heard in bench.courier.posted] == [[new]]


async def test_of_three_secrets_the_newest_two_count_and_the_span_begins_anew(bench: NoticeBench) -> None:
    receiver = await bench.add()
    first = await bench.secret_of(receiver)
    second = await bench.rotates(receiver, timedelta(hours=24))
    async with bench.dispatching():
        await bench.moves(hours=20)
        third = await bench.rotates(receiver, timedelta(hours=24))
        await bench.put(receiver)
        await bench.until_states(delivered=1)
        await bench.moves(hours=23)
        await bench.put(receiver)
        await bench.until_states(delivered=2)
        await bench.moves(hours=1)
        await bench.put(receiver)
        await bench.until_states(delivered=3)
    assert [proven_by(heard, first, second, third) for heard in bench.courier.posted] == [
        [second, third],
        [second, third],
        [third],
    ]


async def test_what_is_sent_again_is_signed_with_what_counts_then_and_not_when_it_was_made(
    bench: NoticeBench,
) -> None:
    name = await bench.put(receiver := await bench.add())
    old = await bench.secret_of(receiver)
    bench.courier.results = [Answered(401), Answered(401)]
    async with bench.dispatching():
        await bench.until_posted(1)
        await bench.until_states(waiting=1)
        new = await bench.rotates(receiver, timedelta(minutes=1))
        await bench.moves(seconds=7)
        await bench.until_posted(2)
        await bench.until_states(waiting=1)
        await bench.moves(minutes=7)
        await bench.until_states(delivered=1)
    assert [heard.id for heard in bench.courier.posted] == [name] * 3
    assert [proven_by(heard, old, new) for heard in bench.courier.posted] == [[old], [old, new], [new]]


async def test_an_old_secret_that_is_over_does_not_stay_whether_anything_is_sent_or_not(
    bench: NoticeBench,
) -> None:
    async def kept() -> list[str]:
        async with bench.database.view(BOT) as view:
            query = select(ReceiverRow.old_secret).where(ReceiverRow.old_secret.is_not(None))
            return [str(each) for each in await view.notices._connection.scalars(query)]

    over, in_use = await bench.add(), await bench.add()
    await bench.rotates(over, timedelta(hours=1))
    second = await bench.secret_of(in_use)
    await bench.rotates(in_use, timedelta(hours=5))
    assert len(await kept()) == 2
    async with bench.dispatching():
        await bench.moves(hours=1, seconds=1)
        await bench.moves(seconds=0)
        assert await kept() == [second]


async def test_no_secret_stands_in_what_is_logged_or_shown_of_a_notice(bench: NoticeBench) -> None:
    async def breaks(heard: Heard) -> CourierResult:
        raise RuntimeError(str(heard.headers))

    receiver = await bench.add()
    old = await bench.secret_of(receiver)
    new = await bench.rotates(receiver, timedelta(hours=1))
    await bench.put(receiver)
    bench.courier.results = [breaks]
    with capture_logs() as logs:
        async with bench.dispatching():
            await bench.until_states(waiting=1)
    async with bench.database.unit(BOT) as unit:
        notice = await unit.notices.claim(receiver, NOON + timedelta(days=1))
        shown = f"{logs} {notice} {await unit.receivers.all()}"
    assert notice is not None
    assert notice.old_secret == old
    assert old not in shown
    assert new not in shown
    assert "v1," not in shown
