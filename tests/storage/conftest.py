"""A database of its own for each test, as production has it, and units of work on it."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Protocol

import pytest

from storage.database import Database
from storage.unit import Unit
from tests.storage.samples import BOT


class Begin(Protocol):
    """Begins a unit of work of a bot."""

    def __call__(self, bot: int = BOT) -> AbstractAsyncContextManager[Unit]: ...


@pytest.fixture
def begin(database: Database) -> Begin:
    """Begin a unit of work: `async with begin() as unit`."""

    def begun(bot: int = BOT) -> AbstractAsyncContextManager[Unit]:
        return database.unit(bot)

    return begun


ON_SQLITE = pytest.mark.parametrize("address", ["sqlite"], indirect=True)
"""For tests of what only a file has: a log, pragmas, plans."""
ON_POSTGRESQL = pytest.mark.parametrize("address", ["postgresql"], indirect=True)
"""For tests of what only a server has: many writers, locks, connections that are lost."""
