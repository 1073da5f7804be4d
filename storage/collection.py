"""What every collection of a unit has: the transaction's connection and the bot it speaks for."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Insert, Select, bindparam, insert, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.columns import Base

Columns = TypeVarTuple("Columns")


class Collection:
    """Rows of one bot inside one transaction."""

    def __init__(self, connection: AsyncConnection, bot_id: int) -> None:
        self._connection = connection
        self._bot_id = bot_id

    async def _add(self, table: type[Base], **values: Any) -> int:
        """Insert a row of this bot; return its number."""
        result = await self._connection.execute(_into(table), {"bot_id": self._bot_id, **values})
        key = result.inserted_primary_key
        return int(key[0]) if key else 0

    def _ours(self, column: Any) -> ColumnElement[bool]:
        """The condition that a row belongs to this bot, given its `bot_id` column."""
        return column == self._bot_id  # type: ignore[no-any-return]  # a column compared is a condition

    async def _end_of_batch(self, key: Any, after: int, batch: int) -> int | None:
        """Return the last row of the next batch, whatever bot it is of; None when it is the last batch."""
        query = select(key).where(key > after).order_by(key).offset(batch - 1).limit(1)
        return await self._connection.scalar(query)

    def _within(self, table: Any, after: int, last: int | None) -> list[ColumnElement[bool]]:
        """The conditions that a row of this bot is in a batch."""
        # «+ 0» keeps SQLite from taking the index of the bot's rows, which is in another order.
        bounds = [self._ours(table.bot_id + 0), table.id > after]
        return bounds if last is None else [*bounds, table.id <= last]


@cache
def _into(table: type[Base]) -> Insert:
    """Return the statement that inserts into a table: made once, because making one costs more than running it."""
    return insert(table)


def earliest(column: Any, *conditions: ColumnElement[bool]) -> Select[datetime]:
    """Return the statement that tells the first moment of a bot in a column, read from the column's index."""
    ours = column.class_.bot_id == bindparam("bot")
    query = select(column).where(ours, column.is_not(None), *conditions)
    return query.order_by(column).limit(literal_column("1"))


def claimed(query: Select[*Columns], table: type[Base]) -> Select[*Columns]:
    """Let a query return only rows that no other transaction is at work on, and keep them until this one ends.

    On PostgreSQL, that is: on SQLite nobody else writes anyway.
    """
    return query.with_for_update(skip_locked=True, of=table)
