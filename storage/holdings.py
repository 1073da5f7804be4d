"""What is held about one person, table by table: what they are shown is exactly what is erased."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_, select, true, update

from storage.claims import OPEN
from storage.collection import Collection
from storage.columns import Base
from storage.messages import Fate, Kind
from storage.outbox import ERASED
from storage.records import Prospect
from storage.tables import (
    AnswerRow,
    CodeRow,
    ConsentEndRow,
    ConsentRow,
    ContactRow,
    EnrolmentRow,
    ErasureRow,
    FileRow,
    HandOffRow,
    InboxRow,
    JournalRow,
    LeadRow,
    LedgerRow,
    LinkRow,
    MaterialSentRow,
    MergeRow,
    NoteRow,
    NoticeRow,
    OutboxRow,
    PauseRow,
    ProspectRow,
    RecipientRow,
    SessionRow,
    StageMoveRow,
    TalkRow,
    TrackedLinkRow,
)

NOT_THEIRS = frozenset(
    {
        "bot_id",
        "taken_by",
        "offered_to",
        "tried",
        "manager",
        "author",
        "decided_by",
        "same_as",
        "content",
        "sender",
        "marks",
        "receiver_id",
    }
)
"""Columns that no export shows: our own, other people's, and bytes that JSON has no place for."""


@dataclass(frozen=True)
class _Numbers:
    """A person's rows that others point to, looked up first: within an «or» no database finds them well."""

    sessions: list[int]
    leads: list[int]
    hand_offs: list[int]
    enrolments: list[int]
    consents: list[int]


def _about(
    bot_id: int, prospect_id: int, telegram_id: int, numbers: _Numbers
) -> dict[type[Base], ColumnElement[bool]]:
    """Return which rows are about a person: those that point to others come before those."""
    sessions, leads, hand_offs = numbers.sessions, numbers.leads, numbers.hand_offs
    enrolments, consents = numbers.enrolments, numbers.consents
    # Somebody who works here has other people's cards in their chat: those are not about them.
    in_their_chat = and_(OutboxRow.chat_id == telegram_id, OutboxRow.hand_off_id.is_(None))
    return {
        RecipientRow: RecipientRow.prospect_id == prospect_id,
        TalkRow: TalkRow.lead_id.in_(leads),
        TrackedLinkRow: TrackedLinkRow.prospect_id == prospect_id,
        MaterialSentRow: MaterialSentRow.lead_id.in_(leads),
        NoteRow: NoteRow.lead_id.in_(leads),
        NoticeRow: NoticeRow.lead_id.in_(leads),
        MergeRow: or_(MergeRow.lead_id.in_(leads), MergeRow.same_as.in_(leads)),
        OutboxRow: and_(
            OutboxRow.bot_id + 0 == bot_id,  # so that SQLite looks for the person, not for all of the bot's
            or_(
                in_their_chat,
                OutboxRow.hand_off_id.in_(hand_offs),
                OutboxRow.enrolment_id.in_(enrolments),
                OutboxRow.consent_id.in_(consents),
            ),
        ),
        PauseRow: and_(PauseRow.bot_id == bot_id, PauseRow.chat_id == telegram_id),
        ConsentEndRow: ConsentEndRow.consent_id.in_(consents),
        CodeRow: CodeRow.prospect_id == prospect_id,
        FileRow: or_(FileRow.prospect_id == prospect_id, FileRow.session_id.in_(sessions)),
        LedgerRow: or_(LedgerRow.lead_id.in_(leads), LedgerRow.session_id.in_(sessions)),
        StageMoveRow: StageMoveRow.lead_id.in_(leads),
        HandOffRow: HandOffRow.lead_id.in_(leads),
        EnrolmentRow: or_(EnrolmentRow.prospect_id == prospect_id, EnrolmentRow.lead_id.in_(leads)),
        ContactRow: ContactRow.lead_id.in_(leads),
        LeadRow: LeadRow.prospect_id == prospect_id,
        AnswerRow: AnswerRow.session_id.in_(sessions),
        ConsentRow: ConsentRow.prospect_id == prospect_id,
        LinkRow: LinkRow.referrer == prospect_id,
        SessionRow: SessionRow.prospect_id == prospect_id,
        JournalRow: JournalRow.prospect_id == prospect_id,
        ProspectRow: ProspectRow.id == prospect_id,
    }


