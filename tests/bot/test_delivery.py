"""Delivery: who goes first, and how fast."""

from __future__ import annotations

import asyncio

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
from storage.records import Kind
from tests.bot.bench import ANNA, BORIS, UNBOUND, Bench, a_bench
from tests.bot.fakes import fates, until_fates


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
        await bench.moves(0.5, sent=2, waiting=1)
        await bench.moves(0.5, sent=3)


async def test_a_429_silences_the_bot_for_as_long_as_it_says_and_loses_nothing(bench: Bench) -> None:
    bench.telegram.results = [Wait(30)]
    await bench.put(Kind.DIALOG, ANNA)
    async with bench.delivering():
        await bench.until_performed(1)
        await until_fates(bench.database, waiting=1)
        await bench.put(Kind.HAND_OFF, BORIS)
        await bench.moves(29, waiting=2)
        assert len(bench.telegram.performed) == 1
        await bench.moves(1, sent=2)


async def test_a_429_survives_a_restart(database: Database) -> None:
    bench = await a_bench(database)
    bench.telegram.results = [Wait(30)]
    await bench.put(Kind.DIALOG)
    async with bench.delivering():
        await bench.until_performed(1)
        await until_fates(database, waiting=1)
    again = await a_bench(database)
    async with again.delivering():
        await again.moves(29, waiting=1)
        assert again.telegram.performed == []
        await again.moves(1, sent=1)
