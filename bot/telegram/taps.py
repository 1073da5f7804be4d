"""What stands in a button's data: at most 64 bytes that say what a tap means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from bot.telegram.broadcast_taps import BroadcastAction, BroadcastTapped, NewsTapped, NoNewsTapped


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


@dataclass(frozen=True)
class MaterialTapped:
    """The link of a follow-up."""

    enrolment: int
    step: str


@dataclass(frozen=True)
class OpenTapped:
    """«Open», below what a manager sent; `sent` is the sending's number."""

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
    """What can be done about members; owners and admins may, and `AWAY` everybody for themselves."""

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
    | MaterialTapped
    | OpenTapped
    | LibraryTapped
    | UnsubscribeTapped
    | LanguageTapped
    | LinkTapped
    | TryTapped
    | AdminTapped
    | PrivacyTapped
    | TeamTapped
    | InsightTapped
    | BroadcastTapped
    | NewsTapped
    | NoNewsTapped
)


def encode(tap: Tap) -> str:
    """Write a tap as a button's data: at most 2 + 11 + 1 + 24 + 1 + 25 = 64 bytes, all of them ASCII."""
    match tap:
        case AnswerTapped(session=session, step=step, choice=choice):
            return f"q:{session:x}:{step}:{choice}"
        case ReopenTapped(session=session, step=step):
            return f"b:{session:x}:{step}"
        case ContinueTapped(session=session, asked_in=asked_in, anew=anew):
            return f"c:{session:x}:{asked_in:x}:{'anew' if anew else 'on'}"
        case CardTapped(hand_off=hand_off, action=action, choice=choice):
            return f"h:{hand_off:x}:{action}:{choice}"
        case MergeTapped(merge=merge, action=decision):
            return f"d:{merge:x}:{decision}"
        case PlaceTapped(lead=lead):
            return f"w:{lead:x}"
        case MaterialTapped(enrolment=enrolment, step=step):
            return f"m:{enrolment:x}:{step}"
        case OpenTapped(sent=sent):
            return f"o:{sent:x}"
        case LibraryTapped(action=library_action, choice=choice):
            return f"y:{library_action}:{choice}"
        case UnsubscribeTapped(enrolment=enrolment):
            return f"u:{enrolment:x}"
        case LanguageTapped(language=language):
            return f"l:{language}"
        case LinkTapped(action=link_action, number=number, choice=choice):
            return f"k:{link_action}:{number:x}:{choice}"
        case TryTapped():
            return "t"
        case AdminTapped(action=action, quiz=quiz, revision=revision, base=base):
            return f"a:{action}:{quiz}:{revision:x}:{base:x}"
        case PrivacyTapped(action=action, detail=detail):
            return f"p:{action}:{detail}"
        case TeamTapped(action=team_action, member=member, choice=choice):
            return f"g:{team_action}:{member:x}:{choice}"
        case InsightTapped(action=insight_action, number=number, choice=choice):
            return f"i:{insight_action}:{number:x}:{choice}"
        case BroadcastTapped(action=broadcast_action, broadcast=broadcast, choice=choice):
            return f"bc:{broadcast_action}:{broadcast:x}:{choice}"
        case NewsTapped(broadcast=broadcast):
            return f"bo:{broadcast:x}"
        case NoNewsTapped(broadcast=broadcast):
            return f"bs:{broadcast:x}"
        case _:
            assert_never(tap)


def decode(data: str) -> Tap | None:
    """Read a button's data; None when it is not ours, or no longer."""
    try:
        match data.split(":"):
            case ["q", session, step, choice]:
                return AnswerTapped(_number(session), step, choice)
            case ["b", session, step]:
                return ReopenTapped(_number(session), step)
            case ["c", session, asked_in, ("on" | "anew") as how]:
                return ContinueTapped(_number(session), _number(asked_in), anew=how == "anew")
            case ["h", hand_off, action, choice]:
                return CardTapped(_number(hand_off), CardAction(action), choice)
            case ["d", merge, decision]:
                return MergeTapped(_number(merge), MergeAction(decision))
            case ["w", lead]:
                return PlaceTapped(_number(lead))
            case ["m", enrolment, step]:
                return MaterialTapped(_number(enrolment), step)
            case ["o", sent]:
                return OpenTapped(_number(sent))
            case ["y", action, choice]:
                return LibraryTapped(LibraryAction(action), choice)
            case ["u", enrolment]:
                return UnsubscribeTapped(_number(enrolment))
            case ["l", language]:
                return LanguageTapped(language)
            case ["k", action, number, choice]:
                return LinkTapped(LinkAction(action), _number(number), choice)
            case ["t"]:
                return TryTapped()
            case ["a", action, quiz, revision, base]:
                return AdminTapped(AdminAction(action), quiz, _number(revision), _number(base))
            case ["p", action, detail]:
                return PrivacyTapped(PrivacyAction(action), detail)
            case ["g", action, member, choice]:
                return TeamTapped(TeamAction(action), _number(member), choice)
            case ["i", action, number, choice]:
                return InsightTapped(InsightAction(action), _number(number), choice)
            case ["bc", action, broadcast, choice]:
                return BroadcastTapped(BroadcastAction(action), _number(broadcast), choice)
            case ["bo", broadcast]:
                return NewsTapped(_number(broadcast))
            case ["bs", broadcast]:
                return NoNewsTapped(_number(broadcast))
            case _:
                return None
    except ValueError:
        return None


def _number(written: str) -> int:
    """Read a row's number. Raises ValueError for what no row can have: buttons can be forged."""
    if not re.fullmatch("[0-9a-f]{1,15}", written):
        raise ValueError(f"{written!r} is no row's number")
    return int(written, 16)
