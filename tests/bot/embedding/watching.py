"""What a test of an embedded bot sees: Anna's screen, what waits at Telegram, and what is on the disk."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bot.clock import FlowingClock
from bot.demo.emulator import Emulator, Person
from bot.demo.emulator.updates import Update
from tests.bot.embedding.page import PATIENCE
from tests.scenarios.idleness import FileReader

ANNA = 7_000_000_001
PRICE = "From 99 € a place."
"""what the page's own handler answers to /price"""


async def until(emulator: Emulator, happened: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not happened():
            await emulator._world.changed.heard(within=0.01)


async def a_while(emulator: Emulator) -> None:
    """Give the bot the time in which it would do what it must not do."""
    for _ in range(30):
        await emulator._world.changed.heard(within=0.02)


def said(anna: Person) -> list[str]:
    return [message.text for message in anna.messages if message.from_bot]


async def sees(emulator: Emulator, anna: Person, words: str) -> None:
    await until(emulator, lambda: any(words in text for text in said(anna)))


async def starts(emulator: Emulator, anna: Person) -> Update:
    """Let Anna press START, and wait for the first question; return her update."""
    anna.starts()
    update = emulator._world.updates.pending[-1]
    await sees(emulator, anna, "Who is the furniture for?")
    return update


async def quiet(emulator: Emulator, folder: Path) -> None:
    """Return when nothing waits at Telegram, and the bot has nothing left to do."""
    reader = FileReader(folder / "hotlead.db")
    try:
        async with asyncio.timeout(PATIENCE):
            while emulator._world.updates.pending or await reader.left_to_do(FlowingClock().now()):
                await emulator._world.changed.heard(within=0.01)
    finally:
        await reader.close()


@contextmanager
def nobody_can_write(folder: Path) -> Iterator[None]:
    """Hold the database's one writer."""
    with closing(sqlite3.connect(folder / "hotlead.db")) as somebody:
        somebody.execute("BEGIN IMMEDIATE")
        yield
        somebody.rollback()


def rows(folder: Path, question: str, *values: object) -> list[tuple[object, ...]]:
    """Look into the database."""
    with closing(sqlite3.connect(folder / "hotlead.db")) as somebody:
        return somebody.execute(question, values).fetchall()


def kept(folder: Path, update_id: int) -> int:
    """Count how often an update is on the disk."""
    return len(rows(folder, "SELECT 1 FROM inbox WHERE update_id = ?", update_id))


class OwnPhone:
    """Anna's phone: what she does is answered when it returns."""

    def __init__(self, anna: Person, emulator: Emulator, folder: Path) -> None:
        self._anna = anna
        self._emulator = emulator
        self._folder = folder

    async def write(self, text: str) -> None:
        self._anna.says(text)
        await quiet(self._emulator, self._folder)

    async def tap(self, label: str) -> None:
        self._anna.taps(label)
        await quiet(self._emulator, self._folder)

    async def share_own_phone(self) -> None:
        keys = (key for row in self._anna.keyboard for key in row)
        self._anna.presses(next(key.text for key in keys if key.request_contact))
        await quiet(self._emulator, self._folder)
