"""What storage gives and takes: rows in the domain's words, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from dialogs.session import Session
from dialogs.steps import Purpose
from qualification.handoff import HandOff
from qualification.score import Band
from qualification.stages import Stage


class RevisionState(StrEnum):
    """Where a revision stands: tried and looked at, open to prospects, or not wanted."""

    DRAFT = "draft"
    PUBLISHED = "published"
    DISCARDED = "discarded"


@dataclass(frozen=True)
class Revision:
    """A quiz document; `drafted_by` is the admin who sent it to the bot, None for the operator."""

    quiz: str
    number: int
    source: str
    sha256: str
    state: RevisionState
    drafted_by: int | None
    drafted_at: datetime
    published_at: datetime | None


@dataclass(frozen=True)
class Picture:
    """A picture for a quiz; `file` is its number while no revision has it yet."""

    content: bytes = field(repr=False)
    at: datetime
    file: int | None = None


class Action(StrEnum):
    """What an admin or the operator can do; each is written into the audit log."""

    DRAFT = "draft"
    PUBLISH = "publish"
    DISCARD = "discard"
    ROLL_BACK = "roll_back"
    PAUSE = "pause"
    RESUME = "resume"
    TRY = "try"
    DOWNLOAD = "download"
    BROADCAST = "broadcast"
    EXPORT = "export"
    ENROL = "enrol"
    ROTATE = "rotate"


@dataclass(frozen=True)
class AuditEntry:
    """What somebody did: `admin` is None for the operator."""

    at: datetime
    admin: int | None
    action: str
    subject: str
    facts: dict[str, str | int | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Prospect:
    """A person in a chat with the bot."""

    id: int
    telegram_id: int
    first_name: str
    username: str | None
    language: str | None
    chosen_language: str | None
    first_source: str | None
    last_source: str | None
    blocked_at: datetime | None
    first_seen_at: datetime
    keep_until: datetime | None
    timezone: str | None = None
    first_link_id: int | None = None
    last_link_id: int | None = None
    referred_by: int | None = None
    """the prospect who recommended the bot to them"""

    @property
    def speaks(self) -> str | None:
        """The language chosen in the chat, else the one Telegram tells."""
        return self.chosen_language or self.language


class DueFor(StrEnum):
    """What the silence in a session leads to."""

    NUDGE = "nudge"
    ABANDONMENT = "abandonment"
    OUTAGE = "outage"


@dataclass(frozen=True)
class StoredSession:
    """A session with its place in the database.

    `asked_in` is the outbox row of the open question; an admin's test counts for nothing.
    """

    id: int
    prospect_id: int
    source: str | None
    asked_in: int | None
    session: Session
    is_test: bool = False
    due_for: DueFor | None = None
    nudges: int = 0
    abandoned_at: datetime | None = None
    link_id: int | None = None


@dataclass(frozen=True)
class KeptFile:
    """A file outside any quiz; `content` is None while its bytes are still at Telegram, or for ever."""

    id: int
    prospect_id: int | None
    session_id: int | None
    question: str | None
    purpose: str
    name: str
    mime: str
    size: int
    content: bytes | None = field(default=None, repr=False)
    file_id: str | None = None


@dataclass(frozen=True)
class StoredCode:
    """A code sent by e-mail, which waits to be typed back: its keyed fingerprint, never itself."""

    id: int
    fingerprint: str = field(repr=False)
    expires_at: datetime
    tries: int


class ConsentEventKind(StrEnum):
    """What happened to a consent."""

    GIVEN = "given"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Method(StrEnum):
    """How a decision about a consent was made."""

    BUTTON = "button"
    TYPED = "typed"
    CODE = "code"
    COMMAND = "command"
    CLOCK = "clock"


@dataclass(frozen=True)
class ConsentEvent:
    """One event about one purpose, with all that proves it; `record` is its own id, shown on the receipt."""

    prospect_id: int
    purpose: Purpose
    event: ConsentEventKind
    record: str
    method: Method
    at: datetime
    language: str
    text: str
    chat_id: int
    actor: str
    quiz: str | None = None
    revision: int | None = None
    step: str | None = None
    button: str | None = None
    controller: str | None = None
    policy: str | None = None
    source: str | None = None
    message_id: int | None = None
    update_id: int | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True)
class StoredConsent:
    """An event about a consent with its place in the person's chain."""

    id: int
    event: ConsentEvent
    previous_sha256: str | None
    sha256: str

    def lives(self, now: datetime) -> bool:
        """Tell whether the consent lives, given that this is the newest event of its purpose."""
        said_yes = self.event.event in (ConsentEventKind.GIVEN, ConsentEventKind.CONFIRMED)
        return said_yes and (self.event.expires_at is None or self.event.expires_at > now)


@dataclass(frozen=True)
class Lead:
    """A prospect who left a contact with consent."""

    id: int
    prospect_id: int
    quiz: str
    session_id: int
    stage: Stage
    band: Band | None
    opened_at: datetime
    closed_at: datetime | None
    frozen_until: datetime | None = None
    waiting_since: datetime | None = None
    """since when it waits for a place under a cap"""


@dataclass(frozen=True)
class StoredContact:
    """A way to reach a lead."""

    kind: str
    value: str
    verified: bool


@dataclass(frozen=True)
class StoredHandOff:
    """A hand-off with its place in the database."""

    id: int
    lead_id: int
    team: str
    state: HandOff


@dataclass(frozen=True)
class Enrolment:
    """A lead's place in a sequence."""

    id: int
    lead_id: int
    prospect_id: int
    quiz: str
    revision: int
    sequence: str
    last_step: str | None
    due_at: datetime | None
    unanswered: int
    enrolled_at: datetime
    ended_at: datetime | None
    end_reason: str | None


@dataclass(frozen=True)
class Inside:
    """Where some people stand in a sequence: the revision they are on, and the last step that they passed."""

    sequence: str
    revision: int
    last_step: str | None


@dataclass(frozen=True)
class JournalEntry:
    """Something that happened; facts are ids, words and numbers, never anything personal."""

    id: int
    at: datetime
    event: str
    prospect_id: int | None
    facts: dict[str, str | int | None] = field(default_factory=dict)
