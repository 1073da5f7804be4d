"""What stands in a button's data: at most 64 bytes that say what a tap means."""

from __future__ import annotations

import re
from typing import assert_never

from bot.telegram.broadcast_taps import BroadcastAction, BroadcastTapped, NoNewsTapped
from bot.telegram.taps import (
    NO_LINK,
    AdminAction,
    AdminTapped,
    AnswerTapped,
    CardAction,
    CardTapped,
    ContinueTapped,
    GoOnTapped,
    InsightAction,
    InsightTapped,
    LanguageTapped,
    LibraryAction,
    LibraryTapped,
    LinkAction,
    LinkTapped,
    MergeAction,
    MergeTapped,
    OpenTapped,
    PlaceTapped,
    PrivacyAction,
    PrivacyTapped,
    ReopenTapped,
    Tap,
    TeamAction,
    TeamTapped,
    TrackedTapped,
    TryTapped,
    UnsubscribeTapped,
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
        case TrackedTapped(link=link):
            return f"m:{link:x}"
        case OpenTapped(sent=sent):
            return f"o:{sent:x}"
        case LibraryTapped(action=library_action, choice=choice):
            return f"y:{library_action}:{choice}"
        case UnsubscribeTapped(enrolment=enrolment):
            return f"u:{enrolment:x}"
        case GoOnTapped(enrolment=enrolment):
            return f"e:{enrolment:x}"
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
            case ["m", link]:
                return TrackedTapped(_number(link))
            case ["m", _, _]:  # an enrolment and a step: links had no numbers of their own once
                return TrackedTapped(NO_LINK)
            case ["o", sent]:
                return OpenTapped(_number(sent))
            case ["y", action, choice]:
                return LibraryTapped(LibraryAction(action), choice)
            case ["u", enrolment]:
                return UnsubscribeTapped(_number(enrolment))
            case ["e", enrolment]:
                return GoOnTapped(_number(enrolment))
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
