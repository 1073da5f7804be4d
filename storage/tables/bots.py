"""The bots that the database itself keeps, beside the one that the settings name."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import BIG, Base, Word
from storage.sealed import Sealed


class BotRow(Base):
    """A bot that this database serves; every other table says by `bot_id` whose a row is."""

    __tablename__ = "bots"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    """Telegram's number of the bot: what stands before the colon of its token"""
    username: Mapped[str]
    token: Mapped[str] = mapped_column(Sealed("bots.token"))
    quizzes: Mapped[str]
    """JSON: ids of the quizzes that run, the default first"""
    managers: Mapped[str]
    """JSON: Telegram ids"""
    admins: Mapped[str]
    """JSON: Telegram ids"""
    language: Mapped[Word | None]
    pace: Mapped[float | None]
    """messages a second at most; empty for what the settings say"""
    added_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    """since when it neither receives nor sends"""
