"""A database in a file of its own."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.database import Database
from tests.bot.bench import Bench, a_bench
from tests.keys import a_keyring


@pytest.fixture
async def database(migrated: Path, tmp_path: Path) -> AsyncIterator[Database]:
    shutil.copy(migrated, tmp_path / "hotlead.db")
    opened = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'hotlead.db'}", a_keyring())
    yield opened
    await opened.close()


@pytest.fixture
async def second(database: Database, tmp_path: Path) -> AsyncIterator[Database]:
    """The same file through connections of its own, as another process has it."""
    opened = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'hotlead.db'}", a_keyring())
    yield opened
    await opened.close()


@pytest.fixture
async def bench(database: Database, tmp_path: Path) -> Bench:
    return await a_bench(database, folder=tmp_path)
