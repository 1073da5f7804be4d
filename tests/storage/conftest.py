"""A database in a file of its own, as production has it, and units of work on it."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol

import pytest

from storage.database import Database
from storage.unit import Unit
from tests.keys import a_keyring
from tests.storage.samples import BOT


class Begin(Protocol):
    """Begins a unit of work of a bot."""

    def __call__(self, bot: int = BOT) -> AbstractAsyncContextManager[Unit]: ...


@pytest.fixture(autouse=True)
async def _no_thread_outlives_its_loop() -> AsyncIterator[None]:
    """Wait for aiosqlite's threads: one that could not open its file ends a moment after the error."""
    yield
    for thread in threading.enumerate():
        if "_connection_worker_thread" in thread.name:
            await asyncio.to_thread(thread.join, 5)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables, made once: migrating takes longer than most tests."""
    path = tmp_path_factory.mktemp("migrated") / "hotlead.db"

    async def make() -> None:
        await (await Database.open(f"sqlite+aiosqlite:///{path}", a_keyring())).close()

    asyncio.run(make())
    return path


@pytest.fixture
def address(migrated: Path, tmp_path: Path) -> str:
    shutil.copy(migrated, tmp_path / "hotlead.db")
    return f"sqlite+aiosqlite:///{tmp_path / 'hotlead.db'}"


@pytest.fixture
async def database(address: str) -> AsyncIterator[Database]:
    opened = await Database.open(address, a_keyring())
    yield opened
    await opened.close()


@pytest.fixture
def begin(database: Database) -> Begin:
    """Begin a unit of work: `async with begin() as unit`."""

    def begun(bot: int = BOT) -> AbstractAsyncContextManager[Unit]:
        return database.unit(bot)

    return begun
