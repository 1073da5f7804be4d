"""The database: opening it with the settings that keep promises, its migrations, and units of work."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage.errors import DatabaseFailedError, DatabaseUnusableError, NewerSchemaError
from storage.unit import Unit

READ_ONLY = "hotlead_read_only"


class Database:
    """One database of any number of bots. Open it with `Database.open`, close it when done."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        # SQLite has one writer: waiting here is fair and costs nothing, waiting in SQLite is neither.
        self._writing = asyncio.Lock()

    @classmethod
    async def open(cls, address: str) -> Database:
        """Open the database at a SQLAlchemy address and bring its tables up to date.

        Raises DatabaseUnusableError or NewerSchemaError.
        """
        try:
            # An error names the statement but not its values: they are people's answers.
            engine = create_async_engine(_prepared(address), hide_parameters=True)
        except (ArgumentError, ImportError, OSError) as error:
            raise DatabaseUnusableError(f"HOTLEAD_DATABASE cannot be used: {error}") from error
        if engine.dialect.name == "sqlite":
            _keep_sqlites_promises(engine)
        try:
            async with engine.connect() as connection:
                await connection.run_sync(_migrate)
                await connection.commit()
        except SQLAlchemyError as error:
            await engine.dispose()
            reason = str(getattr(error, "orig", error)).splitlines()[0]
            raise DatabaseUnusableError(f"the database cannot be used: {reason}") from error
        except BaseException:
            await engine.dispose()
            raise
        return cls(engine)

    async def close(self) -> None:
        """Give back every connection."""
        await self._engine.dispose()

    @asynccontextmanager
    async def unit(self, bot_id: int) -> AsyncIterator[Unit]:
        """Begin a unit of work: all of it is committed at the end, or nothing when an error leaves it.

        Raises DatabaseFailedError when the database does not take it, as when the disk is full.
        """
        try:
            async with self._writing, self._engine.begin() as connection:
                unit = Unit(connection, bot_id)
                yield unit
            if unit.scrub_after:
                await self.scrub()
        except OperationalError as error:
            raise DatabaseFailedError(f"the database did not take it: {error.orig}") from error

    async def scrub(self) -> None:
        """Leave no byte of what was removed: move the write-ahead log into the file, and empty it."""
        if self._engine.dialect.name != "sqlite":
            return

        def empty(connection: Connection) -> None:
            connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

        async with self._writing, self._engine.connect() as connection:
            await connection.run_sync(empty)

    @asynccontextmanager
    async def view(self, bot_id: int) -> AsyncIterator[Unit]:
        """Look without writing: sees one moment of the database and waits for no writer."""
        try:
            async with self._engine.connect() as connection:
                await connection.execution_options(**{READ_ONLY: True})
                yield Unit(connection, bot_id)
        except OperationalError as error:
            raise DatabaseFailedError(f"the database cannot be read: {error.orig}") from error


def _prepared(address: str) -> str:
    """Make the folder of a SQLite file, and see whether it can be written: its driver says so too late."""
    url = make_url(address)
    if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
        file = Path(url.database)
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("ab"):
            pass
    return address


def _keep_sqlites_promises(engine: AsyncEngine) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def _configure(connection: Any, _: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",  # a commit survives a power cut
            "secure_delete=ON",  # what was erased is overwritten
            "foreign_keys=ON",
            "busy_timeout=10000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        # A transaction that turns from reading to writing can fail at once, whatever the time-out.
        reading = connection.get_execution_options().get(READ_ONLY)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _migrate(connection: Connection) -> None:
    config = migrations()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    present = MigrationContext.configure(connection).get_current_revision()
    if present is not None and present not in known:
        raise NewerSchemaError
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def migrations() -> Config:
    """Return Alembic's configuration of our migrations."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config
