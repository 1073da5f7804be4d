"""The database: opening it with the settings that keep promises, its migrations, and units of work."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage import postgresql
from storage.cipher import Keyring
from storage.driver import STATEMENTS, Driver
from storage.errors import DatabaseBusyError, DatabaseFailedError, DatabaseUnusableError
from storage.exchange import Exchange
from storage.failures import failures, reason
from storage.leadership import Leadership
from storage.postgresql import is_postgresql
from storage.schema import bring_up_to_date
from storage.sealed import hand_over, keyring_of
from storage.sealing import check_keys, seal_what_is_clear
from storage.states import refuse_unfinished
from storage.unit import Unit

READ_ONLY, BARE = "hotlead_read_only", "hotlead_bare"
"""Marks of connections that only read, and of those that begin no transaction."""
PATIENCE, SHORT_PATIENCE = 10_000, 250
"""Milliseconds that SQLite waits for others, and those that a checkpoint waits before it lets writers go first."""
CHECKPOINTS = 40
"""How often a checkpoint is tried while somebody reads."""


class Database:
    """One database of any number of bots. Open it with `Database.open`, close it when done."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._driver = Driver(engine)
        self._is_server = is_postgresql(engine)
        self._looking: dict[str, Any] = postgresql.LOOKING if self._is_server else {READ_ONLY: True}
        self._turns = asyncio.Lock()
        self._unscrubbed = False

    @classmethod
    async def open(cls, address: str, keyring: Keyring) -> Database:
        """Open the database at a SQLAlchemy address, bring its tables up to date, and seal what is in clear.

        Raises DatabaseUnusableError, NewerSchemaError, MoveUnfinishedError or KeysError.
        """
        try:
            engine = engine_of(address)
        except ModuleNotFoundError as error:
            what = f"its driver is missing ({error.name}); for PostgreSQL: pip install 'hotlead[postgresql]'"
            raise DatabaseUnusableError(f"HOTLEAD_DATABASE cannot be used: {what}") from error
        except (ArgumentError, ImportError, OSError) as error:
            raise DatabaseUnusableError(f"HOTLEAD_DATABASE cannot be used: {error}") from error
        hand_over(keyring, engine.dialect)
        database = cls(engine)
        try:
            async with engine.connect() as connection:
                await bring_up_to_date(connection)
                await refuse_unfinished(connection)
                await check_keys(connection)
                await connection.commit()
            if await seal_what_is_clear(database.transaction):
                await database.rewrite()
        except (SQLAlchemyError, OSError) as error:
            await database.close()
            raise DatabaseUnusableError(f"the database cannot be used: {reason(error)}") from error
        except BaseException:
            await database.close()
            raise
        return database

    def leadership(self) -> Leadership | None:
        """Return what decides who leads among several processes; None where there can be only one."""
        return Leadership(self._engine.url) if self._is_server else None

    @property
    def keyring(self) -> Keyring:
        """The keys that it is sealed with."""
        return keyring_of(self._engine.dialect)

    async def close(self) -> None:
        """Give back every connection."""
        await self._engine.dispose()
        await self._driver.end()

    @asynccontextmanager
    async def unit(self, bot_id: int) -> AsyncIterator[Unit]:
        """Begin a unit of work: all of it is committed at the end, or nothing when an error leaves it.

        Raises DatabaseFailedError when the database does not take it, as when the disk is full.
        """
        async with self.transaction() as connection:
            unit = Unit(connection, bot_id)
            yield unit
        if unit.scrub_after or self._unscrubbed:
            # A reader may hold the log open: then it is tried again after the next unit, and at the next start.
            self._unscrubbed = not await self.scrub()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Begin a transaction for what concerns all bots at once. Raises DatabaseFailedError as `unit` does."""
        with failures():
            async with self._writing(), self._connected() as connection, connection.begin():
                yield connection

    @asynccontextmanager
    async def view(self, bot_id: int) -> AsyncIterator[Unit]:
        """Look without writing: sees one moment of the database and waits for no writer."""
        async with self.look() as connection:
            yield Unit(connection, bot_id)

    @asynccontextmanager
    async def look(self) -> AsyncIterator[AsyncConnection]:
        """Look at what concerns all bots at once, without writing. Raises DatabaseFailedError."""
        with failures():
            async with self._connected() as connection:
                await connection.execution_options(**self._looking)
                yield connection

    async def wait_for_turn(self, bot_id: int, person: int) -> None:
        """Return when a person's turn is free, or a moment later. To be called outside any unit."""
        with suppress(DatabaseBusyError):
            async with self.unit(bot_id) as unit:
                await unit.turns.wait_for(person)

    @property
    def is_shared(self) -> bool:
        """Whether other processes may work on it at the same time: on PostgreSQL, not on a SQLite file."""
        return self._is_server

    @asynccontextmanager
    async def exchange(self, heard: Callable[[int, str], None]) -> AsyncIterator[Exchange]:
        """Open a line to the other processes on this database, on a connection of its own; PostgreSQL only.

        Raises DatabaseFailedError.
        """
        with failures():
            async with self._connected() as connection:
                await connection.execution_options(isolation_level="AUTOCOMMIT")
                exchange = Exchange(connection, heard)
                await exchange.open()
                try:
                    yield exchange
                finally:
                    await exchange.close()

    async def scrub(self, attempts: int = CHECKPOINTS) -> bool:
        """Leave nothing of what was erased in the write-ahead log; tell whether that was possible.

        Not to be called inside a transaction. While somebody reads an older moment it has to wait; writers may go
        in between. What stays undone is done by the next scrub, or when the last connection closes.
        """
        if self._engine.dialect.name != "sqlite":
            return True
        for _ in range(attempts):
            async with self._writing(), self._bare() as connection:
                await connection.exec_driver_sql(f"PRAGMA busy_timeout={SHORT_PATIENCE}")
                result = await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                busy = result.one()[0]
                await connection.exec_driver_sql(f"PRAGMA busy_timeout={PATIENCE}")
            if not busy:
                return True
        return False

    async def rewrite(self) -> None:
        """Write the whole file anew, so that it holds nothing but what is in its tables; then scrub."""
        if self._engine.dialect.name == "sqlite":
            async with self._writing(), self._bare() as connection:
                await connection.exec_driver_sql("VACUUM")
            await self.scrub()

    @asynccontextmanager
    async def _bare(self) -> AsyncIterator[AsyncConnection]:
        """Connect without beginning a transaction: some statements allow none."""
        with failures():
            async with self._connected() as connection:
                await connection.execution_options(**{BARE: True})
                yield connection

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[AsyncConnection]:
        async with AsyncExitStack() as stack:
            try:
                connection = await stack.enter_async_context(self._engine.connect())
            except OSError as error:
                raise DatabaseFailedError(f"the database cannot be reached: {reason(error)}") from error
            yield connection

    def _writing(self) -> AbstractAsyncContextManager[object]:
        """Wait for SQLite's one writer: here that is fair and costs nothing, there it is neither."""
        return nullcontext() if self._is_server else self._turns


