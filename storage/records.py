"""What storage gives and takes: rows in the domain's words, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum

from dialogs.session import Session
from dialogs.steps import Purpose
from qualification.handoff import HandOff
from qualification.score import Band
from qualification.stages import Stage


@dataclass(frozen=True)
class Received:
    """An update in the inbox: Telegram's own JSON."""

    id: int
    update_id: int
    received_at: datetime
    body: str


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
    ended_at: datetime | None


class Kind(StrEnum):
    """The class of an outgoing message: each has its rule for an unknown fate."""

    HAND_OFF = "hand_off"
    DIALOG = "dialog"
    FOLLOW_UP = "follow_up"
    BROADCAST = "broadcast"
    TAP = "tap"
    FILE = "file"
    MAIL = "mail"
    """an e-mail: it goes another way, so no chat waits for it"""


class Priority(IntEnum):
    """Which class goes first; the smaller the sooner."""

    TAP = 0
    HAND_OFF = 1
    DIALOG = 2
    FOLLOW_UP = 3
    FILE = 4
    MAIL = 5
    BROADCAST = 6


PRIORITIES = {
    Kind.TAP: Priority.TAP,
    Kind.HAND_OFF: Priority.HAND_OFF,
    Kind.DIALOG: Priority.DIALOG,
    Kind.FOLLOW_UP: Priority.FOLLOW_UP,
    Kind.FILE: Priority.FILE,
    Kind.MAIL: Priority.MAIL,
    Kind.BROADCAST: Priority.BROADCAST,
}


class Fate(StrEnum):
    """What became of an outgoing message."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    DROPPED = "dropped"
    """taken back before it was sent: unsubscribed, or the chat blocked the bot"""


@dataclass(frozen=True)
class Outgoing:
    """A message to put into the outbox; `request` is JSON that only delivery reads."""

    chat_id: int
    kind: Kind
    request: str
    edits: int | None = None
    hand_off_id: int | None = None
    enrolment_id: int | None = None
    consent_id: int | None = None
    forget: bool = False
    """whether the row goes once its fate is known"""


@dataclass(frozen=True)
class Queued:
    """A message of the outbox; `edited_message` is the message id of the row that it changes, if known."""

    id: int
    chat_id: int
    kind: Kind
    request: str
    fate: Fate
    attempts: int
    edits: int | None = None
    edited_message: int | None = None
    hand_off_id: int | None = None
    enrolment_id: int | None = None
    sender: int = 0
    """the sender that holds it: a later one takes what an earlier one left"""
    priority: int = Priority.DIALOG
    """its class's, or a more urgent one when something urgent waits behind it"""


@dataclass(frozen=True)
class Life:
    """All that is known about one message of the outbox; `request` is what would be, or was, sent."""

    id: int
    chat_id: int
    kind: Kind
    fate: Fate
    attempts: int
    created_at: datetime
    not_before: datetime
    claimed_at: datetime | None
    settled_at: datetime | None
    message_id: int | None
    refusal: str | None
    edits: int | None
    hand_off_id: int | None
    enrolment_id: int | None
    consent_id: int | None
    request: str = field(repr=False)


@dataclass(frozen=True)
class Card:
    """A hand-off's message in a manager's chat: its number in the outbox, and Telegram's once it is sent."""

    number: int
    chat_id: int
    message_id: int | None


@dataclass(frozen=True)
class JournalEntry:
    """Something that happened; facts are ids, words and numbers, never anything personal."""

    id: int
    at: datetime
    event: str
    prospect_id: int | None
    facts: dict[str, str | int | None] = field(default_factory=dict)
