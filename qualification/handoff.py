"""The life of a hand-off: offered, taken by exactly one, contacted, closed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

WITHDRAWN = "withdrawn"
"""The reason of a lead lost because the consent to be contacted was taken back."""


class Phase(StrEnum):
    """Where a hand-off stands."""

    OFFERED = "offered"
    TAKEN = "taken"
    CONTACTED = "contacted"
    CLOSED = "closed"


class Reach(StrEnum):
    """Whom a lead is offered to, as long as nobody has it; each is wider than the one before."""

    WAITING = "waiting"
    """nobody yet: nobody is at work"""
    ONE = "one"
    TEAM = "team"
    HEAD = "head"
    """the team and its head"""


class Outcome(StrEnum):
    """How a hand-off ended."""

    WON = "won"
    LOST = "lost"
    NOT_NOW = "not_now"
    MERGED = "merged"
    """its lead is the same person as another one, and goes on there"""


@dataclass(frozen=True)
class HandOff:
    """A hot lead on its way to a manager.

    `round` is 0 as long as the prospect's promise holds, and counts from there how often nobody took it.
    """

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
    reach: Reach = Reach.TEAM
    offered_to: int | None = None
    """the one it is offered to, for `ONE`"""
    tried: tuple[int, ...] = ()
    """those it was offered to before, one after another"""
    counted_from: datetime | None = None
    """since when the waits count, if that is not `offered_at`: the morning, or the last owner's leaving"""


class Denial(StrEnum):
    """Why a manager's tap changed nothing; each has a sentence in the catalogues."""

    ALREADY_YOURS = "already_yours"
    TAKEN_BY_OTHER = "taken_by_other"
    NOT_YOURS = "not_yours"
    CLOSED = "closed"
    NOT_TAKEN = "not_taken"


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
