"""Moving a database from one kind to the other: everything arrives, and whatever is not the same is noticed."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, DateTime, Float, LargeBinary, String, Table, func, insert, select
from sqlalchemy.engine import make_url

from benchmarks.population import populate
from storage.columns import Base, Moment
from storage.database import Database
from storage.errors import DatabaseInUseError, DatabaseUnusableError, MoveError, MoveUnfinishedError, StorageError
from storage.lock import locked
from storage.moving import Moved, move
from storage.states import EVERY_BOT, HELD, KEYS, States
from tests.keys import a_keyring
from tests.postgresql import Server
from tests.storage.samples import BOT, NOON

PEOPLE = int(os.environ.get("HOTLEAD_MOVED", "250"))
MOVING = """
import asyncio, os, signal, sys
from storage.moving import move

calls = 0

def count(*_):
    global calls
    calls += 1
    if calls == int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(move(sys.argv[1], sys.argv[2], count))
"""


class HeardEnoughError(Exception):
    """Ends a move in the middle."""


def quiet(_what: str, _done: int, _total: int) -> None:
    pass


def until(beginning: str) -> Any:
    """Break off as soon as that is being done."""

    def heard(what: str, _done: int, _total: int) -> None:
        if what.startswith(beginning):
            raise HeardEnoughError

    return heard


@pytest.fixture(scope="module")
def lived_in(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file in which no table is empty."""
    file = tmp_path_factory.mktemp("moved") / "hotlead.db"
    file.write_bytes(migrated.read_bytes())

    async def live() -> None:
        database = await Database.open(sqlite(file), a_keyring())
        await populate(database, PEOPLE)
        for table in Base.metadata.sorted_tables:
            async with database.transaction() as connection:
                if not await connection.scalar(select(func.count()).select_from(table)):
                    await connection.execute(insert(table), [a_row(table)])
        await database.close()

    asyncio.run(live())
    return file


@pytest.fixture
def origin(lived_in: Path, tmp_path: Path) -> Path:
    """A copy of it for each test."""
    copy = tmp_path / "origin.db"
    copy.write_bytes(lived_in.read_bytes())
    return copy


@pytest.fixture
def server(postgresql: Server) -> Iterator[str]:
    """The address of a server's database without any tables."""
    name = asyncio.run(postgresql.empty())
    yield postgresql.address(name)
    asyncio.run(postgresql.drop(name))


@pytest.fixture
def target(address: str) -> str:
    """An empty target of either kind, its tables made beforehand."""
    return address


def sqlite(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


def a_row(table: Table) -> dict[str, Any]:
    """Return a row of any table, whatever its columns are."""

    def value(kind: object) -> object:
        match kind:
            case Moment() | DateTime():
                return datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=UTC)
            case Boolean():
                return True
            case LargeBinary():
                return bytes(range(256))
            case Float():
                return 0.1
            case String():
                return "слово"
            case _:
                return 1

    return {column.name: value(getattr(column.type, "impl_instance", column.type)) for column in table.columns}


def content(file: Path) -> dict[str, list[Any]]:
    """Return everything in a file as it is stored, and where its numbers stand."""
    connection = sqlite3.connect(file)
    try:
        everything = {name: f"SELECT * FROM {name}" for name in Base.metadata.tables}  # noqa: S608 - our own names
        found = {name: connection.execute(query).fetchall() for name, query in everything.items()}
        return {
            **found,
            "numbers": sorted(connection.execute("SELECT name, seq FROM sqlite_sequence WHERE seq > 0")),
        }
    finally:
        connection.close()


def change(file: Path, statement: str, *values: object) -> None:
    connection = sqlite3.connect(file)
    connection.execute(statement, values)
    connection.commit()
    connection.close()


# What arrives -------------------------------------------------------------------------------------------------


