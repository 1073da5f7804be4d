"""Inserts that know what to do when the row is there already, understood by SQLite and PostgreSQL alike.

Both have the same clause, and SQLAlchemy a class for each. PostgreSQL's compiler takes SQLite's as soon as it says
that it names no constraint; importing PostgreSQL's whole dialect would cost every start a fifteenth of a second.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Self

from sqlalchemy import ColumnElement
from sqlalchemy.dialects.sqlite.dml import Insert as SqliteInsert
from sqlalchemy.dialects.sqlite.dml import OnConflictDoNothing, OnConflictDoUpdate

from storage.columns import Base


class _Nothing(OnConflictDoNothing):
    inherit_cache = True
    constraint_target = None


class _Update(OnConflictDoUpdate):
    inherit_cache = True
    constraint_target = None


class Insert(SqliteInsert):
    """An insert that may meet a row with the same key."""

    inherit_cache = True

    def on_conflict_do_nothing(  # type: ignore[override]  # only what both databases understand
        self, index_elements: Iterable[str], index_where: ColumnElement[bool] | None = None
    ) -> Self:
        """Leave the row that is there as it is; `index_where` is what the keys' index holds, if not every row."""
        return self.ext(_Nothing(list(index_elements), index_where))

    def on_conflict_do_update(  # type: ignore[override]  # only what both databases understand
        self, index_elements: Iterable[str], set_: Mapping[str, Any]
    ) -> Self:
        """Give the row that is there new values."""
        return self.ext(_Update(list(index_elements), None, dict(set_)))


def insert(table: type[Base]) -> Insert:
    """Begin an insert into a table."""
    return Insert(table)
