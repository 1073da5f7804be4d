"""A session's state, the events that move it, their outcomes and their effects: all plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from dialogs.answers import Answer, Attached, Contact
from dialogs.steps import Purpose


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
    """The step that waits for the prospect; None when the session is over. A finished one may wait again: for the
    answer to a question beside the walk."""
    answers: Mapping[str, Answer] = {}
    """In the order they were given: that is the way back."""
    kept: Mapping[str, Answer] = {}
    """Answers from before a step back: given again without being asked, if the way still leads past them."""
    known: tuple[str, ...] = ()
    """Questions whose answers were known before they could be asked, such as where somebody comes from."""
    heard: tuple[str, ...] = ()
    """The messages that were sent: after a step back they are not sent a second time."""
    picked: tuple[str, ...] = ()
    """What is ticked at the open question but not confirmed: choices, or the day whose time is still open."""
    page: str | None = None
    """The month that the open question's calendar shows, such as `202612`, if not its first."""
    confirming: str | None = None
    """The e-mail whose code is awaited at the open question."""
    ended_with: str | None = None
    ended_at: AwareDatetime | None = None

    @property
    def finished(self) -> bool:
        """Whether the last step was reached."""
        return self.ended_with is not None

    @property
    def over(self) -> bool:
        """Whether the last step was reached, and nothing is asked any more."""
        return self.finished and self.at is None


# What happened (events, past tense) ---------------------------------------------------------------


@dataclass(frozen=True)
class Tapped:
    """A button of a question was tapped.

    `choice` is an option's id, `yes` or `no` to a consent, a day (`20261215`), a time (`1430`), a rating, or one
    of the words of `Button`.
    """

    step: str
    choice: str
    text: str = ""
    """what a button suggests, for `Button.SUGGESTED`"""
    typed: str | None = None
    """the words, where the button's label was typed instead"""


class Button(StrEnum):
    """Buttons that every question may have; no id looks like them."""

    BACK = ".back"
    SKIP = ".skip"
    DONE = ".done"
    NOTHING = ".nothing"
    """a place in a calendar that cannot be chosen"""
    MONTH = ".month-"
    """and the month to turn to"""
    DAYS = ".days"
    """from a day's times back to the calendar"""
    SUGGESTED = ".suggested"
    """the answer that the button itself suggests, such as the name Telegram tells"""
    CODE_AGAIN = ".again"
    OTHER_ADDRESS = ".other"
    UNCONFIRMED = ".later"


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
class LocationShared:
    """A place was sent."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class FileSent:
    """A file was sent; `size` in bytes, `file_id` Telegram's name for it."""

    type: Literal["photo", "document", "video", "voice", "audio"]
    name: str
    mime: str
    size: int
    file_id: str
    caption: str = ""


class CodeCheck(StrEnum):
    """What came of a code that was typed back."""

    RIGHT = "right"
    WRONG = "wrong"
    EXPIRED = "expired"
    TOO_MANY = "too_many"
    NONE = "none"


@dataclass(frozen=True)
class CodeTyped:
    """A code was typed back, and compared with the one that was sent."""

    check: CodeCheck


@dataclass(frozen=True)
class Reopened:
    """The prospect wants to answer an earlier question anew."""

    step: str


@dataclass(frozen=True)
class LanguageChosen:
    """The prospect wants to go on in another language."""

    language: str


@dataclass(frozen=True)
class Resumed:
    """The prospect came back and wants to see the open question again."""


@dataclass(frozen=True)
class SomethingElseSent:
    """A sticker, a poll, a forward: nothing that answers a question."""


Event = (
    Tapped
    | Typed
    | ContactShared
    | LocationShared
    | FileSent
    | CodeTyped
    | Reopened
    | LanguageChosen
    | Resumed
    | SomethingElseSent
)


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
    NOT_THE_SHAPE = "not_the_shape"
    NOT_A_NAME = "not_a_name"
    NOT_FULL_NAME = "not_full_name"
    NOT_A_DAY = "not_a_day"
    DAY_TOO_EARLY = "day_too_early"
    DAY_TOO_LATE = "day_too_late"
    DAY_CLOSED = "day_closed"
    NOT_A_TIME = "not_a_time"
    NOT_A_CITY = "not_a_city"
    NOT_A_FILE = "not_a_file"
    WRONG_FILE_TYPE = "wrong_file_type"
    FILE_TOO_LARGE = "file_too_large"
    TOO_FEW = "too_few"
    TOO_MANY = "too_many"
    CODE_WRONG = "code_wrong"
    CODE_EXPIRED = "code_expired"
    CODE_TOO_MANY = "code_too_many"
    CODE_NONE = "code_none"


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
class Redraw:
    """Show the open question as it stands now, in the message that asked it."""

    step: str


@dataclass(frozen=True)
class PutAside:
    """Take the buttons away from a question that is not open any more."""

    step: str


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
class DropAnswers:
    """Turn answers into history: after a change the way led past their questions."""

    steps: tuple[str, ...]


@dataclass(frozen=True)
class SaveFile:
    """Fetch a file and keep it."""

    step: str
    file: Attached


@dataclass(frozen=True)
class SendCode:
    """Send a code to the e-mail, and ask for it."""

    step: str
    address: str


@dataclass(frozen=True)
class RecordConsent:
    """Keep the decision about a purpose, with the text as it was shown."""

    step: str
    purpose: Purpose
    given: bool
    language: str
    typed: str | None = None
    """the words, where the decision was typed and not tapped"""


@dataclass(frozen=True)
class SaveContact:
    """Keep the way to reach the prospect."""

    step: str
    contact: Contact


@dataclass(frozen=True)
class Finish:
    """The walk is over: qualify, and send the last message with what happens next.

    `step` is the end, or the question beside the walk that was answered.
    """

    step: str


Effect = (
    SaySomething
    | Ask
    | AskAgain
    | Redraw
    | PutAside
    | ShowAnswer
    | SaveAnswer
    | DropAnswers
    | SaveFile
    | SendCode
    | RecordConsent
    | SaveContact
    | Finish
)


@dataclass(frozen=True)
class Turn:
    """What one event led to: the session afterwards, the outcome, and what to do, in order."""

    session: Session
    outcome: Outcome
    effects: tuple[Effect, ...] = ()
