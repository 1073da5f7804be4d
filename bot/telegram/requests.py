"""What Hotlead asks of Telegram, as values that fit into the outbox; and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TapButton(_Value):
    """A button that sends its `data` back to the bot."""

    kind: Literal["tap"] = "tap"
    text: str
    data: str


class LinkButton(_Value):
    """A button that opens an address."""

    kind: Literal["link"] = "link"
    text: str
    url: str


Button = Annotated[TapButton | LinkButton, Field(discriminator="kind")]
Buttons = tuple[tuple[Button, ...], ...]
"""Rows of buttons below a message."""


class PhoneKeyboard(_Value):
    """A keyboard with one button that sends the prospect's own phone; `hint` stands in the empty input."""

    text: str
    hint: str = ""


class RemoveKeyboard(_Value):
    """Take the keyboard away."""

    remove: Literal[True] = True


class SendText(_Value):
    """Send a message; `html` is Telegram's HTML."""

    method: Literal["send_text"] = "send_text"
    chat_id: int
    html: str
    buttons: Buttons = ()
    keyboard: PhoneKeyboard | RemoveKeyboard | None = None
    preview: bool = True
    repeat_mark: str = ""
    """said first when the message is sent once more because nobody knows whether it arrived"""


class SendPicture(_Value):
    """Send a picture of a quiz revision with a text below it."""

    method: Literal["send_picture"] = "send_picture"
    chat_id: int
    html: str
    quiz: str
    revision: int
    name: str


class EditText(_Value):
    """Change a message that was sent; which one, the outbox knows, or `message_id` names it."""

    method: Literal["edit_text"] = "edit_text"
    chat_id: int
    html: str
    buttons: Buttons = ()
    message_id: int | None = None


class AnswerTap(_Value):
    """End a tap's spinner, with a short text that floats over the chat."""

    method: Literal["answer_tap"] = "answer_tap"
    tap_id: str
    text: str = ""
    alert: bool = False


Request = Annotated[SendText | SendPicture | EditText | AnswerTap, Field(discriminator="method")]
REQUEST: TypeAdapter[Request] = TypeAdapter(Request)


@dataclass(frozen=True)
class File:
    """A file's bytes, or Telegram's own name for it when it was sent before."""

    name: str
    content: bytes
    file_id: str | None = None


# What came of a request ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Sent:
    """Telegram carried it out; `file_id` names an uploaded picture."""

    message_id: int | None = None
    file_id: str | None = None


@dataclass(frozen=True)
class Refused:
    """Telegram said no, for good; `reason` is its text."""

    reason: str


@dataclass(frozen=True)
class Unreachable:
    """The person blocked the bot, is gone, or never started it."""

    reason: str


@dataclass(frozen=True)
class Needless:
    """Telegram said no, and nothing is lost: not modified, already deleted, a tap too old to answer."""

    reason: str


@dataclass(frozen=True)
class Wait:
    """Too many requests: nothing was sent; ask again after so many seconds."""

    seconds: float


@dataclass(frozen=True)
class NotSent:
    """The request never left this machine: no connection."""

    reason: str


@dataclass(frozen=True)
class Unknown:
    """The request left, and no answer came: nobody knows whether it was carried out."""

    reason: str


Result = Sent | Refused | Unreachable | Needless | Wait | NotSent | Unknown
