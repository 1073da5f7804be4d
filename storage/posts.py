"""Posts: cards in groups; each hand-off has one message there, and at most one change of it waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, update

from storage.claims import OPEN
from storage.collection import Collection
from storage.messages import Fate, Kind
from storage.tables import HandOffRow, OutboxRow


@dataclass(frozen=True)
class Wording:
    """How a post reads, or will read once the outbox is through: the row that says so last."""

    number: int
    request: str
    state: Fate
    attempts: int


class Posts(Collection):
    """The newest words of each post, and what becomes of posts when their group goes."""

    async def newest(self, card: int) -> Wording | None:
        """Return what was said last in a post that still counts: sent, on its way, or waiting."""
        query = select(OutboxRow.id, OutboxRow.request, OutboxRow.state, OutboxRow.attempts).where(
            or_(OutboxRow.id == card, OutboxRow.edits == card), OutboxRow.state.in_((*OPEN, Fate.SENT))
        )
        row = (await self._connection.execute(query.order_by(OutboxRow.id.desc()).limit(1))).first()
        return Wording(row[0], row[1], Fate(row[2]), row[3]) if row else None

    async def reword(self, number: int, request: str) -> bool:
        """Let what still waits say something newer; tell whether it still waited."""
        changed = await self._connection.execute(
            update(OutboxRow)
            .where(OutboxRow.id == number, OutboxRow.state == Fate.WAITING)
            .values(request=request)
            .returning(OutboxRow.id)
        )
        return changed.first() is not None

    async def open_in(self, chat_id: int) -> list[tuple[int, int]]:
        """Return the posts of a group whose hand-offs are not closed: card and hand-off, the oldest first."""
        query = (
            select(OutboxRow.id, HandOffRow.id)
            .join(HandOffRow, HandOffRow.id == OutboxRow.hand_off_id)
            .where(*self._posts_in(chat_id), HandOffRow.closed_at.is_(None))
        )
        return [
            (card, hand_off) for card, hand_off in await self._connection.execute(query.order_by(OutboxRow.id))
        ]

    async def leave_behind(self, chat_id: int, now: datetime) -> list[int]:
        """Give up the posts in a chat that is no more: nobody can change them there. Returns the open hand-offs.

        What is on its way there will come back, and goes to the new chat by itself.
        """
        sent = (*self._posts_in(chat_id), OutboxRow.state == Fate.SENT)
        query = select(HandOffRow.id).join(OutboxRow, HandOffRow.id == OutboxRow.hand_off_id)
        still_open = await self._connection.scalars(
            query.where(*sent, HandOffRow.closed_at.is_(None)).order_by(OutboxRow.id)
        )
        found = list(still_open)
        await self._connection.execute(update(OutboxRow).where(*sent).values(state=Fate.DROPPED, settled_at=now))
        return found

    def _posts_in(self, chat_id: int) -> tuple[ColumnElement[bool], ...]:
        return (
            self._ours(OutboxRow.bot_id),
            OutboxRow.chat_id == chat_id,
            OutboxRow.kind == Kind.HAND_OFF,
            OutboxRow.hand_off_id.is_not(None),
            OutboxRow.edits.is_(None),
            OutboxRow.state.in_((*OPEN, Fate.SENT)),
        )
