"""A session's state, the events that move it, their outcomes and their effects: all plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from dialogs.answers import Answer, Contact
from dialogs.document import Purpose


class Session(BaseModel):
    """One prospect's walk through one revision of a quiz; it finishes on the revision it started on.

    `format` is the version of this record's shape, so that a later release can read an older row.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    quiz: str
    revision: int
    language: str
    started_at: AwareDatetime
    at: str | None = None
    """The step that waits for the prospect; None when the session is over."""
    answers: Mapping[str, Answer] = {}
    ended_with: str | None = None
    ended_at: AwareDatetime | None = None

    @property
    def over(self) -> bool:
        """Whether the last step was reached."""
        return self.ended_with is not None


# What happened (events, past tense) ---------------------------------------------------------------


@dataclass(frozen=True)
class Tapped:
    """A button of a question or a consent was tapped; a consent's choices are `yes` and `no`."""

    step: str
    choice: str


@dataclass(frozen=True)
class Typed:
    """A text was written."""

    text: str


@dataclass(frozen=True)
class ContactShared:
    """A contact card was sent; `own` when Telegram says that it is the sender's."""

    phone: str
    own: bool


@dataclass(frozen=True)
class LanguageChosen:
    """The prospect wants to go on in another language."""

    language: str


@dataclass(frozen=True)
class Resumed:
    """The prospect came back and wants to see the open question again."""


@dataclass(frozen=True)
class SomethingElseSent:
    """A sticker, a voice message, a forward: nothing that answers a question."""


Event = Tapped | Typed | ContactShared | LanguageChosen | Resumed | SomethingElseSent


# What came of it (outcomes) -----------------------------------------------------------------------


class Refusal(StrEnum):
    """Why an answer was not taken; each has a friendly sentence in the catalogues."""

    USE_BUTTONS = "use_buttons"
    NOT_A_NUMBER = "not_a_number"
    TOO_SMALL = "too_small"
    TOO_BIG = "too_big"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    NOT_AN_EMAIL = "not_an_email"
    NOT_A_PHONE = "not_a_phone"
    NOT_TEXT = "not_text"


@dataclass(frozen=True)
class Accepted:
    """The event moved the session on."""


@dataclass(frozen=True)
class Rejected:
    """The answer to the open question was not usable; the question stays open."""

    step: str
    reason: Refusal


@dataclass(frozen=True)
class Repeated:
    """The same button again: it already counted, nothing changes."""

    step: str


@dataclass(frozen=True)
class Stale:
    """A button of a question that is no longer open; nothing changes."""

    step: str


@dataclass(frozen=True)
class Over:
    """The session had ended before; nothing changes."""


Outcome = Accepted | Rejected | Repeated | Stale | Over


# What to do about it (effects, imperative) --------------------------------------------------------


@dataclass(frozen=True)
class SaySomething:
    """Send a message step."""

    step: str


@dataclass(frozen=True)
class Ask:
    """Send a question or a request for consent, and wait."""

    step: str


@dataclass(frozen=True)
class AskAgain:
    """Say kindly why the answer was not usable, and ask once more."""

    step: str
    reason: Refusal


@dataclass(frozen=True)
class ShowAnswer:
    """Show the given answer in the message that asked."""

    step: str
    answer: Answer


@dataclass(frozen=True)
class SaveAnswer:
    """Keep the answer."""

    step: str
    answer: Answer


@dataclass(frozen=True)
class RecordConsent:
    """Keep the decision about a purpose, with the text as it was shown."""

    step: str
    purpose: Purpose
    given: bool
    language: str


@dataclass(frozen=True)
class SaveContact:
    """Keep the way to reach the prospect."""

    step: str
    contact: Contact


@dataclass(frozen=True)
class Finish:
    """The walk is over: qualify, and send the last message with what happens next."""

    step: str


Effect = SaySomething | Ask | AskAgain | ShowAnswer | SaveAnswer | RecordConsent | SaveContact | Finish


@dataclass(frozen=True)
class Turn:
    """What one event led to: the session afterwards, the outcome, and what to do, in order."""

    session: Session
    outcome: Outcome
    effects: tuple[Effect, ...] = ()
