"""`hotlead message`: the whole life of a message, told without a name or a word of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.telegram.requests import REQUEST, EditText, SendText
from storage.database import Database
from storage.messages import Fate, Kind, Outgoing
from storage.unit import Unit
from tests.bot.commands.typing import hotlead, written
from tests.dialogs.broken_quizzes import GOOD
from tests.keys import the_keys

TOKEN = "123456:AAH-secret_secret_secret_secret_sec"
ANNA = 7_000_000_001
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def _database() -> None:
    assert hotlead("publish", written(GOOD), bot_token=TOKEN).exit_code == 0


def _kept(folder: Path, keep: Callable[[Unit], Awaitable[int]]) -> int:
    async def fill() -> int:
        database = await Database.open(f"sqlite+aiosqlite:///{folder / 'data/hotlead.db'}", the_keys())
        async with database.unit(123456) as unit:
            await unit.prospects.met(ANNA, "Secretive Anna", "anna", "uk", NOON)
            number = await keep(unit)
        await database.close()
        return number

    return asyncio.run(fill())


def _message(html: str = "Hi Secretive Anna") -> Outgoing:
    return Outgoing(ANNA, Kind.DIALOG, REQUEST.dump_json(SendText(chat_id=ANNA, html=html)).decode())


@pytest.mark.usefixtures("_database")
def test_a_message_tells_its_whole_life_and_neither_names_nor_words(tmp_path: Path) -> None:
    async def sent_at_the_second_attempt(unit: Unit) -> int:
        number = await unit.outbox.put(_message(), NOON)
        await unit.outbox.claim(NOON, 1, ())
        await unit.outbox.retry(number, NOON + MINUTE, refusal="no answer from Telegram")
        await unit.outbox.claim(NOON + MINUTE, 1, ())
        await unit.outbox.settle(number, Fate.SENT, NOON + 2 * MINUTE, 4711)
        return number

    number = _kept(tmp_path, sent_at_the_second_attempt)
    told = hotlead("message", str(number), bot_token=TOKEN)
    assert told.exit_code == 0
    assert told.output.splitlines() == [
        f"message {number}, of a conversation: sent",
        "  for          prospect 1",
        "  put in       2026-03-02 12:00:00 UTC",
        "  attempts     2, the last 2026-03-02 12:01:00 UTC",
        "  heard before no answer from Telegram",
        "  settled      2026-03-02 12:02:00 UTC",
        "  as message   4711",
    ]
    assert str(ANNA) not in told.output
    assert "Hi Secretive Anna" in hotlead("message", str(number), "--text", bot_token=TOKEN).output


@pytest.mark.usefixtures("_database")
def test_a_message_that_waits_tells_why_and_until_when(tmp_path: Path) -> None:
    async def waiting(unit: Unit) -> int:
        card = await unit.outbox.put(_message(), NOON)
        request = REQUEST.dump_json(EditText(chat_id=ANNA, html="✓")).decode()
        number = await unit.outbox.put(Outgoing(ANNA, Kind.DIALOG, request, edits=card), NOON)
        await unit.outbox.retry(number, NOON + MINUTE, refusal="Telegram asked for 60 s of silence")
        return number

    told = hotlead("message", str(_kept(tmp_path, waiting)), bot_token=TOKEN).output
    assert "of a conversation: waits" in told
    assert "not before   2026-03-02 12:01:00 UTC" in told
    assert "heard        Telegram asked for 60 s of silence" in told
    assert "changes      message 1" in told


@pytest.mark.usefixtures("_database")
def test_an_unknown_number_is_one_line() -> None:
    told = hotlead("message", "123", bot_token=TOKEN)
    assert told.exit_code == 2
    assert told.output == "hotlead: there is no message 123; numbers stand in the log as `outbox`\n"
