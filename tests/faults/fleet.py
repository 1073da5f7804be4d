"""A fleet: several `hotlead run` on one PostgreSQL, each with its own door, to be killed and frozen."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import cast

import asyncpg  # type: ignore[import-untyped]  # it says no types
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from bot.clock import FlowingClock
from bot.demo.emulator import Emulator
from bot.demo.serving import served

PATIENCE = 120
"""Seconds that a process gets to start, or the fleet to come to rest, on the busiest machine."""


@dataclass(frozen=True)
class Request:
    """A request that came to Telegram through a door."""

    at: datetime
    door: int
    method: str


class Door:
    """One of several ways into the emulator: whoever was given its address is known by it."""

    def __init__(self, emulator: Emulator, number: int, record: list[Request]) -> None:
        self.state = emulator.app.state
        self._app = emulator.app
        self._number = number
        self._record = record
        self._now = FlowingClock().now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            method = str(scope["path"]).rpartition("/")[2]
            self._record.append(Request(self._now(), self._number, method))
        await self._app(scope, receive, send)


@dataclass
class Bot:
    """A process of the fleet. A new one, with a new number, takes the place of one that was killed."""

    door: int
    process: int
    born_at: datetime
    log: Path
    words: tuple[str, ...]
    frozen_until: float | None = None
    """in the event loop's time"""


@dataclass(frozen=True)
class Sleep:
    """A time in which a process was frozen."""

    door: int
    until: datetime


@dataclass(frozen=True)
class Term:
    """Somebody became the sender."""

    sender: int
    process: int
    at: datetime


@dataclass
class Fleet:
    """The processes, what came through their doors, and the database that they share."""

    database: asyncpg.Connection
    zygote: Process
    environment: Mapping[str, str]
    addresses: Sequence[str]
    folder: Path
    requests: list[Request]
    bots: dict[int, Bot] = field(default_factory=dict)
    """by the number of their door"""
    doors: dict[int, int] = field(default_factory=dict)
    """by the number of a process, ended ones too"""
    sleeps: list[Sleep] = field(default_factory=list)
    now = staticmethod(FlowingClock().now)

    async def start(self, door: int, *words: str, **settings: str) -> Bot:
        """Start a process at a door."""
        assert self.zygote.stdin is not None
        assert self.zygote.stdout is not None
        log = self.folder / f"bot-{door}-{len(self.doors)}.log"
        environment = {**self.environment, "HOTLEAD_BOT_API": self.addresses[door], **settings}
        wanted = {"words": ["run", *words], "environment": environment, "log": str(log)}
        self.zygote.stdin.write(json.dumps(wanted).encode() + b"\n")
        await self.zygote.stdin.drain()
        process = int(await self.zygote.stdout.readline())
        self.doors[process] = door
        self.bots[door] = Bot(door, process, self.now(), log, words)
        return self.bots[door]

    def kill(self, bot: Bot) -> None:
        """Pull the plug."""
        del self.bots[bot.door]
        os.kill(bot.process, signal.SIGKILL)

    async def stop(self, bot: Bot) -> None:
        """Ask a process to end, as an operator does, and wait until it has."""
        del self.bots[bot.door]
        os.kill(bot.process, signal.SIGTERM)
        async with asyncio.timeout(PATIENCE):
            while _lives(bot.process):  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.02)
        assert bot.log.read_text().splitlines()[-1].endswith("stopped"), bot.log.read_text()

    def freeze(self, bot: Bot, seconds: float) -> None:
        """Stop time for a process: it holds what it holds, and knows nothing of it."""
        os.kill(bot.process, signal.SIGSTOP)
        bot.frozen_until = asyncio.get_running_loop().time() + seconds

    def thaw(self, *, all_of_them: bool = False) -> None:
        """Wake those whose time has come."""
        now = asyncio.get_running_loop().time()
        for bot in self.bots.values():
            if bot.frozen_until is not None and (all_of_them or bot.frozen_until <= now):
                self.sleeps.append(Sleep(bot.door, self.now()))
                os.kill(bot.process, signal.SIGCONT)
                bot.frozen_until = None

    def is_at_work(self, bot: Bot) -> bool:
        """Tell whether a process is awake and takes part: it leads, or it stands by."""
        told = bot.log.read_bytes() if bot.log.exists() else b""
        takes_part = b"] stands_by " in told or b"] leads " in told
        return bot.frozen_until is None and b"] running " in told and takes_part

    def all_live(self) -> None:
        """See that nobody ended who was not killed."""
        for bot in self.bots.values():
            assert _lives(bot.process), f"it ended:\n{bot.log.read_text()}"

    async def terms(self) -> list[Term]:
        """Return who became the sender, one after another."""
        rows = await self.database.fetch(
            "SELECT at, facts FROM journal WHERE event = 'took_over_sending' ORDER BY id"
        )
        facts = [(row["at"], json.loads(row["facts"])) for row in rows]
        return [Term(each["sender"], each["process"], at) for at, each in facts]

    async def sender(self) -> Bot | None:
        """Return the process that sends, as far as the database knows."""
        terms = await self.terms()
        door = self.doors.get(terms[-1].process) if terms else None
        bot = self.bots.get(door) if door is not None else None
        return bot if bot is not None and bot.process == terms[-1].process else None

    async def count(self, query: str) -> int:
        """Count rows."""
        return int(await self.database.fetchval(query))


def _lives(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


@asynccontextmanager
async def a_fleet(
    emulator: Emulator,
    doors: int,
    database: asyncpg.Connection,
    settings: Mapping[str, str],
    folder: Path,
) -> AsyncIterator[Fleet]:
    """Open so many doors, and a nursery for processes; none of them is left behind."""
    requests: list[Request] = []
    async with AsyncExitStack() as stack:
        addresses = [
            await stack.enter_async_context(served(cast("Starlette", Door(emulator, number, requests))))
            for number in range(doors)
        ]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HOTLEAD_")}
        zygote = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.faults.fleet_zygote"), stdin=PIPE, stdout=PIPE, env=kept
        )
        environment = {**kept, "HOTLEAD_BOT_TOKEN": emulator.token, **settings}
        try:
            yield Fleet(database, zygote, environment, addresses, folder, requests)
        finally:
            assert zygote.stdin is not None
            zygote.stdin.close()
            await zygote.wait()
            zygote._transport.close()  # type: ignore[attr-defined]  # asyncio leaves the pipes open otherwise
