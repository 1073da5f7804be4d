"""What every test shares: databases of both kinds, migrated once, and Hypothesis, which never looks at a clock."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import hypothesis
import pytest

from storage.database import Database
from tests.keys import a_keyring
from tests.postgresql import NoServerError, Server, running

hypothesis.settings.register_profile("hotlead", deadline=None, print_blob=True)
hypothesis.settings.load_profile("hotlead")

NO_SERVER = "PostgreSQL cannot be run here, so nothing was tried on it: "


def pytest_xdist_auto_num_workers() -> int:
    """One worker more than there are processors: half of the time a test waits for a disk or another process."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that no worker waits for another's last test."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables, made once: migrating takes longer than most tests."""
    path = tmp_path_factory.mktemp("migrated") / "hotlead.db"

    async def make() -> None:
        await (await Database.open(f"sqlite+aiosqlite:///{path}", a_keyring())).close()

    asyncio.run(make())
    return path


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A server for all tests."""
    try:
        with running() as server:
            yield server
    except NoServerError as error:
        pytest.skip(NO_SERVER + str(error))


@pytest.fixture
def on_sqlite(migrated: Path, tmp_path: Path) -> str:
    """The address of a SQLite database with all tables."""
    shutil.copy(migrated, tmp_path / "hotlead.db")
    return f"sqlite+aiosqlite:///{tmp_path / 'hotlead.db'}"


@pytest.fixture
def on_postgresql(postgresql: Server) -> Iterator[str]:
    """The address of a PostgreSQL database with all tables."""
    name = asyncio.run(postgresql.migrated())
    yield postgresql.address(name)
    asyncio.run(postgresql.drop(name))


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest) -> str:
    """The address of a database with all tables: what uses it is tried on both kinds."""
    made: str = request.getfixturevalue(f"on_{request.param}")
    return made


@pytest.fixture
async def database(address: str) -> AsyncIterator[Database]:
    """A database of its own for each test."""
    opened = await Database.open(address, a_keyring())
    yield opened
    await opened.close()


@pytest.fixture
async def other(address: str, database: Database) -> AsyncIterator[Database]:
    """The same database through connections of its own, as another process has it."""
    assert database
    opened = await Database.open(address, a_keyring())
    yield opened
    await opened.close()


def pytest_collection_finish() -> None:
    """Spare collections what was imported: it stays till the end, and going through it takes time."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say it loudly when nothing was tried on PostgreSQL."""
    reasons = {str(report.longrepr) for report in terminalreporter.stats.get("skipped", ())}
    for reason in sorted(each for each in reasons if NO_SERVER in each):
        terminalreporter.write_line(reason, red=True, bold=True)
