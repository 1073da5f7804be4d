"""How near to Telegram's limit each sender comes, how many 429s it earns, and how long a reply waits meanwhile.

`python -m benchmarks.sending` runs Hotlead (the real outbox on a SQLite file with synchronous=FULL, the real
delivery, HTTP through aiogram) and its peers one after another against the server of `benchmarks.strict`: 600
messages to 600 chats first; then a broadcast of 10,000, during which somebody is answered twice a second.
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import aiohttp
import structlog
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramRetryAfter
from aiogram.types import Message

from benchmarks.strict import LIMIT, REPLY
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
from storage.records import ConsentEvent, ConsentEventKind, Fate, Kind, Method, Outgoing

TOKEN, BOT = "42:benchmark", 42
TEXT = "Hello! Here is how a team of 40 moved in a week."
FIRST_CHAT, ASKING_CHAT = 1_000_000, 500
PUT_AT_ONCE = 500
REPLIES_A_SECOND = 2


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
        person = await unit.prospects.met(FIRST_CHAT, "Anna", None, "en", now)
        given = ConsentEvent(
            prospect_id=person.id,
            purpose="follow_ups",
            event=ConsentEventKind.GIVEN,
            record="1",
            method=Method.BUTTON,
            at=now,
            language="en",
            text="May we write?",
            chat_id=FIRST_CHAT,
            actor="prospect",
        )
        return await unit.consents.record(given)


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


@asynccontextmanager
async def python_telegram_bot(address: str) -> AsyncIterator[Sender]:
    """Build python-telegram-bot with its rate limiter. Raises ImportError or RuntimeError without its extra."""
    from telegram.ext import AIORateLimiter, Application

    class Ptb:
        async def prepare(self, chats: Sequence[int]) -> None:
            return

        async def send_all(self, chats: Sequence[int]) -> None:
            await asyncio.gather(*(app.bot.send_message(chat, TEXT) for chat in chats), return_exceptions=True)

        async def reply(self, chat: int, text: str) -> None:
            await app.bot.send_message(chat, text)

    builder = Application.builder().token(TOKEN).base_url(f"{address}/bot").updater(None)
    limiter = AIORateLimiter(max_retries=10)
    app = builder.rate_limiter(limiter).connection_pool_size(256).pool_timeout(120).build()
    await app.initialize()
    try:
        yield Ptb()
    finally:
        await app.shutdown()


SENDERS: dict[str, Callable[[str], AbstractAsyncContextManager[Sender]]] = {
    "Hotlead": hotlead,
    "aiogram, one after another": aiogram(at_once=False),
    "aiogram, gather and retry_after": aiogram(at_once=True),
    "python-telegram-bot, AIORateLimiter": python_telegram_bot,
}


@dataclass(frozen=True)
class Outcome:
    """What the server saw of one sender."""

    share: float
    refused: int
    lost: int
    waits: tuple[float, ...] = ()


@asynccontextmanager
async def served() -> AsyncIterator[str]:
    """Run the strict server as a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "benchmarks.strict", str(port))
    try:
        while True:
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                break
            await asyncio.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        await process.wait()


async def broadcast(build: Callable[[str], AbstractAsyncContextManager[Sender]], messages: int) -> Outcome:
    """Send to so many chats, and count what the server saw."""
    async with served() as address, build(address) as sender:
        chats = range(FIRST_CHAT, FIRST_CHAT + messages)
        await sender.prepare(chats)
        await sender.send_all(chats)
        tally = await _tally(address)
    taken = sorted(tally["taken"])
    share = (len(taken) / LIMIT) / (taken[-1] - taken[0])
    return Outcome(share, len(tally["refused"]), messages - len(taken))


async def replies(
    build: Callable[[str], AbstractAsyncContextManager[Sender]], messages: int, seconds: float
) -> Outcome:
    """Answer somebody now and then during a broadcast, and see how long that takes until Telegram has it."""
    async with served() as address, build(address) as sender:
        chats = range(FIRST_CHAT, FIRST_CHAT + messages)
        await sender.prepare(chats)
        sending = asyncio.create_task(sender.send_all(chats))
        while not (await _tally(address))["taken"]:
            await asyncio.sleep(0.1)
        asked: dict[str, float] = {}
        answering = set()
        for number in range(int(seconds * REPLIES_A_SECOND)):
            await asyncio.sleep(1 / REPLIES_A_SECOND)
            # Every other one is to somebody whom the broadcast has not reached yet.
            chat = FIRST_CHAT + messages - 1 - number if number % 2 else ASKING_CHAT + number
            text = f"{REPLY}{number}"
            asked[text] = time.monotonic()
            answering.add(asyncio.create_task(sender.reply(chat, text)))
        await asyncio.sleep(3)
        tally, now = await _tally(address), time.monotonic()
        for task in (sending, *answering):
            task.cancel()
        await asyncio.gather(sending, *answering, return_exceptions=True)
    waits = tuple(tally["replies"].get(text, now) - at for text, at in asked.items())
    taken = sorted(tally["taken"])
    share = (len(taken) / LIMIT) / (taken[-1] - taken[0])
    return Outcome(share, len(tally["refused"]), 0, waits)


async def _tally(address: str) -> dict[str, Any]:
    async with aiohttp.ClientSession() as session, session.get(f"{address}/tally") as answer:
        found: dict[str, Any] = await answer.json()
        return found


async def compare(messages: int, waiting: int, seconds: float, named: Sequence[str]) -> None:
    """Print a table with a line for each sender."""
    head = f"{'':36} {'of the limit':>12} {'429s':>6} {'lost':>5}   {'429s':>6} {'a reply waits':>14}"
    print(f"{messages} messages, {LIMIT} a second at most; then somebody is answered while {waiting} wait\n{head}")
    for name in named:
        try:
            quiet = await broadcast(SENDERS[name], messages)
            busy = await replies(SENDERS[name], waiting, seconds)
        except (ImportError, RuntimeError) as missing:
            print(f"{name:36} skipped: {str(missing).splitlines()[0]}")
            continue
        slowest = f"≤ {max(busy.waits):.2f} s"
        print(
            f"{name:36} {quiet.share:12.1%} {quiet.refused:6} {quiet.lost:5}   {busy.refused:6} {slowest:>14}",
            flush=True,
        )


def main() -> None:
    """Read what is asked for, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--messages", type=int, default=600)
    parser.add_argument("--waiting", type=int, default=10_000, help="the broadcast during which replies are sent")
    parser.add_argument("--seconds", type=float, default=12, help="for how long replies are sent")
    parser.add_argument("--only", action="append", choices=list(SENDERS), help="one sender; may be repeated")
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    asyncio.run(compare(asked.messages, asked.waiting, asked.seconds, asked.only or list(SENDERS)))


if __name__ == "__main__":
    main()
