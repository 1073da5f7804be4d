"""People: who they are, their walks and answers, where they came from, what they sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import BIG, NEVER_AGAIN, Base, BotId, Key, Word, only
from storage.sealed import Sealed, SealedBytes


class ProspectRow(Base):
    """A person in a Telegram chat with the bot: one row for ever."""

    __tablename__ = "prospects"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    telegram_id: Mapped[int]
    first_name: Mapped[str] = mapped_column(Sealed("prospects.first_name"))
    username: Mapped[str | None] = mapped_column(Sealed("prospects.username"))
    language: Mapped[Word | None]
    """the code Telegram tells"""
    chosen_language: Mapped[Word | None]
    timezone: Mapped[str | None]
    """the zone of their city, once they told it"""
    first_source: Mapped[str | None]
    last_source: Mapped[str | None]
    first_link_id: Mapped[int | None] = mapped_column(BIG)
    last_link_id: Mapped[int | None] = mapped_column(BIG)
    referred_by: Mapped[int | None] = mapped_column(BIG)
    """the prospect whose link they came by"""
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    blocked_at: Mapped[datetime | None]
    keep_until: Mapped[datetime | None]
    """when everything about them is erased, unless they are heard of before"""
    __table_args__ = (
        UniqueConstraint("bot_id", "telegram_id"),
        Index("ix_prospects_keep_until", "bot_id", "keep_until", **only("keep_until IS NOT NULL")),
        Index("ix_prospects_referred_by", "referred_by", **only("referred_by IS NOT NULL")),
        NEVER_AGAIN,
    )


class SessionRow(Base):
    """One prospect's walk through one revision; `state` is the engine's own record as JSON."""

    __tablename__ = "sessions"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    prospect_id: Mapped[int] = mapped_column(ForeignKey("prospects.id"))
    quiz: Mapped[Word]
    revision: Mapped[int]
    source: Mapped[str | None]
    link_id: Mapped[int | None] = mapped_column(BIG)
    """the deep link that began it"""
    is_test: Mapped[bool]
    """an admin tries the quiz: nothing of it is counted"""
    state: Mapped[str] = mapped_column(Sealed("sessions.state"))
    asked_in: Mapped[int | None]
    """the outbox row of the open question"""
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    abandoned_at: Mapped[datetime | None]
    """when the silence had lasted too long; the prospect may still come back"""
    is_open: Mapped[bool]
    due_at: Mapped[datetime | None]
    """when the silence has lasted long enough for what `due_for` says"""
    due_for: Mapped[Word | None]
    """nudge, abandonment or outage"""
    nudges: Mapped[int]
    """how often the open question was called back to mind"""
    __table_args__ = (
        # The chat has one open question at a time.
        Index(
            "uq_sessions_open",
            "bot_id",
            "prospect_id",
            unique=True,
            **only("is_open"),
        ),
        Index("ix_sessions_prospect", "prospect_id", "id"),
        Index("ix_sessions_started", "bot_id", "started_at"),
        Index("ix_sessions_abandoned", "bot_id", "abandoned_at", **only("abandoned_at IS NOT NULL")),
        Index("ix_sessions_due", "bot_id", "due_at", **only("due_at IS NOT NULL")),
        NEVER_AGAIN,
    )


class AnswerRow(Base):
    """What a prospect gave to a question, keyed by the question's id; `answer` is typed JSON.

    An answer that was changed, or fell away with another, stays as history: `replaced_at` says since when.
    """

    __tablename__ = "answers"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id"))
    question: Mapped[Word]
    answer: Mapped[str] = mapped_column(Sealed("answers.answer"))
    marks: Mapped[str | None]
    """keyed marks of the choices in it, to find people by; empty for other answers, NULL until it is looked at"""
    given_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "uq_answers_present",
            "session_id",
            "question",
            unique=True,
            **only("replaced_at IS NULL"),
        ),
        Index("ix_answers_session", "session_id"),
    )


class CodeRow(Base):
    """A code sent by e-mail, to be typed back; only its keyed fingerprint is kept."""

    __tablename__ = "codes"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    prospect_id: Mapped[int] = mapped_column(ForeignKey("prospects.id"), index=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id"))
    question: Mapped[Word]
    address: Mapped[str]
    """its keyed fingerprint: enough to count the codes that went to it"""
    fingerprint: Mapped[str]
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int]
    settled_at: Mapped[datetime | None]
    """when it was typed back, replaced by a newer one, or given up"""
    __table_args__ = (
        Index("ix_codes_address", "bot_id", "address"),
        Index("ix_codes_session", "session_id"),
    )


class FileRow(Base):
    """A file outside any quiz: what a prospect sent, an export on its way out, a picture that was drawn."""

    __tablename__ = "files"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    prospect_id: Mapped[int | None] = mapped_column(ForeignKey("prospects.id"), index=True)
    session_id: Mapped[int | None] = mapped_column(ForeignKey("sessions.id"))
    question: Mapped[Word | None]
    purpose: Mapped[Word]
    """answer, export, download, chart, leads, qr or quiz"""
    name: Mapped[str] = mapped_column(Sealed("files.name"))
    mime: Mapped[str]
    size: Mapped[int]
    content: Mapped[bytes | None] = mapped_column(SealedBytes("files.content"))
    file_id: Mapped[str | None]
    """Telegram's name for it"""
    created_at: Mapped[datetime]
    arrived_at: Mapped[datetime | None]
    """when its bytes were here, or it was known that they never will be; or, before that, when it was ordered"""
    handled_at: Mapped[datetime | None]
    """when what waited for its bytes was done"""
    __table_args__ = (
        Index(
            "ix_files_arrived",
            "bot_id",
            "id",
            **only("arrived_at IS NOT NULL AND handled_at IS NULL"),
        ),
        Index("ix_files_session", "session_id", **only("session_id IS NOT NULL")),
    )


class LinkRow(Base):
    """A deep link's token with what it stands for; people see the token only."""

    __tablename__ = "links"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    token: Mapped[str]
    quiz: Mapped[Word | None]
    language: Mapped[Word | None]
    campaign: Mapped[str]
    utm: Mapped[str]
    """JSON: source, medium, campaign, content, term"""
    referrer: Mapped[int | None] = mapped_column(ForeignKey("prospects.id"), index=True)
    """the prospect whose own link it is"""
    created_by: Mapped[int | None]
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("bot_id", "token"),)
