"""The driver of SQLite files: quick statements run where they are called, what may wait runs in a thread.

SQLite is a library, not a server: nearly every statement of ours takes microseconds, while aiosqlite's way through
a thread and back takes five turns of the event loop for each. Only what may wait for the disk, or for somebody
who writes, is worth that way.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from functools import lru_cache, partial
from threading import Thread
from typing import Any, TypeVar
from weakref import WeakSet

import aiosqlite
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

LAST_WORDS = 2.0
"""Seconds that one thread gets to end."""
MAY_WAIT = ("BEGIN IMMEDIATE", "PRAGMA", "VACUUM")
"""How statements begin that may wait; to commit and to close are calls of their own."""
SLOW = "/* slow */"
"""Stands in statements that go through very many rows: whoever waits for them keeps nobody else waiting."""
QUICK_CALLS = frozenset({"execute", "executemany", "fetchall", "close"})
"""What a cursor does at once."""
FETCHED_AT_ONCE = 64
STATEMENTS = 1024
"""How many statements are known, to a connection as SQLite read them: more than there are."""

Result = TypeVar("Result")


class Connection(aiosqlite.Connection):
    """A connection that leaves the event loop only for what may wait."""

    async def _execute(self, fn: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
        if self._connection is not None and _is_quick(fn, args):
            return fn(*args, **kwargs)
        return await super()._execute(fn, *args, **kwargs)  # type: ignore[no-any-return, no-untyped-call]  # aiosqlite says no types


def _is_quick(fn: Callable[..., Any], args: tuple[Any, ...]) -> bool:
    whose, name = getattr(fn, "__self__", None), getattr(fn, "__name__", "")
    if isinstance(whose, sqlite3.Cursor):
        return name in QUICK_CALLS and (not args or _is_quick_statement(args[0]))
    return isinstance(whose, sqlite3.Connection) and name in ("cursor", "rollback")


@lru_cache(STATEMENTS)  # the same few are asked all the time
def _is_quick_statement(statement: str) -> bool:
    return not statement.startswith(MAY_WAIT) and SLOW not in statement


class Driver:
    """Opens the connections of an engine, and knows their threads.

    A thread reports to the event loop. One that outlives it, as when a task was cancelled while it connected,
    would end with a traceback on the operator's screen.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._threads: WeakSet[Thread] = WeakSet()
        if engine.dialect.driver == "aiosqlite":
            event.listen(engine.sync_engine, "do_connect", self._open)

    async def end(self) -> None:
        """Wait until every thread has ended; connections still in use are not waited for any longer."""
        for thread in list(self._threads):
            await asyncio.to_thread(thread.join, LAST_WORDS)

    def _open(self, _dialect: Any, _record: Any, _args: Any, options: dict[str, Any]) -> None:
        options["async_creator_fn"] = self._connect

    async def _connect(self, file: str, **options: Any) -> aiosqlite.Connection:
        # Two threads use a connection, never at the same time: each call is awaited before the next,
        # and SQLAlchemy gives up a connection whose call was cancelled.
        options["check_same_thread"] = False
        connection = Connection(partial(sqlite3.connect, file, **options), FETCHED_AT_ONCE)
        thread = connection._thread  # noqa: SLF001 - aiosqlite shows its thread in no other way
        thread.daemon = True  # as SQLAlchemy has it: a connection left open must not hold the process
        self._threads.add(thread)
        return await connection
