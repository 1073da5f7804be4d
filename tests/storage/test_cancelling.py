"""Who is cancelled in the middle of a statement is cancelled, and not told that the database failed."""

from __future__ import annotations

import asyncio

import pytest
from asyncpg import InternalClientError  # type: ignore[import-untyped]  # it says no types
from sqlalchemy.exc import InternalError

from storage.database import Database
from storage.errors import DatabaseFailedError
from storage.failures import failures
from tests.keys import a_keyring
from tests.storage.samples import BOT


async def test_a_unit_that_is_cancelled_at_any_turn_of_the_loop_ends_as_cancelled(address: str) -> None:
    database = await Database.open(address, a_keyring())

    async def work(number: int) -> None:
        async with database.unit(BOT) as unit:
            await unit.states.keep("a", "1")
            # Each time in other words: who prepares a statement is not yet executing it.
            await unit._connection.exec_driver_sql(f"SELECT {number} AS number_{number}")
            async with unit.attempt():
                await unit.states.keep("b", "1")
            await asyncio.get_running_loop().create_future()

    for turns in range(120):
        task = asyncio.create_task(work(turns))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    async with database.unit(BOT) as unit:
        assert await unit.states.read("a") is None
    await database.close()


def _going_back_fails_after(what: BaseException) -> None:
    told = InternalClientError("cannot switch to state 15; another operation (2) is in progress")
    failed = InternalError("ROLLBACK", {}, told, connection_invalidated=True)
    failed.__context__ = what
    with failures():
        raise failed


def test_a_rollback_that_fails_because_its_statement_was_cut_off_does_not_hide_the_cancelling() -> None:
    with pytest.raises(asyncio.CancelledError):
        _going_back_fails_after(asyncio.CancelledError())
    with pytest.raises(DatabaseFailedError):
        _going_back_fails_after(ConnectionError())
