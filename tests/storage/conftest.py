"""A database in a file of its own, as production has it, and units of work on it."""

from __future__ import annotations

import shutil
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
