"""A message that the pace held back was never sent, when its moment passed between two readings of the clock.

Seen in the kill test: delivery looked at the outbox (the chat has to wait), then asked when to look again; in
between the chat was released, so there seemed to be nothing to wait for, and it slept until somebody rang.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.bell import Bell
from bot.delivery import Delivery
from bot.pace import Pace
from bot.telegram.port import BotIdentity, WebhookState
from bot.telegram.requests import REQUEST, File, Request, Result, SendText, Sent
from bot.telegram.updates import Incoming
from bot.work import Library, Setup, Workshop
from storage.database import Database
from storage.erasing import ErasureList
from storage.messages import Kind, Outgoing
from tests.keys import a_keyring

BOT = 42
MESSAGES = 40
NOBODY_ERASED = ErasureList(Path("erased"), lambda _, value: value)
FIRST = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class HurryingClock:
    """Every look at it finds it later, by less or more: a busy machine, without the waiting."""

    def __init__(self) -> None:
        self._now = FIRST
        self._steps = itertools.cycle((0.05, 0.31, 0.6, 0.11, 0.23))

    def now(self) -> datetime:
        self._now += timedelta(seconds=next(self._steps))
        return self._now

    async def sleep_until(self, moment: datetime) -> None:
        await asyncio.sleep(0)  # woken early every time, as by somebody who rings


class CountingMessenger:
    """Sends everything at once, and counts."""

    def __init__(self) -> None:
        self.sent = 0

    async def perform(self, request: Request, message_id: int | None = None, files: Sequence[File] = ()) -> Result:
        self.sent += 1
        return Sent(self.sent)

    async def identify(self) -> BotIdentity:
        return BotIdentity(BOT, "bot", "Bot")

    async def receive(self, offset: int | None, timeout: int) -> list[tuple[int, str]]:  # noqa: ASYNC109
        return []

    def read(self, body: str) -> Incoming | None:
        return None

    async def announce(self, commands: Mapping[str, Mapping[str, str]]) -> None:
        return None

    async def set_webhook(self, url: str, secret: str) -> None:
        return None

    async def webhook(self) -> WebhookState:
        return WebhookState()

    async def delete_webhook(self) -> None:
        return None

    async def close(self) -> None:
        return None


async def test_a_message_held_back_is_sent_though_its_moment_passes_while_delivery_looks(tmp_path: Path) -> None:
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'hotlead.db'}", a_keyring())
    async with database.unit(BOT) as unit:
        for n in range(MESSAGES):
            body = REQUEST.dump_json(SendText(chat_id=5, html=str(n))).decode()
            await unit.outbox.put(Outgoing(5, Kind.DIALOG, body), FIRST)
    messenger = CountingMessenger()
    setup = Setup(("quiz",), fingerprint=database.keyring.fingerprint)
    workshop = Workshop(database, BOT, HurryingClock(), setup, Library(), NOBODY_ERASED)
    pace = Pace(bot=1000, chat=1, chat_burst=1)
    delivery = Delivery(messenger, workshop, pace, Bell())
    running = asyncio.create_task(delivery.run())
    async with asyncio.timeout(10):
        while messenger.sent < MESSAGES:  # noqa: ASYNC110 - the count is the fake's, it rings no bell
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await database.close()
    # was: 2 of 12, then silence
