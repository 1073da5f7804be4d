"""The database: SQLite's settings, migrations, and units of work that are all or nothing."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import datetime, timezone
from datetime import timedelta as delta
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Index, PrimaryKeyConstraint, Table, UniqueConstraint, create_engine, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError, StatementError

import storage.tables  # noqa: F401 - tables register themselves
from storage.columns import Base
from storage.database import Database
from storage.errors import DatabaseUnusableError, NewerSchemaError
from storage.schema import known_revisions, migrations, newest_revision
from tests.keys import a_keyring
from tests.storage.conftest import ON_SQLITE, Begin
from tests.storage.samples import ANNA, BORIS, BOT, NOON, OTHER_BOT, a_prospect, a_session, a_walk


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),  # FULL: a commit survives a power cut
        ("secure_delete", 1),  # what was erased is overwritten
        ("foreign_keys", 1),
        ("busy_timeout", 10_000),
    ],
)
@ON_SQLITE
async def test_every_connection_keeps_sqlites_promises(database: Database, pragma: str, value: object) -> None:
    async with database.view(BOT) as first, database.view(BOT) as second:
        for unit in (first, second):
            assert await unit._connection.scalar(text(f"PRAGMA {pragma}")) == value


async def test_a_unit_is_committed_as_a_whole(begin: Begin) -> None:
    async with begin() as unit:
        await a_prospect(unit)
    async with begin() as unit:
        assert await unit.prospects.by_telegram_id(ANNA) is not None


async def test_an_error_takes_the_whole_unit_back(begin: Begin) -> None:
    async def fail() -> None:
        async with begin() as unit:
            await a_session(unit)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    async with begin() as unit:
        assert await unit.prospects.by_telegram_id(ANNA) is None


async def test_a_cancelled_unit_is_taken_back_and_the_next_one_works(begin: Begin) -> None:
    begun = asyncio.Event()

    async def cancelled() -> None:
        async with begin() as unit:
            await a_prospect(unit)
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(cancelled())
    await begun.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    async with begin() as unit:
        assert await unit.prospects.by_telegram_id(ANNA) is None
        await a_prospect(unit)


async def test_an_attempt_that_fails_takes_back_its_own_part_only(begin: Begin) -> None:
    async with begin() as unit:
        await a_prospect(unit, ANNA)

        async def fail() -> None:
            async with unit.attempt():
                await a_prospect(unit, BORIS)
                raise RuntimeError

        with pytest.raises(RuntimeError):
            await fail()
        async with unit.attempt():
            await unit.journal.note("kept", None, NOON)
    async with begin() as unit:
        assert await unit.prospects.by_telegram_id(ANNA) is not None
        assert await unit.prospects.by_telegram_id(BORIS) is None
        assert [entry.event for entry in await unit.journal.after(0)] == ["kept"]


async def test_a_unit_goes_on_after_a_statement_that_the_database_refused(begin: Begin) -> None:
    async with begin() as unit:
        with pytest.raises(IntegrityError):
            async with unit.attempt():
                await unit.sessions.start(999, a_walk(), None)  # nobody has this number
        await a_prospect(unit)
    async with begin() as unit:
        assert await unit.prospects.by_telegram_id(ANNA) is not None


async def test_a_view_waits_for_no_writer_and_sees_what_was_committed(database: Database) -> None:
    async with database.unit(BOT) as unit:
        await a_prospect(unit)
        async with database.view(BOT) as view:
            assert await view.prospects.by_telegram_id(ANNA) is None
    async with database.view(BOT) as view:
        assert await view.prospects.by_telegram_id(ANNA) is not None


async def test_a_view_sees_one_moment_only(database: Database) -> None:
    async with database.view(BOT) as view:
        assert await view.prospects.by_telegram_id(ANNA) is None
        async with database.unit(BOT) as unit:
            await a_prospect(unit)
        assert await view.prospects.by_telegram_id(ANNA) is None


@ON_SQLITE
async def test_a_unit_locks_the_database_before_it_reads(database: Database, tmp_path: Path) -> None:
    # A transaction that began by reading could not write after somebody else did (BUSY_SNAPSHOT).
    other = sqlite3.connect(tmp_path / "hotlead.db", timeout=0, isolation_level=None)
    try:
        async with database.unit(BOT):
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("BEGIN IMMEDIATE")
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    finally:
        other.close()


async def test_two_processes_write_by_turns_and_lose_nothing(address: str) -> None:
    first, second = await Database.open(address, a_keyring()), await Database.open(address, a_keyring())

    async def write(database: Database, number: int) -> None:
        async with database.unit(BOT) as unit:
            await unit.journal.after(0)  # reads first
            await unit.journal.note("written", None, NOON, number=number)

    try:
        await asyncio.gather(*(write(database, n) for n in range(10) for database in (first, second)))
        async with first.view(BOT) as view:
            assert len(await view.journal.after(0)) == 20
    finally:
        await first.close()
        await second.close()


@ON_SQLITE
async def test_units_of_one_process_wait_for_each_other(database: Database) -> None:
    order: list[str] = []
    inside = asyncio.Event()

    async def slow() -> None:
        async with database.unit(BOT):
            inside.set()
            await asyncio.sleep(0)
            order.append("first")

    async def quick() -> None:
        await inside.wait()
        async with database.unit(OTHER_BOT):
            order.append("second")

    await asyncio.gather(slow(), quick())
    assert order == ["first", "second"]


async def test_foreign_keys_are_enforced(begin: Begin) -> None:
    with pytest.raises(IntegrityError):
        async with begin() as unit:
            await unit.sessions.start(12345, a_walk(), None)


async def test_ids_have_64_bits(begin: Begin) -> None:
    largest = 2**63 - 1
    async with begin() as unit:
        anna = await a_prospect(unit, telegram_id=largest)
        await unit.inbox.keep([(largest, "{}")], NOON)
        assert (await unit.inbox.waiting(1))[0].update_id == largest
        assert (await unit.prospects.by_id(anna.id)).telegram_id == largest


@pytest.mark.parametrize("table", Base.metadata.sorted_tables, ids=str)
def test_every_number_has_64_bits_on_a_database_server_too(table: Table) -> None:
    """SQLite gives every number its 64 bits, so there the declaration is not put to the test."""
    kinds = {column.name: column.type.compile(dialect=postgresql.dialect()) for column in table.c}  # type: ignore[no-untyped-call]  # SQLAlchemy's own
    assert [name for name, kind in kinds.items() if kind in ("INTEGER", "SMALLINT")] == []


@pytest.mark.parametrize("table", Base.metadata.sorted_tables, ids=str)
def test_what_points_to_another_row_has_an_index(table: Table) -> None:
    """Before a row goes, the database looks for those that point to it: without an index, through all of them."""

    def serves(index: Index, name: str) -> bool:
        where = index.dialect_options["sqlite"]["where"]
        return index.columns[0].name == name and (where is None or str(where) == f"{name} IS NOT NULL")

    found = {
        c.columns[0].name for c in table.constraints if isinstance(c, UniqueConstraint | PrimaryKeyConstraint)
    }
    pointing = {key.columns[0].name for key in table.foreign_key_constraints} - found
    assert {name for name in pointing if not any(serves(index, name) for index in table.indexes)} == set()


async def test_a_moment_without_a_time_zone_is_refused(begin: Begin) -> None:
    with pytest.raises(StatementError, match="needs a time zone"):
        async with begin() as unit:
            await unit.prospects.met(ANNA, "Anna", None, None, NOON.replace(tzinfo=None))


async def test_a_moment_comes_back_in_utc(begin: Begin) -> None:
    kyiv = timezone(delta(hours=2))
    async with begin() as unit:
        await unit.journal.note("x", None, datetime(2026, 3, 2, 14, tzinfo=kyiv))
        at = (await unit.journal.after(0))[0].at
    assert (at, at.utcoffset()) == (NOON, delta(0))


# Opening ---------------------------------------------------------------------------------------------


async def test_the_migrations_make_exactly_the_tables_that_a_new_database_has(tmp_path: Path) -> None:
    migrated, new = tmp_path / "migrated.db", tmp_path / "new.db"
    _migrate_to("head", migrated)
    await (await Database.open(f"sqlite+aiosqlite:///{new}", a_keyring())).close()
    for question in (
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' ORDER BY name",
        "SELECT name, sql LIKE '%AUTOINCREMENT%' FROM sqlite_master WHERE type = 'table' ORDER BY name",
        "SELECT type, name FROM sqlite_master ORDER BY name",
        "SELECT version_num FROM alembic_version",
    ):
        assert _rows(migrated, question) == _rows(new, question) != []
    engine = create_engine(f"sqlite:///{migrated}")
    with engine.begin() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    engine.dispose()


async def test_a_file_with_tables_of_somebody_else_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "theirs.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE leads (theirs)")
    connection.close()
    with pytest.raises(DatabaseUnusableError, match="table leads already exists"):
        await Database.open(f"sqlite+aiosqlite:///{path}", a_keyring())
    assert _rows(path, "SELECT name FROM sqlite_master") == [("leads",)]


async def test_a_new_database_is_made_with_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "дані" / "hotlead.db"
    database = await Database.open(f"sqlite+aiosqlite:///{path}", a_keyring())
    async with database.unit(BOT) as unit:
        await a_prospect(unit)
    await database.close()
    assert path.is_file()


async def test_opening_again_changes_nothing(address: str) -> None:
    for _ in range(2):
        database = await Database.open(address, a_keyring())
        async with database.unit(BOT) as unit:
            await a_prospect(unit)
        await database.close()


async def test_a_database_of_a_newer_hotlead_is_left_alone(address: str, database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerSchemaError, match="newer Hotlead"):
        await Database.open(address, a_keyring())


async def test_an_upgrade_that_breaks_off_half_way_changes_nothing_and_is_done_again(tmp_path: Path) -> None:
    path = tmp_path / "hotlead.db"
    _migrate_to("0003", path)
    before = _shape(path)
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE broadcasts (in_the_way)")  # the last step will fail, after all the others
    connection.close()
    with pytest.raises(DatabaseUnusableError, match="broadcasts"):
        await Database.open(f"sqlite+aiosqlite:///{path}", a_keyring())
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE broadcasts")
    connection.close()
    assert _shape(path) == before

    database = await Database.open(f"sqlite+aiosqlite:///{path}", a_keyring())
    await database.close()
    assert _rows(path, "SELECT version_num FROM alembic_version") == [(max(known_revisions()),)]


def _migrate_to(revision: str, path: Path) -> None:
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config = migrations()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


def _shape(path: Path) -> list[tuple[object, ...]]:
    """Return every table and index, and which schema version the file says it has."""
    return [
        *_rows(path, "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name"),
        *_rows(path, "SELECT version_num FROM alembic_version"),
    ]


def _rows(path: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


async def test_a_file_that_is_no_database_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Not a database at all, only some notes. " * 50)
    with pytest.raises(DatabaseUnusableError) as refused:
        await Database.open(f"sqlite+aiosqlite:///{path}", a_keyring())
    assert str(refused.value) == "the database cannot be used: file is not a database"
    assert path.read_text().startswith("Not a database")


@pytest.mark.parametrize(
    "address", ["not an address", "mysql://x/y", "sqlite+aiosqlite:////dev/null/x/hotlead.db", "redis://x", ""]
)
async def test_an_address_that_cannot_be_used_is_refused_in_one_line(address: str) -> None:
    with pytest.raises(DatabaseUnusableError) as refused:
        await Database.open(address, a_keyring())
    assert len(str(refused.value).splitlines()) == 1


async def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusableError, match="HOTLEAD_DATABASE cannot be used"):
        await Database.open(f"sqlite+aiosqlite:///{tmp_path}", a_keyring())


def test_the_newest_version_that_is_known_is_the_last_of_the_migrations() -> None:
    scripts = ScriptDirectory.from_config(migrations())
    assert {script.revision for script in scripts.walk_revisions()} == known_revisions()
    assert scripts.get_current_head() == newest_revision()


def test_no_number_is_given_twice_where_something_may_still_name_it(migrated: Path) -> None:
    made = _rows(migrated, "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'")
    never_again = {
        table.name for table in Base.metadata.tables.values() if table.dialect_options["sqlite"]["autoincrement"]
    }
    assert {"outbox", "sessions"} <= never_again
    assert never_again == {name for (name,) in made}
