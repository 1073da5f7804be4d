"""Consents, when they end, and who was erased."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import Base, BotId, Key, Word
from storage.sealed import Sealed


class ConsentRow(Base):
    """An event about one purpose; rows are only ever added."""

    __tablename__ = "consents"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    prospect_id: Mapped[int] = mapped_column(ForeignKey("prospects.id"))
    purpose: Mapped[Word]
    event: Mapped[Word]
    """given, confirmed, refused, withdrawn or expired"""
    at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    record: Mapped[str]
    """the record's own id, as it stands on the receipt"""
    previous_sha256: Mapped[str | None]
    """the fingerprint of the event before, so that none can be taken out or changed unseen"""
    sha256: Mapped[str]
    method: Mapped[Word]
    """button, typed, code, command, clock"""
    quiz: Mapped[Word | None]
    revision: Mapped[int | None]
    step: Mapped[Word | None]
    language: Mapped[Word]
    text: Mapped[str] = mapped_column(Sealed("consents.text"))
    text_sha256: Mapped[str]
    button: Mapped[str | None] = mapped_column(Sealed("consents.button"))
    controller: Mapped[str | None]
    policy: Mapped[str | None]
    source: Mapped[str | None]
    chat_id: Mapped[int]
    message_id: Mapped[int | None]
    update_id: Mapped[int | None]
    actor: Mapped[str]
    __table_args__ = (Index("ix_consents_prospect", "prospect_id", "purpose", "id"),)


class ConsentEndRow(Base):
    """A live consent that ends by itself at a certain moment; the row goes when that is done."""

    __tablename__ = "consent_ends"
    consent_id: Mapped[int] = mapped_column(ForeignKey("consents.id"), primary_key=True, autoincrement=False)
    bot_id: Mapped[BotId]
    due_at: Mapped[datetime]
    __table_args__ = (Index("ix_consent_ends_due", "bot_id", "due_at"),)


class ErasureRow(Base):
    """Somebody was erased: a keyed fingerprint and what proves it, nothing personal."""

    __tablename__ = "erasures"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    fingerprint: Mapped[str]
    at: Mapped[datetime]
    reason: Mapped[Word]
    """asked, kept_long_enough, or replayed after a backup was restored"""
    proof: Mapped[str]
    """JSON: purposes with the fingerprints of their consent events"""
