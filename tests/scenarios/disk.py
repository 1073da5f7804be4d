"""A disk that takes nothing: SQLite refuses to write, as on a volume that was mounted read-only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, event

from tests.scenarios.over_http import House


@contextmanager
def read_only(house: House) -> Iterator[None]:
    """Let every connection of the bot refuse to write for a while."""
    engine, refuses = house._database._engine.sync_engine, True

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA query_only={'ON' if refuses else 'OFF'}")

    event.listen(engine, "begin", begin, insert=True)  # before the bot says BEGIN
    try:
        yield
    finally:
        refuses = False
