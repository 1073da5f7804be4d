"""Receivers: the owner's addresses that are told what happens to leads."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, delete, func, literal, select, update

from storage.collection import Collection
from storage.tables import NoticeRow, ReceiverRow


class NoticeKind(StrEnum):
    """What a receiver can be told; it is the `type` of the message."""

    CREATED = "lead.created"
    QUALIFIED = "lead.qualified"
    HOT = "lead.hot"
    TAKEN = "lead.taken"
    STAGE_CHANGED = "lead.stage_changed"
    WON = "lead.won"
    LOST = "lead.lost"
    AMOUNT = "lead.amount"
    UNSUBSCRIBED = "lead.unsubscribed"
    ERASED = "lead.erased"
    TEST = "receiver.test"
    """goes to one receiver, at the operator's word, whatever that one wants"""


class NoticeState(StrEnum):
    """What became of a notice."""

    WAITING = "waiting"
    SENDING = "sending"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


@dataclass(frozen=True)
class Receiver:
    """An address of the owner's; without `kinds` it is told everything."""

    id: int
    url: str = field(repr=False)
    kinds: tuple[NoticeKind, ...]
    created_at: datetime
    paused_at: datetime | None = None
    is_gone: bool = False
    rests_until: datetime | None = None
    failing_since: datetime | None = None
    result: str | None = None
    tried_at: datetime | None = None
    old_secret_until: datetime | None = None
    """until when the secret that it had before signs, too; it may be over"""


class Receivers(Collection):
    """The receivers of a bot. There are a few, or none."""

    async def add(self, url: str, secret: str, kinds: Iterable[NoticeKind], now: datetime) -> int:
        """Add a receiver; return its number."""
        wanted = json.dumps(list(kinds))
        return await self._add(ReceiverRow, url=url, secret=secret, kinds=wanted, created_at=now, is_gone=False)

    async def all(self) -> list[Receiver]:
        """Return every receiver, the oldest first."""
        query = select(*_RECEIVER).where(self._ours(ReceiverRow.bot_id)).order_by(ReceiverRow.id)
        return [_receiver(row) for row in await self._connection.execute(query)]

    async def find(self, number: int) -> Receiver | None:
        """Return a receiver of this bot by its number."""
        query = select(*_RECEIVER).where(self._ours(ReceiverRow.bot_id), ReceiverRow.id == number)
        row = (await self._connection.execute(query)).first()
        return _receiver(row) if row else None

    async def that_want(self, kind: NoticeKind) -> list[int]:
        """Return the numbers of receivers that want to be told of this; a paused one hears of it later."""
        rows = await self._connection.execute(_WANTS, {"bot": self._bot_id})
        return [number for number, kinds in rows if kind in (json.loads(kinds) or (kind,))]

    async def any(self) -> bool:
        """Tell whether there is any receiver."""
        return (await self._connection.execute(_WANTS, {"bot": self._bot_id})).first() is not None

    async def counts(self) -> dict[int, dict[NoticeState, int]]:
        """Return how many notices of each receiver are in which state."""
        query = (
            select(NoticeRow.receiver_id, NoticeRow.state, func.count())
            .where(self._ours(NoticeRow.bot_id))
            .group_by(NoticeRow.receiver_id, NoticeRow.state)
        )
        found: dict[int, dict[NoticeState, int]] = {}
        for number, state, count in await self._connection.execute(query):
            found.setdefault(number, {})[NoticeState(state)] = count
        return found

    async def pause(self, number: int, now: datetime, *, is_gone: bool = False) -> None:
        """Leave a receiver alone; what it wants to know waits."""
        await self._change(number, paused_at=now, is_gone=is_gone)

    async def resume(self, number: int) -> None:
        """Tell a receiver again what it wants to know, beginning with what waited."""
        await self._change(number, paused_at=None, is_gone=False, rests_until=None, failing_since=None)

    async def reached(self, number: int, result: str, now: datetime) -> None:
        """Keep that a receiver took a notice."""
        await self._change(number, result=result, tried_at=now, failing_since=None, rests_until=None)

    async def failed(self, number: int, result: str, now: datetime, rests_until: datetime | None) -> None:
        """Keep that a receiver did not take a notice, and until when it asked to be left alone."""
        await self._change(
            number,
            result=result,
            tried_at=now,
            rests_until=rests_until,
            failing_since=func.coalesce(ReceiverRow.failing_since, literal(now, ReceiverRow.tried_at.type)),
        )

    async def failing_since(self) -> datetime | None:
        """Return since when a receiver that is not paused has failed, of several the longest."""
        query = select(func.min(ReceiverRow.failing_since))
        return await self._connection.scalar(
            query.where(self._ours(ReceiverRow.bot_id), ReceiverRow.paused_at.is_(None))
        )

    async def rotate(self, number: int, secret: str, old_until: datetime | None) -> None:
        """Give a receiver a new secret; the present one signs, too, until a moment, or nothing more without one.

        The newest two count: an older one that is still in use when this is said again is over at once.
        """
        old = None
        if old_until is not None:
            present = select(ReceiverRow.secret).where(self._ours(ReceiverRow.bot_id), ReceiverRow.id == number)
            old = await self._connection.scalar(present.with_for_update())  # each is sealed for its own column
        await self._change(number, secret=secret, old_secret=old, old_secret_until=old_until)

    async def forget_old_secrets(self, now: datetime) -> None:
        """Remove the old secrets that sign nothing more."""
        await self._connection.execute(
            update(ReceiverRow)
            .where(self._ours(ReceiverRow.bot_id), ReceiverRow.old_secret_until <= now)
            .values(old_secret=None, old_secret_until=None)
        )

    async def remove(self, number: int) -> None:
        """Remove a receiver, and all notices to it."""
        await self._connection.execute(
            delete(NoticeRow).where(self._ours(NoticeRow.bot_id), NoticeRow.receiver_id == number)
        )
        await self._connection.execute(
            delete(ReceiverRow).where(self._ours(ReceiverRow.bot_id), ReceiverRow.id == number)
        )

    async def _change(self, number: int, **values: Any) -> None:
        await self._connection.execute(
            update(ReceiverRow).where(self._ours(ReceiverRow.bot_id), ReceiverRow.id == number).values(**values)
        )


_RECEIVER = (
    ReceiverRow.id,
    ReceiverRow.url,
    ReceiverRow.kinds,
    ReceiverRow.created_at,
    ReceiverRow.paused_at,
    ReceiverRow.is_gone,
    ReceiverRow.rests_until,
    ReceiverRow.failing_since,
    ReceiverRow.result,
    ReceiverRow.tried_at,
    ReceiverRow.old_secret_until,
)
_WANTS = (
    select(ReceiverRow.id, ReceiverRow.kinds)
    .where(ReceiverRow.bot_id == bindparam("bot"))
    .order_by(ReceiverRow.id)
)
"""Made once, because making a statement costs more than running it: whatever happens to a lead asks."""


def _receiver(row: Sequence[Any]) -> Receiver:
    number, url, kinds, *rest = row
    return Receiver(number, url, tuple(NoticeKind(kind) for kind in json.loads(kinds)), *rest)
