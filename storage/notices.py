"""Notices: what receivers are told, from the moment it happened until it is delivered or given up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, delete, func, literal_column, or_, select, update

from storage.collection import Collection, claimed
from storage.receivers import NoticeKind, NoticeState
from storage.tables import NoticeRow, ReceiverRow

KEPT = timedelta(days=30)
"""How long a notice is kept, whatever became of it: long enough to be sent again by hand."""


@dataclass(frozen=True)
class Notice:
    """A notice that is about to be sent, with all that it takes."""

    id: int
    receiver_id: int
    public_id: str
    kind: NoticeKind
    body: str = field(repr=False)
    attempts: int
    """how often it was sent, this time included"""
    url: str = field(repr=False)
    secret: str = field(repr=False)
    old_secret: str | None = field(repr=False)
    old_secret_until: datetime | None

    def secrets(self, now: datetime) -> tuple[str, ...]:
        """Return what it is signed with when it is sent now, the newest first."""
        if self.old_secret is None or self.old_secret_until is None or self.old_secret_until <= now:
            return (self.secret,)
        return self.secret, self.old_secret


@dataclass(frozen=True)
class Undelivered:
    """A notice that its receiver does not have yet, or never will."""

    public_id: str
    kind: NoticeKind
    state: NoticeState
    created_at: datetime
    due_at: datetime
    attempts: int
    result: str | None


class Notices(Collection):
    """The notices of a bot."""

    has_new = False
    """whether any was put in by this unit: who sends them wants to know"""

    async def put(
        self,
        receiver_id: int,
        public_id: str,
        kind: NoticeKind,
        body: str,
        now: datetime,
        *,
        lead_id: int | None = None,
        due_at: datetime | None = None,
    ) -> None:
        """Put a notice in; it is sent after the commit, or not before `due_at`."""
        await self._add(
            NoticeRow,
            receiver_id=receiver_id,
            public_id=public_id,
            kind=kind,
            lead_id=lead_id,
            body=body,
            created_at=now,
            due_at=due_at or now,
            attempts=0,
            state=NoticeState.WAITING,
        )
        self.has_new = True

    async def outlook(self) -> dict[int, datetime]:
        """Return, by receiver, when its next notice may be sent; paused receivers are left out."""
        rows = await self._connection.execute(_OUTLOOK, {"bot": self._bot_id})
        return {number: max(due, rests or due) for number, due, rests in rows if due is not None}

    async def claim(self, receiver_id: int, now: datetime) -> Notice | None:
        """Take the notice that a receiver is to get next, if one is due."""
        query = claimed(_NEXT, NoticeRow)
        values = {"bot": self._bot_id, "receiver": receiver_id, "now": now}
        number = await self._connection.scalar(query, values)
        if number is None:
            return None
        await self._connection.execute(_TAKE, {"number": number})
        row: Sequence[Any] = (await self._connection.execute(_TAKEN, {"number": number})).one()
        return Notice(row[0], row[1], row[2], NoticeKind(row[3]), *row[4:])

    async def settle(self, notice: Notice, state: NoticeState, result: str, now: datetime) -> bool:
        """Write down the end of a notice; tell whether it was still this one's to write.

        Somebody may have been erased with it, or another process may have taken it over.
        """
        return await self._write(notice, state=state, result=result, settled_at=now)

    async def put_off(self, notice: Notice, result: str, due_at: datetime) -> bool:
        """Let a notice be sent again later; tell whether it was still this one's to say."""
        return await self._write(notice, state=NoticeState.WAITING, result=result, due_at=due_at)

    async def take_back(self) -> None:
        """Let what was being sent when the last process ended be sent again: its receiver knows it by its id."""
        await self._connection.execute(
            update(NoticeRow)
            .where(self._ours(NoticeRow.bot_id), NoticeRow.state == NoticeState.SENDING)
            .values(state=NoticeState.WAITING)
        )

    async def replay(self, receiver_id: int, now: datetime, since: datetime | None = None) -> int:
        """Send what a receiver does not have without waiting, or everything since a moment; return how many."""
        which = _delayed(now) if since is None else and_(NoticeRow.created_at >= since, _not_on_its_way(now))
        await self._wake(receiver_id)
        again = await self._connection.execute(
            update(NoticeRow)
            .where(self._ours(NoticeRow.bot_id), NoticeRow.receiver_id == receiver_id, which)
            .values(_anew(now))
            .returning(NoticeRow.id)
        )
        return len(again.all())

    async def replay_one(self, public_id: str, now: datetime) -> bool:
        """Send one notice without waiting; tell whether there is one that is not on its way."""
        again = await self._connection.execute(
            update(NoticeRow)
            .where(self._ours(NoticeRow.bot_id), NoticeRow.public_id == public_id, _not_on_its_way(now))
            .values(_anew(now))
            .returning(NoticeRow.receiver_id)
        )
        receiver_id = again.scalar()
        if receiver_id is not None:
            await self._wake(receiver_id)
        return receiver_id is not None

    async def undelivered(self, receiver_id: int, limit: int) -> list[Undelivered]:
        """Return a receiver's notices that wait, are being sent or were given up, the newest first."""
        query = select(
            NoticeRow.public_id,
            NoticeRow.kind,
            NoticeRow.state,
            NoticeRow.created_at,
            NoticeRow.due_at,
            NoticeRow.attempts,
            NoticeRow.result,
        ).where(
            self._ours(NoticeRow.bot_id),
            NoticeRow.receiver_id == receiver_id,
            NoticeRow.state.in_(_NOT_DELIVERED),
        )
        rows = await self._connection.execute(query.order_by(NoticeRow.id.desc()).limit(limit))
        return [
            Undelivered(name, NoticeKind(kind), NoticeState(state), created_at, due_at, attempts, result)
            for name, kind, state, created_at, due_at, attempts, result in rows
        ]

    async def forget(self, now: datetime) -> None:
        """Remove what was kept long enough, whatever became of it."""
        await self._connection.execute(
            delete(NoticeRow).where(self._ours(NoticeRow.bot_id), NoticeRow.created_at < now - KEPT)
        )

    async def count(self) -> dict[NoticeState, int]:
        """Return how many notices wait, are being sent, or were given up."""
        ours = select(ReceiverRow.id).where(self._ours(ReceiverRow.bot_id))
        query = select(NoticeRow.state, func.count()).where(
            NoticeRow.receiver_id.in_(ours), NoticeRow.state.in_(_NOT_DELIVERED)
        )
        rows = await self._connection.execute(query.group_by(NoticeRow.state))
        return {NoticeState(state): number for state, number in rows}

    async def _wake(self, receiver_id: int) -> None:
        """Let a receiver be told at once, however long it asked to be left alone: the operator knows better."""
        await self._connection.execute(
            update(ReceiverRow)
            .where(self._ours(ReceiverRow.bot_id), ReceiverRow.id == receiver_id)
            .values(rests_until=None)
        )

    async def _write(self, notice: Notice, **values: object) -> bool:
        written = await self._connection.execute(
            update(NoticeRow)
            .where(
                self._ours(NoticeRow.bot_id),
                NoticeRow.id == notice.id,
                NoticeRow.state == NoticeState.SENDING,
                NoticeRow.attempts == notice.attempts,
            )
            .values(**values)
            .returning(NoticeRow.id)
        )
        return written.first() is not None


