"""Two pollers with one token, over HTTP: Telegram sends one of them away, and nothing is lost or kept twice."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping, MutableSequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from sqlalchemy import select
from structlog.testing import capture_logs

from bot.clock import FlowingClock
from bot.demo.emulator import Emulator
from bot.demo.serving import served
from bot.intake import CONFLICT_PAUSE
from bot.main import build
from bot.settings import Settings
from bot.telegram.with_aiogram import AiogramMessenger
from storage.database import Database
from storage.tables import InboxRow
from tests.bot.conftest import ON_BOTH
from tests.bot.fakes import running
from tests.keys import a_keyring

MESSAGES = 20
WITHIN = 10


@ON_BOTH
async def test_two_pollers_on_one_token_lose_nothing_and_keep_nothing_twice(address: str, tmp_path: Path) -> None:
    emulator, clock = Emulator(now=FlowingClock().now), FlowingClock()
    anna = emulator.person(7_000_000_000, first_name="Anna", language="en")
    settings = Settings(_env_file=None, quiz=("office-furniture",), data=tmp_path)
    async with AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(served(emulator.app))
        database = await Database.open(address, a_keyring())
        stack.push_async_callback(database.close)
        logs = stack.enter_context(capture_logs())
        for _ in range(2):
            messenger = AiogramMessenger(emulator.token, telegram)
            stack.push_async_callback(messenger.close)
            hotlead = await build(settings, clock, messenger, database)
            await stack.enter_async_context(running(hotlead.intake.run()))
        await _explained(logs)
        for number in range(MESSAGES):
            anna.says(f"message {number}")
            clock.move(CONFLICT_PAUSE)  # who was sent away asks again
            calls = len(emulator.calls)
            await emulator.wait_for(lambda known=calls: len(emulator.calls) > known)  # type: ignore[misc]
        async with asyncio.timeout(WITHIN):
            while len(await _kept(database)) < MESSAGES:
                clock.move(CONFLICT_PAUSE)
        assert await _kept(database) == [(number, "waiting") for number in range(1, MESSAGES + 1)]


async def _explained(logs: MutableSequence[MutableMapping[str, Any]]) -> None:
    """Wait until who was sent away has said why."""
    async with asyncio.timeout(WITHIN):
        while not any("Another process receives" in str(each.get("reason")) for each in logs):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def _kept(database: Database) -> list[tuple[int, str]]:
    query = select(InboxRow.update_id, InboxRow.state).order_by(InboxRow.update_id)
    async with database.look() as connection:
        return [(number, state) for number, state in await connection.execute(query)]