def engine_of(address: str, application: str = postgresql.APPLICATION) -> AsyncEngine:
    """Return the engine of an address. Raises ArgumentError, ImportError or OSError."""
    url = make_url(address)
    # An error names the statement but not its values: they are people's answers.
    if url.get_backend_name() == "postgresql":
        engine = create_async_engine(
            postgresql.with_driver(url), hide_parameters=True, **postgresql.options(application)
        )
        postgresql.keep_connections_fresh(engine)
    else:
        # A connection throws its pages away after another one wrote: the last one given back is taken first.
        at_hand = {"pool_use_lifo": True, "connect_args": {"cached_statements": STATEMENTS}}
        engine = create_async_engine(_prepared(url), hide_parameters=True, **at_hand)
        _keep_sqlites_promises(engine)
    return engine


def file_of(address: str) -> Path | None:
    """Return the file of a SQLite address; None for a server. Raises DatabaseUnusableError."""
    try:
        url = make_url(address)
    except ArgumentError as error:
        raise DatabaseUnusableError(f"HOTLEAD_DATABASE cannot be used: {error}") from error
    return _file(url)


def _file(url: URL) -> Path | None:
    on_disk = url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:"
    return Path(url.database) if on_disk and url.database else None


def _prepared(url: URL) -> URL:
    """Make the folder of a SQLite file, and see whether it can be written: its driver says so too late."""
    file = _file(url)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("ab"):
            pass
    return url


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
            f"busy_timeout={PATIENCE}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        # A transaction that turns from reading to writing can fail at once, whatever the time-out.
        options = connection.get_execution_options()
        if not options.get(BARE):
            connection.exec_driver_sql("BEGIN" if options.get(READ_ONLY) else "BEGIN IMMEDIATE")
