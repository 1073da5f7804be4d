"""What comes in and goes out, and what the bot has to remember of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import BIG, NEVER_AGAIN, Base, BotId, Key, Word, only
from storage.sealed import Sealed


class InboxRow(Base):
    """An update of Telegram, kept before it is confirmed."""

    __tablename__ = "inbox"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    update_id: Mapped[int]
    received_at: Mapped[datetime]
    body: Mapped[str] = mapped_column(Sealed("inbox.body"))
    state: Mapped[Word]
    """waiting, done or parked"""
    error: Mapped[str | None]
    telegram_id: Mapped[int | None]
    """whose update waits, or was put aside: one person's are handled one after another, and erased with them"""
    __table_args__ = (
        UniqueConstraint("bot_id", "update_id"),
        Index("ix_inbox_waiting", "bot_id", "id", "telegram_id", **only("state = 'waiting'")),
        Index("ix_inbox_parked", "bot_id", "id", **only("state = 'parked'")),
        Index("ix_inbox_person", "bot_id", "telegram_id", **only("telegram_id IS NOT NULL")),
    )


class OutboxRow(Base):
    """A request to Telegram with its whole life: waiting, sending, sent, refused, unknown or dropped."""

    __tablename__ = "outbox"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    chat_id: Mapped[int]
    kind: Mapped[Word]
    """the class of message, which has its rule for an unknown fate: hand_off, dialog, follow_up, tap, mail"""
    priority: Mapped[int]
    request: Mapped[str] = mapped_column(Sealed("outbox.request"))
    state: Mapped[Word]
    not_before: Mapped[datetime]
    attempts: Mapped[int]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    message_id: Mapped[int | None]
    refusal: Mapped[str | None] = mapped_column(Sealed("outbox.refusal"))
    edits: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"))
    """the row whose message this one changes"""
    hand_off_id: Mapped[int | None] = mapped_column(ForeignKey("hand_offs.id"))
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolments.id"))
    consent_id: Mapped[int | None] = mapped_column(ForeignKey("consents.id"))
    """for a follow-up: the consent it rests on"""
    sender: Mapped[int | None]
    """which sender took it last, see `storage.claims`"""
    claimed_at: Mapped[datetime | None]
    """when it was taken last, to be sent"""
    not_after: Mapped[datetime | None]
    """when the allowed hours end that were open when it was put in: later it waits for the next ones"""
    after_step: Mapped[Word | None]
    """where its sequence stood before it"""
    forget: Mapped[bool]
    """the row goes once its fate is known: the last words to somebody who was erased"""
    __table_args__ = (
        # All that decides whether a message may be sent is in the index: its rows are not read.
        Index(
            "ix_outbox_waiting",
            *("bot_id", "priority", "id", "chat_id", "kind", "not_before", "state"),
            **only("state = 'waiting'"),
        ),
        Index("ix_outbox_later", "bot_id", "not_before", **only("state = 'waiting'")),
        Index("ix_outbox_sending", "bot_id", "id", **only("state = 'sending'")),
        Index(
            "ix_outbox_chat",
            *("bot_id", "chat_id", "id", "kind", "state"),
            **only("state IN ('waiting', 'sending')"),
        ),
        Index("ix_outbox_groups", "bot_id", "chat_id", "created_at", **only("chat_id < 0")),
        Index(
            "ix_outbox_about",
            "bot_id",
            "chat_id",
            "message_id",
            **only("hand_off_id IS NOT NULL"),
        ),
        Index("ix_outbox_hand_off", "hand_off_id", **only("hand_off_id IS NOT NULL")),
        Index("ix_outbox_unknown", "bot_id", "kind", **only("state = 'unknown'")),
        Index("ix_outbox_edits", "edits", **only("edits IS NOT NULL")),
        # By these somebody is erased, without a look at everybody else's messages. None begins with the bot:
        # SQLite would take it for questions about all of a bot's messages, which have better ones.
        Index("ix_outbox_person", "chat_id"),
        Index("ix_outbox_enrolment", "enrolment_id", **only("enrolment_id IS NOT NULL")),
        Index("ix_outbox_consent", "consent_id", **only("consent_id IS NOT NULL")),
        NEVER_AGAIN,
    )


class PauseRow(Base):
    """Until when Telegram asked for silence: in one chat, or (chat 0) of the whole bot."""

    __tablename__ = "pauses"
    bot_id: Mapped[BotId] = mapped_column(BIG, primary_key=True)
    chat_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    until: Mapped[datetime]


class JournalRow(Base):
    """What happened, in order, without anything personal: `facts` is JSON with ids, words and numbers."""

    __tablename__ = "journal"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    prospect_id: Mapped[int | None]
    at: Mapped[datetime]
    event: Mapped[Word]
    facts: Mapped[str]
    __table_args__ = (
        Index("ix_journal_prospect", "prospect_id", "id"),
        Index("ix_journal_scrubbed", "bot_id", "prospect_id", "at", **only("event = 'scrubbed'")),
        NEVER_AGAIN,
    )


class AuditRow(Base):
    """What an admin did: who, when, what, to which object."""

    __tablename__ = "audit"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    at: Mapped[datetime]
    actor: Mapped[str]
    """`admin` and a Telegram id, or `operator` for a command"""
    action: Mapped[Word]
    subject: Mapped[str]
    facts: Mapped[str]


class StateRow(Base):
    """What the bot itself has to remember, by name: when it last heard from Telegram, whether it holds back."""

    __tablename__ = "states"
    bot_id: Mapped[BotId] = mapped_column(BIG, primary_key=True)
    name: Mapped[Word] = mapped_column(primary_key=True)
    value: Mapped[str]
