"""What a prospect can give to a question, as typed values keyed by the question's id."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Choice(_Value):
    """One of the offered choices, by its id."""

    kind: Literal["choice"] = "choice"
    choice: str


class Choices(_Value):
    """Several of the offered choices, in the question's order; none where none had to be ticked."""

    kind: Literal["choices"] = "choices"
    choices: tuple[str, ...]


class Number(_Value):
    """A number within the question's bounds; for «10–15» the middle, with what was `said`."""

    kind: Literal["number"] = "number"
    number: float
    said: str | None = None


class Written(_Value):
    """Free text."""

    kind: Literal["text"] = "text"
    text: str


class Day(_Value):
    """A day, and the time of it where one was asked for; both in the quiz's time zone."""

    kind: Literal["day"] = "day"
    day: date
    at: time | None = None


class Place(_Value):
    """A city as it was typed, or a shared location; with its time zone where that is known."""

    kind: Literal["place"] = "place"
    name: str
    timezone: str | None = None
    latitude: float | None = None
    longitude: float | None = None


class Attached(_Value):
    """A file; its bytes are kept elsewhere, under Telegram's name `file_id`."""

    kind: Literal["file"] = "file"
    type: Literal["photo", "document", "video", "voice", "audio"]
    name: str
    mime: str
    size: int
    file_id: str


class Skipped(_Value):
    """The question was passed over."""

    kind: Literal["skipped"] = "skipped"


class Contact(_Value):
    """A phone or an e-mail; `verified` only where Telegram says that the phone is the sender's own."""

    kind: Literal["contact"] = "contact"
    contact: Literal["phone", "email"]
    value: str
    verified: bool = False


class Decision(_Value):
    """The answer to a request for consent."""

    kind: Literal["decision"] = "decision"
    given: bool


Answer = Annotated[
    Choice | Choices | Number | Written | Day | Place | Attached | Contact | Decision | Skipped,
    Field(discriminator="kind"),
]
