"""The ledger: every point of a lead with where it came from, only ever added or replaced."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, or_, select, update

from qualification.score import FIT, Entry, Origin
from storage.collection import Collection
from storage.records import Lead
from storage.tables import LeadRow, LedgerRow
from storage.upserts import insert


class Ledger(Collection):
    """The points of a bot's leads."""

    async def enter(
        self,
        lead: Lead,
        revision: int,
        entries: Iterable[Entry],
        session_id: int | None = None,
        once: str | None = None,
    ) -> bool:
        """Write points into the ledger; tell whether any were new.

        Points for the same thing are written once: an answer or rule of a session, a deed (named by `once`).
        """
        new = False
        for entry in entries:
            same = once or f"{session_id}:{entry.origin}:{entry.rule}"
            same += f":{entry.product}" if entry.product else ""
            row = {
                "bot_id": self._bot_id,
                "lead_id": lead.id,
                "session_id": session_id,
                "quiz": lead.quiz,
                "revision": revision,
                "origin": entry.origin,
                "product": entry.product,
                "rule": entry.rule,
                "detail": entry.detail,
                "points": entry.points,
                "at": entry.at,
                "once": f"{same}:cap" if entry.origin is Origin.DAY_CAP else same,
            }
            new = (await self._connection.execute(_ENTER, row)).first() is not None or new
        return new

    async def score_session(
        self, lead: Lead, revision: int, entries: Iterable[Entry], session_id: int, now: datetime
    ) -> None:
        """Let a session's answers give these points: what an answer gave that was changed is replaced."""
        rows = await self._connection.execute(_GIVEN, {"lead": lead.id, "session": session_id})
        there = {tuple(key): number for number, *key in rows}
        given = {(e.origin, e.rule, e.points, e.detail, e.product): e for e in entries}
        gone = [number for key, number in there.items() if key not in given]
        if gone:
            await self._connection.execute(update(LedgerRow).where(LedgerRow.id.in_(gone)).values(replaced_at=now))
        new = [entry for key, entry in given.items() if key not in there]
        await self.enter(lead, revision, new, session_id)

    async def entries(self, lead: Lead) -> list[Entry]:
        """Return the points that count for a lead: those of its last session, and all other activity."""
        return [entry for _, entry in await self.history(lead) if entry.points]

    async def history(self, lead: Lead) -> list[tuple[int, Entry]]:
        """Return what counts, deeds of nought points too, each with the revision whose rules valued it."""
        rows = await self._connection.execute(_HISTORY, {"lead": lead.id, "session": lead.session_id})
        return [(revision, _entry(row)) for revision, *row in rows]

    async def of_all(self, leads: Iterable[int]) -> dict[int, list[Entry]]:
        """Return what counts for each of some leads, deeds of nought points too."""
        query = (
            select(LedgerRow.lead_id, *_ENTRY)
            .join(LeadRow, LeadRow.id == LedgerRow.lead_id)
            .where(LedgerRow.lead_id.in_(list(leads)), _counts_after(LeadRow.session_id))
            .order_by(LedgerRow.id)
        )
        found: dict[int, list[Entry]] = defaultdict(list)
        for lead, *row in await self._connection.execute(query):
            found[lead].append(_entry(row))
        return found


def _counts_after(session_id: Any) -> ColumnElement[bool]:
    """The condition that points count for a lead whose last session this is."""
    return and_(
        LedgerRow.replaced_at.is_(None), or_(LedgerRow.session_id == session_id, LedgerRow.session_id.is_(None))
    )


_ENTRY = (
    LedgerRow.origin,
    LedgerRow.rule,
    LedgerRow.points,
    LedgerRow.at,
    LedgerRow.detail,
    LedgerRow.product,
)
# Made once, because making a statement costs more than running it: these are part of every qualification.
_ENTER = (
    insert(LedgerRow)
    .on_conflict_do_nothing(index_elements=["lead_id", "once"], index_where=LedgerRow.replaced_at.is_(None))
    .returning(LedgerRow.id)
)
_GIVEN = select(
    LedgerRow.id,
    LedgerRow.origin,
    LedgerRow.rule,
    LedgerRow.points,
    LedgerRow.detail,
    LedgerRow.product,
).where(
    LedgerRow.lead_id == bindparam("lead"),
    LedgerRow.session_id == bindparam("session"),
    LedgerRow.origin.in_(list(FIT)),
    LedgerRow.replaced_at.is_(None),
)
_HISTORY = (
    select(LedgerRow.revision, *_ENTRY)
    .where(LedgerRow.lead_id == bindparam("lead"), _counts_after(bindparam("session")))
    .order_by(LedgerRow.id)
)


def _entry(row: Sequence[Any]) -> Entry:
    origin, rule, points, at, detail, product = row
    return Entry(Origin(origin), rule, points, at, detail, product)
