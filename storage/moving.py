"""Moving: copies a whole database into an empty one of either kind, raw as it is stored, and compares the two.

Where a move stands is told by the target itself. Rows are copied in the order of their primary keys, so the last
one there says where to go on; and until both sides were compared a mark lies in it, with which no bot starts.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import (
    Column,
    ColumnElement,
    LargeBinary,
    MetaData,
    Row,
    Select,
    String,
    Table,
    and_,
    exists,
    false,
    func,
    insert,
    inspect,
    not_,
    select,
    text,
    tuple_,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

import storage.tables  # noqa: F401 - tables register themselves
from storage.columns import Base
from storage.database import Database, engine_of, file_of
from storage.errors import DatabaseInUseError, DatabaseUnusableError, MoveError, StorageError
from storage.failures import reason
from storage.lock import lock_of, locked
from storage.postgresql import is_postgresql
from storage.schema import bring_up_to_date, known_revisions, newest_revision, present_revision
from storage.sealed import Sealed, SealedBytes
from storage.states import EVERY_BOT, KEYS, MOVING, SEALED, States, refuse_unfinished

BATCH, BATCH_OF_FILES = 1000, 8
"""Rows in a transaction; files are large."""
APPLICATION = "hotlead move"
ITSELF = "it is the source itself"
OTHER_DATA = "it holds other data; name an empty database"
ALREADY_THERE = (
    "it holds data sealed with the source's own keys, as after a move that was finished: if you moved before,"
    " use it as it is; if not, name an empty database"
)
_AT_WORK = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND application_name LIKE 'hotlead%' AND application_name <> :ours"
)
_HIGHEST = {
    True: "SELECT pg_sequence_last_value(CAST(pg_get_serial_sequence(:table, :column) AS regclass))",
    False: "SELECT seq FROM sqlite_sequence WHERE name = :table AND :column <> ''",
}
"""The highest number that a table ever gave, on a server and in a file."""

Progress: TypeAlias = Callable[[str, int, int], None]
"""Hears what is being done, how many rows of it, and of how many."""


@dataclass(frozen=True)
class Moved:
    """A table that is the same on both sides."""

    table: str
    rows: int
    sha256: str


async def move(origin: str, target: str, progress: Progress) -> list[Moved]:
    """Copy all of a database into an empty one, or go on with that; return what is there, once both are the same.

    Neither may be in use. The origin is never changed. Raises StorageError.
    """
    with ExitStack() as locks:
        with _told_of("the source"):
            source_file = file_of(origin)
            if source_file is not None and not source_file.is_file():
                raise MoveError(f"there is no database at {source_file}")
            locks.enter_context(locked(source_file))
        with _told_of("the target"):
            target_file = file_of(target)
            if target_file is not None and source_file is not None:
                if target_file.resolve() == source_file.resolve():
                    raise MoveError(ITSELF)
                if lock_of(target_file) == lock_of(source_file):
                    target_file = None  # the lock is held already
            elif make_url(target) == make_url(origin):
                raise MoveError(ITSELF)
            locks.enter_context(locked(target_file))
        async with _opened(origin, "the source", for_writing=False) as source:
            with _told_of("the source"):
                mark = await _ready_to_leave(source)
            async with _opened(target, "the target", for_writing=True) as new_home:
                return await _moved(source, new_home, mark, progress)


async def _moved(source: Database, target: Database, mark: str, progress: Progress) -> list[Moved]:
    with _told_of("the target"):
        await _make_ready(target, mark)
    tables = [_as_stored(table) for table in Base.metadata.sorted_tables]
    for table in tables:
        await _copy(source, target, table, progress)
    moved = [await _compared(source, target, table, progress) for table in tables]
    for database, side in ((source, "the source"), (target, "the target")):
        with _told_of(side):
            async with database.look() as connection:
                await _refuse_company(connection)
    async with target.transaction() as connection:
        await States(connection, EVERY_BOT).drop(MOVING)
    return moved


# Both sides -----------------------------------------------------------------------------------------------------


@contextmanager
def _told_of(side: str) -> Iterator[None]:
    """Say of which of the two databases an error is, in one line."""
    try:
        yield
    except StorageError as error:
        raise type(error)(f"{side}: {error}") from error
    except (SQLAlchemyError, OSError) as error:
        raise DatabaseUnusableError(f"{side}: the database cannot be used: {reason(error)}") from error


@asynccontextmanager
async def _opened(address: str, side: str, *, for_writing: bool) -> AsyncIterator[Database]:
    """Open a database without its keys: what is sealed stays so."""
    file = file_of(address)
    with _told_of(side):
        try:
            if file is not None and not for_writing:
                looked_at = f"sqlite+aiosqlite:///{file.resolve().as_uri()}?mode=ro&uri=true"
                database = Database(create_async_engine(looked_at, hide_parameters=True))
            else:
                database = Database(engine_of(address, APPLICATION))
        except (ArgumentError, ImportError) as error:
            raise DatabaseUnusableError(f"the address cannot be used: {error}") from error
    try:
        yield database
    finally:
        await database.close()


async def _ready_to_leave(source: Database) -> str:
    """See that a database is whole and left in peace; return by what it is known again."""
    async with source.look() as connection:
        present = await connection.run_sync(present_revision)
        if present is None:
            raise MoveError("this is no database of Hotlead")
        if present not in known_revisions():
            raise MoveError(f"it was written by a newer Hotlead (schema {present}); move it with that version")
        if present != newest_revision():
            raise MoveError("it is of an older Hotlead; `hotlead doctor` brings the present one up to date")
        await refuse_unfinished(connection)
        await _refuse_company(connection)
        return await _known_by(States(connection, EVERY_BOT))


async def _known_by(states: States) -> str:
    """Return by what a database and its copies are known: a fingerprint of what tells their keys."""
    return hashlib.sha256((await states.read(KEYS) or "").encode()).hexdigest()


async def _make_ready(target: Database, mark: str) -> None:
    """Make the tables of an empty database, and mark it as one that is moved into. Raises MoveError."""
    async with target.transaction() as connection:
        await _refuse_company(connection)
        present = await connection.run_sync(present_revision)
        if present is None:
            if await connection.run_sync(lambda each: inspect(each).get_table_names()):
                raise MoveError(OTHER_DATA)
            await bring_up_to_date(connection)
        elif present != newest_revision():
            raise MoveError(f"it holds tables of another Hotlead (schema {present}); name an empty database")
        states = States(connection, EVERY_BOT)
        begun = await states.read(MOVING)
        if begun == mark:
            return
        if begun is not None:
            raise MoveError("a move from another source was begun there; name an empty database")
        for table in Base.metadata.sorted_tables:
            if await connection.scalar(select(exists().select_from(table).where(not_(_is_nothing(table))))):
                raise MoveError(ALREADY_THERE if await _known_by(states) == mark else OTHER_DATA)
        for name in (KEYS, SEALED):
            await states.drop(name)
        await states.keep(MOVING, mark)


def _is_nothing(table: Table) -> ColumnElement[bool]:
    """What a command like `hotlead doctor` leaves in a database that nobody has used yet."""
    return _state(table, KEYS, SEALED) if table.name == "states" else false()


def _state(table: Table, *names: str) -> ColumnElement[bool]:
    return and_(table.c.bot_id == EVERY_BOT, table.c.name.in_(names))


async def _refuse_company(connection: AsyncConnection) -> None:
    """Raise DatabaseInUseError when another Hotlead is connected to a server; files have their locks."""
    if is_postgresql(connection) and await connection.scalar(_AT_WORK, {"ours": APPLICATION}):
        raise DatabaseInUseError


# Copying --------------------------------------------------------------------------------------------------------


def _as_stored(table: Table) -> Table:
    """Return a table whose sealed columns are read and written as they stand."""

    def kind(column: Column[Any]) -> Any:
        sealed = isinstance(column.type, Sealed | SealedBytes)
        return column.type.impl_instance if sealed else column.type  # type: ignore[attr-defined]  # a decorator's

    columns = (Column(c.name, kind(c), primary_key=c.primary_key, autoincrement=False) for c in table.columns)
    return Table(table.name, MetaData(), *columns)


async def _copy(source: Database, target: Database, table: Table, progress: Progress) -> None:
    async with target.look() as connection:
        newest = _rows(connection, table, table.primary_key.columns)
        newest = newest.order_by(None).order_by(*(each.desc() for each in _order(connection, table)))
        last = (await connection.execute(newest.limit(1))).first()
        done = await _count(connection, table)
    async with source.look() as connection:
        total = await _count(connection, table)
    async for rows in _batches(source, table, last):
        try:
            async with target.transaction() as connection:
                await connection.execute(insert(table), [dict(row._mapping) for row in rows])  # noqa: SLF001 - SQLAlchemy's own name
        except DBAPIError as error:
            raise MoveError(f"the target does not take all of {table.name}: {reason(error)}") from error
        done += len(rows)
        progress(table.name, done, total)
    await _number_on(source, target, table)


async def _number_on(source: Database, target: Database, table: Table) -> None:
    """Let numbers of new rows go on where the source's would: those of rows that are gone are not given again."""
    column = Base.metadata.tables[table.name].autoincrement_column
    if column is None:
        return
    named = {"table": table.name, "column": column.name}
    async with source.look() as connection:
        given = await connection.scalar(text(_HIGHEST[is_postgresql(connection)]), named)
        highest = max(given or 0, await connection.scalar(select(func.max(table.c[column.name]))) or 0)
    if not highest:
        return
    async with target.transaction() as connection:
        if is_postgresql(connection):
            setting = "SELECT setval(CAST(pg_get_serial_sequence(:table, :column) AS regclass), :highest)"
            await connection.execute(text(setting), {**named, "highest": highest})
        elif Base.metadata.tables[table.name].dialect_options["sqlite"]["autoincrement"]:
            values = {"table": table.name, "highest": highest}
            await connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :table"), values)
            await connection.execute(text("INSERT INTO sqlite_sequence VALUES (:table, :highest)"), values)