def _delayed(now: datetime) -> ColumnElement[bool]:
    """The condition that a notice was given up, or waits for its next try."""
    waits = and_(NoticeRow.state == NoticeState.WAITING, NoticeRow.due_at > now)
    return or_(NoticeRow.state == NoticeState.GIVEN_UP, waits)


def _not_on_its_way(now: datetime) -> ColumnElement[bool]:
    """The condition that a notice was delivered, or will not be sent now."""
    return or_(NoticeRow.state == NoticeState.DELIVERED, _delayed(now))


def _anew(now: datetime) -> dict[str, object]:
    return {"state": NoticeState.WAITING, "due_at": now, "attempts": 0, "settled_at": None}


_NOT_DELIVERED = (NoticeState.WAITING, NoticeState.SENDING, NoticeState.GIVEN_UP)
_IS_WAITING = NoticeRow.state == literal_column("'waiting'")
# Made once, because making a statement costs more than running it.
_OUTLOOK = select(
    ReceiverRow.id,
    select(NoticeRow.due_at)
    .where(NoticeRow.receiver_id == ReceiverRow.id, _IS_WAITING)
    .order_by(NoticeRow.due_at, NoticeRow.id)
    .limit(literal_column("1"))
    .scalar_subquery(),
    ReceiverRow.rests_until,
).where(ReceiverRow.bot_id == bindparam("bot"), ReceiverRow.paused_at.is_(None))
_NEXT = (
    select(NoticeRow.id)
    .join(ReceiverRow, ReceiverRow.id == NoticeRow.receiver_id)
    .where(
        NoticeRow.bot_id == bindparam("bot"),
        NoticeRow.receiver_id == bindparam("receiver"),
        _IS_WAITING,
        NoticeRow.due_at <= bindparam("now", type_=NoticeRow.due_at.type),
        ReceiverRow.paused_at.is_(None),
    )
    .order_by(NoticeRow.due_at, NoticeRow.id)
    .limit(literal_column("1"))
)
_TAKE = (
    update(NoticeRow)
    .where(NoticeRow.id == bindparam("number"))
    .values(state=NoticeState.SENDING, attempts=NoticeRow.attempts + 1)
)
_TAKEN = (
    select(
        NoticeRow.id,
        NoticeRow.receiver_id,
        NoticeRow.public_id,
        NoticeRow.kind,
        NoticeRow.body,
        NoticeRow.attempts,
        ReceiverRow.url,
        ReceiverRow.secret,
        ReceiverRow.old_secret,
        ReceiverRow.old_secret_until,
    )
    .join(ReceiverRow, ReceiverRow.id == NoticeRow.receiver_id)
    .where(NoticeRow.id == bindparam("number"))
)
