"""Tracked links: what stands behind a button that opens a page, for one person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import NEVER_AGAIN, Base, BotId, Key, Word, only
from storage.sealed import Sealed


class TrackedLinkRow(Base):
    """A link that was sent to one person. Of its token only the keyed fingerprint is kept: it stands for them."""

    __tablename__ = "tracked_links"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    prospect_id: Mapped[int] = mapped_column(ForeignKey("prospects.id"), index=True)
    fingerprint: Mapped[str]
    url: Mapped[str] = mapped_column(Sealed("tracked_links.url"))
    label: Mapped[str] = mapped_column(Sealed("tracked_links.label"))
    """what the link is called"""
    kind: Mapped[Word]
    """the kind of link, which has its points in the quiz"""
    once: Mapped[str]
    """the ledger's key: whichever way it is opened, and however often, its points are given once"""
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolments.id"))
    step: Mapped[str | None]
    """for a follow-up: which message of its sequence"""
    broadcast_id: Mapped[int | None]
    sending_id: Mapped[int | None] = mapped_column(ForeignKey("materials_sent.id"))
    """for a material: when a manager sent it"""
    made_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    """when its person opened it first"""
    due_at: Mapped[datetime | None]
    """since when an opening waits to be counted"""
    __table_args__ = (
        UniqueConstraint("bot_id", "fingerprint"),
        Index("ix_tracked_links_due", "bot_id", "due_at", **only("due_at IS NOT NULL")),
        Index("ix_tracked_links_enrolment", "enrolment_id", **only("enrolment_id IS NOT NULL")),
        Index("ix_tracked_links_broadcast", "broadcast_id", **only("broadcast_id IS NOT NULL")),
        Index("ix_tracked_links_sending", "sending_id", **only("sending_id IS NOT NULL")),
        NEVER_AGAIN,
    )
