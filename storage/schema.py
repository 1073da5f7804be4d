"""The schema: which version of the tables a database has, and the migrations that bring it up to date."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Column, Connection, MetaData, PrimaryKeyConstraint, String, Table, insert, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

import storage.tables  # noqa: F401 - tables register themselves
from storage import postgresql
from storage.columns import Base
from storage.errors import NewerSchemaError
from storage.postgresql import is_postgresql

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
VERSIONS = "alembic_version"
"""Alembic's table, which holds the version of all others."""
_VERSIONS = Table(
    VERSIONS,
    MetaData(),
    Column("version_num", String(32)),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


async def bring_up_to_date(connection: AsyncConnection) -> None:
    """Make the tables what this release needs. Raises NewerSchemaError."""
    if is_postgresql(connection):
        await postgresql.alone_while_migrating(connection)
    await connection.run_sync(_migrate)


def _migrate(connection: Connection) -> None:
    present = present_revision(connection)
    if present is not None and present not in known_revisions():
        raise NewerSchemaError
    if present == newest_revision():
        return
    if present is None:
        _make(connection)
        return
    from alembic import command  # noqa: PLC0415 - half a second that most starts need not spend

    config = migrations()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _make(connection: Connection) -> None:
    """Make a new database's tables as the last migration leaves them, without all the others before it."""
    # Unchecked: a table that is in the way is somebody else's, and an error.
    Base.metadata.create_all(connection, checkfirst=False)
    _VERSIONS.create(connection)
    connection.execute(insert(_VERSIONS).values(version_num=newest_revision()))


def present_revision(connection: Connection) -> str | None:
    """Return the version of a database's tables; None where there are none of ours."""
    if not inspect(connection).has_table(VERSIONS):
        return None
    found: str | None = connection.scalar(text(f"SELECT version_num FROM {VERSIONS}"))  # noqa: S608 - a name of ours
    return found


@cache
def known_revisions() -> frozenset[str]:
    """Return the schema versions that this release can read: each migration's file begins with its own."""
    return frozenset(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def newest_revision() -> str:
    """Return the schema version that this release needs."""
    return max(known_revisions())


def migrations() -> Config:
    """Return Alembic's configuration of our migrations."""
    from alembic.config import Config  # noqa: PLC0415 - only who migrates waits for it

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
