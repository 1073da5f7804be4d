"""Leads with their contacts, the ledger of their points, and their stages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.sqlite import insert

from dialogs.answers import Contact
from qualification.score import FIT, Band, Entry, Origin
from qualification.stages import CLOSED, Stage
from storage.cipher import contact_fingerprint
from storage.collection import Collection
from storage.records import Lead, StoredContact
from storage.sealed import keyring_of
from storage.tables import ContactRow, LeadRow, LedgerRow, StageMoveRow


class Leads(Collection):
    """Prospects who left a contact with consent."""

    async def open(self, prospect_id: int, quiz: str, session_id: int, now: datetime) -> Lead:
        """Return the prospect's open lead for the quiz, opening one if there is none."""
        present = await self.of(prospect_id, quiz)
        if present is not None:
            await self._change(present.id, session_id=session_id)
            return await self.by_id(present.id)
        number = await self._add(
            LeadRow,
            prospect_id=prospect_id,
            quiz=quiz,
            session_id=session_id,
            stage=Stage.LEAD,
            opened_at=now,
        )
        await self._note_move(number, None, Stage.LEAD, "bot", "left a contact", now)
        return await self.by_id(number)

    async def of(self, prospect_id: int, quiz: str) -> Lead | None:
        """Return the prospect's open lead for the quiz."""
        query = select(*_LEAD).where(
            LeadRow.prospect_id == prospect_id, LeadRow.quiz == quiz, LeadRow.closed_at.is_(None)
        )
        row = (await self._connection.execute(query)).first()
        return _lead(row) if row else None

    async def all_of(self, prospect_id: int) -> list[Lead]:
        """Return every lead of a prospect, closed ones too."""
        query = select(*_LEAD).where(LeadRow.prospect_id == prospect_id).order_by(LeadRow.id)
        return [_lead(row) for row in await self._connection.execute(query)]

    async def all_open(self, prospect_id: int) -> list[Lead]:
        """Return the prospect's open leads, one a quiz."""
        return [lead for lead in await self.all_of(prospect_id) if lead.closed_at is None]

    async def by_id(self, lead_id: int) -> Lead:
        """Return a lead that is known to exist."""
        return _lead((await self._connection.execute(select(*_LEAD).where(LeadRow.id == lead_id))).one())

    async def find(self, number: int) -> Lead | None:
        """Return a lead of this bot by its number."""
        query = select(*_LEAD).where(self._ours(LeadRow.bot_id), LeadRow.id == number)
        row = (await self._connection.execute(query)).first()
        return _lead(row) if row else None

    async def save_contact(self, lead_id: int, contact: Contact, now: datetime) -> None:
        """Keep a way to reach the lead; a later phone takes the place of an earlier one."""
        present = {
            "value": contact.value,
            "fingerprint": self._fingerprint(contact.contact, contact.value),
            "verified": contact.verified,
            "given_at": now,
        }
        statement = insert(ContactRow).values(
            bot_id=self._bot_id, lead_id=lead_id, kind=contact.contact, **present
        )
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=["lead_id", "kind"], set_=present)
        )

    async def contacts(self, lead_id: int) -> list[StoredContact]:
        """Return the ways to reach a lead."""
        query = select(ContactRow.kind, ContactRow.value, ContactRow.verified)
        rows = await self._connection.execute(query.where(ContactRow.lead_id == lead_id).order_by(ContactRow.id))
        return [StoredContact(*row) for row in rows]

    async def with_contact(self, kind: str, value: str) -> list[Lead]:
        """Return the leads that left this phone or e-mail, however it is written, the newest first."""
        theirs = select(ContactRow.lead_id).where(
            self._ours(ContactRow.bot_id), ContactRow.fingerprint == self._fingerprint(kind, value)
        )
        rows = await self._connection.execute(
            select(*_LEAD).where(LeadRow.id.in_(theirs)).order_by(LeadRow.id.desc())
        )
        return [_lead(row) for row in rows]

    async def enter(
        self,
        lead: Lead,
        revision: int,
        entries: Iterable[Entry],
        session_id: int | None = None,
        once: str | None = None,
    ) -> bool:
        """Write points into the ledger; tell whether any were new.

        Points for the same thing are written once: an answer or rule of a session, a link (named by `once`).
        """
        new = False
        for entry in entries:
            statement = insert(LedgerRow).values(
                bot_id=self._bot_id,
                lead_id=lead.id,
                session_id=session_id,
                quiz=lead.quiz,
                revision=revision,
                origin=entry.origin,
                rule=entry.rule,
                detail=entry.detail,
                points=entry.points,
                at=entry.at,
                once=once or f"{session_id}:{entry.origin}:{entry.rule}",
            )
            result = await self._connection.execute(
                statement.on_conflict_do_nothing(
                    index_elements=["lead_id", "once"], index_where=LedgerRow.replaced_at.is_(None)
                ).returning(LedgerRow.id)
            )
            new = result.first() is not None or new
        return new

    async def ledger(self, lead: Lead) -> list[Entry]:
        """Return the points that count for a lead: the fit of its last session, and all activity."""
        query = (
            select(LedgerRow.origin, LedgerRow.rule, LedgerRow.points, LedgerRow.at, LedgerRow.detail)
            .where(
                LedgerRow.lead_id == lead.id,
                LedgerRow.replaced_at.is_(None),
                or_(LedgerRow.session_id == lead.session_id, LedgerRow.origin.not_in(list(FIT))),
            )
            .order_by(LedgerRow.id)
        )
        rows = await self._connection.execute(query)
        return [Entry(Origin(origin), rule, points, at, detail) for origin, rule, points, at, detail in rows]

    async def score_session(
        self, lead: Lead, revision: int, entries: Iterable[Entry], session_id: int, now: datetime
    ) -> None:
        """Let a session's answers give these points: what an answer gave that was changed is replaced."""
        rows = await self._connection.execute(
            select(LedgerRow.id, LedgerRow.origin, LedgerRow.rule, LedgerRow.points, LedgerRow.detail).where(
                LedgerRow.lead_id == lead.id, LedgerRow.session_id == session_id, LedgerRow.replaced_at.is_(None)
            )
        )
        there = {(origin, rule, points, detail): number for number, origin, rule, points, detail in rows}
        given = {(entry.origin, entry.rule, entry.points, entry.detail): entry for entry in entries}
        gone = [number for key, number in there.items() if key not in given]
        await self._connection.execute(update(LedgerRow).where(LedgerRow.id.in_(gone)).values(replaced_at=now))
        new = [entry for key, entry in given.items() if key not in there]
        await self.enter(lead, revision, new, session_id)

    async def banded(self, lead_id: int, band: Band) -> None:
        """Keep the lead's band."""
        await self._change(lead_id, band=band)

    async def move(self, lead: Lead, to: Stage, actor: str, reason: str, now: datetime) -> None:
        """Move a lead to a stage, with who did it and why."""
        await self._note_move(lead.id, lead.stage, to, actor, reason, now)
        await self._change(lead.id, stage=to, closed_at=now if to in CLOSED else None)

    async def rests(self, lead_id: int, until: datetime) -> None:
        """Keep until when a frozen lead rests."""
        await self._change(lead_id, frozen_until=until)

    async def moves(self, lead_id: int) -> list[tuple[Stage | None, Stage, str, str]]:
        """Return a lead's moves: from, to, actor, reason."""
        query = select(
            StageMoveRow.from_stage, StageMoveRow.to_stage, StageMoveRow.actor, StageMoveRow.reason
        ).where(StageMoveRow.lead_id == lead_id)
        rows = await self._connection.execute(query.order_by(StageMoveRow.id))
        return [(Stage(f) if f else None, Stage(to), actor, reason) for f, to, actor, reason in rows]

    async def _note_move(
        self, lead_id: int, present: Stage | None, to: Stage, actor: str, reason: str, now: datetime
    ) -> None:
        await self._add(
            StageMoveRow, lead_id=lead_id, from_stage=present, to_stage=to, actor=actor, reason=reason, at=now
        )

    def _fingerprint(self, kind: str, value: str) -> str:
        return contact_fingerprint(keyring_of(self._connection.dialect), kind, value)

    async def _change(self, lead_id: int, **values: object) -> None:
        await self._connection.execute(update(LeadRow).where(LeadRow.id == lead_id).values(**values))


_LEAD = (
    LeadRow.id,
    LeadRow.prospect_id,
    LeadRow.quiz,
    LeadRow.session_id,
    LeadRow.stage,
    LeadRow.band,
    LeadRow.opened_at,
    LeadRow.closed_at,
    LeadRow.frozen_until,
)


def _lead(row: Sequence[Any]) -> Lead:
    number, prospect_id, quiz, session_id, stage, band, *moments = row
    return Lead(number, prospect_id, quiz, session_id, Stage(stage), Band(band) if band else None, *moments)
