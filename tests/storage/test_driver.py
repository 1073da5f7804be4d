"""The driver's threads: none outlives the event loop that it reports to."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage.driver import SLOW, Connection, Driver


async def test_a_connection_that_was_given_up_half_way_is_waited_for(tmp_path: Path) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'leads.db'}")
    driver, opening, may_open = Driver(engine), threading.Event(), threading.Event()
    before = set(threading.enumerate())
    _open_slowly(engine, opening, may_open)
    connecting = asyncio.create_task(engine.connect().__aenter__())
    await asyncio.to_thread(opening.wait, 5)
    connecting.cancel()
    await asyncio.wait([connecting])
    await engine.dispose()

    ending = asyncio.create_task(driver.end())
    await asyncio.wait([ending], timeout=0.05)
    assert not ending.done()
    may_open.set()
    await ending
    left = set(threading.enumerate()) - before
    assert not [each for each in left if "_connection_worker_thread" in each.name]


def _open_slowly(engine: AsyncEngine, opening: threading.Event, may_open: threading.Event) -> None:
    class Slow(sqlite3.Connection):
        def __init__(self, *args: Any, **options: Any) -> None:
            opening.set()
            may_open.wait(5)
            super().__init__(*args, **options)

    @event.listens_for(engine.sync_engine, "do_connect")
    def _slow(_dialect: Any, _record: Any, _args: Any, options: dict[str, Any]) -> None:
        options["factory"] = Slow


async def test_only_what_may_wait_leaves_the_event_loop(tmp_path: Path) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'leads.db'}")
    driver, ran = Driver(engine), list[tuple[str, bool]]()

    def note(statement: str) -> None:
        ran.append((statement, threading.current_thread() is threading.main_thread()))

    async with engine.connect() as connection:
        raw = (await connection.get_raw_connection()).driver_connection
        assert isinstance(raw, Connection)
        await raw.set_trace_callback(note)
        for statement in ("BEGIN IMMEDIATE", "CREATE TABLE leads (name)", "INSERT INTO leads VALUES ('Anna')"):
            await connection.exec_driver_sql(statement)
        for statement in ("SELECT name FROM leads", " ".join(("SELECT", SLOW, "name FROM leads"))):
            assert (await connection.exec_driver_sql(statement)).all() == [("Anna",)]
        await connection.commit()
    await engine.dispose()
    await driver.end()

    assert [statement for statement, at_once in ran if not at_once] == [
        "BEGIN IMMEDIATE",
        "SELECT /* slow */ name FROM leads",
        "COMMIT",
    ]
    assert len([statement for statement, at_once in ran if at_once]) == 3


async def test_who_gives_up_in_the_middle_of_a_commit_holds_nobody_up(tmp_path: Path) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'leads.db'}")
    driver, committing, may_commit, in_time = Driver(engine), threading.Event(), threading.Event(), list[bool]()

    def slowly(statement: str) -> None:
        if statement == "COMMIT":
            committing.set()
            in_time.append(may_commit.wait(5))

    async def write() -> None:
        async with engine.connect() as connection:
            raw = (await connection.get_raw_connection()).driver_connection
            assert isinstance(raw, Connection)
            await raw.set_trace_callback(slowly)
            await connection.exec_driver_sql("CREATE TABLE leads (name)")
            await connection.exec_driver_sql("BEGIN IMMEDIATE")
            await connection.exec_driver_sql("INSERT INTO leads VALUES ('Anna')")
            await connection.commit()

    writing = asyncio.create_task(write())
    await asyncio.to_thread(committing.wait, 5)
    writing.cancel()
    await asyncio.wait([writing], timeout=0.05)
    may_commit.set()  # had the loop been held up, nobody could have said so in time
    await asyncio.wait([writing])
    await engine.dispose()
    await driver.end()

    assert writing.cancelled()
    assert in_time == [True]