async def _batches(
    database: Database, table: Table, last: Sequence[Any] | None
) -> AsyncIterator[Sequence[Row[Any]]]:
    """Go through the rows after one, in the order of their keys; nobody waits for anybody between two batches."""
    has_files = any(isinstance(column.type, LargeBinary) for column in table.columns)
    keys = [list(table.columns).index(column) for column in table.primary_key.columns]
    while True:
        async with database.look() as connection:
            query = _rows(connection, table, table.columns).limit(BATCH_OF_FILES if has_files else BATCH)
            if last is not None:
                query = query.where(_after(_order(connection, table), last))
            rows = (await connection.execute(query)).all()
        if not rows:
            return
        yield rows
        last = [rows[-1][each] for each in keys]


def _rows(connection: AsyncConnection, table: Table, columns: Any) -> Select[Any]:
    """Select rows in the order of their keys, without the mark of a move."""
    query = select(*columns).order_by(*_order(connection, table))
    return query.where(not_(_state(table, MOVING))) if table.name == "states" else query


def _order(connection: AsyncConnection, table: Table) -> list[ColumnElement[Any]]:
    """Return the primary key, whose words are in the same order everywhere: byte by byte."""
    return [
        column.collate("C") if is_postgresql(connection) and isinstance(column.type, String) else column
        for column in table.primary_key.columns
    ]


