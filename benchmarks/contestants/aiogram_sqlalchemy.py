"""aiogram with SQLAlchemy and aiosqlite, as most bots have it: a session and a transaction an update."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiogram import BaseMiddleware, Dispatcher, F, Router
from aiogram.filters import BaseFilter, CommandObject, CommandStart
from aiogram.types import CallbackQuery, Message, ReplyKeyboardRemove, TelegramObject
from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint, event
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from benchmarks.contestants.aiogram_memory import AGREE, SHARE, serve, show_next
from benchmarks.contestants.place import Place
from benchmarks.contestants.script import AFTER, ASK_CONTACT, CONSENT, POINTS, QUESTIONS, thanks
from benchmarks.people import People


class Base(DeclarativeBase):
    """The tables."""


class Lead(Base):
    """Somebody, and where they stand."""

    __tablename__ = "leads"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    source: Mapped[str | None]
    state: Mapped[str]
    score: Mapped[int] = mapped_column(default=0)
    consent_at: Mapped[float | None]
    phone: Mapped[str | None]


class Given(Base):
    """An answer."""

    __tablename__ = "answers"
    __table_args__ = (UniqueConstraint("lead_id", "question"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id"))
    question: Mapped[str]
    value: Mapped[str]
    points: Mapped[int]


class At(BaseFilter):
    """Lets through who stands at a step."""

    def __init__(self, state: str) -> None:
        self._state = state

    async def __call__(self, _event: TelegramObject, lead: Lead | None = None) -> bool:
        """Tell whether they do."""
        return lead is not None and lead.state == self._state


def form() -> Router:
    """Return the handlers."""
    router = Router()

    @router.message(CommandStart(deep_link=True))
    async def _start(message: Message, command: CommandObject, session: AsyncSession, lead: Lead | None) -> None:
        if lead is None and message.from_user is not None:
            lead = Lead(id=message.from_user.id, source=command.args, state="consent", score=0)
            session.add(lead)
        await message.answer(CONSENT, reply_markup=AGREE)

    @router.callback_query(At("consent"), F.data.startswith("consent:"))
    async def _agreed(query: CallbackQuery, lead: Lead) -> None:
        lead.consent_at, lead.state = time.time(), "size"
        await show_next(query, "size")

    def question(step: str) -> None:
        @router.callback_query(At(step), F.data.startswith(f"{step}:"))
        async def _answered(query: CallbackQuery, session: AsyncSession, lead: Lead) -> None:
            chosen = int((query.data or "").split(":")[1])
            session.add(Given(lead_id=lead.id, question=step, value=str(chosen), points=POINTS[chosen]))
            lead.score, lead.state = lead.score + POINTS[chosen], AFTER[step]
            await show_next(query, AFTER[step])

    for step in QUESTIONS:
        question(step)

    @router.message(At("need"), F.text)
    async def _told(message: Message, session: AsyncSession, lead: Lead) -> None:
        session.add(Given(lead_id=lead.id, question="need", value=message.text or "", points=0))
        lead.state = "contact"
        await message.answer(ASK_CONTACT, reply_markup=SHARE)

    @router.message(At("contact"), F.contact)
    async def _reached(message: Message, lead: Lead) -> None:
        lead.phone, lead.state = message.contact.phone_number if message.contact else None, "done"
        await message.answer(thanks(lead.score), reply_markup=ReplyKeyboardRemove())

    return router


class OneTransaction(BaseMiddleware):
    """Gives each handler a session and the sender's lead, and commits before the reply may be answered.

    The usual order, to commit after the handler has replied, loses what is sent at once after a reply.
    """

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions
        self._locks: dict[int, asyncio.Lock] = {}

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Handle an update; one person's updates wait for each other."""
        whose = data["event_from_user"].id
        async with self._locks.setdefault(whose, asyncio.Lock()), self._sessions() as session:
            data["session"], data["lead"] = session, await session.get(Lead, whose)
            result = await handler(event, data)
            await session.commit()
            return result


async def dispatcher(address: str) -> Dispatcher:
    """Return the bot, on a database whose tables are made."""
    engine = create_async_engine(address)
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", _configure)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    built = Dispatcher(disable_fsm=True)
    built.update.outer_middleware(OneTransaction(async_sessionmaker(engine, expire_on_commit=False)))
    built.include_router(form())
    return built


def _configure(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


async def run(people: People, folder: Path, database: str = "") -> asyncio.Task[None]:
    """Start the bot; cancelling the task stops it."""
    return serve(people, await dispatcher(database or _file(folder)))


async def live(place: Place) -> None:
    """Run over HTTP."""
    from benchmarks.contestants.aiogram_http import receive

    await receive(await dispatcher(place.database or _file(place.folder)), place)


def _file(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder / 'leads.db'}"
