"""Who sends: Hotlead, and what somebody would write instead, each ready to send through one Bot API server."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramRetryAfter
from aiogram.types import Message

from benchmarks.leads import agreement
from bot.bell import Bell
from bot.clock import FlowingClock
from bot.delivery import Delivery
from bot.pace import Pace
from bot.telegram.requests import REQUEST, SendText
from bot.telegram.with_aiogram import AiogramMessenger
from bot.work import Library, Setup, Workshop
from storage.cipher import Keyring
from storage.database import Database
from storage.erasing import ErasureList
from storage.messages import Fate, Kind, Outgoing

TOKEN, BOT = "42:benchmark", 42
TEXT = "Hello! Here is how a team of 40 moved in a week."
SOMEBODY = 1_000_000
PUT_AT_ONCE = 500


class Sender(Protocol):
    """A contestant, ready to send."""

    async def prepare(self, chats: Sequence[int]) -> None:
        """Do what is done before the first message goes: nothing, or a queue is filled."""
        ...

    async def send_all(self, chats: Sequence[int]) -> None:
        """Send a text to every chat; return when all are sent."""
        ...

    async def reply(self, chat: int, text: str) -> None:
        """Answer somebody, whatever else is going on."""
        ...


class Hotlead:
    """Our own way: into the outbox, and from there by delivery."""

    def __init__(self, delivery: Delivery, workshop: Workshop, bell: Bell, consent: int) -> None:
        self._delivery = delivery
        self._database = workshop.database
        self._clock = workshop.clock
        self._bell = bell
        self._consent = consent

    async def prepare(self, chats: Sequence[int]) -> None:
        for first in range(0, len(chats), PUT_AT_ONCE):
            async with self._database.unit(BOT) as unit:
                for chat in chats[first : first + PUT_AT_ONCE]:
                    body = REQUEST.dump_json(SendText(chat_id=chat, html=TEXT)).decode()
                    message = Outgoing(chat, Kind.BROADCAST, body, consent_id=self._consent)
                    await unit.outbox.put(message, self._clock.now())

    async def send_all(self, chats: Sequence[int]) -> None:
        running = asyncio.create_task(self._delivery.run())
        try:
            while await self._is_sending():
                await asyncio.sleep(0.25)
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running

    async def reply(self, chat: int, text: str) -> None:
        body = REQUEST.dump_json(SendText(chat_id=chat, html=text)).decode()
        async with self._database.unit(BOT) as unit:
            await unit.outbox.put(Outgoing(chat, Kind.DIALOG, body), self._clock.now())
        self._bell.ring()

    async def _is_sending(self) -> bool:
        async with self._database.view(BOT) as view:
            counts = await view.outbox.counts()
        return bool(counts.get(Fate.WAITING, 0) + counts.get(Fate.SENDING, 0))


@asynccontextmanager
async def hotlead(address: str) -> AsyncIterator[Sender]:
    """Build our outbox and delivery on a database of their own."""
    with TemporaryDirectory() as folder:
        keyring = Keyring.fresh(secrets.token_bytes)
        database = await Database.open(f"sqlite+aiosqlite:///{folder}/hotlead.db", keyring)
        erasures = ErasureList(Path(folder) / "erased", keyring.fingerprint)
        setup, clock, bell = Setup(("none",), fingerprint=keyring.fingerprint), FlowingClock(), Bell()
        workshop = Workshop(database, BOT, clock, setup, Library(), erasures)
        messenger = AiogramMessenger(TOKEN, address)
        delivery = Delivery(messenger, workshop, Pace(), bell)
        try:
            yield Hotlead(delivery, workshop, bell, await _agreed(database, clock.now()))
        finally:
            await messenger.close()
            await database.close()


async def _agreed(database: Database, now: datetime) -> int:
    async with database.unit(BOT) as unit:
        person = await unit.prospects.met(SOMEBODY, "Anna", None, "en", now)
        return await unit.consents.record(agreement(person.id, SOMEBODY, now))


@dataclass
class Aiogram:
    """aiogram: one after another, or all at once; both wait and try again when told to."""

    bot: Bot
    at_once: bool

    async def prepare(self, chats: Sequence[int]) -> None:
        return

    async def send_all(self, chats: Sequence[int]) -> None:
        if self.at_once:
            await asyncio.gather(*(self._send(chat, TEXT) for chat in chats))
            return
        for chat in chats:
            await self._send(chat, TEXT)

    async def reply(self, chat: int, text: str) -> None:
        await self._send(chat, text)

    async def _send(self, chat: int, text: str) -> Message:
        while True:
            try:
                return await self.bot.send_message(chat, text)
            except TelegramRetryAfter as told:
                await asyncio.sleep(told.retry_after)


def aiogram(*, at_once: bool) -> Callable[[str], AbstractAsyncContextManager[Sender]]:
    """Return how to build an aiogram bot."""

    @asynccontextmanager
    async def built(address: str) -> AsyncIterator[Sender]:
        bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(address)))
        try:
            yield Aiogram(bot, at_once)
        finally:
            await bot.session.close()

    return built


def python_telegram_bot(*, retries: int) -> Callable[[str], AbstractAsyncContextManager[Sender]]:
    """Return how to build python-telegram-bot with its rate limiter; building fails without its extra."""

    @asynccontextmanager
    async def built(address: str) -> AsyncIterator[Sender]:
        from telegram.ext import AIORateLimiter, Application

        class Ptb:
            async def prepare(self, chats: Sequence[int]) -> None:
                return

            async def send_all(self, chats: Sequence[int]) -> None:
                await asyncio.gather(*(app.bot.send_message(chat, TEXT) for chat in chats), return_exceptions=True)

            async def reply(self, chat: int, text: str) -> None:
                await app.bot.send_message(chat, text)

        builder = Application.builder().token(TOKEN).base_url(f"{address}/bot").updater(None)
        limited = builder.rate_limiter(AIORateLimiter(max_retries=retries))
        app = limited.connection_pool_size(256).pool_timeout(120).build()
        await app.initialize()
        try:
            yield Ptb()
        finally:
            await app.shutdown()

    return built


Build = Callable[[str], AbstractAsyncContextManager[Sender]]
SENDERS: dict[str, Build] = {
    "Hotlead": hotlead,
    "aiogram, one after another": aiogram(at_once=False),
    "aiogram, gather and retry_after": aiogram(at_once=True),
    "python-telegram-bot, AIORateLimiter": python_telegram_bot(retries=0),
    "python-telegram-bot, AIORateLimiter, ten retries": python_telegram_bot(retries=10),
}
