"""Tracked links: what was sent to whom, whether they opened it, and openings that wait to be counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, update

from storage.collection import Collection, claimed, earliest
from storage.tables import EnrolmentRow, TrackedLinkRow


@dataclass(frozen=True)
class TrackedLink:
    """A link that was sent to one person."""

    id: int
    prospect_id: int
    url: str = field(repr=False)
    label: str = field(repr=False)
    kind: str
    once: str
    enrolment_id: int | None
    step: str | None
    broadcast_id: int | None
    sending_id: int | None
    opened_at: datetime | None


NEXT_OPENING = earliest(TrackedLinkRow.due_at)


class TrackedLinks(Collection):
    """Every tracked link of a bot."""

    async def make(
        self,
        prospect_id: int,
        fingerprint: str,
        url: str,
        label: str,
        kind: str,
        once: str,
        now: datetime,
        *,
        enrolment_id: int | None = None,
        step: str | None = None,
        broadcast_id: int | None = None,
        sending_id: int | None = None,
    ) -> int:
        """Keep a link for a person, under its token's fingerprint; return its number."""
        return await self._add(
            TrackedLinkRow,
            prospect_id=prospect_id,
            fingerprint=fingerprint,
            url=url,
            label=label,
            kind=kind,
            once=once,
            enrolment_id=enrolment_id,
            step=step,
            broadcast_id=broadcast_id,
            sending_id=sending_id,
            made_at=now,
        )

    async def by_fingerprint(self, fingerprint: str) -> TrackedLink | None:
        """Return the link whose token has this fingerprint."""
        return await self._one(TrackedLinkRow.fingerprint == fingerprint)

    async def by_id(self, number: int) -> TrackedLink | None:
        """Return a link of this bot."""
        return await self._one(TrackedLinkRow.id == number)

    async def tells_something(self, link: TrackedLink) -> bool:
        """Tell whether an opening is worth a note: the first one, or one that ends a silence."""
        if link.opened_at is None:
            return True
        silent = select(EnrolmentRow.id).where(EnrolmentRow.id == link.enrolment_id, EnrolmentRow.unanswered > 0)
        return link.enrolment_id is not None and await self._connection.scalar(silent) is not None

    async def opened(self, number: int, now: datetime) -> None:
        """Note that a link was opened; it waits to be counted."""
        first = func.coalesce(TrackedLinkRow.opened_at, now, type_=TrackedLinkRow.opened_at.type)
        await self._change(number, opened_at=first, due_at=now)

    async def counted(self, number: int) -> None:
        """Note that an opening was counted."""
        await self._change(number, due_at=None)

    async def postpone(self, number: int, due_at: datetime) -> None:
        """Count an opening later."""
        await self._change(number, due_at=due_at)

    async def due(self, now: datetime, limit: int) -> list[TrackedLink]:
        """Return links with an opening that waits to be counted, the oldest opening first."""
        query = select(*_LINK).where(self._ours(TrackedLinkRow.bot_id), TrackedLinkRow.due_at <= now)
        query = query.order_by(TrackedLinkRow.due_at).limit(limit)
        rows = await self._connection.execute(claimed(query, TrackedLinkRow))
        return [_link(row) for row in rows]

    async def _one(self, condition: ColumnElement[bool]) -> TrackedLink | None:
        query = select(*_LINK).where(self._ours(TrackedLinkRow.bot_id), condition)
        row = (await self._connection.execute(query)).first()
        return _link(row) if row else None

    async def _change(self, number: int, **values: Any) -> None:
        ours = (self._ours(TrackedLinkRow.bot_id), TrackedLinkRow.id == number)
        await self._connection.execute(update(TrackedLinkRow).where(*ours).values(**values))


_LINK = (
    TrackedLinkRow.id,
    TrackedLinkRow.prospect_id,
    TrackedLinkRow.url,
    TrackedLinkRow.label,
    TrackedLinkRow.kind,
    TrackedLinkRow.once,
    TrackedLinkRow.enrolment_id,
    TrackedLinkRow.step,
    TrackedLinkRow.broadcast_id,
    TrackedLinkRow.sending_id,
    TrackedLinkRow.opened_at,
)


def _link(row: Sequence[Any]) -> TrackedLink:
    return TrackedLink(*row)
