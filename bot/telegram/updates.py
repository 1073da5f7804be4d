"""What Telegram tells Hotlead, as values that no framework is needed to read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """Who did it."""

    id: int
    first_name: str
    username: str | None = None
    language: str | None = None


@dataclass(frozen=True)
class TextReceived:
    """A text was written; a forwarded one is somebody else's words."""

    text: str
    forwarded: bool = False


@dataclass(frozen=True)
class ContactReceived:
    """A contact card was sent; `own` when Telegram says that it is the sender's."""

    phone: str
    own: bool


@dataclass(frozen=True)
class TapReceived:
    """A button was tapped; the spinner runs until it is answered."""

    tap_id: str
    data: str
    message_id: int | None


@dataclass(frozen=True)
class OtherReceived:
    """A message of a kind that answers no question, such as a sticker or a voice message."""


@dataclass(frozen=True)
class BotBlocked:
    """The person blocked the bot, or deleted the chat and blocked it."""


@dataclass(frozen=True)
class BotUnblocked:
    """The person let the bot in again."""


Happening = TextReceived | ContactReceived | TapReceived | OtherReceived | BotBlocked | BotUnblocked


@dataclass(frozen=True)
class Incoming:
    """One thing that one person did in their private chat with the bot."""

    update_id: int
    person: Person
    happening: Happening
