"""How near to Telegram's limit each sender comes, how many 429s it earns, and how long a reply waits meanwhile.

`python -m benchmarks.sending` runs Hotlead (the real outbox on a SQLite file with synchronous=FULL, the real
delivery, HTTP through aiogram) and its peers one after another against the server of `benchmarks.strict`: 600
messages to 600 chats first; then a broadcast of 10,000, during which somebody is answered twice a second.
"""

from __future__ import annotations

import argparse
import asyncio
import socket
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import aiohttp
import structlog

from benchmarks.senders import SENDERS, Build
from benchmarks.strict import LIMIT, REPLY

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
