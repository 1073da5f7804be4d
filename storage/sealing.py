"""Sealing: brings every sealed column to the current key, in batches that may be interrupted at any moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Column, ColumnElement, Table, and_, bindparam, func, literal, select, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.cipher import ID_SIZE, Keyring, contact_fingerprint
from storage.columns import Base
from storage.errors import KeysError, KeysMissingError
from storage.marks import ANSWER, marks
from storage.sealed import Sealed, SealedBytes, keyring_of
from storage.states import EVERY_BOT, KEYS, SEALED, States
from storage.tables import AnswerRow, ContactRow

BATCH, BATCH_OF_FILES = 500, 8
"""Rows in a transaction: nobody waits long behind one; files are large."""
MARK_SIZE = ID_SIZE + 2
IN_CLEAR = ""
"""Stands for the key of what an older release wrote without one."""

Begin: TypeAlias = Callable[[], AbstractAsyncContextManager[AsyncConnection]]
"""Begins a transaction."""
Progress: TypeAlias = Callable[[str, int], None]
"""Hears the column and how many of its rows are done."""


@dataclass(frozen=True)
class SealedColumn:
    """A column whose values are sealed."""

    table: Table
    column: Column[Any]
    holds_bytes: bool

    @property
    def name(self) -> str:
        """The column's full name, to which its values are bound."""
        return f"{self.table.name}.{self.column.name}"

    @property
    def raw(self) -> ColumnElement[Any]:
        """What stands in the database, unopened."""
        return type_coerce(self.column, self.column.type.impl_instance)  # type: ignore[attr-defined]  # a decorator's

    def beginning(self, mark: str) -> ColumnElement[Any]:
        """A mark in the column's own kind."""
        return literal(mark.encode() if self.holds_bytes else mark, self.column.type.impl_instance)  # type: ignore[attr-defined]  # a decorator's

    def stale(self, mark: str) -> ColumnElement[bool]:
        """The condition that a value is not sealed with the current key."""
        return and_(
            func.length(self.raw) > 0,
            func.substr(self.raw, 1, MARK_SIZE, type_=self.raw.type) != self.beginning(mark),
        )


