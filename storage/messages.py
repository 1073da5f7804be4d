"""What goes out and comes in: messages, the class each is of, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum


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
    not_after: datetime | None = None
    """when its allowed hours end: later it is put off to the next ones"""
    after_step: str | None = None
    """where its sequence stood before it: there it goes on when it was put off"""


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
class Received:
    """An update in the inbox: Telegram's own JSON."""

    id: int
    update_id: int
    received_at: datetime
    body: str
    telegram_id: int | None = None
    """whose it is, if that could be told"""


@dataclass(frozen=True)
class Card:
    """A hand-off's message to a manager or a group: its number in the outbox, and Telegram's once it is sent."""

    number: int
    chat_id: int
    message_id: int | None

    @property
    def in_group(self) -> bool:
        """Tell whether a whole group sees it. Source: core.telegram.org/api/bots/ids, groups' are below zero."""
        return self.chat_id < 0
