"""Copies of generated prospects, made inside the database, which cannot tell them from others: that is quick."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, ColumnElement, Insert, Table, case, insert, literal, select

TELEGRAM_ID = 6_000_000_000
"""The Telegram id of a prospect is this and their number."""


def copied(table: Table, there: Mapping[str, int], time: int) -> Insert:
    """Return what copies the rows that `there` were, for the so manieth time, with numbers of their own."""
    values = [_value(column, there, time) for column in table.c]
    key = next(iter(table.primary_key))
    return insert(table).from_select(list(table.c), select(*values).where(key <= there[_numbered_by(key)]))


def is_copied(table: Table, there: Mapping[str, int]) -> bool:
    """Tell whether there is anything of the population in a table."""
    return there[_numbered_by(next(iter(table.primary_key)))] > 0


def _numbered_by(key: Column[Any]) -> str:
    """Return the table whose numbers a key has: its own, or the one it points to."""
    return next((target.column.table.name for target in key.foreign_keys), key.table.name)


def _value(column: Column[Any], there: Mapping[str, int], time: int) -> ColumnElement[Any]:
    """Return what a copy has in a column: the number of what it points to is as much larger as its own."""
    table, name = column.table.name, column.name
    for key in column.foreign_keys:
        return column + time * there[key.column.table.name]
    match name:
        case "id" | "message_id" | "update_id":
            return column + time * there[table]
        case "telegram_id" | "chat_id":
            return case((column > TELEGRAM_ID, column + time * there["prospects"]), else_=column)
        case "prospect_id":  # the journal's: what it tells of may be gone
            return column + time * there["prospects"]
        case "fingerprint" | "record":
            return literal(f"{time * there['prospects']}:") + column  # copies are copied, too
        case _:
            return column
