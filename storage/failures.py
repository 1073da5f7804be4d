"""Failures: what a driver raises, told apart by whether trying again can help, and when."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

from storage.errors import DatabaseBusyError, DatabaseFailedError

MET = frozenset({"40001", "40P01", "55P03"})
"""PostgreSQL's codes for two transactions that met: one was taken back, and may be tried again at once."""
PASSING = ("08", "25P03", "25P04", "25006", "28", "53", "57", "58")
"""How its codes begin for what is no fault of the statement: no connection, no room, a server that stops."""


@contextmanager
def failures() -> Iterator[None]:
    """Turn what trying again can help against into a DatabaseFailedError; anything else passes as it is."""
    try:
        yield
    except (SQLAlchemyError, TimeoutError, ConnectionError) as error:
        if _is_of_a_cancelled(error):
            raise asyncio.CancelledError from error
        failed = _failure(error)
        if failed is None:
            raise
        raise failed from error


def reason(error: BaseException) -> str:
    """Return an error's own words in one line, without the class that SQLAlchemy puts in front of PostgreSQL's."""
    words = next(iter(str(getattr(error, "orig", None) or error).splitlines()), "") or type(error).__name__
    return words.partition(">: ")[2] if words.startswith("<class ") else words


def _is_of_a_cancelled(error: BaseException) -> bool:
    """Tell whether somebody who was cancelled met with an error while going back: the cancelling is what happened.

    asyncpg refuses to roll back for as long as it has not heard the end of the statement that was cut off.
    """
    if type(getattr(error, "orig", None)).__name__ != "InternalClientError":
        return False
    before: BaseException | None = error
    while before is not None and not isinstance(before, asyncio.CancelledError):
        before = before.__context__
    return before is not None


def _failure(error: Exception) -> DatabaseFailedError | None:
    failed = DatabaseFailedError(f"the database did not take it: {reason(error)}")
    if not isinstance(error, DBAPIError):
        return failed if isinstance(error, NoConnectionLeft | TimeoutError | ConnectionError) else None
    code = str(getattr(error.orig, "sqlstate", None) or "")
    if code in MET or type(error.orig).__name__ == "InvalidCachedStatementError":  # a migration went by
        return DatabaseBusyError()
    passes = isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated
    return failed if passes or code.startswith(PASSING) else None
