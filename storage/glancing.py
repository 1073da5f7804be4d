"""Glances: looks into a database without opening it for work, whether a bot is at work on it or not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import Connection, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from storage.database import file_of
from storage.driver import Driver
from storage.errors import DatabaseUnusableError, NewerSchemaError
from storage.failures import reason
from storage.postgresql import with_driver
from storage.schema import known_revisions, newest_revision, present_revision


@asynccontextmanager
async def glance(address: str) -> AsyncIterator[AsyncConnection]:
    """Look into the database at an address: nothing is made, migrated or locked, and no key is needed for counts.

    Raises DatabaseUnusableError and NewerSchemaError.
    """
    file = file_of(address)
    if file is not None:
        if not file.is_file():
            raise DatabaseUnusableError(f"there is no database at {file} yet; `hotlead run` makes it")
        address = f"sqlite+aiosqlite:///{file.resolve().as_uri()}?mode=ro&uri=true"
    try:
        engine = create_async_engine(with_driver(make_url(address)), hide_parameters=True)
    except (ArgumentError, ImportError) as error:
        raise DatabaseUnusableError(f"HOTLEAD_DATABASE cannot be used: {error}") from error
    driver = Driver(engine)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_see_whether_it_is_ours)
            yield connection
    except (SQLAlchemyError, ConnectionError, TimeoutError) as error:
        raise DatabaseUnusableError(f"the database cannot be read: {reason(error)}") from error
    finally:
        await engine.dispose()
        await driver.end()


def _see_whether_it_is_ours(connection: Connection) -> None:
    present = present_revision(connection)
    if present is None:
        raise DatabaseUnusableError("this is no database of Hotlead")
    if present not in known_revisions():
        raise NewerSchemaError
    if present != newest_revision():
        raise DatabaseUnusableError("the database is of an older Hotlead; the next start brings it up to date")
