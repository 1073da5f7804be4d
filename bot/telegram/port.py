"""The port: all that the product needs of a Telegram framework."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.telegram.requests import File, Request, Result
from bot.telegram.updates import Incoming


class TelegramError(Exception):
    """Telegram could not be asked."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or type(self).__doc__)


class TokenRefusedError(TelegramError):
    """Telegram does not know this bot token; copy it again from @BotFather."""


class AnotherPollerError(TelegramError):
    """Another process receives this bot's updates, or a webhook is set; stop it, then this one goes on."""


class WebhookRefusedError(TelegramError):
    """Telegram does not take the address of the webhook."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Telegram does not take the address of the webhook: {reason}")
        self.reason = reason


class TooFastError(TelegramError):
    """Telegram was asked too often."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Telegram was asked too often, and wants {seconds:g} s of silence")
        self.seconds = seconds


@dataclass(frozen=True)
class BotIdentity:
    """Who the bot is."""

    id: int
    username: str
    name: str


@dataclass(frozen=True)
class WebhookState:
    """Where Telegram posts updates to (nowhere: an empty address), and how that goes."""

    url: str = field(default="", repr=False)
    """an address that is not ours may hold somebody's token"""
    waiting: int = 0
    """updates that are neither delivered nor fetched"""
    allowed: tuple[str, ...] = ()
    """kinds of updates; nothing named: all that Telegram sends by default"""
    last_error: str | None = None
    last_error_at: datetime | None = None


class Messenger(Protocol):
    """A bot's line to Telegram."""

    async def identify(self) -> BotIdentity:
        """Ask who the bot is. Raises TelegramError."""
        ...

    async def receive(self, offset: int | None, timeout: int) -> list[tuple[int, str]]:  # noqa: ASYNC109 - Telegram's own
        """Wait up to `timeout` seconds for updates; confirm all before `offset`.

        Returns update ids with Telegram's own JSON. Raises TelegramError.
        """
        ...

    def read(self, body: str) -> Incoming | None:
        """Read an update's JSON; None for one that is nobody's doing in a private chat."""
        ...

    async def perform(self, request: Request, message_id: int | None = None, files: Sequence[File] = ()) -> Result:
        """Carry out a request; every outcome is a value.

        `message_id` is the message that an edit changes, `files` what is sent with it, in the request's order.
        """
        ...

    async def announce(self, commands: Mapping[str, Mapping[str, str]]) -> None:
        """Set the command menu: command → description, by language; an empty language is for all others."""
        ...

    async def set_webhook(self, url: str, secret: str) -> None:
        """Let Telegram post updates to an address, of the kinds that polling asks for, and show the secret.

        What waits is kept. Raises TelegramError; WebhookRefusedError when the address is not taken.
        """
        ...

    async def webhook(self) -> WebhookState:
        """Ask where Telegram posts updates to, and how that goes. Raises TelegramError."""
        ...

    async def delete_webhook(self) -> None:
        """Let Telegram post nothing any more; what waits is kept. Raises TelegramError."""
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...
