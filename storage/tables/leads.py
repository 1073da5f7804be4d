"""Leads with their contacts and points, their hand-offs and enrolments."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import NEVER_AGAIN, Base, BotId, Key, Word, only
from storage.sealed import Sealed


class LeadRow(Base):
    """A prospect who left a contact with consent; at most one open per quiz."""

    __tablename__ = "leads"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    prospect_id: Mapped[int] = mapped_column(ForeignKey("prospects.id"))
    quiz: Mapped[Word]
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id"))
    """the session that scored it last"""
    stage: Mapped[Word]
    band: Mapped[Word | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    frozen_until: Mapped[datetime | None]
    """when a frozen lead comes back by itself"""
    waiting_since: Mapped[datetime | None]
    """since when it waits for a place under a cap"""
    place_at: Mapped[datetime | None]
    """when to look for its place next"""
    __table_args__ = (
        Index("ix_leads_frozen", "bot_id", "frozen_until", **only("frozen_until IS NOT NULL")),
        Index("ix_leads_waiting", "bot_id", "waiting_since", **only("waiting_since IS NOT NULL")),
        Index("ix_leads_place", "bot_id", "place_at", **only("place_at IS NOT NULL")),
        Index(
            "uq_leads_open",
            "bot_id",
            "prospect_id",
            "quiz",
            unique=True,
            **only("closed_at IS NULL"),
        ),
        Index("ix_leads_prospect", "prospect_id"),
        Index("ix_leads_session", "session_id"),
    )


class ContactRow(Base):
    """A way to reach a lead."""

    __tablename__ = "contacts"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id"))
    kind: Mapped[Word]
    value: Mapped[str] = mapped_column(Sealed("contacts.value"))
    fingerprint: Mapped[str]
    """keyed, for look-ups: the value itself cannot be searched"""
    verified: Mapped[bool]
    given_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("lead_id", "kind"),
        Index("ix_contacts_fingerprint", "bot_id", "fingerprint"),
    )


class LedgerRow(Base):
    """Every point ever given to a lead. `once` names what may give points only once."""

    __tablename__ = "ledger"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("sessions.id"))
    """for fit: the session whose answers gave the points"""
    quiz: Mapped[Word]
    revision: Mapped[int]
    origin: Mapped[Word]
    product: Mapped[Word] = mapped_column(default="")
    """the product whose score it is; empty for the quiz's own"""
    rule: Mapped[str]
    detail: Mapped[str]
    points: Mapped[int]
    at: Mapped[datetime]
    once: Mapped[str]
    replaced_at: Mapped[datetime | None]
    """since when other points of the same session count instead: an answer was changed"""
    __table_args__ = (
        Index(
            "uq_ledger_once",
            "lead_id",
            "once",
            unique=True,
            **only("replaced_at IS NULL"),
        ),
        Index("ix_ledger_lead", "lead_id"),
        Index("ix_ledger_session", "session_id", **only("session_id IS NOT NULL")),
    )


class StageMoveRow(Base):
    """A lead's move from one stage to another."""

    __tablename__ = "stage_moves"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id"), index=True)
    from_stage: Mapped[Word | None]
    to_stage: Mapped[Word]
    actor: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime]


class HandOffRow(Base):
    """A hot lead on its way to a manager; a lead has at most one that is not closed."""

    __tablename__ = "hand_offs"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id"))
    team: Mapped[Word]
    phase: Mapped[Word]
    round: Mapped[int]
    offered_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    taken_by: Mapped[int | None]
    taken_at: Mapped[datetime | None]
    contacted_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[Word | None]
    lost_reason: Mapped[str | None]
    offered_to: Mapped[int | None]
    """the one member it is offered to now; empty when to everybody"""
    tried: Mapped[str] = mapped_column(default="[]")
    """JSON: the members it was offered to before"""
    reach: Mapped[Word] = mapped_column(default="team")
    """whom it is offered to: nobody yet, one, the team, the head too"""
    counted_from: Mapped[datetime | None]
    """since when its waits count; empty for since it was offered"""
    call_at: Mapped[datetime | None]
    """when the manager wants to be reminded"""
    talking_since: Mapped[datetime | None]
    """since when a human has the chat"""
    worked_seconds: Mapped[int | None]
    """working time from the offer to the first contact"""
    amount: Mapped[str | None]
    """what was won: a decimal number"""
    currency: Mapped[Word | None]
    __table_args__ = (
        Index(
            "uq_hand_offs_open",
            "lead_id",
            unique=True,
            **only("closed_at IS NULL"),
        ),
        Index("ix_hand_offs_call", "bot_id", "call_at", **only("call_at IS NOT NULL")),
        Index("ix_hand_offs_due", "bot_id", "due_at", **only("due_at IS NOT NULL")),
        Index("ix_hand_offs_offered", "bot_id", "offered_at"),
        Index("ix_hand_offs_open", "bot_id", "offered_at", **only("closed_at IS NULL")),
        Index("ix_hand_offs_lead", "lead_id"),
        NEVER_AGAIN,
    )


class EnrolmentRow(Base):
    """A lead's place in a sequence; `last_step` is the message sent last."""

    __tablename__ = "enrolments"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id"))
    prospect_id: Mapped[int] = mapped_column(ForeignKey("prospects.id"))
    quiz: Mapped[Word]
    revision: Mapped[int]
    sequence: Mapped[Word]
    last_step: Mapped[Word | None]
    due_at: Mapped[datetime | None]
    """when the next message goes out; empty once the sequence is over"""
    stepped_at: Mapped[datetime | None]
    """since when the wait for the next step counts; empty for who began before this was kept"""
    unanswered: Mapped[int]
    """messages in a row without any reaction"""
    enrolled_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[Word | None]
    __table_args__ = (
        Index(
            "uq_enrolments_active",
            "lead_id",
            unique=True,
            **only("ended_at IS NULL"),
        ),
        Index("ix_enrolments_due", "bot_id", "due_at", **only("due_at IS NOT NULL")),
        Index("ix_enrolments_prospect", "prospect_id"),
        Index("ix_enrolments_lead", "lead_id"),
    )