def sealed_columns() -> Iterator[SealedColumn]:
    """Return every sealed column of every table."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, Sealed | SealedBytes):
                yield SealedColumn(table, column, isinstance(column.type, SealedBytes))


async def check_keys(connection: AsyncConnection) -> None:
    """See that the keys are those of the database; a new database gets a value that only they open.

    Raises KeysError.
    """
    keyring, states = keyring_of(connection.dialect), States(connection, EVERY_BOT)
    expected, stored = keyring.fingerprint("check", ""), await states.read(KEYS)
    if stored is None:
        await states.keep(KEYS, keyring.seal_text("states.keys", expected))
        return
    try:
        right = keyring.open_text("states.keys", stored) == expected
    except KeysError as error:
        raise KeysMissingError(f"the key file is not that of this database: {error}") from None
    if not right:
        raise KeysMissingError("the key file is not that of this database: its lookup key is another one")


async def seal_what_is_clear(begin: Begin) -> int:
    """Seal what an older release wrote in clear; return how many values that were. Looks only once."""
    columns = " ".join(column.name for column in sealed_columns())
    async with begin() as connection:
        if await States(connection, EVERY_BOT).read(SEALED) == columns:
            return 0
    count = await reseal(begin) + await _fingerprint_contacts(begin) + await _mark_answers(begin)
    async with begin() as connection:
        await States(connection, EVERY_BOT).keep(SEALED, columns)
    return count


async def reseal(begin: Begin, progress: Progress | None = None) -> int:
    """Seal with the current key whatever is not; return how many values that were.

    Each batch is a transaction of its own, and what is done is left alone: killed at any moment, it goes on when
    it is run again.
    """
    total = 0
    for column in sealed_columns():
        done = last = 0
        while True:
            async with begin() as connection:
                numbers = await _reseal_some(connection, column, last)
            if not numbers:
                break
            done, last = done + len(numbers), numbers[-1]
            if progress is not None:
                progress(column.name, done)
        total += done
    async with begin() as connection:
        await _reseal_check(connection)
    return total


async def _reseal_some(connection: AsyncConnection, sealed: SealedColumn, after: int) -> list[int]:
    table, mark = sealed.table, keyring_of(connection.dialect).mark
    rows = await connection.execute(
        select(table.c.id, sealed.column)  # opened by the column's type …
        .where(table.c.id > after, sealed.stale(mark))
        .order_by(table.c.id)
        .limit(BATCH_OF_FILES if sealed.holds_bytes else BATCH)
    )
    values = [{"number": number, "opened": opened} for number, opened in rows]
    if values:
        await connection.execute(
            update(table)
            .where(table.c.id == bindparam("number"))
            .values({sealed.column.name: bindparam("opened", type_=sealed.column.type)}),  # … and sealed by it
            values,
        )
    return [int(value["number"]) for value in values]


async def _reseal_check(connection: AsyncConnection) -> None:
    keyring, states = keyring_of(connection.dialect), States(connection, EVERY_BOT)
    if not ((await states.read(KEYS)) or "").startswith(keyring.mark):
        await states.keep(KEYS, keyring.seal_text("states.keys", keyring.fingerprint("check", "")))


async def _fingerprint_contacts(begin: Begin) -> int:
    """Fill the fingerprints of contacts that were left before there were any."""
    query = (
        select(ContactRow.id, ContactRow.kind, ContactRow.value).where(ContactRow.fingerprint == "").limit(BATCH)
    )
    change = (
        update(ContactRow.__table__)  # type: ignore[arg-type]  # a Table, which the annotation does not know
        .where(ContactRow.id == bindparam("number"))
        .values(fingerprint=bindparam("found_by"))
    )
    count = 0
    while True:
        async with begin() as connection:
            keyring = keyring_of(connection.dialect)
            values = [
                {"number": number, "found_by": contact_fingerprint(keyring, kind, value)}
                for number, kind, value in await connection.execute(query)
            ]
            if not values:
                return count
            await connection.execute(change, values)
            count += len(values)


async def _mark_answers(begin: Begin) -> int:
    """Fill the marks of answers that were given before there were any."""
    change = (
        update(AnswerRow.__table__)  # type: ignore[arg-type]  # a Table, which the annotation does not know
        .where(AnswerRow.id == bindparam("number"))
        .values(marks=bindparam("found_by"))
    )
    query = select(AnswerRow.id, AnswerRow.question, AnswerRow.answer).where(AnswerRow.marks.is_(None))
    count = last = 0
    while True:
        async with begin() as connection:
            keyring = keyring_of(connection.dialect)
            rows = await connection.execute(query.where(AnswerRow.id > last).order_by(AnswerRow.id).limit(BATCH))
            values: list[dict[str, Any]] = [
                {"number": number, "found_by": marks(keyring, question, ANSWER.validate_json(answer))}
                for number, question, answer in rows
            ]
            if not values:
                return count
            await connection.execute(change, values)
            count, last = count + len(values), values[-1]["number"]


async def rows_by_key(connection: AsyncConnection) -> dict[str, int]:
    """Count the sealed values by the id of their key; those in clear under an empty id."""
    counts: dict[str, int] = {}
    for sealed in sealed_columns():
        mark = func.substr(sealed.raw, 1, MARK_SIZE, type_=sealed.raw.type)
        query = select(mark, func.count()).where(func.length(sealed.raw) > 0).group_by(mark)
        for found, count in await connection.execute(query):
            name = found.decode("latin-1") if isinstance(found, bytes) else found
            key = name[1:-1] if name[:1] == "~" and name[-1:] == ":" and len(name) == MARK_SIZE else IN_CLEAR
            counts[key] = counts.get(key, 0) + count
    return counts


async def open_all(connection: AsyncConnection) -> int:
    """Open every sealed value; return how many there are. Raises KeysError for the first that does not open."""
    count = 0
    for sealed in sealed_columns():
        rows = await connection.stream(select(sealed.column).where(func.length(sealed.raw) > 0))
        async for _ in rows:
            count += 1
    return count


def is_retirable(keyring: Keyring, counts: dict[str, int]) -> bool:
    """Tell whether the current key is the only one that is needed."""
    return set(counts) <= {keyring.current}
