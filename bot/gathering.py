"""Updates that come one by one, but at the same time, go to the disk together: one commit, for which all wait."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import structlog

from bot.worker import place_of
from storage.errors import DatabaseFailedError

LAST_WORDS = 3.0
"""Seconds that updates get to reach the disk when the process stops."""

log = structlog.get_logger()


@dataclass
class _Batch:
    kept: asyncio.Future[bool]
    """whether it is on the disk"""
    updates: list[tuple[int, str]] = field(default_factory=list)


class Gathering:
    """Writes one batch after another: while one is on its way to the disk, the next one gathers."""

    def __init__(self, write: Callable[[Sequence[tuple[int, str]]], Awaitable[None]]) -> None:
        self._write = write
        self._next: _Batch | None = None
        self._writing: asyncio.Task[None] | None = None
        self.waiting = 0
        """updates that somebody waits for until they are on the disk"""

    async def keep(self, update_id: int, body: str) -> bool:
        """Return once the update is on the disk; False when it could not be written."""
        batch = self._next
        if batch is None:
            batch = self._next = _Batch(asyncio.get_running_loop().create_future())
        batch.updates.append((update_id, body))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all())
        self.waiting += 1
        try:  # who hangs up takes nothing away from the others
            return await asyncio.shield(batch.kept)
        finally:
            self.waiting -= 1

    async def finish(self) -> None:
        """Let what has gathered get to the disk."""
        if self._writing is not None:
            await asyncio.wait([self._writing], timeout=LAST_WORDS)
        if self._writing is not None:
            self._writing.cancel()
            await asyncio.wait([self._writing])

    async def _write_all(self) -> None:
        try:
            while (batch := self._next) is not None:
                self._next = None
                kept = False
                try:
                    await self._write(batch.updates)
                    kept = True
                except DatabaseFailedError as error:
                    log.error("updates_not_kept", updates=len(batch.updates), reason=str(error))  # noqa: TRY400 - one line
                except Exception as error:  # noqa: BLE001 - whatever it is, Telegram sends them again
                    log.error("updates_not_kept", updates=len(batch.updates), error=place_of(error))  # noqa: TRY400 - no texts in logs
                finally:
                    batch.kept.set_result(kept)
        finally:
            self._writing = None
