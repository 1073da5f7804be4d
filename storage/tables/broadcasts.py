"""Broadcasts, and who each of them went to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import BIG, NEVER_AGAIN, Base, BotId, Key, Word, only
from storage.sealed import Sealed


class BroadcastRow(Base):
    """One message to many: draft, scheduled, sending, paused, done or cancelled."""

    __tablename__ = "broadcasts"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    state: Mapped[Word]
    content: Mapped[str] = mapped_column(Sealed("broadcasts.content"))
    """JSON: the texts by language, a file, a button"""
    segment: Mapped[str]
    """JSON: whom it is for"""
    hours: Mapped[Word | None]
    """allowed hours, in each person's own zone; empty for any"""
    created_by: Mapped[int]
    created_at: Mapped[datetime]
    begins_at: Mapped[datetime | None]
    """for when it is planned; empty for at once"""
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    """when there is something to do about it next"""
    cursor: Mapped[int] = mapped_column(BIG, default=0)
    """the last prospect that was looked at while sending: those after it are still to be found"""
    found_all: Mapped[bool] = mapped_column(default=False)
    people: Mapped[int] = mapped_column(default=0)
    """how many it is for, as counted last"""
    busy: Mapped[int] = mapped_column(default=0)
    """how many of the segment are left out, because now is no time to disturb them"""
    counted_to: Mapped[int | None] = mapped_column(BIG)
    """the last prospect that was counted; empty once all are"""
    view: Mapped[str]
    """what its message shows an admin: the whole, a menu, the question whether they are sure"""
    shown_in: Mapped[int | None] = mapped_column(BIG)
    """the number in the outbox of the message in an admin's chat that shows it"""
    shown_to: Mapped[int | None] = mapped_column(BIG)
    shown_at: Mapped[datetime | None]
    """when that message was changed last"""
    __table_args__ = (
        Index("ix_broadcasts_due", "bot_id", "due_at", **only("due_at IS NOT NULL")),
        NEVER_AGAIN,
    )


class RecipientRow(Base):
    """Somebody whom a broadcast reached or is about to: written in the transaction that puts the message out."""

    __tablename__ = "broadcast_recipients"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcasts.id"))
    prospect_id: Mapped[int] = mapped_column(ForeignKey("prospects.id"), index=True)
    outbox_id: Mapped[int | None] = mapped_column(BIG)
    """the message's number in the outbox; empty while it waits for allowed hours"""
    fate: Mapped[Word]
    """later, waiting, sent, blocked, refused, unknown or dropped"""
    due_at: Mapped[datetime | None]
    """when the allowed hours begin where the person lives"""
    tapped_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    """when they tapped «no more of these» below it"""
    __table_args__ = (
        UniqueConstraint("broadcast_id", "prospect_id"),
        Index("ix_broadcast_recipients_fate", "broadcast_id", "fate"),
        Index("ix_broadcast_recipients_due", "broadcast_id", "due_at", **only("due_at IS NOT NULL")),
        Index("ix_broadcast_recipients_tapped", "broadcast_id", **only("tapped_at IS NOT NULL")),
        Index("ix_broadcast_recipients_stopped", "broadcast_id", **only("stopped_at IS NOT NULL")),
    )
