"""The pipeline's questions: is there a contact, is it worth assigning, is it hot; and where each answer leads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from dialogs.answers import Answer, Decision
from qualification.quiz import Quiz
from qualification.score import Band


@dataclass(frozen=True)
class Facts:
    """What is known of a prospect when a quiz is over, or given up."""

    band: Band
    answers: Mapping[str, Answer]
    contacts: Mapping[str, bool] = field(default_factory=dict)
    """ways to reach them, by kind, and whether each is confirmed; none without a consent that lives"""
    may_write: bool = False
    """whether a consent to follow-ups lives"""


@dataclass(frozen=True)
class HandedOff:
    """To a manager, now. `fast` when it was the contact that decided it, not the points."""

    fast: bool = False


@dataclass(frozen=True)
class WarmedUp:
    """Into a sequence of follow-ups, if there is one."""

    sequence: str | None


@dataclass(frozen=True)
class TurnedDown:
    """Not worth anybody's time now: a polite word; `later` is when they agreed to be written to again."""

    later: datetime | None = None


@dataclass(frozen=True)
class OutOfReach:
    """Nobody may, or can, get in touch: nothing is promised."""


Verdict = HandedOff | WarmedUp | TurnedDown | OutOfReach


@dataclass(frozen=True)
class Outlook:
    """What somebody can honestly be told at the end of a quiz. `band` is None for who is not to be contacted."""

    band: Band | None
    place_at: datetime | None = None
    """when a lead that has to wait gets its place"""
    frozen_until: datetime | None = None
    """when somebody is written to who agreed to that"""


def verdict(quiz: Quiz, facts: Facts, now: datetime) -> Verdict:
    """Answer the pipeline's questions, one after another."""
    if facts.band is Band.UNFIT:  # is it worth assigning? An answer that rules somebody out outweighs everything
        return TurnedDown(_later(quiz, facts, now))
    if not facts.contacts:  # is there a contact?
        return OutOfReach()
    if facts.band is Band.HOT:  # is it hot?
        return HandedOff()
    if is_fast(quiz, facts):
        return HandedOff(fast=True)
    route = quiz.routing.warm if facts.band is Band.WARM else quiz.routing.cold
    return WarmedUp(route.sequence)


def is_fast(quiz: Quiz, facts: Facts) -> bool:
    """Tell whether a contact that was left is reason enough to call, whatever the points."""
    fast = quiz.routing.fast_track
    if fast is None or (fast.when is not None and not fast.when.holds(facts.answers)):
        return False
    return any(
        fast.contact in ("any", kind) and (confirmed or not fast.confirmed)
        for kind, confirmed in facts.contacts.items()
    )


def _later(quiz: Quiz, facts: Facts, now: datetime) -> datetime | None:
    later = quiz.routing.unfit.later
    agreed = later is not None and facts.answers.get(later.consent) == Decision(given=True)
    return now + later.after if later is not None and agreed and facts.may_write else None
