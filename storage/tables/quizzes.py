"""Quizzes: what is published, drafted and paused."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import BIG, Base, BotId, Word


class QuizRow(Base):
    """What holds for a quiz whatever its revision: whether it is paused."""

    __tablename__ = "quizzes"
    bot_id: Mapped[BotId] = mapped_column(BIG, primary_key=True)
    quiz: Mapped[Word] = mapped_column(primary_key=True)
    paused_at: Mapped[datetime | None]


class RevisionRow(Base):
    """A quiz document; its text never changes, and it is not removed while a session may need it."""

    __tablename__ = "revisions"
    bot_id: Mapped[BotId] = mapped_column(BIG, primary_key=True)
    quiz: Mapped[Word] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[Word]
    """draft, published or discarded"""
    sha256: Mapped[str]
    source: Mapped[str]
    drafted_by: Mapped[int | None]
    """the admin's Telegram id, for one that came through the chat"""
    drafted_at: Mapped[datetime]
    published_at: Mapped[datetime | None]


class MediaRow(Base):
    """A picture, video, document or voice of a revision; `file_id` is Telegram's name once it was sent."""

    __tablename__ = "media"
    bot_id: Mapped[BotId] = mapped_column(BIG, primary_key=True)
    quiz: Mapped[Word] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    file_id: Mapped[str | None]
    __table_args__ = (
        ForeignKeyConstraint(
            ["bot_id", "quiz", "number"], ["revisions.bot_id", "revisions.quiz", "revisions.number"]
        ),
    )
