"""What Telegram tells Hotlead, as values that no framework is needed to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from bot.telegram.formatting import Formatted, Style

ALLOWED_UPDATES: Final = ("message", "edited_message", "callback_query", "my_chat_member")
"""What Telegram is asked to tell, by polling or by webhook: exactly what a Messenger's `read` understands."""


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
    styles: tuple[Style, ...] = ()

    @property
    def formatted(self) -> Formatted:
        """The text as its writer formatted it."""
        return Formatted(self.text, self.styles)


@dataclass(frozen=True)
class ContactReceived:
    """A contact card was sent; `own` when Telegram says that it is the sender's."""

    phone: str
    own: bool


@dataclass(frozen=True)
class LocationReceived:
    """A place was sent; a forwarded one is somebody else's."""

    latitude: float
    longitude: float
    forwarded: bool = False


@dataclass(frozen=True)
class FileReceived:
    """A file was sent; its bytes are still at Telegram. `kind` is Telegram's word for what it is."""

    kind: Literal["photo", "document", "video", "voice", "audio"]
    file_id: str
    name: str
    mime: str
    size: int
    caption: str = ""
    forwarded: bool = False
    styles: tuple[Style, ...] = ()

    @property
    def formatted(self) -> Formatted:
        """The caption as its writer formatted it."""
        return Formatted(self.caption, self.styles)


@dataclass(frozen=True)
class MessageEdited:
    """An earlier message was changed by its writer: how it reads now; `captioned` when it stands below a file."""

    text: str = ""
    captioned: bool = False
    styles: tuple[Style, ...] = ()

    @property
    def formatted(self) -> Formatted:
        """The text as its writer formatted it."""
        return Formatted(self.text, self.styles)


@dataclass(frozen=True)
class TapReceived:
    """A button was tapped; the spinner runs until it is answered."""

    tap_id: str
    data: str
    message_id: int | None
    group: int | None = None
    """the group in which it was tapped; None for the private chat"""
    group_title: str = ""


@dataclass(frozen=True)
class OtherReceived:
    """A message of a kind that answers no question, such as a sticker or a voice message."""


@dataclass(frozen=True)
class BotBlocked:
    """The person blocked the bot, or deleted the chat and blocked it."""


@dataclass(frozen=True)
class BotUnblocked:
    """The person let the bot in again."""


@dataclass(frozen=True)
class CalledInGroup:
    """Somebody called the bot in a group, perhaps with a command, or brought it there."""

    chat_id: int
    title: str = ""
    command: str = ""
    argument: str = ""
    brought: bool = False


@dataclass(frozen=True)
class LeftGroup:
    """The bot was thrown out of a group."""

    chat_id: int


@dataclass(frozen=True)
class GroupMoved:
    """A group became a supergroup, which has another id."""

    chat_id: int
    to: int


Happening = (
    TextReceived
    | ContactReceived
    | LocationReceived
    | FileReceived
    | MessageEdited
    | TapReceived
    | OtherReceived
    | BotBlocked
    | BotUnblocked
    | CalledInGroup
    | LeftGroup
    | GroupMoved
)


@dataclass(frozen=True)
class Incoming:
    """One thing that one person did; in their private chat with the bot, if not said otherwise."""

    update_id: int
    person: Person
    happening: Happening
    message_id: int | None = None
    """the number of the message that was written or changed, if it was one"""
    reply_to: int | None = None
    """the message that it answers, if it is a reply"""
