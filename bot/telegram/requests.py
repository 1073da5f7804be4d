"""What Hotlead asks of Telegram, as values that fit into the outbox; and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from dialogs.steps import MediaKind


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


class ReplyKey(_Value):
    """A key of the keyboard below the input: it says its text, or sends what it `asks` for."""

    text: str
    asks: Literal["contact", "location"] | None = None


class ReplyKeyboard(_Value):
    """A keyboard in place of the phone's own, one key a row; `hint` stands in the empty input."""

    keys: tuple[ReplyKey, ...]
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
    keyboard: ReplyKeyboard | RemoveKeyboard | None = None
    preview: bool = True
    reply_to: int | None = None
    """the message of the same chat that it answers; sent without, should that be gone"""
    repeat_mark: str = ""
    """said first when the message is sent once more because nobody knows whether it arrived"""


class RevisionMedia(_Value):
    """A file of a quiz revision, by its name."""

    kind: Literal["revision"] = "revision"
    quiz: str
    revision: int
    name: str


class FileMedia(_Value):
    """A file that is kept outside any quiz, by its number."""

    kind: Literal["kept"] = "kept"
    number: int
    anew: bool = False
    """send its bytes even if Telegram knows it"""


FileKind = MediaKind | Literal["audio"]
"""What a file can be sent as."""
MediaSource = Annotated[RevisionMedia | FileMedia, Field(discriminator="kind")]


class SendMedia(_Value):
    """Send one file with a text below it."""

    method: Literal["send_media"] = "send_media"
    chat_id: int
    html: str = ""
    kind: FileKind = "photo"
    media: MediaSource
    buttons: Buttons = ()
    reply_to: int | None = None

    @property
    def name(self) -> str:
        """What the file is called."""
        return self.media.name if isinstance(self.media, RevisionMedia) else f"file {self.media.number}"


class SendAlbum(_Value):
    """Send two to ten photos as one album, each with its caption. Source: Bot API, sendMediaGroup."""

    method: Literal["send_album"] = "send_album"
    chat_id: int
    media: tuple[RevisionMedia, ...]
    captions: tuple[str, ...] = ()
    """HTML, one a photo"""


class FetchFile(_Value):
    """Bring the bytes of a file that somebody sent: they are kept under `number`."""

    method: Literal["fetch_file"] = "fetch_file"
    chat_id: int
    number: int
    file_id: str


class SendMail(_Value):
    """Send an e-mail; it goes through the outbox as everything does, but not through Telegram."""

    method: Literal["send_mail"] = "send_mail"
    chat_id: int
    """whose doing it is: told when the e-mail cannot be delivered"""
    to: str
    subject: str
    text: str
    sender: str = ""
    """the company it is from, where the settings name nobody"""
    until: datetime
    """it is tried no longer than that: its code is of no use then"""
    undelivered: str = ""
    """HTML said in the chat when it cannot be delivered"""


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


Request = Annotated[
    SendText | SendMedia | SendAlbum | EditText | AnswerTap | FetchFile | SendMail,
    Field(discriminator="method"),
]
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
    """It was carried out. `file_ids` name the uploaded files, in their order; `content` is what was fetched."""

    message_id: int | None = None
    file_ids: tuple[str, ...] = ()
    content: bytes | None = field(default=None, repr=False)


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
    """Telegram said no, and nothing is lost: not modified, a tap too old to answer."""

    reason: str


@dataclass(frozen=True)
class Uneditable:
    """The message to change is gone, or cannot be changed."""

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


@dataclass(frozen=True)
class Moved:
    """The group became a supergroup, which has another id; nothing was sent."""

    chat_id: int


Result = Sent | Refused | Moved | Unreachable | Needless | Uneditable | Wait | NotSent | Unknown
