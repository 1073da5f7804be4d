"""The roll: every lead with all that a table tells of it, read so many at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from dialogs.session import Session
from qualification.score import Entry
from storage.collection import Collection
from storage.consents import agreed
from storage.hand_offs import HandOffs
from storage.leads import LEAD, lead_of
from storage.ledger import Ledger
from storage.records import Lead, StoredContact, StoredHandOff
from storage.tables import (
    ContactRow,
    EnrolmentRow,
    ErasureRow,
    LeadRow,
    ProspectRow,
    SessionRow,
    StageMoveRow,
)

T = TypeVar("T")


@dataclass(frozen=True)
class Selection:
    """Which leads a table is about: those of one quiz, or opened since a moment; otherwise all."""

    quiz: str | None = None
    since: datetime | None = None


@dataclass(frozen=True)
class Listed:
    """A lead with all that a table tells of it."""

    lead: Lead
    first_name: str
    username: str | None
    language: str | None
    session: Session
    source: str | None
    contacts: tuple[StoredContact, ...]
    may_be_contacted: bool
    entries: tuple[Entry, ...]
    """the points that count"""
    hand_off: StoredHandOff | None
    """the newest one"""
    follow_up_at: datetime | None
    changed_at: datetime
    """when its stage, contacts, points or hand-off changed last"""

    @property
    def due_at(self) -> datetime | None:
        """When something is to be done about it next, of whatever kind."""
        state = self.hand_off.state if self.hand_off is not None else None
        moments = [self.lead.frozen_until, self.follow_up_at]
        moments += [state.due_at, state.call_at] if state is not None else []
        return min((moment for moment in moments if moment is not None), default=None)


class Roll(Collection):
    """The leads of a bot, by their numbers."""

    def __init__(self, connection: AsyncConnection, bot_id: int, hand_offs: HandOffs, ledger: Ledger) -> None:
        super().__init__(connection, bot_id)
        self._hand_offs = hand_offs
        self._ledger = ledger

    async def count(self, selection: Selection) -> int:
        """Count the leads of a selection."""
        query = select(func.count()).select_from(LeadRow).where(*self._among(selection))
        return int(await self._connection.scalar(query) or 0)

    async def revisions(self, selection: Selection) -> list[tuple[str, int]]:
        """Return the revisions that the leads of a selection walked last: each quiz's newest first."""
        walked = (SessionRow.quiz, SessionRow.revision)
        query = select(*walked).join(LeadRow, LeadRow.session_id == SessionRow.id).where(*self._among(selection))
        rows = await self._connection.execute(
            query.distinct().order_by(SessionRow.quiz, SessionRow.revision.desc())
        )
        return [(quiz, revision) for quiz, revision in rows]

    async def after(self, last: int, selection: Selection, limit: int, now: datetime) -> list[Listed]:
        """Return the next leads of a selection, with numbers above `last`, the lowest first."""
        query = (
            select(*_PERSON, SessionRow.source, SessionRow.state, agreed(ProspectRow, "contact", now), *LEAD)
            .join(ProspectRow, ProspectRow.id == LeadRow.prospect_id)
            .join(SessionRow, SessionRow.id == LeadRow.session_id)
            .where(*self._among(selection), LeadRow.id > last)
        )
        rows = (await self._connection.execute(query.order_by(LeadRow.id).limit(limit))).all()
        leads = [lead_of(row[_BEFORE_LEAD:]) for row in rows]
        numbers = [lead.id for lead in leads]
        contacts, points = await self._contacts(numbers), await self._ledger.of_all(numbers)
        moved, due = await self._moved(numbers), await self._follow_ups(numbers)
        newest = {each.lead_id: each for each in await self._hand_offs.all_of(numbers)}
        return [
            _listed(
                row,
                lead,
                contacts[lead.id],
                points[lead.id],
                newest.get(lead.id),
                follow_up_at=due.get(lead.id),
                moved_at=moved.get(lead.id),
            )
            for row, lead in zip(rows, leads, strict=True)
        ]

    async def erasures(self) -> int:
        """Return the number of the last erasure: another one later says that somebody was erased meanwhile."""
        query = select(func.max(ErasureRow.id)).where(self._ours(ErasureRow.bot_id))
        return int(await self._connection.scalar(query) or 0)

    def _among(self, selection: Selection) -> list[ColumnElement[bool]]:
        which = [self._ours(LeadRow.bot_id)]
        if selection.quiz is not None:
            which.append(LeadRow.quiz == selection.quiz)
        if selection.since is not None:
            which.append(LeadRow.opened_at >= selection.since)
        return which

    async def _contacts(self, leads: list[int]) -> dict[int, list[tuple[datetime, StoredContact]]]:
        """Return the ways to reach each lead, with when they were left."""
        query = select(
            ContactRow.lead_id, ContactRow.given_at, ContactRow.kind, ContactRow.value, ContactRow.verified
        ).where(ContactRow.lead_id.in_(leads))
        rows = await self._connection.execute(query.order_by(ContactRow.id))
        return _by_lead(
            (lead, (given_at, StoredContact(kind, value, verified)))
            for lead, given_at, kind, value, verified in rows
        )

    async def _moved(self, leads: list[int]) -> dict[int, datetime]:
        """Return when each lead moved to another stage last."""
        query = select(StageMoveRow.lead_id, func.max(StageMoveRow.at)).where(StageMoveRow.lead_id.in_(leads))
        rows = await self._connection.execute(query.group_by(StageMoveRow.lead_id))
        return {row[0]: row[1] for row in rows}

    async def _follow_ups(self, leads: list[int]) -> dict[int, datetime]:
        """Return when each lead gets its next follow-up."""
        query = select(EnrolmentRow.lead_id, EnrolmentRow.due_at).where(
            EnrolmentRow.lead_id.in_(leads), EnrolmentRow.ended_at.is_(None), EnrolmentRow.due_at.is_not(None)
        )
        return {lead: due_at for lead, due_at in await self._connection.execute(query) if due_at is not None}


_PERSON = (ProspectRow.first_name, ProspectRow.username, ProspectRow.chosen_language, ProspectRow.language)
_BEFORE_LEAD = len(_PERSON) + 3


def _by_lead(pairs: Iterable[tuple[int, T]]) -> dict[int, list[T]]:
    found: dict[int, list[T]] = defaultdict(list)
    for lead, value in pairs:
        found[lead].append(value)
    return found


def _listed(
    row: Sequence[Any],
    lead: Lead,
    contacts: list[tuple[datetime, StoredContact]],
    entries: list[Entry],
    hand_off: StoredHandOff | None,
    *,
    follow_up_at: datetime | None,
    moved_at: datetime | None,
) -> Listed:
    first_name, username, chosen_language, told_language, source, state, may_be_contacted = row[:_BEFORE_LEAD]
    moments = [lead.opened_at, lead.closed_at, moved_at]
    moments += [given_at for given_at, _ in contacts]
    moments += [entry.at for entry in entries]
    if hand_off is not None:
        at = hand_off.state
        moments += [at.offered_at, at.taken_at, at.contacted_at, at.closed_at]
    return Listed(
        lead=lead,
        first_name=first_name,
        username=username,
        language=chosen_language or told_language,
        session=Session.model_validate_json(state),
        source=source,
        contacts=tuple(contact for _, contact in contacts),
        may_be_contacted=may_be_contacted,
        entries=tuple(entries),
        hand_off=hand_off,
        follow_up_at=follow_up_at,
        changed_at=max(moment for moment in moments if moment is not None),
    )
