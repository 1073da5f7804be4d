"""A disk that takes nothing: the database refuses to write, as on a volume that was mounted read-only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, event


class Disk:
    """Every database's disk. Made before a database is opened: its connections are asked before they begin."""

    def __init__(self) -> None:
        self._refuses = False

    @contextmanager
    def installed(self) -> Iterator[Disk]:
        event.listen(Engine, "begin", self._begin)
        try:
            yield self
        finally:
            event.remove(Engine, "begin", self._begin)

    @contextmanager
    def read_only(self) -> Iterator[None]:
        """Refuse to write for a while."""
        self._refuses = True
        try:
            yield
        finally:
            self._refuses = False

    def _begin(self, connection: Connection) -> None:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(f"PRAGMA query_only={'ON' if self._refuses else 'OFF'}")
        elif self._refuses:
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")
