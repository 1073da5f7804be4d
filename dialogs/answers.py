"""What a prospect can give to a question, as typed values keyed by the question's id."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Choice(_Value):
    """One of the offered choices, by its id."""

    kind: Literal["choice"] = "choice"
    choice: str


class Number(_Value):
    """A number within the question's bounds."""

    kind: Literal["number"] = "number"
    number: float


class Written(_Value):
    """Free text."""

    kind: Literal["text"] = "text"
    text: str


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


Answer = Annotated[Choice | Number | Written | Contact | Decision, Field(discriminator="kind")]
