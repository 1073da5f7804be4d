"""«Stop» meets a follow-up on its way: the one that cannot be taken back comes first, and no other comes."""

from __future__ import annotations

import asyncio

from sqlalchemy import text

from bot.follow_ups.reacting import unsubscribe
from bot.telegram.requests import NotSent, Request, Result, Sent, Wait
from storage.messages import Kind
from tests.bot.bench import ANNA, BORIS, Bench
from tests.bot.fakes import BOT, until_fates

STOPPED = "Done. You will get no more follow-up messages from us. If you change your mind, send /start"


async def _stops(bench: Bench, chat: int = ANNA) -> None:
    async with bench.hotlead.workshop.work() as work:
        person = await work.unit.prospects.by_telegram_id(chat)
        assert person is not None
        await unsubscribe(work, person, None, 1)
    bench.hotlead.delivery._outbox.ring()


async def test_the_confirmation_waits_for_a_follow_up_that_is_under_way(bench: Bench) -> None:
    on_the_wire, answered = asyncio.Event(), asyncio.Event()

    async def slowly(_: Request) -> Result:
        on_the_wire.set()
        await answered.wait()
        return Sent(1)

    bench.telegram.results = [slowly]
    await bench.put(Kind.FOLLOW_UP, ANNA, "a follow-up")
    async with bench.delivering():
        await on_the_wire.wait()
        await _stops(bench)
        await until_fates(bench.database, sending=1, waiting=1)
        assert bench.texts == ["a follow-up"]
        answered.set()
        await until_fates(bench.database, sent=2)
    assert bench.texts == ["a follow-up", STOPPED]


async def test_a_follow_up_that_has_to_be_sent_again_is_not_after_a_stop(bench: Bench) -> None:
    on_the_wire, answered = asyncio.Event(), asyncio.Event()

    async def offline(_: Request) -> Result:
        on_the_wire.set()
        await answered.wait()
        return NotSent("no connection")

    bench.telegram.results = [offline]
    await bench.put(Kind.FOLLOW_UP, ANNA, "a follow-up")
    async with bench.delivering():
        await on_the_wire.wait()
        await _stops(bench)
        answered.set()
        await until_fates(bench.database, waiting=2)
        await bench.moves(5, dropped=1, sent=1)
    assert bench.texts == ["a follow-up", STOPPED]


async def test_what_waits_when_its_consent_ends_is_dropped_and_others_are_sent(bench: Bench) -> None:
    bench.telegram.results = [Wait(60)]
    async with bench.delivering():
        for chat in (ANNA, BORIS):
            await bench.put(Kind.FOLLOW_UP, chat, f"a follow-up for {chat}")
        await bench.put(Kind.DIALOG, ANNA, "an answer")
        bench.hotlead.delivery._outbox.ring()
        await bench.until_performed(1)
        async with bench.database.unit(BOT) as unit:  # the consent is gone, and whoever took it dropped nothing
            anna = await unit.prospects.by_telegram_id(ANNA)
            assert anna is not None
            (given,) = await unit.consents.history(anna.id)
            await unit._connection.execute(
                text("UPDATE consents SET event = 'withdrawn' WHERE id = :id"), {"id": given.id}
            )
        await bench.moves(60, dropped=1, sent=2)
    assert sorted(bench.texts[1:]) == ["a follow-up for 2", "an answer"]


async def test_a_follow_up_without_a_record_of_consent_is_never_sent(bench: Bench) -> None:
    await bench.put(Kind.FOLLOW_UP, ANNA, "no record", consent_id=None)
    await bench.put(Kind.FOLLOW_UP, BORIS, "fine")
    async with bench.delivering():
        await until_fates(bench.database, sent=1, dropped=1)
    assert bench.texts == ["fine"]