async def test_everything_comes_back_from_a_server_as_it_was(origin: Path, server: str, tmp_path: Path) -> None:
    before, back = content(origin), tmp_path / "back.db"
    there = await move(sqlite(origin), server, quiet)
    again = await move(server, sqlite(back), quiet)
    assert there == again
    assert [each.table for each in there] == [table.name for table in Base.metadata.sorted_tables]
    assert all(each.rows for each in there)
    after = content(back)
    for table in Base.metadata.tables:
        assert sorted(map(repr, after[table])) == sorted(map(repr, before[table])), table
    assert set(before["numbers"]) <= set(after["numbers"])
    assert content(origin) == before


async def test_what_was_moved_opens_with_the_same_keys_and_is_worked_with(origin: Path, target: str) -> None:
    await move(sqlite(origin), target, quiet)
    database = await Database.open(target, a_keyring())
    async with database.unit(BOT) as unit:
        assert (await unit.prospects.by_id(1)).first_name == "Anna 1"
        assert (await unit.prospects.met(5, "Boris", None, None, NOON)).id == PEOPLE + 1
    await database.close()


async def test_the_number_of_a_row_that_is_gone_is_not_given_again(origin: Path, target: str) -> None:
    gone = len(content(origin)["journal"])
    change(origin, "DELETE FROM journal WHERE id > ?", gone - 5)
    await move(sqlite(origin), target, quiet)
    database = await Database.open(target, a_keyring())
    async with database.unit(BOT) as unit:
        await unit.journal.note("new", None, NOON)
        assert [entry.id for entry in await unit.journal.after(gone - 5)] == [gone + 1]
    await database.close()


async def test_a_database_in_which_only_a_doctor_looked_is_empty(origin: Path, on_postgresql: str) -> None:
    assert await move(sqlite(origin), on_postgresql, quiet)


async def test_one_that_was_never_used_can_be_moved(on_sqlite: str, on_postgresql: str) -> None:
    moved = {each.table: each.rows for each in await move(on_sqlite, on_postgresql, quiet)}
    assert {table for table, rows in moved.items() if rows} == {"states"}


def test_no_byte_of_the_source_is_changed(origin: Path, on_sqlite: str) -> None:
    before = origin.read_bytes()
    asyncio.run(move(sqlite(origin), on_sqlite, quiet))
    assert origin.read_bytes() == before


# Interrupted --------------------------------------------------------------------------------------------------


async def test_a_move_that_is_killed_again_and_again_goes_on_where_it_stopped(origin: Path, target: str) -> None:
    for calls in ("3", "32", "9"):  # the last of them while both sides are compared
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", MOVING, sqlite(origin), target, calls)
        assert await process.wait() == -signal.SIGKILL
        with pytest.raises(MoveUnfinishedError, match="run again, goes on"):
            await Database.open(target, a_keyring())
    heard: list[str] = []
    moved = await move(sqlite(origin), target, lambda what, *_: heard.append(what))
    assert [what for what in heard if not what.startswith("comparing")] == []  # all of it was there
    assert moved == await _compared_anew(origin, target)


async def _compared_anew(origin: Path, target: str) -> list[Moved]:
    """Return what is there by moving it on to a new file."""
    assert target
    return await move(target, sqlite(origin.with_name("compared.db")), quiet)


async def test_a_move_goes_on_in_the_middle_of_a_table(origin: Path, target: str) -> None:
    with pytest.raises(HeardEnoughError):
        await move(sqlite(origin), target, until("answers"))
    heard: list[tuple[str, int, int]] = []
    await move(sqlite(origin), target, lambda *what: heard.append(what))
    answers = len(content(origin)["answers"])
    first = next(done for what, done, _ in heard if what == "answers")
    assert first == min(2000, answers)  # the first thousand was there


async def test_no_bot_starts_on_half_of_a_database_and_it_is_not_moved_on(origin: Path, target: str) -> None:
    with pytest.raises(HeardEnoughError):
        await move(sqlite(origin), target, until("ledger"))
    with pytest.raises(MoveUnfinishedError):
        await Database.open(target, a_keyring())
    with pytest.raises(MoveUnfinishedError, match="the source: "):
        await move(target, sqlite(origin.with_name("on.db")), quiet)


