"""Leads with their contacts and their stages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from dialogs.answers import Contact
from qualification.score import Band
from qualification.stages import CLOSED, IllegalMove, Stage, refused
from storage.cipher import contact_fingerprint
from storage.collection import Collection, claimed, earliest
from storage.records import Lead, StoredContact
from storage.sealed import keyring_of
from storage.states import held
from storage.tables import ContactRow, LeadRow, StageMoveRow
from storage.turns import Turns
from storage.upserts import insert

NEXT_THAW = earliest(LeadRow.frozen_until, ~held())


_mine, _others = aliased(ContactRow), aliased(ContactRow)
_LEFT_BEFORE = (
    select(_mine.kind, _mine.given_at, func.max(_others.given_at))
    .join(
        _others,
        and_(
            _others.bot_id == _mine.bot_id,
            _others.fingerprint == _mine.fingerprint,
            or_(
                _others.given_at < _mine.given_at,
                and_(_others.given_at == _mine.given_at, _others.id < _mine.id),
            ),
            exists().where(LeadRow.id == _others.lead_id, LeadRow.prospect_id != bindparam("prospect")),
        ),
        isouter=True,
    )
    .where(_mine.lead_id == bindparam("lead"))
    .group_by(_mine.kind, _mine.given_at)
)
"""Made once, because making it costs more than running it: every card asks."""


class Leads(Collection):
    """Prospects who left a contact with consent."""

    def __init__(self, connection: AsyncConnection, bot_id: int, turns: Turns) -> None:
        super().__init__(connection, bot_id)
        self._turns = turns

    async def open(
        self, prospect_id: int, quiz: str, session_id: int, now: datetime, *, reason: str = "left a contact"
    ) -> Lead:
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
        await self._note_move(number, None, Stage.LEAD, "bot", reason, now)
        return await self.by_id(number)

    async def of(self, prospect_id: int, quiz: str) -> Lead | None:
        """Return the prospect's open lead for the quiz."""
        row = (await self._connection.execute(_OPEN, {"prospect": prospect_id, "quiz": quiz})).first()
        return lead_of(row) if row else None

    async def all_of(self, prospect_id: int) -> list[Lead]:
        """Return every lead of a prospect, closed ones too."""
        query = select(*LEAD).where(LeadRow.prospect_id == prospect_id).order_by(LeadRow.id)
        return [lead_of(row) for row in await self._connection.execute(query)]

    async def all_open(self, prospect_id: int) -> list[Lead]:
        """Return the prospect's open leads, one a quiz."""
        return [lead for lead in await self.all_of(prospect_id) if lead.closed_at is None]

    async def by_id(self, lead_id: int) -> Lead:
        """Return a lead that is known to exist."""
        return lead_of((await self._connection.execute(_BY_ID, {"lead": lead_id})).one())

    async def find(self, number: int) -> Lead | None:
        """Return a lead of this bot by its number."""
        query = select(*LEAD).where(self._ours(LeadRow.bot_id), LeadRow.id == number)
        row = (await self._connection.execute(query)).first()
        return lead_of(row) if row else None

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
        return [StoredContact(*row) for row in await self._connection.execute(_CONTACTS, {"lead": lead_id})]

    async def with_contact(self, kind: str, value: str) -> list[Lead]:
        """Return the leads that left this phone or e-mail, however it is written, the newest first."""
        theirs = select(ContactRow.lead_id).where(
            self._ours(ContactRow.bot_id), ContactRow.fingerprint == self._fingerprint(kind, value)
        )
        rows = await self._connection.execute(
            select(*LEAD).where(LeadRow.id.in_(theirs)).order_by(LeadRow.id.desc())
        )
        return [lead_of(row) for row in rows]

    async def confirmed_by_others(self, lead: Lead, kind: str, value: str) -> list[Lead]:
        """Return the leads of other people with the same contact, confirmed as theirs too; the newest first."""
        theirs = select(ContactRow.lead_id).where(
            self._ours(ContactRow.bot_id),
            ContactRow.fingerprint == self._fingerprint(kind, value),
            ContactRow.verified,
        )
        query = select(*LEAD).where(LeadRow.id.in_(theirs), LeadRow.prospect_id != lead.prospect_id)
        rows = await self._connection.execute(query.order_by(LeadRow.id.desc()))
        return [lead_of(row) for row in rows]

    async def left_before(self, lead: Lead) -> dict[str, tuple[datetime, datetime | None]]:
        """Return, by the kind of contact, when it was left, and when somebody else left the same last before."""
        rows = await self._connection.execute(_LEFT_BEFORE, {"lead": lead.id, "prospect": lead.prospect_id})
        return {kind: (given_at, earlier) for kind, given_at, earlier in rows}

    async def of_quiz(self, quiz: str, after: int, limit: int) -> list[Lead]:
        """Return the leads of a quiz with numbers above `after`, the lowest first."""
        query = select(*LEAD).where(self._ours(LeadRow.bot_id), LeadRow.quiz == quiz, LeadRow.id > after)
        rows = await self._connection.execute(query.order_by(LeadRow.id).limit(limit))
        return [lead_of(row) for row in rows]

    async def banded(self, lead_id: int, band: Band) -> None:
        """Keep the lead's band."""
        await self._change(lead_id, band=band)

    async def move(
        self, lead: Lead, to: Stage, actor: str, reason: str, now: datetime, *, until: datetime | None = None
    ) -> Lead | IllegalMove:
        """Move a lead to a stage, with who did it and why; a frozen one comes back `until` then.

        Every move there is goes through here. What counts is where the lead stands now, not where it stood when
        it was looked up. Whoever waited for a place waits no more: a move is another turn of things.
        Raises DatabaseBusyError while another process is at work on the prospect.
        """
        if (to is Stage.FROZEN) != (until is not None):
            raise ValueError("a frozen lead has a moment to come back, and no other has")
        await self._turns.alone_with_prospect(lead.prospect_id)
        present = await self.by_id(lead.id)
        illegal = refused(present.stage, to) or await self._in_the_way(present, to)
        if illegal is not None:
            return illegal
        await self._note_move(lead.id, present.stage, to, actor, reason, now)
        closed_at = now if to in CLOSED else None
        await self._change(
            lead.id, stage=to, closed_at=closed_at, frozen_until=until, waiting_since=None, place_at=None
        )
        return await self.by_id(lead.id)

    async def _in_the_way(self, lead: Lead, to: Stage) -> IllegalMove | None:
        """Refuse to open a lead again while the person has another open one for the quiz."""
        other = await self.of(lead.prospect_id, lead.quiz) if lead.closed_at is not None else None
        return IllegalMove(lead.stage, to, open_lead=other.id) if other is not None else None

    async def moves(self, lead_id: int) -> list[tuple[Stage | None, Stage, str, str]]:
        """Return a lead's moves: from, to, actor, reason."""
        query = select(
            StageMoveRow.from_stage, StageMoveRow.to_stage, StageMoveRow.actor, StageMoveRow.reason
        ).where(StageMoveRow.lead_id == lead_id)
        rows = await self._connection.execute(query.order_by(StageMoveRow.id))
        return [(Stage(f) if f else None, Stage(to), actor, reason) for f, to, actor, reason in rows]

    async def moved_since(self, lead_id: int, moment: datetime) -> bool:
        """Tell whether a lead moved to another stage after a moment."""
        query = select(StageMoveRow.id).where(StageMoveRow.lead_id == lead_id, StageMoveRow.at > moment)
        return await self._connection.scalar(query.limit(1)) is not None

    # What the clock brings back -----------------------------------------------------------------------------

    async def thaws_due(self, now: datetime, limit: int) -> list[Lead]:
        """Return frozen leads whose time has come, the longest first; none while follow-ups are held."""
        query = select(*LEAD).where(self._ours(LeadRow.bot_id), LeadRow.frozen_until <= now, ~held())
        rows = await self._connection.execute(claimed(query.order_by(LeadRow.frozen_until).limit(limit), LeadRow))
        return [lead_of(row) for row in rows]

    async def postpone_thaw(self, lead_id: int, until: datetime) -> None:
        """Let a frozen lead come back later."""
        await self._change(lead_id, frozen_until=until)

    async def _note_move(
        self, lead_id: int, present: Stage | None, to: Stage, actor: str, reason: str, now: datetime
    ) -> None:
        await self._add(
            StageMoveRow, lead_id=lead_id, from_stage=present, to_stage=to, actor=actor, reason=reason, at=now
        )

    def _fingerprint(self, kind: str, value: str) -> str:
        return contact_fingerprint(keyring_of(self._connection.dialect), kind, value)

    async def _change(self, lead_id: int, **values: object) -> None:
        await self._connection.execute(_CHANGE, {"lead": lead_id, **values})


LEAD = (
    LeadRow.id,
    LeadRow.prospect_id,
    LeadRow.quiz,
    LeadRow.session_id,
    LeadRow.stage,
    LeadRow.band,
    LeadRow.opened_at,
    LeadRow.closed_at,
    LeadRow.frozen_until,
    LeadRow.waiting_since,
)
# Made once, because making a statement costs more than running it: these are part of every turn, or card.
_BY_ID = select(*LEAD).where(LeadRow.id == bindparam("lead"))
_OPEN = select(*LEAD).where(
    LeadRow.prospect_id == bindparam("prospect"), LeadRow.quiz == bindparam("quiz"), LeadRow.closed_at.is_(None)
)
_CONTACTS = (
    select(ContactRow.kind, ContactRow.value, ContactRow.verified)
    .where(ContactRow.lead_id == bindparam("lead"))
    .order_by(ContactRow.id)
)
_CHANGE = update(LeadRow).where(LeadRow.id == bindparam("lead"))


def lead_of(row: Sequence[Any]) -> Lead:
    """Return a lead from what `LEAD` selected."""
    number, prospect_id, quiz, session_id, stage, band, *moments = row
    return Lead(number, prospect_id, quiz, session_id, Stage(stage), Band(band) if band else None, *moments)
