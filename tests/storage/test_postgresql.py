"""PostgreSQL: opening it, and what goes wrong with a server: two who meet, connections that are lost, sleepers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from alembic import command
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import create_async_engine

from storage.database import Database
from storage.errors import DatabaseBusyError, DatabaseFailedError, DatabaseUnusableError
from storage.schema import migrations
from tests.keys import a_keyring
from tests.postgresql import Server
from tests.storage.conftest import Begin
from tests.storage.samples import ANNA, BORIS, BOT, NOON, a_lead, a_prospect

SHAPE = (
    "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 2",
    """
    SELECT table_name, column_name, data_type, is_nullable, character_maximum_length,
        coalesce(column_default LIKE 'nextval%', FALSE) FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name <> 'alembic_version' ORDER BY 1, 2
    """,
    """
    SELECT CAST(CAST(conrelid AS regclass) AS text), conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = CAST('public' AS regnamespace) ORDER BY 1, 2
    """,
)
"""Every index with its condition, every column, every constraint."""


@pytest.fixture
def address(on_postgresql: str) -> str:
    return on_postgresql


@pytest.fixture
def empty(postgresql: Server) -> Iterator[str]:
    """The address of a database without any tables."""
    name = asyncio.run(postgresql.empty())
    yield postgresql.address(name)
    asyncio.run(postgresql.drop(name))


# Opening ---------------------------------------------------------------------------------------------


async def test_what_migrations_make_is_what_a_new_database_has_to_the_last_condition(
    database: Database, empty: str
) -> None:
    def upgrade(connection: Connection) -> None:
        config = migrations()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

    engine = create_async_engine(empty)
    async with engine.begin() as migrated, database.look() as new:
        await migrated.run_sync(upgrade)
        for question in SHAPE:
            theirs = [tuple(row) for row in await migrated.execute(text(question))]
            assert theirs == [tuple(row) for row in await new.execute(text(question))]
            assert theirs
    await engine.dispose()


async def test_many_processes_that_start_at_once_on_an_empty_database_all_come_up(empty: str) -> None:
    opened = await asyncio.gather(*(Database.open(empty, a_keyring()) for _ in range(4)))
    async with opened[0].view(BOT) as view:
        assert await view.journal.after(0) == []
    for database in opened:
        await database.close()


async def test_the_driver_need_not_be_named(address: str) -> None:
    plain = make_url(address).set(drivername="postgresql")
    database = await Database.open(plain.render_as_string(hide_password=False), a_keyring())
    async with database.view(BOT) as view:
        assert await view.journal.after(0) == []
    await database.close()


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("postgresql://hotlead@127.0.0.1:1/hotlead", "Connect"),
        ("postgresql://hotlead@/hotlead?host=/nowhere", "No such file"),
    ],
)
async def test_a_server_that_is_not_there_is_told_in_one_line(address: str, told: str) -> None:
    with pytest.raises(DatabaseUnusableError, match=told) as refused:
        await Database.open(address, a_keyring())
    assert len(str(refused.value).splitlines()) == 1


async def test_a_database_that_is_not_there_is_told_in_one_line(postgresql: Server) -> None:
    with pytest.raises(DatabaseUnusableError, match='database "nowhere" does not exist') as refused:
        await Database.open(postgresql.address("nowhere"), a_keyring())
    assert "<class" not in str(refused.value)


# What goes wrong -------------------------------------------------------------------------------------


async def test_two_who_wait_for_each_other_are_parted_and_one_begins_anew(
    database: Database, other: Database
) -> None:
    async with database.unit(BOT) as unit:
        anna, boris = await a_lead(unit, ANNA), await a_lead(unit, BORIS)
    met = asyncio.Barrier(2)

    async def touches(whose: Database, *leads: int) -> str:
        try:
            async with whose.unit(BOT) as unit:
                await unit.leads.postpone_thaw(leads[0], NOON)
                await met.wait()
                await unit.leads.postpone_thaw(leads[1], NOON)
        except DatabaseBusyError:
            return "anew"
        return "done"

    told = await asyncio.gather(touches(database, anna.id, boris.id), touches(other, boris.id, anna.id))
    assert sorted(told) == ["anew", "done"]


async def test_a_connection_that_was_cut_fails_its_unit_only(database: Database, other: Database) -> None:
    async def is_cut_off() -> None:
        async with database.unit(BOT) as unit:
            await a_prospect(unit, ANNA)
            number = await unit._connection.scalar(text("SELECT pg_backend_pid()"))
            async with other.unit(BOT) as killer:
                await killer._connection.execute(text("SELECT pg_terminate_backend(:n)"), {"n": number})
            async with unit.attempt():
                await a_prospect(unit, BORIS)

    with pytest.raises(DatabaseFailedError) as failed:
        await is_cut_off()
    assert not isinstance(failed.value, DatabaseBusyError)
    async with database.unit(BOT) as unit:
        assert await unit.prospects.by_telegram_id(ANNA) is None


async def test_connections_that_were_cut_while_nobody_used_them_are_not_given_out(
    database: Database, other: Database
) -> None:
    async with database.unit(BOT) as unit:
        number = await unit._connection.scalar(text("SELECT pg_backend_pid()"))
    async with other.unit(BOT) as killer:
        await killer._connection.execute(text("SELECT pg_terminate_backend(:n, 1000)"), {"n": number})
    await asyncio.sleep(0.05)  # the news is on its way
    async with database.unit(BOT) as unit:
        await a_prospect(unit, ANNA)


async def test_who_sleeps_in_the_middle_of_a_unit_loses_it_and_its_turns(
    database: Database, other: Database
) -> None:
    async def sleeps() -> None:
        async with database.unit(BOT) as unit:
            assert await unit._connection.scalar(text("SHOW idle_in_transaction_session_timeout")) == "3s"
            await unit._connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 100"))
            await unit.turns.alone_with(ANNA)
            await a_prospect(unit, ANNA)
            asleep.set()
            await woken.wait()
            await unit.journal.note("x", None, NOON)

    asleep, woken = asyncio.Event(), asyncio.Event()
    sleeper = asyncio.create_task(sleeps())
    await asleep.wait()
    while True:
        async with other.unit(BOT) as unit:
            if await unit.turns.take((ANNA,)):
                break
        await asyncio.sleep(0.01)
    woken.set()
    with pytest.raises(DatabaseFailedError):
        await sleeper
    async with other.view(BOT) as view:
        assert await view.prospects.by_telegram_id(ANNA) is None


async def test_a_row_that_may_not_be_is_no_failure_of_the_database(begin: Begin) -> None:
    with pytest.raises(IntegrityError):
        async with begin() as unit:
            await unit.notes.add(12345, ANNA, "about nobody", NOON)
