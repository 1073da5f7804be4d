"""The life of a hand-off: offered, taken by exactly one, contacted, closed; and how long each wait may be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from qualification.quiz import HotRoute

LONGEST_WAIT = timedelta(hours=12)
"""Reminders of a lead that nobody takes grow rarer, but never rarer than this."""


WITHDRAWN = "withdrawn"
"""The reason of a lead lost because the consent to be contacted was taken back."""


class Phase(StrEnum):
    """Where a hand-off stands."""

    OFFERED = "offered"
    TAKEN = "taken"
    CONTACTED = "contacted"
    CLOSED = "closed"


class Outcome(StrEnum):
    """How a hand-off ended."""

    WON = "won"
    LOST = "lost"
    NOT_NOW = "not_now"
    MERGED = "merged"
    """its lead is the same person as another one, and goes on there"""


@dataclass(frozen=True)
class HandOff:
    """A hot lead on its way to a manager. `round` counts how often it was offered, from 0."""

    phase: Phase
    offered_at: datetime
    round: int = 0
    due_at: datetime | None = None
    taken_by: int | None = None
    taken_at: datetime | None = None
    contacted_at: datetime | None = None
    closed_at: datetime | None = None
    outcome: Outcome | None = None
    lost_reason: str | None = None


class Denial(StrEnum):
    """Why a manager's tap changed nothing; each has a sentence in the catalogues."""

    ALREADY_YOURS = "already_yours"
    TAKEN_BY_OTHER = "taken_by_other"
    NOT_YOURS = "not_yours"
    CLOSED = "closed"
    NOT_TAKEN = "not_taken"


def offer(route: HotRoute, now: datetime) -> HandOff:
    """Offer a lead to its team: it is due when nobody took it in time."""
    return HandOff(Phase.OFFERED, now, due_at=now + route.take_within)


def offer_again(route: HotRoute, hand_off: HandOff, now: datetime) -> HandOff:
    """Nobody took it in time: offer it again, and set the next wait.

    The first repeat waits for the rest of `escalate_after`; from then on each wait is twice as long.
    """
    number = hand_off.round + 1
    if number == 1:
        wait = max(route.escalate_after - route.take_within, timedelta(minutes=1))
    else:
        wait = min(route.escalate_after * 2 ** min(number - 2, 16), LONGEST_WAIT)
    return replace(hand_off, round=number, due_at=now + wait)


def take(hand_off: HandOff, manager: int, now: datetime) -> HandOff | Denial:
    """Give the lead to the manager, if nobody has it."""
    match hand_off.phase:
        case Phase.OFFERED:
            return replace(hand_off, phase=Phase.TAKEN, taken_by=manager, taken_at=now, due_at=None)
        case Phase.CLOSED:
            return Denial.CLOSED
        case Phase.TAKEN | Phase.CONTACTED:
            return Denial.ALREADY_YOURS if hand_off.taken_by == manager else Denial.TAKEN_BY_OTHER


def contact(hand_off: HandOff, manager: int, now: datetime) -> HandOff | Denial:
    """Note the manager's first contact with the lead."""
    denied = _not_the_owners(hand_off, manager)
    if denied:
        return denied
    if hand_off.phase is Phase.CONTACTED:
        return Denial.ALREADY_YOURS
    return replace(hand_off, phase=Phase.CONTACTED, contacted_at=now)


def close(
    hand_off: HandOff, manager: int, outcome: Outcome, now: datetime, lost_reason: str | None = None
) -> HandOff | Denial:
    """End the hand-off with an outcome; a lost lead has a reason."""
    denied = _not_the_owners(hand_off, manager)
    if denied:
        return denied
    return replace(hand_off, phase=Phase.CLOSED, closed_at=now, outcome=outcome, lost_reason=lost_reason)


def withdraw(hand_off: HandOff, now: datetime) -> HandOff:
    """End the hand-off of a lead who does not want to be contacted any more, whoever has it."""
    return replace(
        hand_off, phase=Phase.CLOSED, closed_at=now, due_at=None, outcome=Outcome.LOST, lost_reason=WITHDRAWN
    )


def _not_the_owners(hand_off: HandOff, manager: int) -> Denial | None:
    if hand_off.phase is Phase.CLOSED:
        return Denial.CLOSED
    if hand_off.phase is Phase.OFFERED:
        return Denial.NOT_TAKEN
    return None if hand_off.taken_by == manager else Denial.NOT_YOURS
