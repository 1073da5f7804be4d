"""A line to Telegram that a test holds in its hand: it says what comes in and what comes of each request."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace

from bot.bell import Bell
from bot.mail.port import MailResult
from bot.receivers.port import Answered, CourierResult
from bot.telegram.port import BotIdentity, TelegramError, WebhookState
from bot.telegram.requests import AnswerTap, File, Request, Result, SendMail, Sent
from bot.telegram.updates import ALLOWED_UPDATES, Incoming
from storage.database import Database
from storage.messages import Fate
from tests.bot.receivers.listening import Heard

BOT = 42
PATIENCE = 5
"""Seconds after which something that does not happen is a failure."""

Answer = Result | Callable[[Request], Awaitable[Result]]


@dataclass
class FakeMessenger:
    """Answers requests with what `results` hold, then with Sent; hands out what `incoming` holds, then waits."""

    results: list[Answer] = field(default_factory=list)
    incoming: list[list[tuple[int, str]] | TelegramError] = field(default_factory=list)
    performed: list[Request] = field(default_factory=list)
    edited: list[int | None] = field(default_factory=list)
    offsets: list[int | None] = field(default_factory=list)
    changed: Bell = field(default_factory=Bell)
    state: WebhookState = field(default_factory=WebhookState)
    registered: list[tuple[str, str]] = field(default_factory=list)
    """webhooks that were set, with their secrets; an empty one was deleted"""
    trouble: TelegramError | None = None
    """raised when somebody asks how the webhook is"""

    async def identify(self) -> BotIdentity:
        return BotIdentity(BOT, "fake_bot", "Fake")

    async def receive(self, offset: int | None, timeout: int) -> list[tuple[int, str]]:  # noqa: ASYNC109 - the port's
        self.offsets.append(offset)
        if not self.incoming:
            await asyncio.Event().wait()
        found = self.incoming.pop(0)
        if isinstance(found, TelegramError):
            raise found
        return found

    def read(self, body: str) -> Incoming | None:
        return None

    async def perform(self, request: Request, message_id: int | None = None, files: Sequence[File] = ()) -> Result:
        self.performed.append(request)
        self.edited.append(message_id)
        result = self.results.pop(0) if self.results else Sent(1000 + len(self.performed))
        return await result(request) if callable(result) else result

    async def announce(self, commands: Mapping[str, Mapping[str, str]]) -> None:
        return

    async def set_webhook(self, url: str, secret: str) -> None:
        self.registered.append((url, secret))
        if url == self.state.url:  # «Webhook is already set»
            self.state = replace(self.state, allowed=ALLOWED_UPDATES)
        else:
            self.state = WebhookState(url, self.state.waiting, ALLOWED_UPDATES)

    async def webhook(self) -> WebhookState:
        if self.trouble is not None:
            raise self.trouble
        return self.state

    async def delete_webhook(self) -> None:
        self.registered.append(("", ""))
        self.state = WebhookState(waiting=self.state.waiting, allowed=self.state.allowed)

    async def close(self) -> None:
        return

    @property
    def chats(self) -> list[int]:
        """The chats that were written to, in order; a tap's answer has none."""
        return [0 if isinstance(request, AnswerTap) else request.chat_id for request in self.performed]


@asynccontextmanager
async def running(work: Awaitable[None]) -> AsyncIterator[asyncio.Future[None]]:
    """Let something run for a while, and stop it as a process is stopped."""
    task = asyncio.ensure_future(work)
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something holds that is asked of the database; the asking itself lets others work."""
    async with asyncio.timeout(PATIENCE):
        while not await holds():
            pass


async def fates(database: Database) -> dict[Fate, int]:
    """Count what is in the outbox by its fate."""
    async with database.view(BOT) as view:
        return await view.outbox.counts()


async def until_fates(database: Database, **expected: int) -> None:
    """Wait until the outbox holds so many messages of each fate."""
    wanted = {Fate(name): number for name, number in expected.items()}

    async def reached() -> bool:
        return await fates(database) == wanted

    try:
        await until(reached)
    except TimeoutError:
        assert await fates(database) == wanted


@dataclass
class FakePostman:
    """Answers e-mails with what `results` hold, then with Sent; an answer may be something to wait for."""

    results: list[MailResult | Callable[[SendMail], Awaitable[MailResult]]] = field(default_factory=list)
    posted: list[SendMail] = field(default_factory=list)

    async def send(self, mail: SendMail) -> MailResult:
        self.posted.append(mail)
        result = self.results.pop(0) if self.results else Sent()
        return await result(mail) if callable(result) else result

    async def check(self) -> None:
        return


@dataclass
class FakeCourier:
    """Answers notices with what `results` hold, then with 204; an answer may be something to wait for."""

    results: list[CourierResult | Callable[[Heard], Awaitable[CourierResult]]] = field(default_factory=list)
    posted: list[Heard] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> CourierResult:
        self.urls.append(url)
        self.posted.append(Heard(body, dict(headers)))
        result = self.results.pop(0) if self.results else Answered(204)
        return await result(self.posted[-1]) if callable(result) else result
