"""Two deliveries on one database: only the newest sends, and one that slept wakes up harmless.

A process that is stopped for an hour (SIGSTOP, a machine that sleeps) knows nothing of it: for it no time passed.
Here the first delivery's clock stands, while a second one, on another clock, takes over.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.pace import Pace
from bot.telegram.requests import REQUEST, Request, Result, SendText, Sent, Wait
from storage.database import Database
from storage.errors import SupersededError
from storage.messages import Fate, Kind, Life, Outgoing
from tests.bot.bench import ANNA, BORIS, NOON, OLENA, UNBOUND, Bench, a_bench, agrees
from tests.bot.conftest import ON_BOTH
from tests.bot.fakes import BOT, PATIENCE, fates, until, until_fates

pytestmark = ON_BOTH
SLOW = Pace(bot=10, chat=UNBOUND)
"""So that something is in hand, and waits for its moment."""


async def _with_some_in_hand(database: Database, kind: Kind = Kind.DIALOG) -> Bench:
    """Return a bench with ten messages, of which some are to go at once and one or two before long."""
    bench = await a_bench(database, SLOW)
    for chat in range(1, 11):
        await bench.put_request(SendText(chat_id=chat, html="Hi", repeat_mark="🔁"), kind, chat)
    return bench


async def test_a_sender_that_slept_through_being_replaced_sends_nothing_more_and_stops(database: Database) -> None:
    first = await _with_some_in_hand(database)
    sleeping = asyncio.ensure_future(first.hotlead.delivery.run())
    await first.until_performed(3)
    await until_fates(database, sent=3, sending=1, waiting=6)
    second = await a_bench(database)
    async with second.delivering():
        await until_fates(database, sent=9, waiting=1)
        await second.moves(1, sent=10)
    first.clock.move(timedelta(hours=1))
    with pytest.raises(SupersededError):
        await asyncio.wait_for(sleeping, PATIENCE)
    assert len(first.telegram.performed) == 3
    assert len(second.telegram.performed) == 7


async def test_a_sender_that_was_replaced_while_idle_takes_nothing_in_hand(
    database: Database,
) -> None:
    first, second = await a_bench(database), await a_bench(database)
    idle = asyncio.ensure_future(first.hotlead.delivery.run())
    await until(first.is_sender)
    async with second.delivering():
        await until(second.is_sender)
    await second.put(Kind.DIALOG)
    first.hotlead.delivery._outbox.ring()
    with pytest.raises(SupersededError):
        await asyncio.wait_for(idle, PATIENCE)
    assert await fates(database) == {Fate.WAITING: 1}
    assert first.telegram.performed == []


async def test_a_sender_that_was_replaced_and_stops_puts_back_nothing_of_the_next_one(
    database: Database,
) -> None:
    first, second = await a_bench(database), await a_bench(database)
    idle = asyncio.ensure_future(first.hotlead.delivery.run())
    await until(first.is_sender)
    arrived = asyncio.Event()

    async def slow(_: Request) -> Result:
        await arrived.wait()
        return Sent(1)

    second.telegram.results = [slow]
    async with second.delivering():
        await until(second.is_sender)
        await second.put(Kind.DIALOG)
        second.hotlead.delivery._outbox.ring()
        await second.until_performed(1)
        idle.cancel()
        await asyncio.wait([idle])
        assert await fates(database) == {Fate.SENDING: 1}
        arrived.set()
        await until_fates(database, sent=1)


async def test_a_follow_up_in_the_hand_of_a_sender_that_slept_is_sent_by_nobody(database: Database) -> None:
    first = await _with_some_in_hand(database, Kind.FOLLOW_UP)
    sleeping = asyncio.ensure_future(first.hotlead.delivery.run())
    await until_fates(database, sent=3, sending=1, waiting=6)
    second = await a_bench(database)
    async with second.delivering():
        await until_fates(database, sent=9, unknown=1)  # nobody can know whether it arrived
    first.clock.move(timedelta(hours=1))
    with pytest.raises(SupersededError):
        await asyncio.wait_for(sleeping, PATIENCE)
    assert len(first.telegram.performed) + len(second.telegram.performed) == 9


async def test_what_came_of_a_message_too_late_changes_nothing(database: Database) -> None:
    first = await a_bench(database)
    asleep = asyncio.Event()

    async def slow(_: Request) -> Result:
        await asleep.wait()
        return Sent(77)

    first.telegram.results = [slow]
    number = await first.put_request(SendText(chat_id=ANNA, html="Card", repeat_mark="🔁"), Kind.HAND_OFF)
    async with first.delivering():
        await first.until_performed(1)
        second = await a_bench(database)
        second.telegram.results = [Sent(99)]
        async with second.delivering():
            await until_fates(database, waiting=1)
            await second.moves(1, sent=1)
            asleep.set()
            while first.hotlead.delivery._under_way:
                await fates(database)
    async with database.view(BOT) as view:
        life = await view.outbox.life(number)
    assert life is not None
    assert (life.fate, life.message_id, life.attempts) == (Fate.SENT, 99, 2)
    assert second.texts == ["🔁\n\nCard"]


async def test_a_sender_that_slept_and_was_not_replaced_asks_anew_before_it_sends(database: Database) -> None:
    """What was agreed when a message was claimed may be withdrawn by the time the machine wakes up."""
    bench = await a_bench(database, SLOW)
    for chat in range(1, 5):
        await bench.put(Kind.FOLLOW_UP, chat)
    async with bench.delivering():
        await until_fates(database, sent=3, sending=1)
        async with database.unit(BOT) as unit:
            await agrees(unit, 4, bench.clock.now(), taken_back=True)
        await bench.moves(3600, sent=3, dropped=1)
    assert bench.telegram.chats == [1, 2, 3]


async def test_what_is_in_hand_when_the_process_stops_waits_on_untried(database: Database) -> None:
    bench = await _with_some_in_hand(database)
    async with bench.delivering():
        await until_fates(database, sent=3, sending=1, waiting=6)
    assert await fates(database) == {Fate.SENT: 3, Fate.WAITING: 7}
    async with database.view(BOT) as view:
        lives = [await view.outbox.life(number) for number in range(1, 11)]
    assert [life.attempts for life in lives if life] == [1] * 3 + [0] * 7


async def test_a_429_of_the_whole_bot_puts_back_what_is_in_hand(database: Database) -> None:
    bench = await a_bench(database, SLOW)
    go = asyncio.Event()

    async def refused(_: Request) -> Result:
        await go.wait()
        return Wait(30)

    bench.telegram.results = [refused] * 2
    for chat in range(1, 6):
        await bench.put(Kind.DIALOG, chat)
    async with bench.delivering():
        await until_fates(database, sent=1, sending=3, waiting=1)
        go.set()
        await until_fates(database, sent=1, waiting=4)
        await bench.moves(29, sent=1, waiting=4)
        assert len(bench.telegram.performed) == 3
        await bench.moves(1)


@pytest.mark.parametrize("chat", [ANNA, BORIS])
async def test_one_delivery_after_another_needs_no_rival(database: Database, chat: int) -> None:
    for _ in range(2):
        bench = await a_bench(database)
        await bench.put(Kind.DIALOG, chat)
        async with bench.delivering():
            await bench.until_performed(1)
            while bench.hotlead.delivery._under_way:
                await fates(database)
    assert await fates(database) == {Fate.SENT: 2}


async def test_a_claim_that_was_cut_off_by_the_stop_but_committed_waits_on_untried(database: Database) -> None:
    bench = await a_bench(database)
    async with bench.delivering():
        await bench.put(Kind.DIALOG, html="begin")
        await bench.until_performed(1)
        async with database.unit(BOT) as unit:
            number = await unit.outbox.put(_a_follow_up(await agrees(unit, OLENA, NOON)), NOON)
            claimed = await unit.outbox.claim(NOON, 1, (), bench.hotlead.delivery._sender)
        assert [queued.id for queued in claimed] == [number]
    assert await _attempts(database, number) == (Fate.WAITING, 0)


async def test_a_result_that_nobody_can_write_down_keeps_no_other_from_it(database: Database) -> None:
    bench = await a_bench(database)
    bench.telegram.results = [Sent(2**70), Sent(7)]  # no database takes so large a number
    strange, usual = await bench.put(Kind.FOLLOW_UP, chat=ANNA), await bench.put(Kind.FOLLOW_UP, chat=OLENA)
    delivery = bench.hotlead.delivery
    async with bench.delivering():
        async with delivery._committing:
            await until(lambda: _came(bench, 2))
        await until_fates(database, sent=1, sending=1)
    assert await _attempts(database, usual) == (Fate.SENT, 1)
    assert await _attempts(database, strange) == (Fate.SENDING, 1)  # it was sent: nobody puts it back

    async with bench.delivering():
        await until_fates(database, sent=1, unknown=1)
    assert len(bench.telegram.performed) == 2


async def _came(bench: Bench, results: int) -> bool:
    await fates(bench.database)  # lets the others work
    return len(bench.hotlead.delivery._came) == results


def _a_follow_up(consent: int) -> Outgoing:
    request = REQUEST.dump_json(SendText(chat_id=OLENA, html="Hi")).decode()
    return Outgoing(OLENA, Kind.FOLLOW_UP, request, consent_id=consent)


async def _attempts(database: Database, number: int) -> tuple[Fate, int]:
    async with database.view(BOT) as view:
        life = await view.outbox.life(number)
    assert life is not None
    return life.fate, life.attempts


async def test_a_sender_that_is_not_sure_to_be_the_only_one_sends_nothing_until_it_is(database: Database) -> None:
    bench = await _with_some_in_hand(database)
    sure = True
    bench.hotlead.delivery._leads = lambda: sure
    async with bench.delivering():
        await until_fates(database, sent=3, sending=1, waiting=6)
        sure = False
        await bench.moves(0.15, sent=3, waiting=7)  # what it had in hand it has put back
        await bench.moves(3600, sent=3, waiting=7)
        sure = True
        async with asyncio.timeout(PATIENCE):
            while await fates(database) != {Fate.SENT: 10}:
                bench.clock.move(timedelta(seconds=0.1))
    assert len(bench.telegram.performed) == 10


async def test_a_sender_that_becomes_unsure_while_it_gathers_a_message_does_not_send_it(
    database: Database,
) -> None:
    bench = await a_bench(database)
    asked = iter([True] * 3)  # at the look, before the claim, when it is let go; then no more
    bench.hotlead.delivery._leads = lambda: next(asked, False)
    number = await bench.put(Kind.FOLLOW_UP)
    async with bench.delivering():
        async with asyncio.timeout(PATIENCE):
            while (life := await _life(database, number)).refusal is None:
                pass
    assert bench.telegram.performed == []
    assert (life.fate, life.refusal) == (Fate.WAITING, "another process may be sending")


async def _life(database: Database, number: int) -> Life:
    async with database.view(BOT) as view:
        life = await view.outbox.life(number)
    assert life is not None
    return life
