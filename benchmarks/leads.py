"""A database with very many leads: one is written by our own code, the others are copies of it, made by SQL."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.clock import StandingClock
from bot.follow_ups.enrolling import enrol
from bot.main import publish
from bot.opening import keyring_for
from bot.work import Library, Setup, Workshop
from dialogs.engine import begin
from storage.database import Database
from storage.erasing import ErasureList
from storage.records import ConsentEvent, ConsentEventKind, Method

BOT, SOMEBODY = 42, 1_000_000
QUIZ, SEQUENCE = "nurture", "tips"
NOW = datetime(2026, 9, 15, 12, tzinfo=UTC)
"""A Tuesday at noon: nobody is asleep."""
COPIED = ("prospects", "consents", "sessions", "leads", "enrolments")
NUMBERS = ("id", "telegram_id", "chat_id", "prospect_id", "session_id", "lead_id")
"""Columns that are another number in each copy."""
AS_STORED = "%Y-%m-%d %H:%M:%S.%f"


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Workshop]:
    """Open the database in a folder, as the product does."""
    file = folder / "hotlead.db"
    keyring = keyring_for(folder / "keys", file)
    database = await Database.open(f"sqlite+aiosqlite:///{file}", keyring)
    try:
        setup = Setup((QUIZ,), fingerprint=keyring.fingerprint)
        erasures = ErasureList(folder / "erased", keyring.fingerprint)
        yield Workshop(database, BOT, StandingClock(NOW), setup, Library(), erasures)
    finally:
        await database.close()


def fill(folder: Path, people: int, *, enrolled: bool) -> None:
    """Make a database with so many leads, each of whom agreed to follow-ups; nothing is due today."""
    asyncio.run(_write_first(folder))
    tables = COPIED if enrolled else COPIED[:-1]
    with closing(sqlite3.connect(folder / "hotlead.db", isolation_level=None)) as connection:
        for pragma in ("synchronous=OFF", "cache_size=-200000", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN")
        if not enrolled:
            connection.execute("DELETE FROM enrolments")
        for table in tables:
            _copy(connection, table, people - 1)
        if enrolled:
            connection.execute(
                "UPDATE enrolments SET due_at = strftime('%Y-%m-%d %H:%M:%f000', due_at, '+' || id || ' seconds')"
            )
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _copy(connection: sqlite3.Connection, table: str, copies: int) -> None:
    names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    values = ", ".join(f"{name} + number" if name in NUMBERS else name for name in names)
    connection.execute(
        "WITH RECURSIVE numbers(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < ?)"  # noqa: S608 - our own names
        f" INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table}, numbers WHERE id = 1",
        (copies,),
    )


def make_due(folder: Path, numbers: Iterable[int]) -> None:
    """Let the first step of these enrolments be due."""
    due = (NOW - timedelta(seconds=1)).strftime(AS_STORED)
    with closing(sqlite3.connect(folder / "hotlead.db")) as connection, connection:
        connection.executemany(
            "UPDATE enrolments SET due_at = ?, last_step = NULL, unanswered = 0 WHERE id = ?",
            [(due, number) for number in numbers],
        )


async def _write_first(folder: Path) -> None:
    async with opened(folder) as workshop:
        await publish(workshop.database, BOT, (str(Path(__file__).parent / "nurture.yaml"),), workshop.clock)
        async with workshop.work() as work:
            quiz = await work.quiz(QUIZ, 1)
            person = await work.unit.prospects.met(SOMEBODY, "Anna", "anna", "en", NOW)
            walk = begin(quiz, 1, "en", NOW).session
            session = await work.unit.sessions.start(person.id, walk, None)
            ended = walk.model_copy(update={"at": None, "ended_with": "thanks", "ended_at": NOW})
            session = await work.unit.sessions.save(session, ended)  # who is in a quiz is not disturbed
            await work.unit.consents.record(agreement(person.id, SOMEBODY, NOW))
            lead = await work.unit.leads.open(person.id, QUIZ, session.id, NOW)
            due = NOW + timedelta(days=1)
            await work.unit.enrolments.enrol(lead.id, person.id, QUIZ, 1, SEQUENCE, None, due, NOW)


def agreement(prospect_id: int, chat_id: int, at: datetime) -> ConsentEvent:
    """Return what somebody says who agrees to be written to."""
    return ConsentEvent(
        prospect_id=prospect_id,
        purpose="follow_ups",
        event=ConsentEventKind.GIVEN,
        record="1",
        method=Method.BUTTON,
        at=at,
        language="en",
        text="May we write?",
        chat_id=chat_id,
        actor="prospect",
    )


async def enrol_all(workshop: Workshop, first: int, last: int) -> None:
    """Enrol everybody from one number to another in one piece of work, as the product enrols."""
    async with workshop.work() as work:
        quiz = await work.quiz(QUIZ, 1)
        for number in range(first, last + 1):
            person = await work.unit.prospects.by_id(number)
            await enrol(work, person, number, quiz, 1, SEQUENCE)
