"""The driver's threads: every connection to a SQLite file has one, and closing the database waits for them."""

from __future__ import annotations

import asyncio
from threading import Thread
from typing import Any
from weakref import WeakSet

import aiosqlite
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

LAST_WORDS = 2.0
"""Seconds that one thread gets to end."""


class Threads:
    """The threads of an engine's connections, those included whose opening was given up half-way.

    A thread reports to the event loop. One that outlives it, as when a task was cancelled while it connected,
    would end with a traceback on the operator's screen.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._threads: WeakSet[Thread] = WeakSet()
        if engine.dialect.driver == "aiosqlite":
            event.listen(engine.sync_engine, "do_connect", self._watch)

    async def end(self) -> None:
        """Wait until every thread has ended; connections still in use are not waited for any longer."""
        for thread in list(self._threads):
            await asyncio.to_thread(thread.join, LAST_WORDS)

    def _watch(self, _dialect: Any, _record: Any, _args: Any, options: dict[str, Any]) -> None:
        options["async_creator_fn"] = self._connect

    async def _connect(self, *args: Any, **options: Any) -> aiosqlite.Connection:
        connection = aiosqlite.connect(*args, **options)
        thread = connection._thread  # noqa: SLF001 - aiosqlite shows its thread in no other way
        thread.daemon = True  # as SQLAlchemy has it: a connection left open must not hold the process
        self._threads.add(thread)
        return await connection
