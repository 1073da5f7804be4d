"""The pulse of a running process: when Telegram was heard, how much was sent, since when the database fails."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from bot.clock import Clock
from bot.roles import Role
from bot.telegram.port import BotIdentity, Messenger, WebhookState
from bot.telegram.requests import File, Request, Result, Sent
from bot.telegram.updates import Incoming

LATELY = timedelta(minutes=1)
PULSE = "pulse"
"""Under this name the last beat is kept: `hotlead status` reads it from another process."""


class Beat(BaseModel):
    """What a process tells of itself once a minute."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    at: AwareDatetime
    started_at: AwareDatetime
    sent_in_a_minute: int
    too_fast: int
    """how often Telegram said so since the start"""
    memory: int | None
    """bytes"""
    disk_free: int | None
    """bytes"""
    by_webhook: bool = False
    """whether Telegram posts updates to us, or we ask for them"""
    webhook_waiting: int = 0
    webhook_problem: str | None = None


def beat_in(kept: str | None) -> Beat | None:
    """Read a beat that was kept; None when there is none that can be read."""
    try:
        return Beat.model_validate_json(kept) if kept else None
    except ValidationError:
        return None


@dataclass(frozen=True)
class Outage:
    """A time in which the database took nothing."""

    since: datetime
    last: datetime


@dataclass(frozen=True)
class WebhookHealth:
    """What Telegram says of our webhook."""

    waiting: int = 0
    """updates that it has not delivered yet"""
    problem: str | None = None
    since: datetime | None = None


class Pulse:
    """Counts what goes to Telegram and comes from it, in memory: numbers and moments, nothing of anybody."""

    def __init__(self, clock: Clock, does: Callable[[Role], bool] = lambda _: True) -> None:
        """`does` tells what this process does now; of a fleet each does a part, and some stand by."""
        self._clock = clock
        self.does = does
        self.started_at = clock.now()
        self.heard_at: datetime | None = None
        """when Telegram was last heard"""
        self.asked_at: datetime | None = None
        """when Telegram was last asked for anything"""
        self.results: Counter[tuple[str, str]] = Counter()
        """requests since the start, by method and what came of them"""
        self.outage: Outage | None = None
        """the time in which the database took nothing, until somebody tells of it"""
        self.webhook: WebhookHealth | None = None
        """how the webhook is; None where updates are polled"""
        self._sent: deque[datetime] = deque()

    def heard(self) -> None:
        """Note that Telegram answered when it was asked for updates."""
        self.heard_at = self._clock.now()

    def asks(self) -> None:
        """Note that a request goes out."""
        self.asked_at = self._clock.now()

    def performed(self, request: Request, result: Result) -> None:
        """Note what came of a request."""
        self.results[request.method, type(result).__name__.lower()] += 1
        if isinstance(result, Sent):
            self._sent.append(self._clock.now())
            self.sent_lately()

    def sent_lately(self) -> int:
        """Count what was sent in the last minute."""
        since = self._clock.now() - LATELY
        while self._sent and self._sent[0] <= since:
            self._sent.popleft()
        return len(self._sent)

    @property
    def too_fast(self) -> int:
        """How often Telegram said that it is too much."""
        return sum(number for (_, result), number in self.results.items() if result == "wait")

    def database_failed(self) -> None:
        """Note that the database did not take something."""
        now = self._clock.now()
        self.outage = Outage(self.outage.since if self.outage else now, now)


class WatchedMessenger:
    """A line to Telegram that feels the pulse of everything that goes through it."""

    def __init__(self, messenger: Messenger, pulse: Pulse) -> None:
        self._messenger = messenger
        self._pulse = pulse

    async def identify(self) -> BotIdentity:
        """Ask who the bot is. Raises TelegramError."""
        return await self._messenger.identify()

    async def receive(self, offset: int | None, timeout: int) -> list[tuple[int, str]]:  # noqa: ASYNC109 - the port's
        """Wait for updates. Raises TelegramError."""
        updates = await self._messenger.receive(offset, timeout)
        self._pulse.heard()
        return updates

    def read(self, body: str) -> Incoming | None:
        """Read an update's JSON."""
        return self._messenger.read(body)

    async def perform(self, request: Request, message_id: int | None = None, files: Sequence[File] = ()) -> Result:
        """Carry out a request; every outcome is a value, and is counted."""
        self._pulse.asks()
        result = await self._messenger.perform(request, message_id, files)
        self._pulse.performed(request, result)
        return result

    async def announce(self, commands: Mapping[str, Mapping[str, str]]) -> None:
        """Set the command menu. Raises TelegramError."""
        await self._messenger.announce(commands)

    async def set_webhook(self, url: str, secret: str) -> None:
        """Let Telegram post updates to an address. Raises TelegramError."""
        await self._messenger.set_webhook(url, secret)

    async def webhook(self) -> WebhookState:
        """Ask where Telegram posts updates to, and how that goes. Raises TelegramError."""
        return await self._messenger.webhook()

    async def delete_webhook(self) -> None:
        """Let Telegram post nothing any more. Raises TelegramError."""
        await self._messenger.delete_webhook()

    async def close(self) -> None:
        """Close every connection."""
        await self._messenger.close()
