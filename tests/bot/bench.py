"""Delivery on a bench: the real database, a clock that stands, and a Telegram in the test's hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.clock import StandingClock
from bot.main import Hotlead, build
from bot.pace import Pace
from bot.settings import Settings
from bot.telegram.requests import REQUEST, AnswerTap, EditText, Request, SendMail, SendMedia, SendText
from storage.claims import CONSENTED, SENDER
from storage.database import Database
from storage.erasing import ErasureList
from storage.messages import Kind, Outgoing
from storage.records import ConsentEventKind
from storage.unit import Unit
from tests.bot.fakes import BOT, FakeMessenger, FakePostman, fates, running, until_fates
from tests.storage.samples import a_consent

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ANNA, BORIS, OLENA, ADMIN = 1, 2, 1001, 1002
UNBOUND = float("inf")
FAST = Pace(bot=UNBOUND, chat=UNBOUND, group=UNBOUND)
"""The clock stands, so a pace of any length would never be over."""


@dataclass
class Bench:
    """Delivery on a bench: the real database, a clock that stands, and a Telegram in the test's hand."""

    database: Database
    clock: StandingClock
    telegram: FakeMessenger
    hotlead: Hotlead
    postman: FakePostman
    erasures: ErasureList
    """written into the test's own folder"""

    async def put(self, kind: Kind, chat: int = ANNA, html: str = "Hi", **more: Any) -> int:
        """Put a text into the outbox; a tap's answer for the kind tap."""
        request: Request = SendText(chat_id=chat, html=html)
        if kind is Kind.TAP:
            request, chat = AnswerTap(tap_id="1"), 0
        return await self.put_request(request, kind, chat, **more)

    async def put_request(self, request: Request, kind: Kind, chat: int = ANNA, **more: Any) -> int:
        async with self.database.unit(BOT) as unit:
            if kind in CONSENTED and "consent_id" not in more:
                more["consent_id"] = await agrees(unit, chat, self.clock.now())
            message = Outgoing(chat, kind, REQUEST.dump_json(request).decode(), **more)
            return await unit.outbox.put(message, self.clock.now())

    async def put_mail(self, chat: int = ANNA, *, until: datetime | None = None, undelivered: str = "") -> int:
        """Put an e-mail into the outbox."""
        mail = SendMail(
            chat_id=chat,
            to=f"person{chat}@example.org",
            subject="Code",
            text="042042",
            until=until or self.clock.now() + timedelta(minutes=15),
            undelivered=undelivered,
        )
        return await self.put_request(mail, Kind.MAIL, chat)

    @asynccontextmanager
    async def delivering(self) -> AsyncIterator[None]:
        async with running(self.hotlead.delivery.run()):
            yield

    @asynccontextmanager
    async def posting(self) -> AsyncIterator[None]:
        """Let e-mails be sent, and Telegram's messages beside them."""
        async with running(self.hotlead.delivery.run()), running(self.hotlead.post.run()):
            yield

    async def moves(self, seconds: float, **expected: int) -> None:
        """Wait until delivery has nothing to do, put the clock forward, and wait for what comes of it."""
        sleepers = self.clock._sleepers
        async with asyncio.timeout(5):
            while not any(not woken.done() for _, _, woken in sleepers):
                await fates(self.database)
        self.clock.move(timedelta(seconds=seconds))
        if expected:
            await until_fates(self.database, **expected)

    async def is_sender(self) -> bool:
        """Tell whether this delivery is the one that sends, of all on its database."""
        number = self.hotlead.delivery._sender
        async with self.database.view(BOT) as view:
            return number > 0 and await view.states.read(SENDER) == str(number)

    async def until_performed(self, times: int) -> None:
        """Wait until so many requests were made."""
        async with asyncio.timeout(5):
            while len(self.telegram.performed) < times:
                await fates(self.database)

    @property
    def texts(self) -> list[str]:
        return [
            request.html
            for request in self.telegram.performed
            if isinstance(request, SendText | SendMedia | EditText)
        ]


async def agrees(unit: Unit, chat: int, now: datetime, *, taken_back: bool = False) -> int:
    """Let somebody agree to follow-ups, or take that back; return the event."""
    person = await unit.prospects.met(chat, "Anna", None, "en", now)
    said = ConsentEventKind.WITHDRAWN if taken_back else ConsentEventKind.GIVEN
    return await unit.consents.record(a_consent(person, said, at=now))


async def a_bench(database: Database, pace: Pace = FAST, folder: Path | None = None) -> Bench:
    clock, telegram, postman = StandingClock(NOON), FakeMessenger(), FakePostman()
    async with database.unit(BOT) as unit:
        await unit.quizzes.publish("sample", "never read here", {"a.jpg": b"picture"}, NOON)
    settings = Settings(_env_file=None, quiz=("sample",), managers=(OLENA,), admins=(ADMIN,))
    hotlead = await build(settings, clock, telegram, database, pace, postman=postman)
    erasures = ErasureList((folder or Path("nowhere")) / "erased", lambda _, value: value)
    return Bench(database, clock, telegram, hotlead, postman, erasures)
