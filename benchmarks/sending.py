"""How near to Telegram's limit each sender comes, how many 429s it earns, and how long a reply waits meanwhile.

Hotlead (the real outbox on a SQLite file with synchronous=FULL, the real delivery, HTTP through aiogram) and its
peers send one after another to the server of `benchmarks.strict`: 600 messages to 600 chats first; then a
broadcast of 10,000, during which somebody is answered twice a second.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
import structlog

from benchmarks.process import running
from benchmarks.report import Report
from benchmarks.senders import SENDERS, Build
from benchmarks.strict import LIMIT, REPLY
from tests.ports import free_port

FIRST_CHAT, ASKING_CHAT = 1_000_000, 500
REPLIES_A_SECOND = 2


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
    port = free_port()
    with TemporaryDirectory() as folder:
        async with running(Path(folder), "benchmarks.strict", str(port)) as server:
            await server.until_listening(port)
            yield f"http://127.0.0.1:{port}"


async def broadcast(build: Build, messages: int) -> Outcome:
    """Send to so many chats, and count what the server saw."""
    async with served() as address, build(address) as sender:
        chats = range(FIRST_CHAT, FIRST_CHAT + messages)
        await sender.prepare(chats)
        await sender.send_all(chats)
        tally = await _tally(address)
    taken = sorted(tally["taken"])
    share = (len(taken) / LIMIT) / (taken[-1] - taken[0])
    return Outcome(share, len(tally["refused"]), messages - len(taken))


async def replies(build: Build, messages: int, seconds: float) -> Outcome:
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


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    messages: int = 600
    waiting: int = 10_000
    """the broadcast during which somebody is answered"""
    seconds: float = 12
    """for how long"""


FULL, QUICK = Size(), Size(messages=60, waiting=300, seconds=3)
OURS = "Hotlead"


def run(size: Size = FULL, names: Sequence[str] = tuple(SENDERS)) -> list[Report]:
    """Let everybody send."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    logging.getLogger("telegram").setLevel(logging.CRITICAL)  # a traceback a 429
    title = (
        f"Sending {size.messages} messages to a server that takes {LIMIT} a second;"
        f" then answering somebody during a broadcast of {size.waiting:,}"
    )
    head = ("sender", "share of the limit", "429s", "lost", "429s of the broadcast", "an answer waits at most, s")
    report = Report(title, head)
    for name in names:
        try:
            quiet = asyncio.run(broadcast(SENDERS[name], size.messages))
            busy = asyncio.run(replies(SENDERS[name], size.waiting, size.seconds))
        except (ImportError, RuntimeError) as missing:
            report.skip(name, missing)
            continue
        report.add(name, f"{quiet.share:.1%}", quiet.refused, quiet.lost, busy.refused, max(busy.waits))
        if name == OURS:
            report.ratios["sending: share of the limit"] = quiet.share
    return [report]
