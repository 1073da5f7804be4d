"""Glances: looks into a database without opening it for work, whether a bot is at work on it or not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from alembic.migration import MigrationContext
from sqlalchemy import Connection, make_url, select
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from storage.database import file_of, known_revisions
from storage.driver import Driver
from storage.errors import DatabaseUnusableError, NewerSchemaError
from storage.failures import reason
from storage.postgresql import with_driver
from storage.tables import StateRow


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


async def bots_in(connection: AsyncConnection) -> list[int]:
    """Return the bots that a database holds."""
    query = select(StateRow.bot_id).distinct().where(StateRow.bot_id != 0).order_by(StateRow.bot_id)
    return list(await connection.scalars(query))


def _see_whether_it_is_ours(connection: Connection) -> None:
    present = MigrationContext.configure(connection).get_current_revision()
    if present is None:
        raise DatabaseUnusableError("this is no database of Hotlead")
    if present not in known_revisions():
        raise NewerSchemaError
    if present != max(known_revisions()):
        raise DatabaseUnusableError("the database is of an older Hotlead; the next start brings it up to date")