class Holdings(Collection):
    """Everything that is held about a person, whatever the table."""

    async def of(self, person: Prospect) -> dict[str, list[dict[str, Any]]]:
        """Return every row about a person, by table; of messages only those in their own chat."""
        found: dict[str, list[dict[str, Any]]] = {}
        for table, theirs in (await self._about(person.id, person.telegram_id)).items():
            columns = [column for column in table.__table__.c if column.name not in NOT_THEIRS]
            query = select(*columns).where(theirs).order_by(*table.__table__.primary_key)
            if table is OutboxRow:
                query = query.where(OutboxRow.chat_id == person.telegram_id)
            rows = (await self._connection.execute(query)).mappings()
            found[table.__tablename__] = [_without_ours(table, dict(row)) for row in rows]
        return found

    async def everybody(self) -> list[tuple[int, int, int, datetime]]:
        """Return the people of every bot: number, bot, Telegram id, when they were first seen."""
        query = select(ProspectRow.id, ProspectRow.bot_id, ProspectRow.telegram_id, ProspectRow.first_seen_at)
        rows = await self._connection.execute(query)
        return [(number, bot_id, telegram_id, seen) for number, bot_id, telegram_id, seen in rows]

    async def remove(self, prospect_id: int, telegram_id: int) -> None:
        """Remove every row about a person, and every mention of them in other rows."""
        rows = await self._about(prospect_id, telegram_id)
        await self._let_go(prospect_id, telegram_id)
        await self._strip_what_is_under_way(rows[OutboxRow], telegram_id)
        theirs = select(OutboxRow.id).where(rows[OutboxRow])
        await self._connection.execute(update(OutboxRow).where(OutboxRow.edits.in_(theirs)).values(edits=None))
        for table, condition in rows.items():
            kept = OutboxRow.request != ERASED if table is OutboxRow else true()
            await self._connection.execute(delete(table).where(condition, kept))

    async def keep_proof(self, fingerprint: str, reason: str, proof: str, now: datetime) -> None:
        """Keep what shows that somebody was erased, and does not say who."""
        await self._add(ErasureRow, fingerprint=fingerprint, reason=reason, proof=proof, at=now)

    async def _about(self, prospect_id: int, telegram_id: int) -> Mapping[type[Base], ColumnElement[bool]]:
        """Return which rows are about a person."""

        async def found(key: Any, condition: ColumnElement[bool]) -> list[int]:
            return list(await self._connection.scalars(select(key).where(condition)))

        leads = await found(LeadRow.id, LeadRow.prospect_id == prospect_id)
        theirs = or_(EnrolmentRow.prospect_id == prospect_id, EnrolmentRow.lead_id.in_(leads))
        numbers = _Numbers(
            sessions=await found(SessionRow.id, SessionRow.prospect_id == prospect_id),
            leads=leads,
            hand_offs=await found(HandOffRow.id, HandOffRow.lead_id.in_(leads)),
            enrolments=await found(EnrolmentRow.id, theirs),
            consents=await found(ConsentRow.id, ConsentRow.prospect_id == prospect_id),
        )
        return _about(self._bot_id, prospect_id, telegram_id, numbers)

    async def _let_go(self, prospect_id: int, telegram_id: int) -> None:
        """Take the person out of rows that are about others, and empty what they left parked.

        An emptied update stays as its number alone, as every handled one: a repeat must change nothing.
        """
        links = list(await self._connection.scalars(select(LinkRow.id).where(LinkRow.referrer == prospect_id)))
        if links:  # few people share one, and who came by it is looked for among everybody
            for column in (ProspectRow.first_link_id, ProspectRow.last_link_id, SessionRow.link_id):
                came = update(column.class_).where(column.in_(links))
                await self._connection.execute(came.values({column: None}))
        await self._connection.execute(
            update(ProspectRow).where(ProspectRow.referred_by == prospect_id).values(referred_by=None)
        )
        await self._connection.execute(
            update(InboxRow)
            .where(self._ours(InboxRow.bot_id), InboxRow.telegram_id == telegram_id, InboxRow.state != "waiting")
            .values(state="done", body="", error=None, telegram_id=None)
        )

    async def _strip_what_is_under_way(self, theirs: ColumnElement[bool], telegram_id: int) -> None:
        """Empty the requests that are being sent right now, and keep their rows until their fate is known.

        They hold up what comes after them in their chat; and a card that arrives now has to be changed then.
        The spinners of taps are still ended.
        """
        await self._connection.execute(
            update(OutboxRow)
            .where(theirs, OutboxRow.kind == Kind.TAP, OutboxRow.state.in_(OPEN))
            .values(forget=True, chat_id=0)
        )
        is_card = and_(OutboxRow.chat_id != telegram_id, OutboxRow.edits.is_(None))
        await self._connection.execute(
            update(OutboxRow)
            .where(theirs, OutboxRow.state == Fate.SENDING)
            .values(
                request=ERASED,
                forget=~is_card,
                edits=None,
                hand_off_id=None,
                enrolment_id=None,
                consent_id=None,
            )
        )


def _without_ours(table: type[Base], row: dict[str, Any]) -> dict[str, Any]:
    """Leave out in whose chat a manager wrote: it is not the prospect's to know."""
    if table is TalkRow and row["from_manager"]:
        return {name: value for name, value in row.items() if name not in ("chat_id", "message_id")}
    return row
