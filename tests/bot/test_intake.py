"""Intake: an update is confirmed to Telegram only after it is in the inbox."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, text
from structlog.testing import capture_logs

from bot.clock import StandingClock
from bot.main import Hotlead, build
from bot.settings import Settings
from bot.telegram.port import AnotherPollerError, TelegramError, TokenRefusedError, WebhookState
from bot.work import DATABASE_PAUSE
from storage.database import Database
from tests.bot.conftest import ON_BOTH
from tests.bot.fakes import BOT, FakeMessenger, running, until

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


async def _build(database: Database, telegram: FakeMessenger) -> tuple[Hotlead, StandingClock]:
    clock = StandingClock(NOON)
    async with database.unit(BOT) as unit:
        await unit.quizzes.publish("sample", "never read here", {}, NOON)
    return await build(Settings(_env_file=None, quiz=("sample",)), clock, telegram, database), clock


async def _inbox(database: Database) -> list[int]:
    async with database.view(BOT) as view:
        return [received.update_id for received in await view.inbox.waiting(100)]


@asynccontextmanager
async def _receiving(hotlead: Hotlead) -> AsyncIterator[None]:
    async with running(hotlead.intake.run()):
        yield


async def _until_asked(database: Database, telegram: FakeMessenger, times: int) -> None:
    async def asked() -> bool:
        await _inbox(database)
        return len(telegram.offsets) >= times

    await until(asked)


@ON_BOTH
async def test_the_offset_confirms_what_is_in_the_inbox_and_is_then_left_out(database: Database) -> None:
    telegram = FakeMessenger(incoming=[[(10, "{}"), (11, "{}")], [(12, "{}")], [], [(3, "{}")]])
    hotlead, _ = await _build(database, telegram)
    async with _receiving(hotlead):
        await _until_asked(database, telegram, 5)
    # After an empty answer no offset is sent: Telegram may have numbered its updates anew.
    assert telegram.offsets == [None, 12, 13, None, 4]
    assert await _inbox(database) == [10, 11, 12, 3]


async def test_whose_an_update_is_is_kept_with_it_as_far_as_that_can_be_told(database: Database) -> None:
    bodies = ['{"update_id": 10, "message": {"from": {"id": 7000000001}}}', '{"update_id": 11, "poll": {}}', "?"]
    telegram = FakeMessenger(incoming=[list(zip((10, 11, 12), bodies, strict=True))])
    hotlead, _ = await _build(database, telegram)
    async with _receiving(hotlead):
        await _until_asked(database, telegram, 2)
    async with database.view(BOT) as view:
        assert [each.telegram_id for each in await view.inbox.waiting(9)] == [7_000_000_001, None, None]


async def test_updates_come_in_any_order_and_the_highest_is_confirmed(database: Database) -> None:
    telegram = FakeMessenger(incoming=[[(11, "{}"), (10, "{}")]])
    hotlead, _ = await _build(database, telegram)
    async with _receiving(hotlead):
        await _until_asked(database, telegram, 2)
    assert telegram.offsets == [None, 12]


async def test_when_the_database_fails_nothing_is_confirmed_and_the_same_updates_come_again(
    database: Database,
) -> None:
    updates = [(10, "{}"), (11, "{}")]
    telegram = FakeMessenger(incoming=[updates, updates])
    hotlead, _ = await _build(database, telegram)
    async with database.unit(BOT) as unit:
        await unit._connection.execute(
            text("CREATE TRIGGER full BEFORE INSERT ON inbox BEGIN SELECT RAISE(ABORT, 'no room'); END")
        )
    with pytest.raises(Exception, match="no room"):
        await asyncio.wait_for(hotlead.intake.run(), 5)
    assert (telegram.offsets, await _inbox(database)) == ([None], [])
    async with database.unit(BOT) as unit:
        await unit._connection.execute(text("DROP TRIGGER full"))
    async with _receiving(hotlead):
        await _until_asked(database, telegram, 3)
    assert telegram.offsets == [None, None, 12]
    assert await _inbox(database) == [10, 11]


async def test_a_process_that_dies_before_the_commit_asks_for_the_same_updates(database: Database) -> None:
    telegram = FakeMessenger(incoming=[[(10, "{}")]])
    hotlead, _ = await _build(database, telegram)
    async with database.unit(BOT), running(hotlead.intake.run()):  # the unit holds the database
        await _until_asked(database, telegram, 1)
        for _ in range(10):
            await _inbox(database)
    assert telegram.offsets == [None]
    assert await _inbox(database) == []


@pytest.mark.parametrize(
    ("error", "pauses"),
    [
        (TelegramError("Telegram cannot be reached"), [1, 2, 4, 8, 16, 30, 30]),
        (AnotherPollerError(), [1, 2, 4, 5, 5]),
    ],
)
async def test_telegram_is_asked_again_after_growing_pauses(
    database: Database, error: TelegramError, pauses: list[int]
) -> None:
    telegram = FakeMessenger(incoming=[error] * len(pauses))
    hotlead, clock = await _build(database, telegram)
    async with _receiving(hotlead):
        for asked, pause in enumerate(pauses, start=1):
            await _until_asked(database, telegram, asked)
            clock.move(timedelta(seconds=pause - 0.5))
            await _inbox(database)
            assert len(telegram.offsets) == asked
            clock.move(timedelta(seconds=0.5))
            await _until_asked(database, telegram, asked + 1)


async def test_after_a_success_the_pauses_begin_anew(database: Database) -> None:
    cut = TelegramError()
    telegram = FakeMessenger(incoming=[cut, cut, [(1, "{}")], cut])
    hotlead, clock = await _build(database, telegram)
    async with _receiving(hotlead):
        for asked, pause in ((1, 1), (2, 2), (4, 1)):
            await _until_asked(database, telegram, asked)
            clock.move(timedelta(seconds=pause))
            await _until_asked(database, telegram, asked + 1)


async def test_updates_that_were_received_before_an_error_are_confirmed_after_it(database: Database) -> None:
    telegram = FakeMessenger(incoming=[[(10, "{}")], TelegramError(), []])
    hotlead, clock = await _build(database, telegram)
    async with _receiving(hotlead):
        await _until_asked(database, telegram, 2)
        await _inbox(database)
        clock.move(timedelta(seconds=1))
        await _until_asked(database, telegram, 4)
    assert telegram.offsets == [None, 11, 11, None]


async def test_a_token_that_telegram_no_longer_knows_ends_the_bot(database: Database) -> None:
    hotlead, _ = await _build(database, FakeMessenger(incoming=[TokenRefusedError()]))
    with pytest.raises(TokenRefusedError, match="@BotFather"):
        await asyncio.wait_for(hotlead.run(), 5)


async def test_while_the_disk_is_full_nothing_is_confirmed_and_the_bot_goes_on_when_there_is_room(
    database: Database,
) -> None:
    long_words = "x" * 100_000
    telegram = FakeMessenger(incoming=[[(10, long_words)], [(10, long_words)], [(10, long_words)], []])
    hotlead, clock = await _build(database, telegram)
    room = _leave_room(database, pages=1)  # less than there is already: SQLite lets no file grow then
    async with running(hotlead.run()):
        await _until_asked(database, telegram, 1)
        for asked in (2, 3):
            await _until_asleep(database, clock)
            if asked == 3:
                room["pages"] = 2**30
            clock.move(DATABASE_PAUSE)
            await _until_asked(database, telegram, asked)
        await _until_asked(database, telegram, 4)
    # Never confirmed before it was kept: Telegram was asked for everything again.
    assert telegram.offsets[:4] == [None, None, None, 11]


def _leave_room(database: Database, pages: int) -> dict[str, int]:
    """Let the database grow to so many pages and no further; what is returned can be changed."""
    room = {"pages": pages}

    @event.listens_for(database._engine.sync_engine.pool, "checkout")
    def _limit(connection: Any, *_: object) -> None:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA max_page_count={room['pages']}")
        cursor.close()

    return room


async def _until_asleep(database: Database, clock: StandingClock) -> None:
    async def asleep() -> bool:
        await _inbox(database)  # lets the others work
        waiting = (moment for moment, _, woken in clock._sleepers if not woken.done())
        return clock.now() + DATABASE_PAUSE in waiting

    await until(asleep)


@ON_BOTH
async def test_a_webhook_that_was_left_over_is_deleted_and_what_waited_is_fetched(database: Database) -> None:
    telegram = FakeMessenger(incoming=[AnotherPollerError(), [(1, "{}")]])
    telegram.state = WebhookState("https://other.example/123:TOKEN", 1)
    hotlead, _ = await _build(database, telegram)
    with capture_logs() as told:
        async with _receiving(hotlead):
            await _until_asked(database, telegram, 3)
    assert telegram.registered == [("", "")]
    assert await _inbox(database) == [1]
    (line,) = (each for each in told if each["event"] == "webhook_deleted")
    assert (line["host"], line["waiting"]) == ("other.example", 1)
    assert "TOKEN" not in str(told)


@ON_BOTH
async def test_a_webhook_that_somebody_sets_later_is_theirs(database: Database) -> None:
    telegram = FakeMessenger(incoming=[[(1, "{}")], AnotherPollerError()])
    hotlead, clock = await _build(database, telegram)
    telegram.state = WebhookState("https://other.example/hook")
    with capture_logs() as told:
        async with _receiving(hotlead):
            await _until_asked(database, telegram, 2)
            for _ in range(5):
                await _inbox(database)
            clock.move(timedelta(seconds=1))
            await _until_asked(database, telegram, 3)
    assert telegram.registered == []
    assert "webhook_was_set" in [each["event"] for each in told]


@ON_BOTH
async def test_another_poller_is_no_webhook(database: Database) -> None:
    telegram = FakeMessenger(incoming=[AnotherPollerError()])
    hotlead, clock = await _build(database, telegram)
    async with _receiving(hotlead):
        await _until_asked(database, telegram, 1)
        for _ in range(5):
            await _inbox(database)
        clock.move(timedelta(seconds=1))
        await _until_asked(database, telegram, 2)
    assert telegram.registered == []
