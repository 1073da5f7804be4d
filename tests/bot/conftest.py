"""A database of its own for each test: in a file, and in a server too where that can make a difference."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.database import Database
from tests.bot.bench import Bench, a_bench
from tests.keys import a_keyring

ON_BOTH = pytest.mark.parametrize("address", ["sqlite", "postgresql"], indirect=True)
"""For tests of what each kind of database does in its own way: locks, turns, claims."""
ON_POSTGRESQL = pytest.mark.parametrize("address", ["postgresql"], indirect=True)
"""For tests of what several processes do on one server."""


@pytest.fixture
def address(request: pytest.FixtureRequest) -> str:
    """The address of a database with all tables, in a file unless a test says otherwise."""
    made: str = request.getfixturevalue(f"on_{getattr(request, 'param', 'sqlite')}")
    return made


@pytest.fixture
async def second(database: Database, address: str) -> AsyncIterator[Database]:
    """The same database through connections of its own, as another process has it."""
    assert database
    opened = await Database.open(address, a_keyring())
    yield opened
    await opened.close()


@pytest.fixture
async def bench(database: Database, tmp_path: Path) -> Bench:
    return await a_bench(database, folder=tmp_path)
