"""A database of its own for each test: in a file, and in a server too where that can make a difference."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.database import Database
from tests.bot.bench import Bench, a_bench

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
async def bench(database: Database, tmp_path: Path) -> Bench:
    return await a_bench(database, folder=tmp_path)
