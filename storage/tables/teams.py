"""Who works with the leads: members, their groups, the invitations they joined by, what they know and send."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import NEVER_AGAIN, Base, BotId, Key, Word, only
from storage.sealed import Sealed


class MemberRow(Base):
    """Somebody who works here: an owner, admin, manager or viewer."""

    __tablename__ = "members"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    telegram_id: Mapped[int]
    role: Mapped[Word]
    team: Mapped[Word]
    is_head: Mapped[bool]
    """gets what nobody else took"""
    name: Mapped[str] = mapped_column(Sealed("members.name"))
    languages: Mapped[str]
    """JSON: codes of the languages they sell in; empty for all"""
    skills: Mapped[str]
    """JSON: words that quizzes ask for"""
    capacity: Mapped[int | None]
    """open leads at the same time; empty for any number"""
    calendar: Mapped[str | None]
    """JSON: working hours, time zone, holidays, days off; empty for always"""
    away_since: Mapped[datetime | None]
    away_until: Mapped[datetime | None]
    unreachable_since: Mapped[datetime | None]
    """blocked the bot, or never started it"""
    assigned_at: Mapped[datetime | None]
    """when they were offered a lead last, for taking turns"""
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("bot_id", "telegram_id"),)


class GroupRow(Base):
    """A Telegram group in which a team sees its hot leads."""

    __tablename__ = "team_groups"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    chat_id: Mapped[int]
    team: Mapped[Word]
    title: Mapped[str] = mapped_column(Sealed("team_groups.title"))
    language: Mapped[Word]
    """in which its cards are written: that of whoever brought it in"""
    brought_by: Mapped[int]
    brought_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("bot_id", "chat_id"), NEVER_AGAIN)


class InviteRow(Base):
    """A one-time link for a new member; only its keyed fingerprint is kept."""

    __tablename__ = "invites"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    fingerprint: Mapped[str]
    role: Mapped[Word]
    team: Mapped[Word]
    invited_by: Mapped[int]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_by: Mapped[int | None]
    used_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("bot_id", "fingerprint"),)


class NoteRow(Base):
    """What a member wrote down about a lead."""

    __tablename__ = "notes"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id"), index=True)
    author: Mapped[int]
    text: Mapped[str] = mapped_column(Sealed("notes.text"))
    at: Mapped[datetime]


class TalkRow(Base):
    """One message between a manager and a lead, passed on by the bot."""

    __tablename__ = "talk"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id"), index=True)
    hand_off_id: Mapped[int] = mapped_column(ForeignKey("hand_offs.id"))
    from_manager: Mapped[bool]
    chat_id: Mapped[int]
    """where it was written"""
    message_id: Mapped[int | None]
    copy_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"))
    """the outbox row that brought it to the other side"""
    text: Mapped[str] = mapped_column(Sealed("talk.text"))
    at: Mapped[datetime]
    __table_args__ = (
        Index("ix_talk_written", "bot_id", "chat_id", "message_id"),
        Index("ix_talk_hand_off", "hand_off_id"),
        Index("ix_talk_copy", "copy_id", **only("copy_id IS NOT NULL")),
    )


class MaterialRow(Base):
    """Something that managers send: a case study, a price list; a link or a file."""

    __tablename__ = "materials"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    title: Mapped[str]
    kind: Mapped[Word]
    """the kind of link, which has its points in the quiz"""
    url: Mapped[str | None]
    file_id: Mapped[int | None]
    """kept outside any quiz, and nobody's but the company's"""
    created_by: Mapped[int]
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    __table_args__ = (NEVER_AGAIN,)


class MaterialSentRow(Base):
    """A material that a manager sent to a lead, and when it was opened first."""

    __tablename__ = "materials_sent"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    material_id: Mapped[int] = mapped_column(ForeignKey("materials.id"))
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id"), index=True)
    manager: Mapped[int]
    at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_materials_sent_material", "material_id"), NEVER_AGAIN)


class MergeRow(Base):
    """Two leads that left the same verified contact: suggested, and what a manager decided."""

    __tablename__ = "merges"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id"))
    """the later one"""
    same_as: Mapped[int] = mapped_column(ForeignKey("leads.id"))
    contact: Mapped[Word]
    state: Mapped[Word]
    """suggested, merged, refused or undone"""
    suggested_at: Mapped[datetime]
    decided_by: Mapped[int | None]
    decided_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("lead_id", "same_as"),
        Index("ix_merges_same_as", "same_as"),
        NEVER_AGAIN,
    )


class CostRow(Base):
    """What a source cost in a span of time."""

    __tablename__ = "costs"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    source: Mapped[str]
    amount: Mapped[str]
    """a decimal number"""
    currency: Mapped[Word]
    since: Mapped[datetime]
    until: Mapped[datetime]
    entered_by: Mapped[int]
    at: Mapped[datetime]
