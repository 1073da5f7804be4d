"""The dispatch: a notice arrives, or is tried for days under one id; a receiver that fails holds no other up."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from bot.receivers.port import Answered, CourierResult, Unanswered
from bot.receivers.schedule import JITTER, PAUSES
from bot.telegram.requests import REQUEST, SendText
from storage.database import Database
from storage.notices import KEPT
from storage.receivers import NoticeState
from storage.tables import OutboxRow
from tests.bot.bench import NOON
from tests.bot.fakes import BOT
from tests.bot.receivers.bench import BODY, NoticeBench, a_notice_bench
from tests.bot.receivers.listening import Heard, is_genuine


@pytest.fixture
async def bench(database: Database) -> NoticeBench:
    return await a_notice_bench(database)


async def told_to_admins(bench: NoticeBench) -> list[str]:
    async with bench.database.view(BOT) as view:
        rows = list(await view.notices._connection.scalars(select(OutboxRow.request).order_by(OutboxRow.id)))
    requests = [REQUEST.validate_json(row) for row in rows]
    return [request.html for request in requests if isinstance(request, SendText)]


async def test_a_notice_arrives_signed_and_is_delivered(bench: NoticeBench) -> None:
    receiver = await bench.add()
    name = await bench.put(receiver)
    async with bench.dispatching():
        await bench.until_states(delivered=1)
    (heard,) = bench.courier.posted
    assert (heard.id, heard.body) == (name, BODY.encode())
    assert is_genuine(heard, await bench.secret_of(receiver), NOON)
    assert await bench.result_of(name) == (NoticeState.DELIVERED, 1, "HTTP 204")


async def test_what_fails_is_tried_nine_times_more_over_three_days_and_then_given_up(bench: NoticeBench) -> None:
    name = await bench.put(receiver := await bench.add())
    secret = await bench.secret_of(receiver)
    bench.courier.results = [Unanswered("no connection"), *[Answered(500)] * 20]
    async with bench.dispatching():
        for tries, pause in enumerate(PAUSES, start=1):
            await bench.until_posted(tries)
            await bench.until_states(waiting=1)
            assert await told_to_admins(bench) == []
            await bench.moves(seconds=pause.total_seconds() * (1 + JITTER) + 1)
        await bench.until_states(given_up=1)
        assert len(bench.courier.posted) == 10
    assert {heard.id for heard in bench.courier.posted} == {name}
    moments = [int(heard.headers["webhook-timestamp"]) for heard in bench.courier.posted]
    assert sorted(set(moments)) == moments
    assert is_genuine(bench.courier.posted[-1], secret, bench.clock.now())
    assert not is_genuine(bench.courier.posted[0], secret, bench.clock.now())
    assert await bench.result_of(name) == (NoticeState.GIVEN_UP, 10, "HTTP 500")


async def test_it_is_not_tried_again_before_its_time(bench: NoticeBench) -> None:
    await bench.put(await bench.add())
    bench.courier.results = [Answered(500), Answered(500)]
    async with bench.dispatching():
        await bench.until_posted(1)
        await bench.until_states(waiting=1)
        await bench.moves(seconds=7)
        await bench.until_posted(2)
        await bench.until_states(waiting=1)
        await bench.moves(minutes=4, seconds=59)
        bench.rings()
        await bench.states()
        await bench.until_states(waiting=1)
        assert len(bench.courier.posted) == 2
        await bench.moves(minutes=1, seconds=2)
        await bench.until_states(delivered=1)


async def test_a_redirect_is_a_failure_that_says_so(bench: NoticeBench) -> None:
    name = await bench.put(await bench.add())
    bench.courier.results = [Answered(302)]
    async with bench.dispatching():
        await bench.until_posted(1)
        await bench.until_states(waiting=1)
    assert await bench.result_of(name) == (
        NoticeState.WAITING,
        1,
        "HTTP 302, a redirect: those are not followed",
    )


@pytest.mark.parametrize("status", [429, 503])
async def test_a_receiver_that_asks_for_a_rest_gets_nothing_at_all_until_it_is_over(
    bench: NoticeBench, status: int
) -> None:
    receiver = await bench.add()
    await bench.put(receiver)
    bench.courier.results = [Answered(status, timedelta(minutes=10))]
    async with bench.dispatching():
        await bench.until_posted(1)
        await bench.until_states(waiting=1)
        await bench.put(receiver)
        await bench.moves(minutes=9)
        bench.rings()
        await bench.states()
        assert len(bench.courier.posted) == 1
        await bench.moves(minutes=2)
        await bench.until_states(delivered=2)


async def test_a_rest_of_years_is_cut_to_a_day_and_one_after_another_failure_is_none(bench: NoticeBench) -> None:
    receiver = await bench.add()
    await bench.put(receiver)
    bench.courier.results = [Answered(429, timedelta(days=900)), Answered(500, timedelta(days=900))]
    async with bench.dispatching():
        await bench.until_posted(1)
        await bench.until_states(waiting=1)
        await bench.moves(days=1, seconds=1)
        await bench.until_posted(2)
        await bench.until_states(waiting=1)
        await bench.moves(minutes=7)
        await bench.until_states(delivered=1)


async def test_a_receiver_that_is_gone_is_paused_and_the_admins_are_told_once(bench: NoticeBench) -> None:
    receiver = await bench.add()
    name = await bench.put(receiver)
    await bench.put(receiver)
    bench.courier.results = [Answered(410)]
    async with bench.dispatching():
        await bench.until_states(given_up=1, waiting=1)
        await bench.moves(days=1)
        await bench.states()
    assert len(bench.courier.posted) == 1
    (told,) = await told_to_admins(bench)
    assert "hooks.acme.example wants to hear nothing more" in told
    assert "key=" not in told
    async with bench.database.unit(BOT) as unit:
        found = await unit.receivers.find(receiver)
        assert found is not None
        assert (found.is_gone, found.paused_at) == (True, NOON)
        await unit.receivers.resume(receiver)
        assert await unit.notices.replay_one(name, bench.clock.now())
    async with bench.dispatching():
        await bench.until_states(delivered=2)


async def test_a_receiver_that_hangs_holds_no_other_up_and_gets_one_notice_at_a_time(bench: NoticeBench) -> None:
    free = asyncio.Event()

    async def hangs(_: Heard) -> CourierResult:
        await free.wait()
        return Answered(200)

    slow = await bench.add(url="https://slow.example/")
    bench.courier.results = [hangs]
    first, second = [await bench.put(slow) for _ in range(2)]
    async with bench.dispatching():
        await bench.until_posted(1)
        quick = await bench.add(url="https://quick.example/")
        for _ in range(3):
            await bench.put(quick)
        await bench.until_states(sending=1, waiting=1, delivered=3)
        bench.rings()
        await bench.moves(seconds=5)
        await bench.states()
        await bench.until_states(sending=1, waiting=1, delivered=3)
        assert len([url for url in bench.courier.urls if "slow" in url]) == 1
        free.set()
        await bench.until_states(delivered=5)
    ours = [heard.id for heard, url in zip(bench.courier.posted, bench.courier.urls, strict=True) if "slow" in url]
    assert ours == [first, second]


async def test_what_was_being_sent_when_the_process_ended_is_sent_again_under_its_old_id(
    bench: NoticeBench,
) -> None:
    """It may have arrived: its receiver knows it by its id."""
    name = await bench.put(receiver := await bench.add())
    async with bench.database.unit(BOT) as unit:
        assert await unit.notices.claim(receiver, NOON) is not None  # and then the process is killed
    async with bench.dispatching():
        await bench.until_states(delivered=1)
    assert [heard.id for heard in bench.courier.posted] == [name]
    assert await bench.result_of(name) == (NoticeState.DELIVERED, 2, "HTTP 204")


async def test_what_came_of_a_try_too_late_changes_nothing(bench: NoticeBench) -> None:
    """A process that slept while another one took over."""
    name = await bench.put(receiver := await bench.add())
    async with bench.database.unit(BOT) as unit:
        slept = await unit.notices.claim(receiver, NOON)
        assert slept is not None
        await unit.notices.take_back()
        assert await unit.notices.claim(receiver, NOON) is not None
        assert not await unit.notices.put_off(slept, "no answer", NOON)
        assert not await unit.notices.settle(slept, NoticeState.GIVEN_UP, "no answer", NOON)
        await unit.notices.take_back()
    async with bench.dispatching():
        await bench.until_states(delivered=1)
    async with bench.database.unit(BOT) as unit:
        assert not await unit.notices.put_off(slept, "no answer", NOON)
        assert not await unit.notices.settle(slept, NoticeState.GIVEN_UP, "no answer", NOON)
    assert await bench.result_of(name) == (NoticeState.DELIVERED, 3, "HTTP 204")


async def test_a_courier_that_breaks_stops_nothing_and_the_log_holds_no_address(bench: NoticeBench) -> None:
    async def breaks(_: Heard) -> CourierResult:
        raise RuntimeError("https://hooks.acme.example/leads?key=of-its-own")

    receiver = await bench.add()
    await bench.put(receiver)
    await bench.put(receiver)
    bench.courier.results = [breaks]
    with capture_logs() as logs:
        async with bench.dispatching():
            await bench.until_states(waiting=1, delivered=1)
    assert "of-its-own" not in str(logs)
    assert "lead.hot" not in str(logs)


async def test_a_paused_receiver_gets_nothing_until_it_is_resumed(bench: NoticeBench) -> None:
    receiver = await bench.add()
    async with bench.database.unit(BOT) as unit:
        await unit.receivers.pause(receiver, NOON)
    await bench.put(receiver)
    async with bench.dispatching():
        await bench.moves(seconds=5)
        await bench.states()
        assert bench.courier.posted == []
        async with bench.database.unit(BOT) as unit:
            await unit.receivers.resume(receiver)
        await bench.moves(seconds=5)  # a command is another process, and rings no bell
        await bench.until_states(delivered=1)


async def test_what_was_given_up_or_delivered_is_sent_again_at_the_operators_word(bench: NoticeBench) -> None:
    receiver, other = await bench.add(), await bench.add()
    lost = await bench.put(receiver)
    await bench.put(other)
    async with bench.database.unit(BOT) as unit:
        notice = await unit.notices.claim(receiver, NOON)
        assert notice is not None
        await unit.notices.settle(notice, NoticeState.GIVEN_UP, "HTTP 500", NOON)
        assert not await unit.notices.replay_one("msg_unknown", NOON)
    async with bench.dispatching():
        await bench.until_states(delivered=1, given_up=1)
        async with bench.database.unit(BOT) as unit:
            assert await unit.notices.replay(receiver, bench.clock.now()) == 1
            assert not await unit.notices.replay_one(lost, NOON)  # it is on its way
        bench.rings()
        await bench.until_states(delivered=2)
        async with bench.database.unit(BOT) as unit:
            assert await unit.notices.replay(receiver, bench.clock.now()) == 0
            assert await unit.notices.replay(receiver, bench.clock.now(), NOON + timedelta(seconds=1)) == 0
            assert await unit.notices.replay(receiver, bench.clock.now(), NOON) == 1
        bench.rings()
        await bench.until_posted(3)
        await bench.until_states(delivered=2)
    assert [heard.id for heard in bench.courier.posted].count(lost) == 2


async def test_what_waits_for_its_next_try_is_sent_at_once_when_the_operator_has_mended_the_cause(
    bench: NoticeBench,
) -> None:
    receiver = await bench.add()
    first, second = await bench.put(receiver), await bench.put(receiver)
    bench.courier.results = [Unanswered("no connection"), Answered(503, timedelta(hours=20))]
    async with bench.dispatching():
        await bench.until_posted(2)
        await bench.until_states(waiting=2)
        async with bench.database.unit(BOT) as unit:
            assert await unit.notices.replay_one(first, bench.clock.now())
        bench.rings()
        await bench.until_states(delivered=1, waiting=1)
        async with bench.database.unit(BOT) as unit:
            assert await unit.notices.replay(receiver, bench.clock.now()) == 1
        bench.rings()
        await bench.until_states(delivered=2)
    assert [heard.id for heard in bench.courier.posted] == [first, second, first, second]


async def test_notices_are_kept_for_thirty_days_whatever_became_of_them(bench: NoticeBench) -> None:
    await bench.put(receiver := await bench.add())
    async with bench.dispatching():
        await bench.until_states(delivered=1)
        async with bench.database.unit(BOT) as unit:
            await unit.receivers.pause(receiver, NOON)
        await bench.put(receiver)
        await bench.moves(seconds=KEPT.total_seconds() - 5)
        await bench.until_states(delivered=1, waiting=1)
        await bench.moves(hours=2)
        await bench.until_states()


async def test_one_bots_notices_are_no_other_bots(bench: NoticeBench) -> None:
    other = 43
    receiver = await bench.add(bot=other)
    name = await bench.put(receiver, bot=other)
    async with bench.dispatching():
        await bench.moves(seconds=5)
        await bench.states()
        assert bench.courier.posted == []
        async with bench.database.unit(BOT) as unit:
            assert await unit.receivers.all() == []
            assert await unit.receivers.find(receiver) is None
            assert await unit.notices.claim(receiver, NOON) is None
            assert await unit.notices.undelivered(receiver, 10) == []
            assert not await unit.notices.replay_one(name, NOON)
            assert await unit.notices.replay(receiver, NOON, NOON) == 0
            await unit.receivers.remove(receiver)
            await unit.receivers.pause(receiver, NOON)
    async with bench.database.view(other) as view:
        (found,) = await view.receivers.all()
        assert found.paused_at is None
        assert await view.notices.count() == {NoticeState.WAITING: 1}


async def test_a_receiver_that_fails_for_a_day_alarms_the_admins_once_and_its_recovery_is_told(
    bench: NoticeBench,
) -> None:
    await bench.put(await bench.add())
    bench.courier.results = [Answered(500)] * 8
    watch = bench.hotlead.timers.watch
    async with bench.dispatching():
        for tries, pause in enumerate(PAUSES[:8], start=1):
            await bench.until_posted(tries)
            await bench.until_states(waiting=1)
            await watch.look()
            assert len(await told_to_admins(bench)) == (bench.clock.now() - NOON > timedelta(days=1))
            await bench.moves(seconds=pause.total_seconds() * (1 + JITTER) + 1)
        await bench.until_states(delivered=1)
    assert "takes nothing" in (await told_to_admins(bench))[0]
    await watch.look()
    await watch.look()
    assert "takes messages again" in (await told_to_admins(bench))[-1]
    assert len(await told_to_admins(bench)) == 2
