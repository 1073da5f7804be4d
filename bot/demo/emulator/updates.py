"""The updates that wait for the bot, and the long polling that fetches them."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.demo.emulator import refusals
from bot.demo.emulator.bell import Bell
from bot.demo.emulator.refusals import Refusal, Refused

_MESSAGES_KEPT_FOR = timedelta(hours=24)
_TAPS_KEPT_FOR = timedelta(seconds=150)
_NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}
_MOST_AT_ONCE = 100
_LONGEST_POLL = 50

Queue = tuple[str, int]
"""What a webhook gets in order: a chat's messages, a person's taps, a chat's comings and goings."""


@dataclass(frozen=True)
class Update:
    """One update that waits to be fetched and confirmed."""

    id: int
    kind: str
    content: dict[str, Any]
    expires: datetime

    @property
    def queue(self) -> Queue:
        """The webhook's queue that it stands in. Source: tdlib/telegram-bot-api, Client.cpp, webhook_queue_id."""
        whose = "from" if self.kind == "callback_query" else "chat"
        try:
            return self.kind.removeprefix("edited_"), int(self.content[whose]["id"])
        except (KeyError, TypeError):  # a kind of update that we do not know waits for nobody
            return self.kind, -self.id

    def to_wire(self) -> dict[str, Any]:
        """Return the update as a Bot API object."""
        return {"update_id": self.id, self.kind: self.content}


class Updates:
    """Updates stay until the bot confirms them with a higher offset, or until they are too old."""

    def __init__(self, now: Callable[[], datetime], first_id: int) -> None:
        self._now = now
        self._next_id = first_id
        self._waiting: list[Update] = []
        self.arrived = Bell()
        """rung when there may be something to fetch or to deliver"""
        self._poll = 0
        self._ended: Refusal | None = None
        self._closed = False
        self.allowed: tuple[str, ...] = ()

    def put(self, kind: str, content: dict[str, Any]) -> None:
        """Queue an update, unless the bot does not want its kind."""
        wanted = kind in self.allowed if self.allowed else kind not in _NOT_BY_DEFAULT
        if not wanted:
            return
        lives = _TAPS_KEPT_FOR if kind == "callback_query" else _MESSAGES_KEPT_FOR
        self._waiting.append(Update(self._next_id, kind, content, self._now() + lives))
        self._next_id += 1
        self.arrived.ring()

    @property
    def pending(self) -> tuple[Update, ...]:
        """The updates that are neither confirmed nor too old."""
        now = self._now()
        self._waiting = [update for update in self._waiting if update.expires > now]
        return tuple(self._waiting)

    async def poll(
        self, offset: int, limit: int, seconds: int, allowed: Sequence[str] | None
    ) -> list[dict[str, Any]]:
        """Answer one getUpdates: confirm what is below `offset`, wait for the rest."""
        self.end_poll(refusals.OTHER_POLLER)
        if self._closed:
            raise Refused(refusals.RESTART)
        self._poll += 1
        if allowed is not None:
            self.allowed = tuple(allowed)
        self._confirm(offset)
        return await self._fetch(self._poll, min(max(limit, 1), _MOST_AT_ONCE), min(seconds, _LONGEST_POLL))

    async def _fetch(self, poll: int, limit: int, seconds: int) -> list[dict[str, Any]]:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while True:
            if poll != self._poll:
                raise Refused(self._ended or refusals.OTHER_POLLER)
            if found := self.pending[:limit]:
                return [update.to_wire() for update in found]
            if self._closed or not await self.arrived.heard(within=deadline - loop.time()):
                return []

    def _confirm(self, offset: int) -> None:
        pending = self.pending
        if offset < 0:
            self._waiting = list(pending[offset:])
        elif offset > 0:
            self._waiting = [update for update in pending if update.id >= offset]

    def delivered(self, update: Update) -> None:
        """Forget an update that the webhook took, or that is too old to be tried again."""
        if update in self._waiting:
            self._waiting.remove(update)

    def drop_all(self) -> None:
        """Forget every waiting update."""
        self._waiting = []

    def end_poll(self, because: Refusal) -> None:
        """End the poll that waits now, if any, with this refusal."""
        self._poll += 1
        self._ended = because
        self.arrived.ring()

    def open(self) -> None:
        """Let polls wait (again)."""
        self._closed = False

    def close(self) -> None:
        """Send every waiting poll home at once; later ones are refused as by a server that restarts."""
        self._closed = True
        self.arrived.ring()
