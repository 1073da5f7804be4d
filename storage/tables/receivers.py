"""Receivers, the owner's addresses that hear what happens to leads, and the notices to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import NEVER_AGAIN, Base, BotId, Key, Word, only
from storage.sealed import Sealed


class ReceiverRow(Base):
    """An address of the owner's that wants to be told; it often holds a secret, so it is sealed."""

    __tablename__ = "receivers"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    url: Mapped[str] = mapped_column(Sealed("receivers.url"))
    secret: Mapped[str] = mapped_column(Sealed("receivers.secret"))
    """what notices to it are signed with: `whsec_…`"""
    old_secret: Mapped[str | None] = mapped_column(Sealed("receivers.old_secret"))
    """the one before it, with which they are signed, too, while the other side changes over"""
    old_secret_until: Mapped[datetime | None]
    kinds: Mapped[str]
    """JSON: the kinds of notices that it wants; an empty list for all"""
    created_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    is_gone: Mapped[bool]
    """it said itself that it wants no more: 410"""
    rests_until: Mapped[datetime | None]
    """until when it asked to be left alone"""
    failing_since: Mapped[datetime | None]
    """since when every try failed"""
    result: Mapped[str | None]
    """what came of the last try: a status code, or why there was none"""
    tried_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_receivers_bot_id", "bot_id"), NEVER_AGAIN)


class NoticeRow(Base):
    """One message to one receiver with its whole life: waiting, sending, delivered or given up."""

    __tablename__ = "notices"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    receiver_id: Mapped[int] = mapped_column(ForeignKey("receivers.id"))
    public_id: Mapped[str]
    """what the receiver knows it by, however often it is sent: `msg_…`"""
    kind: Mapped[Word]
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("leads.id"))
    """whom the body is about; empty where nobody can be found by it"""
    body: Mapped[str] = mapped_column(Sealed("notices.body"))
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int]
    state: Mapped[Word]
    result: Mapped[str | None]
    settled_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_notices_waiting", "receiver_id", "due_at", "id", **only("state = 'waiting'")),
        Index("ix_notices_sending", "bot_id", "id", **only("state = 'sending'")),
        Index("ix_notices_state", "receiver_id", "state"),
        Index("ix_notices_kept", "bot_id", "created_at"),
        Index("ix_notices_lead", "lead_id", **only("lead_id IS NOT NULL")),
        Index("uq_notices_public_id", "public_id", unique=True),
        NEVER_AGAIN,
    )