# Compared -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "statement"),
    [
        ("prospects", "UPDATE prospects SET language = 'de' WHERE id = 7"),
        ("sessions", "UPDATE sessions SET is_test = NOT is_test WHERE id = 7"),
        ("leads", "UPDATE leads SET opened_at = '2020-01-01 00:00:00+00' WHERE id = 7"),
        ("audit", "DELETE FROM audit"),
    ],
)
async def test_a_row_that_is_not_the_same_is_noticed(
    table: str, statement: str, origin: Path, on_postgresql: str, postgresql: Server
) -> None:
    with pytest.raises(HeardEnoughError):
        await move(sqlite(origin), on_postgresql, until("comparing"))
    connection = await postgresql.connect(str(make_url(on_postgresql).database))
    await connection.execute(statement)
    if "DELETE" in statement:  # one that comes later hides that it is missing
        await connection.execute("INSERT INTO audit SELECT 2, 1, now(), 'a', 'b', 'c', '{}'")
    await connection.close()
    with pytest.raises(MoveError, match=f"^{table} is not the same on both sides"):
        await move(sqlite(origin), on_postgresql, quiet)
    with pytest.raises(MoveUnfinishedError):
        await Database.open(on_postgresql, a_keyring())


async def test_a_source_that_was_used_in_between_is_noticed(origin: Path, target: str) -> None:
    with pytest.raises(HeardEnoughError):
        await move(sqlite(origin), target, until("comparing"))
    change(origin, "UPDATE prospects SET last_source = 'meanwhile' WHERE id = 1")
    with pytest.raises(MoveError, match=r"prospects is not the same .* empty the target and move again"):
        await move(sqlite(origin), target, quiet)


# Refused ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_a_target_that_holds_something_is_left_alone(
    origin: Path, tmp_path: Path, server: str, kind: str
) -> None:
    target = {"sqlite": sqlite(tmp_path / "to.db"), "postgresql": server}[kind]
    database = await Database.open(target, a_keyring(2))
    async with database.transaction() as connection:
        await States(connection, EVERY_BOT).keep(HELD, "since yesterday")
    await database.close()
    with pytest.raises(MoveError, match="the target: it holds other data"):
        await move(sqlite(origin), target, quiet)
    database = await Database.open(target, a_keyring(2))
    async with database.view(BOT) as view:
        assert await view.states.held()
    await database.close()


async def test_whoever_moves_again_after_the_move_was_finished_is_told_that_it_may_be_so(
    origin: Path, target: str
) -> None:
    await move(sqlite(origin), target, quiet)
    with pytest.raises(MoveError, match="as after a move that was finished: if you moved before, use it as it is"):
        await move(sqlite(origin), target, quiet)


async def test_a_target_with_tables_of_something_else_is_left_alone(origin: Path, tmp_path: Path) -> None:
    change(tmp_path / "to.db", "CREATE TABLE accounts (id)")
    with pytest.raises(MoveError, match="the target: it holds other data"):
        await move(sqlite(origin), sqlite(tmp_path / "to.db"), quiet)


async def test_a_move_from_another_source_is_not_gone_on_with(
    origin: Path, on_sqlite: str, on_postgresql: str
) -> None:
    change(Path(on_sqlite.partition("///")[2]), "UPDATE states SET value = 'another' WHERE name = ?", KEYS)
    with pytest.raises(HeardEnoughError):
        await move(sqlite(origin), on_postgresql, until("ledger"))
    with pytest.raises(MoveError, match="a move from another source was begun there"):
        await move(on_sqlite, on_postgresql, quiet)


async def test_a_server_on_which_a_bot_is_at_work_is_refused(
    origin: Path, on_postgresql: str, tmp_path: Path
) -> None:
    database = await Database.open(on_postgresql, a_keyring())
    async with database.view(BOT):
        with pytest.raises(DatabaseInUseError, match="the source: Another Hotlead is at work"):
            await move(on_postgresql, sqlite(tmp_path / "to.db"), quiet)
        with pytest.raises(DatabaseInUseError, match="the target: Another Hotlead is at work"):
            await move(sqlite(origin), on_postgresql, quiet)
    await database.close()


