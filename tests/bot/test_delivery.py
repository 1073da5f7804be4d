"""Delivery: who goes first, and how fast."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.delivery import AT_ONCE
from bot.limit import LIMIT, Limit
from bot.pace import Pace
from bot.telegram.requests import (
    EditText,
    Refused,
    Request,
    Result,
    Sent,
    Wait,
)
from storage.database import Database
from storage.messages import Kind
from tests.bot.bench import ANNA, BORIS, NOON, OLENA, UNBOUND, Bench, a_bench
from tests.bot.fakes import BOT, fates, until_fates

GROUP = -100_500


async def test_the_most_urgent_is_sent_first_and_written_down(bench: Bench) -> None:
    for chat, kind in enumerate((Kind.FOLLOW_UP, Kind.DIALOG, Kind.HAND_OFF, Kind.TAP), start=1):
        await bench.put(kind, chat)
    async with bench.delivering():
        await until_fates(bench.database, sent=4)
    assert bench.telegram.chats == [0, 3, 2, 1]


async def test_a_chat_reads_its_messages_in_order_and_one_at_a_time(bench: Bench) -> None:
    at_once: list[int] = []
    most = 0

    async def slowly(_: Request) -> Result:
        nonlocal most
        at_once.append(1)
        most = max(most, len(at_once))
        await fates(bench.database)
        at_once.pop()
        return Sent(1)

    bench.telegram.results = [slowly] * 5
    for number in range(5):
        await bench.put(Kind.DIALOG, ANNA, f"{number}")
    async with bench.delivering():
        await until_fates(bench.database, sent=5)
    assert bench.texts == ["0", "1", "2", "3", "4"]
    assert most == 1


async def test_different_chats_do_not_wait_for_each_other(bench: Bench) -> None:
    free = asyncio.Event()

    async def stuck(_: Request) -> Result:
        await free.wait()
        return Sent(1)

    bench.telegram.results = [stuck]
    await bench.put(Kind.DIALOG, ANNA)
    await bench.put(Kind.DIALOG, BORIS)
    async with bench.delivering():
        await until_fates(bench.database, sent=1, sending=1)
        free.set()
        await until_fates(bench.database, sent=2)


async def test_a_telegram_that_answers_late_is_asked_no_more_than_there_is_room_for(bench: Bench) -> None:
    answers = asyncio.Semaphore(0)

    async def late(_: Request) -> Result:
        await answers.acquire()
        return Sent(1)

    everybody = AT_ONCE + 8
    bench.telegram.results = [late] * everybody
    for chat in range(everybody):
        await bench.put(Kind.DIALOG, ANNA + chat)
    async with bench.delivering():
        await until_fates(bench.database, sending=AT_ONCE, waiting=8)
        answers.release()
        await until_fates(bench.database, sent=1, sending=AT_ONCE, waiting=7)
        for _ in range(everybody):
            answers.release()
        await until_fates(bench.database, sent=everybody)


async def test_an_edit_changes_the_message_that_was_sent(bench: Bench) -> None:
    bench.telegram.results = [Sent(77)]
    asked = await bench.put(Kind.DIALOG)
    await bench.put_request(EditText(chat_id=ANNA, html="✓"), Kind.DIALOG, edits=asked)
    async with bench.delivering():
        await until_fates(bench.database, sent=2)
    assert bench.telegram.edited == [None, 77]


async def test_an_edit_of_a_message_that_never_arrived_is_not_sent(bench: Bench) -> None:
    bench.telegram.results = [Refused("Bad Request: message is too long")]
    asked = await bench.put(Kind.DIALOG)
    await bench.put_request(EditText(chat_id=ANNA, html="✓"), Kind.DIALOG, edits=asked)
    async with bench.delivering():
        await until_fates(bench.database, refused=2)
    assert len(bench.telegram.performed) == 1


# The pace ----------------------------------------------------------------------------------------------------


async def test_a_chat_gets_its_burst_and_then_one_a_second(database: Database) -> None:
    bench = await a_bench(database, Pace(bot=UNBOUND, chat=1, chat_burst=2))
    for number in range(4):
        await bench.put(Kind.DIALOG, ANNA, f"{number}")
    async with bench.delivering():
        await until_fates(database, sent=2, waiting=2)
        await bench.moves(1, sent=3, waiting=1)
        await bench.moves(1, sent=4)
    assert bench.texts == ["0", "1", "2", "3"]


async def test_the_bot_keeps_to_its_own_pace(database: Database) -> None:
    bench = await a_bench(database, Pace(bot=2, chat=UNBOUND))
    for chat in range(1, 4):
        await bench.put(Kind.DIALOG, chat)
    async with bench.delivering():
        await until_fates(database, sent=1, waiting=2)
        await bench.moves(0.5, sent=1, waiting=2)
        await bench.moves(0.02, sent=2, waiting=1)
        await bench.moves(0.52, sent=3)


async def test_who_is_last_in_a_broadcast_and_answers_does_not_wait_for_its_end(
    database: Database,
) -> None:
    bench = await a_bench(database, Pace(bot=10, chat=UNBOUND))
    for chat in range(1, 31):
        await bench.put(Kind.BROADCAST, chat)
    async with bench.delivering():
        await bench.until_performed(3)
        await bench.put(Kind.DIALOG, 30, "Next question")
        bench.hotlead.delivery._outbox.ring()
        for performed in range(4, 10):
            await bench.moves(0.11)
            await bench.until_performed(performed)
            await until_fates(database, sent=performed, waiting=31 - performed - 1, sending=1)
    assert bench.telegram.chats.count(30) == 2
    assert "Next question" in bench.texts


async def test_a_group_gets_twenty_messages_a_minute_changes_among_them(database: Database) -> None:
    bench = await a_bench(database, Pace(bot=UNBOUND))
    card = await bench.put(Kind.HAND_OFF, GROUP)
    for number in range(21):
        await bench.put_request(EditText(chat_id=GROUP, html=f"{number}"), Kind.HAND_OFF, GROUP, edits=card)
    await bench.put(Kind.DIALOG, ANNA)
    async with bench.delivering():
        await until_fates(database, sent=21, waiting=2)
        await bench.moves(60, sent=21, waiting=2)
        await bench.moves(1.5, sent=23)


async def test_a_groups_minute_does_not_begin_anew_with_the_process(database: Database) -> None:
    bench = await a_bench(database, Pace(bot=UNBOUND, group=2))
    for _ in range(3):
        await bench.put(Kind.HAND_OFF, GROUP)
    async with bench.delivering():
        await until_fates(database, sent=2, waiting=1)
    async with (again := await a_bench(database, Pace(bot=UNBOUND, group=2))).delivering():
        await again.moves(60, sent=2, waiting=1)
        await again.moves(2, sent=3)


# Too many requests -------------------------------------------------------------------------------------------


async def test_a_429_silences_its_chat_for_as_long_as_it_says_and_loses_nothing(bench: Bench) -> None:
    bench.telegram.results = [Wait(30)]
    await bench.put(Kind.DIALOG, ANNA)
    async with bench.delivering():
        await bench.until_performed(1)
        await until_fates(bench.database, waiting=1)
        await bench.put(Kind.HAND_OFF, BORIS)
        bench.hotlead.delivery._outbox.ring()
        await bench.moves(29, waiting=1, sent=1)
        assert bench.telegram.chats == [ANNA, BORIS]
        await bench.moves(1, sent=2)


async def test_two_chats_that_meet_a_429_together_silence_the_bot(bench: Bench) -> None:
    bench.telegram.results = [Wait(30), Wait(20)]
    await bench.put(Kind.DIALOG, ANNA)
    await bench.put(Kind.DIALOG, BORIS)
    async with bench.delivering():
        await bench.until_performed(2)
        await until_fates(bench.database, waiting=2)
        await bench.put(Kind.HAND_OFF, OLENA)
        bench.hotlead.delivery._outbox.ring()
        await bench.moves(19, waiting=3)
        assert len(bench.telegram.performed) == 2
        await bench.moves(1, waiting=1, sent=2)
        await bench.moves(10, sent=3)


async def test_a_429_at_full_pace_slows_the_bot_down_and_that_is_not_forgotten(database: Database) -> None:
    bench = await a_bench(database, Pace(bot=20, chat=UNBOUND))
    bench.telegram.results = [*(Sent(number) for number in range(5)), Wait(3), Wait(3)]
    for chat in range(1, 8):
        await bench.put(Kind.BROADCAST, chat)
    async with bench.delivering():
        await bench.until_performed(6)
        await until_fates(database, sent=5, waiting=1, sending=1)
        await bench.moves(0.06)
        await bench.until_performed(7)
        await until_fates(database, sent=5, waiting=2)
        await bench.moves(1, sent=5, waiting=2)
    async with database.view(BOT) as view:
        kept = LIMIT.validate_json(await view.states.read("limit") or "")
    assert kept == Limit(19, refused=20, refused_at=NOON + timedelta(milliseconds=60))
    again = await a_bench(database, Pace(bot=20, chat=UNBOUND))
    async with again.delivering():
        await again.moves(10, sent=7)
    assert again.hotlead.delivery._pacer.limit.rate == 19


async def test_a_429_survives_a_restart(database: Database) -> None:
    bench = await a_bench(database)
    bench.telegram.results = [Wait(30)] * 2
    await bench.put(Kind.DIALOG, ANNA)
    await bench.put(Kind.DIALOG, BORIS)
    async with bench.delivering():
        await bench.until_performed(2)
        await until_fates(database, waiting=2)
    again = await a_bench(database)
    await again.put(Kind.DIALOG, OLENA)
    async with again.delivering():
        await again.moves(29, waiting=3)
        assert again.telegram.performed == []
        await again.moves(1, sent=3)
