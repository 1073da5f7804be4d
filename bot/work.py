"""Pieces of work: each has a transaction, its moment, and what the product is set up to do."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random, SystemRandom
from uuid import UUID, uuid4

from bot.clock import Clock
from bot.telegram.requests import REQUEST, AnswerTap, FetchFile, Request, SendText
from bot.texts import LANGUAGES
from qualification.loading import load_published
from qualification.quiz import Quiz
from storage.cipher import Fingerprint
from storage.database import Database
from storage.erasing import ErasureList
from storage.errors import DatabaseBusyError, DatabaseFailedError
from storage.messages import Kind, Outgoing
from storage.records import Prospect
from storage.unit import Unit

DATABASE_PAUSE = timedelta(seconds=3)
"""How long to wait before a failing database is asked again."""


@dataclass(frozen=True)
class Setup:
    """Which quizzes run (the first when a link names none), who works here (Telegram ids), the bot's name.

    Admins can bring more quizzes through the chat: `Work.running` names them all.
    """

    quizzes: tuple[str, ...]
    managers: tuple[int, ...] = ()
    admins: tuple[int, ...] = ()
    language: str | None = None
    username: str = ""
    """the bot's own, without @"""
    public_url: str | None = None
    """where people reach our web server; None when they do not"""
    can_mail: bool = False
    """whether there is a mail server to send codes through"""
    fingerprint: Fingerprint = field(repr=False, kw_only=True)
    """of what must not be kept as it is"""
    draw: Callable[[int], int] = field(default=secrets.randbelow, repr=False)
    """chance: a number below the given one"""


@dataclass
class Library:
    """Quiz revisions as documents; each is read once."""

    _read: dict[tuple[int, str, int], Quiz] = field(default_factory=dict)

    async def quiz(self, unit: Unit, quiz: str, revision: int) -> Quiz:
        """Return the document of a revision. Raises RevisionMissingError."""
        key = (unit.bot_id, quiz, revision)
        known = self._read.get(key)
        if known is None:
            stored = await unit.quizzes.revision(quiz, revision)
            known = load_published(stored.source, f"{quiz} (revision {revision})")
            if unit.quizzes.is_settled(quiz, revision):
                self._read[key] = known
        return known


@dataclass(frozen=True)
class Work:
    """Everything that one update or one timer needs; what it changes is committed together."""

    unit: Unit
    now: datetime
    setup: Setup
    library: Library
    erasures: ErasureList
    chance: Random = field(default_factory=SystemRandom)
    """where tokens come from"""
    new_record: Callable[[], UUID] = uuid4
    """names a record; chance, so tests may bring their own"""
    whose: int = 0
    """the Telegram id of whoever's doing this is; 0 for the clock's"""

    async def quiz(self, quiz: str, revision: int) -> Quiz:
        """Return the document of a revision."""
        return await self.library.quiz(self.unit, quiz, revision)

    async def newest_quiz(self, quiz: str | None = None) -> Quiz | None:
        """Return the newest revision of a quiz, or of the first when none is named; None when there is none."""
        newest = await self.unit.quizzes.newest(quiz or self.setup.quizzes[0])
        return await self.quiz(newest.quiz, newest.number) if newest else None

    async def newest_quizzes(self) -> list[Quiz]:
        """Return the newest revision of every quiz that runs."""
        found = [await self.newest_quiz(name) for name in await self.running()]
        return [quiz for quiz in found if quiz is not None]

    async def send(
        self,
        request: Request,
        kind: Kind = Kind.DIALOG,
        *,
        edits: int | None = None,
        hand_off_id: int | None = None,
        enrolment_id: int | None = None,
        consent_id: int | None = None,
        forget: bool = False,
        not_after: datetime | None = None,
        after_step: str | None = None,
    ) -> int:
        """Put a request to Telegram into the outbox; return its number. Nothing is sent before the commit.

        What waits there longer than `not_after` is put off: its sequence goes on from `after_step`.
        """
        # A tap's id tells its person to who knows how: it belongs to their chat, and is erased with it.
        chat_id = self.whose if isinstance(request, AnswerTap) else request.chat_id
        if isinstance(request, FetchFile):
            kind = Kind.FILE  # a download must not hold up the chat that waits for it
        body = REQUEST.dump_json(request).decode()
        about = (edits, hand_off_id, enrolment_id, consent_id)
        message = Outgoing(chat_id, kind, body, *about, forget, not_after, after_step)
        return await self.unit.outbox.put(message, self.now)

    async def send_once(self, request: SendText) -> int:
        """Send a text, unless the chat's last message still waits and says the same: a burst is answered once."""
        last = await self.unit.outbox.last_waiting(request.chat_id)
        if last is not None and last[1] == REQUEST.dump_json(request).decode():
            return last[0]
        return await self.send(request)

    async def answer_tap(self, tap_id: str, text: str = "", *, alert: bool = False, forget: bool = False) -> None:
        """End a tap's spinner. Telegram shows at most 200 letters."""
        await self.send(AnswerTap(tap_id=tap_id, text=text[:200], alert=alert), Kind.TAP, forget=forget)

    async def note(self, event: str, prospect_id: int | None, **facts: str | int | None) -> None:
        """Write into the journal."""
        await self.unit.journal.note(event, prospect_id, self.now, **facts)

    async def running(self) -> tuple[str, ...]:
        """Name the quizzes that run: those of the settings, and those that admins brought through the chat."""
        return tuple(dict.fromkeys((*self.setup.quizzes, *await self.unit.quizzes.from_the_chat())))

    def language_of(self, prospect: Prospect | None) -> str:
        """Return the catalogue language for a person who is not inside a quiz."""
        for code in (prospect.speaks if prospect else None, self.setup.language):
            short = (code or "").split("-")[0].lower()
            if short in LANGUAGES:
                return short
        return LANGUAGES[0]

    async def staff_language(self, telegram_id: int) -> str:
        """Return the catalogue language of a manager or admin, or of a group of theirs."""
        if telegram_id < 0 and (group := await self.unit.groups.at(telegram_id)) is not None:
            return group.language
        return self.language_of(await self.unit.prospects.by_telegram_id(telegram_id))


@dataclass(frozen=True)
class Workshop:
    """Where work is done: one bot's database, its clock, and what it is set up to do."""

    database: Database
    bot_id: int
    clock: Clock
    setup: Setup
    library: Library
    erasures: ErasureList
    chance: Random = field(default_factory=SystemRandom)
    new_record: Callable[[], UUID] = uuid4
    told: Callable[[], None] = lambda: None
    """called after a commit that left notices for receivers"""

    @asynccontextmanager
    async def work(self) -> AsyncIterator[Work]:
        """Begin a piece of work: all of it is committed at the end, or nothing when an error leaves it."""
        async with self.database.unit(self.bot_id) as unit:
            yield Work(
                unit, self.clock.now(), self.setup, self.library, self.erasures, self.chance, self.new_record
            )
        if unit.notices.has_new:
            self.told()

    async def wait_after(self, error: DatabaseFailedError) -> None:
        """Wait before something is tried again that the database did not take."""
        if not isinstance(error, DatabaseBusyError):
            await self.clock.sleep_until(self.clock.now() + DATABASE_PAUSE)
        elif error.person is not None:
            await self.database.wait_for_turn(self.bot_id, error.person)

    @asynccontextmanager
    async def view(self) -> AsyncIterator[Unit]:
        """Look without writing."""
        async with self.database.view(self.bot_id) as unit:
            yield unit