@pytest.mark.parametrize("side", ["source", "target"])
def test_a_file_on_which_a_bot_is_at_work_is_refused(side: str, origin: Path, tmp_path: Path) -> None:
    target = tmp_path / "to.db"
    with (
        locked(origin if side == "source" else target),
        pytest.raises(DatabaseInUseError, match=f"the {side}: process"),
    ):
        asyncio.run(move(sqlite(origin), sqlite(target), quiet))


async def test_files_that_share_a_lock_are_moved_all_the_same(origin: Path) -> None:
    assert await move(sqlite(origin), sqlite(origin.with_suffix(".sqlite")), quiet)


async def test_a_database_is_not_moved_into_itself(origin: Path) -> None:
    with pytest.raises(MoveError, match="it is the source itself"):
        await move(sqlite(origin), sqlite(origin.parent / "x" / ".." / origin.name), quiet)


async def test_a_server_s_database_is_not_moved_into_itself(on_postgresql: str) -> None:
    with pytest.raises(MoveError, match="it is the source itself"):
        await move(on_postgresql, on_postgresql, quiet)


@pytest.mark.parametrize(
    ("schema", "told"),
    [("9999", "it was written by a newer Hotlead"), ("0003", "it is of an older Hotlead; `hotlead doctor`")],
)
async def test_a_source_of_another_release_is_refused_with_the_remedy(
    schema: str, told: str, origin: Path, on_sqlite: str
) -> None:
    change(origin, "UPDATE alembic_version SET version_num = ?", schema)
    with pytest.raises(MoveError, match=f"the source: {told}"):
        await move(sqlite(origin), on_sqlite, quiet)


@pytest.mark.parametrize("schema", ["9999", "0003"])
async def test_a_target_of_another_release_is_refused(schema: str, origin: Path, on_sqlite: str) -> None:
    change(Path(on_sqlite.partition("///")[2]), "UPDATE alembic_version SET version_num = ?", schema)
    with pytest.raises(MoveError, match=f"the target: it holds tables of another Hotlead .schema {schema}"):
        await move(sqlite(origin), on_sqlite, quiet)


async def test_a_file_that_is_no_database_is_refused_on_either_side(origin: Path, tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("Not a database at all, only some notes. " * 50)
    with pytest.raises(DatabaseUnusableError, match=r"the source: .* not a database"):
        await move(sqlite(notes), sqlite(tmp_path / "to.db"), quiet)
    with pytest.raises(DatabaseUnusableError, match=r"the target: .* not a database"):
        await move(sqlite(origin), sqlite(notes), quiet)
    assert notes.read_text().startswith("Not a database")


async def test_an_empty_file_and_a_missing_one_are_no_source(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    with pytest.raises(MoveError, match="the source: this is no database of Hotlead"):
        await move(sqlite(tmp_path / "empty.db"), sqlite(tmp_path / "to.db"), quiet)
    with pytest.raises(MoveError, match=r"the source: there is no database at .*missing\.db"):
        await move(sqlite(tmp_path / "missing.db"), sqlite(tmp_path / "to.db"), quiet)
    assert not (tmp_path / "missing.db").exists()


async def test_a_server_that_cannot_be_reached_is_told_in_one_line(origin: Path, tmp_path: Path) -> None:
    nowhere = "postgresql+asyncpg://hotlead:secret_secret@127.0.0.1:1/hotlead"
    for way in ((nowhere, sqlite(tmp_path / "to.db")), (sqlite(origin), nowhere)):
        with pytest.raises(StorageError, match=r"^the (source|target): ") as refused:
            await move(*way, quiet)
        assert len(str(refused.value).splitlines()) == 1
        assert "secret" not in str(refused.value)


async def test_a_text_that_a_server_does_not_take_is_told_with_its_table_and_without_its_words(
    origin: Path, on_postgresql: str
) -> None:
    change(origin, "UPDATE prospects SET language = ? WHERE id = 3", "private" * 9)
    with pytest.raises(MoveError, match="the target does not take all of prospects: value too long") as refused:
        await move(sqlite(origin), on_postgresql, quiet)
    assert "private" not in str(refused.value)
