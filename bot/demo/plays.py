"""The plays: what a prospect and a manager do, quiz by quiz, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.telegram.taps import CardAction


class Ending(StrEnum):
    """How a play ends for the prospect."""

    HOT = "hot"
    WARM = "warm"
    UNFIT = "unfit"


@dataclass(frozen=True)
class Start:
    """The prospect presses START."""


@dataclass(frozen=True)
class Choose:
    """The prospect taps an answer; `yes` and `no` answer a request for consent."""

    step: str
    choice: str


@dataclass(frozen=True)
class Tick:
    """The prospect ticks choices, one after another, and then taps Done."""

    step: str
    choices: tuple[str, ...]


@dataclass(frozen=True)
class PickTime:
    """The prospect picks the first free day of a calendar, and the first time of that day."""

    step: str


@dataclass(frozen=True)
class PassOver:
    """The prospect skips a question."""

    step: str


@dataclass(frozen=True)
class Write:
    """The prospect types an answer; in it may stand `{username}`, and `{city}` and `{child}` in their language."""

    text: str


@dataclass(frozen=True)
class ShareContact:
    """The prospect shares the own phone number with the key under the chat."""


@dataclass(frozen=True)
class Hear:
    """The bot has answered the prospect."""


@dataclass(frozen=True)
class OpenMaterial:
    """The prospect taps the button below the newest follow-up."""


@dataclass(frozen=True)
class Skip:
    """The clock jumps to the prospect's next follow-up."""


@dataclass(frozen=True)
class GetCard:
    """The lead's card has arrived at the manager's."""


@dataclass(frozen=True)
class Handle:
    """The manager taps a button of the lead's card; where somebody was quicker, it is skipped."""

    action: CardAction


@dataclass(frozen=True)
class Tell:
    """The page explains what is to be seen, and lets people look at it for so many seconds."""

    text: str
    seconds: float = 0


Act = (
    Start
    | Choose
    | Tick
    | PickTime
    | PassOver
    | Write
    | ShareContact
    | Hear
    | OpenMaterial
    | Skip
    | GetCard
    | Handle
    | Tell
)
Play = tuple[Act, ...]

_BY_PHONE: Play = (Choose("agree", "yes"), ShareContact(), Choose("letters", "yes"))
_OF_A_CHILD: Play = (Choose("agree", "yes"), Write("{child}"), ShareContact(), Choose("letters", "yes"))
_DELIVERY: Play = (Write("{city}"), PassOver("plan"))
_BY_EMAIL: Play = (Choose("agree", "yes"), Write("{username}@brightside.example"), Choose("letters", "yes"))

_QUALIFY: Mapping[tuple[str, Ending], Play] = {
    ("office-furniture", Ending.HOT): (
        Choose("role", "company"),
        Tick("office_need", ("desks", "chairs")),
        Write("12"),
        Choose("when_needed", "this_month"),
        Choose("budget", "middle"),
        *_DELIVERY,
        *_BY_PHONE,
    ),
    ("office-furniture", Ending.WARM): (
        Choose("role", "company"),
        Tick("office_need", ("desks", "chairs")),
        Write("30"),
        Choose("when_needed", "quarter"),
        Choose("budget", "middle"),
        *_DELIVERY,
        *_BY_PHONE,
    ),
    ("office-furniture", Ending.UNFIT): (Choose("role", "company"), Tick("office_need", ("used",))),
    ("dance-school", Ending.HOT): (
        Choose("who", "child"),
        Write("8"),
        Choose("style", "hip_hop"),
        PickTime("trial"),
        *_OF_A_CHILD,
    ),
    ("dance-school", Ending.WARM): (
        Choose("who", "child"),
        Write("7"),
        Choose("style", "undecided"),
        Choose("between", "hip_hop_contemp"),
        PassOver("trial"),
        *_OF_A_CHILD,
    ),
    ("dance-school", Ending.UNFIT): (
        Choose("who", "child"),
        Write("6"),
        Choose("style", "another"),
        Choose("wish", "ballet"),
    ),
    ("b2b-agency", Ending.HOT): (
        Choose("market", "business"),
        Write("15"),
        Choose("position", "senior"),
        Tick("departments", ("it", "sales")),
        Choose("pain", "4"),
        Choose("timing", "month"),
        Choose("budget", "2k_5k"),
        *_BY_EMAIL,
    ),
    ("b2b-agency", Ending.WARM): (
        Choose("market", "business"),
        Write("60"),
        Choose("position", "manager"),
        Tick("departments", ("marketing",)),
        Choose("pain", "3"),
        Choose("timing", "quarter"),
        Choose("budget", "2k_5k"),
        *_BY_EMAIL,
    ),
    ("b2b-agency", Ending.UNFIT): (Choose("market", "people"),),
}

_OPENINGS: Mapping[Ending, str] = {
    Ending.HOT: "demo.tell.hot",
    Ending.WARM: "demo.tell.hot",
    Ending.UNFIT: "demo.tell.unfit",
}

_AFTERWARDS: Mapping[Ending, Play] = {
    Ending.HOT: (
        GetCard(),
        Tell("demo.tell.card", 3.2),
        Handle(CardAction.TAKE),
        Tell("demo.tell.taken", 2.6),
        Handle(CardAction.CONTACTED),
        Tell("demo.tell.after_hot"),
    ),
    Ending.WARM: (
        Hear(),
        Tell("demo.tell.warm", 3.4),
        Skip(),
        Tell("demo.tell.follow_up", 3.0),
        OpenMaterial(),
        GetCard(),
        Tell("demo.tell.reheated", 3.2),
        Handle(CardAction.TAKE),
        Tell("demo.tell.after_warm"),
    ),
    Ending.UNFIT: (
        Hear(),
        Tell("demo.tell.after_unfit"),
    ),
}


def play(quiz: str, ending: Ending) -> Play:
    """Return all that happens in a play."""
    return (Tell(_OPENINGS[ending]), Start(), *_QUALIFY[quiz, ending], *_AFTERWARDS[ending])