def _after(order: list[ColumnElement[Any]], last: Sequence[Any]) -> ColumnElement[bool]:
    return order[0] > last[0] if len(order) == 1 else tuple_(*order) > tuple_(*last)


async def _count(connection: AsyncConnection, table: Table) -> int:
    rows = _rows(connection, table, table.primary_key.columns).order_by(None).subquery()
    return int(await connection.scalar(select(func.count()).select_from(rows)) or 0)


# Comparing ------------------------------------------------------------------------------------------------------


async def _compared(source: Database, target: Database, table: Table, progress: Progress) -> Moved:
    """Go through both sides of a table. Raises MoveError where they are not the same."""
    there, here = await _fingerprint(source, table, progress), await _fingerprint(target, table, progress)
    if there != here:
        raise MoveError(
            f"{table.name} is not the same on both sides ({there.rows} rows and {here.rows}): something was"
            " changed meanwhile; empty the target and move again"
        )
    return there


async def _fingerprint(database: Database, table: Table, progress: Progress) -> Moved:
    """Hash every row of a table: the types of the columns have made the values the same on every database."""
    hashed, count = hashlib.sha256(), 0
    async for rows in _batches(database, table, None):
        hashed.update("".join(f"{tuple(row)!r}\n" for row in rows).encode())
        count += len(rows)
        progress(f"comparing {table.name}", count, count)
    return Moved(table.name, count, hashed.hexdigest())
