"""What a tap can mean: a value for each kind of button."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.telegram.broadcast_taps import BroadcastTapped, NoNewsTapped


class CardAction(StrEnum):
    """What a manager can do on a card."""

    TAKE = "take"
    CONTACTED = "contacted"
    WON = "won"
    LOST = "lost"
    NOT_NOW = "not_now"
    UNFIT = "unfit"
    FREEZE = "freeze"
    CALL = "call"
    REASSIGN = "reassign"
    NOTE = "note"
    SEND = "send"
    END_TALK = "end_talk"
    SHOW = "show"
    MORE = "more"
    BACK = "back"


class AdminAction(StrEnum):
    """What an admin can do with quizzes and their revisions."""

    PUBLISH = "publish"
    TRY = "try"
    DISCARD = "discard"
    LIST = "list"
    SHOW = "show"
    DOWNLOAD = "download"
    HISTORY = "history"
    LOOK = "look"
    LOOK_BACK = "look_back"
    ROLL_BACK = "roll_back"
    PUBLISH_NEXT = "publish_next"
    PUBLISH_NEW = "publish_new"
    ROLL_BACK_NEXT = "roll_back_next"
    ROLL_BACK_NEW = "roll_back_new"
    PAUSE = "pause"
    RESUME = "resume"


@dataclass(frozen=True)
class AnswerTapped:
    """A choice of a question, or `yes` or `no` to a consent."""

    session: int
    step: str
    choice: str


@dataclass(frozen=True)
class ReopenTapped:
    """An earlier question is to be answered anew."""

    session: int
    step: str


@dataclass(frozen=True)
class ContinueTapped:
    """Go on with a session that was begun, or start it over; `asked_in` is the outbox row of its open question.

    Once the question is asked anew, the offer is an old one.
    """

    session: int
    asked_in: int
    anew: bool


@dataclass(frozen=True)
class CardTapped:
    """A button of a hand-off's card; `choice` is what was chosen from a list: a reason, a time, a manager."""

    hand_off: int
    action: CardAction
    choice: str = ""


class MergeAction(StrEnum):
    """What can be decided about two leads that left the same contact."""

    MERGE = "merge"
    APART = "apart"
    UNDO = "undo"


@dataclass(frozen=True)
class MergeTapped:
    """A decision about two leads that may be one person."""

    merge: int
    action: MergeAction


@dataclass(frozen=True)
class PlaceTapped:
    """An admin hands a lead off that waits for a place under a cap."""

    lead: int


NO_LINK = 0
"""In place of a tracked link's number: the button is from before there were numbers."""


@dataclass(frozen=True)
class TrackedTapped:
    """A tracked link, where there is no public address to open it by."""

    link: int


@dataclass(frozen=True)
class OpenTapped:
    """«Open», below a file that a manager sent; `sent` is the sending's number."""

    sent: int


class LibraryAction(StrEnum):
    """What an admin can do with the library of materials."""

    ADD = "add"
    KIND = "kind"
    RETIRE = "retire"


@dataclass(frozen=True)
class LibraryTapped:
    """A button about the library; `choice` is a kind of link, or a material's number."""

    action: LibraryAction
    choice: str = ""


@dataclass(frozen=True)
class UnsubscribeTapped:
    """«No more of these», below a follow-up."""

    enrolment: int


@dataclass(frozen=True)
class GoOnTapped:
    """«No, go on», below the question whether to stop writing."""

    enrolment: int


@dataclass(frozen=True)
class LanguageTapped:
    """A language to go on in."""

    language: str


class LinkAction(StrEnum):
    """What can be done about deep links."""

    LIST = "list"
    SHOW = "show"
    NEW = "new"
    QUIZ = "quiz"
    LANGUAGE = "language"
    NO_UTM = "no_utm"
    QR = "qr"
    RETIRE = "retire"


@dataclass(frozen=True)
class LinkTapped:
    """A button about a deep link, or about the list of them; `choice` is a quiz or a language."""

    action: LinkAction
    number: int = 0
    """the link's; for the list: the page"""
    choice: str = ""


@dataclass(frozen=True)
class TryTapped:
    """A manager or admin wants to walk the quiz."""


@dataclass(frozen=True)
class AdminTapped:
    """A button of an admin; `base` is the revision that prospects had when it was shown."""

    action: AdminAction
    quiz: str = ""
    revision: int = 0
    base: int = 0


class PrivacyAction(StrEnum):
    """What a person can do about what is held about them."""

    RECEIPT = "receipt"
    EXPORT = "export"
    TAKE_BACK = "back"
    ERASE = "erase"
    ERASE_NOW = "now"
    KEEP = "keep"


@dataclass(frozen=True)
class PrivacyTapped:
    """A button below `/privacy`: always about who taps it. `detail` is a purpose, or when it was asked."""

    action: PrivacyAction
    detail: str = ""


class TeamAction(StrEnum):
    """What can be done about members; owners and admins may, and `AWAY` everybody for themselves.

    `GROUP` is about a group that sees leads, by its row's number; `HERE` is tapped in a group, and names a team.
    """

    LIST = "list"
    SHOW = "show"
    ROLE = "role"
    TEAM = "team"
    HEAD = "head"
    CAPACITY = "capacity"
    ABSENT = "absent"
    REMOVE = "remove"
    INVITE = "invite"
    AWAY = "away"
    GROUP = "group"
    HERE = "here"


@dataclass(frozen=True)
class TeamTapped:
    """A button about a member (a Telegram id); without a `choice` it asks for one."""

    action: TeamAction
    member: int = 0
    choice: str = ""


class InsightAction(StrEnum):
    """What can be done about numbers and costs."""

    STATS = "stats"
    PICTURE = "picture"
    COSTS = "costs"
    NEW = "new"
    SOURCE = "source"
    DAYS = "days"
    REMOVE = "remove"
    REMOVE_NOW = "now"


@dataclass(frozen=True)
class InsightTapped:
    """A button about numbers, whose `choice` is a span, or about costs."""

    action: InsightAction
    number: int = 0
    """a cost's; for their list: the page; for a source: its place among those offered; for a picture: which one"""
    choice: str = ""


Tap = (
    AnswerTapped
    | ReopenTapped
    | ContinueTapped
    | CardTapped
    | MergeTapped
    | PlaceTapped
    | TrackedTapped
    | OpenTapped
    | LibraryTapped
    | UnsubscribeTapped
    | GoOnTapped
    | LanguageTapped
    | LinkTapped
    | TryTapped
    | AdminTapped
    | PrivacyTapped
    | TeamTapped
    | InsightTapped
    | BroadcastTapped
    | NoNewsTapped
)
