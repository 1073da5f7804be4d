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
    UNFIT = "unfit"
    FROZEN = "frozen"


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
    """since when the waits count, if that is not `offered_at`: the morning, or when the last owner left it"""
    call_at: datetime | None = None
    """when the manager wants to be reminded"""
    talking_since: datetime | None = None
    """since when a human has the chat"""
    amount: str | None = None
    """what was won: a decimal number"""
    currency: str | None = None


class Denial(StrEnum):
    """Why a manager's tap changed nothing; each has a sentence in the catalogues."""

    ALREADY_YOURS = "already_yours"
    TAKEN_BY_OTHER = "taken_by_other"
    NOT_YOURS = "not_yours"
    CLOSED = "closed"
    NOT_TAKEN = "not_taken"
    OFFERED_TO_OTHER = "offered_to_other"
    WITH_THEM_ALREADY = "with_them_already"


def may_take(hand_off: HandOff, manager: int) -> bool:
    """Tell whether a lead on offer is this manager's to take: one alone has it first, and who was asked before."""
    return hand_off.offered_to in (None, manager) or manager in hand_off.tried


def take(hand_off: HandOff, manager: int, now: datetime) -> HandOff | Denial:
    """Give the lead to the manager, if nobody has it."""
    match hand_off.phase:
        case Phase.OFFERED if not may_take(hand_off, manager):
            return Denial.OFFERED_TO_OTHER
        case Phase.OFFERED:
            return replace(
                hand_off, phase=Phase.TAKEN, taken_by=manager, taken_at=now, due_at=None, offered_to=None
            )
        case Phase.CLOSED:
            return Denial.CLOSED
        case Phase.TAKEN | Phase.CONTACTED:
            return Denial.ALREADY_YOURS if hand_off.taken_by == manager else Denial.TAKEN_BY_OTHER


def contact(hand_off: HandOff, manager: int, now: datetime) -> HandOff | Denial:
    """Note the manager's first contact with the lead."""
    denied = owns(hand_off, manager)
    if denied:
        return denied
    if hand_off.phase is Phase.CONTACTED:
        return Denial.ALREADY_YOURS
    return replace(hand_off, phase=Phase.CONTACTED, contacted_at=hand_off.contacted_at or now)


def write(hand_off: HandOff, manager: int, now: datetime) -> HandOff | Denial:
    """Let the manager write to the lead: from now on a human has the chat, and contact is made."""
    denied = owns(hand_off, manager)
    if denied:
        return denied
    if hand_off.phase is Phase.TAKEN:
        hand_off = replace(hand_off, phase=Phase.CONTACTED, contacted_at=hand_off.contacted_at or now)
    return replace(hand_off, talking_since=hand_off.talking_since or now)


def end_talk(hand_off: HandOff, manager: int) -> HandOff | Denial:
    """Give the chat back; the lead stays with the manager."""
    return owns(hand_off, manager) or replace(hand_off, talking_since=None)


def call_later(hand_off: HandOff, manager: int, at: datetime) -> HandOff | Denial:
    """Remind the manager of the lead at that time."""
    return owns(hand_off, manager) or replace(hand_off, call_at=at)


def called(hand_off: HandOff) -> HandOff:
    """The manager was reminded."""
    return replace(hand_off, call_at=None)


def loosen(hand_off: HandOff, now: datetime) -> HandOff:
    """Put the lead back on offer: its owner gives it up, or is gone; everybody may be asked again.

    The chat stays a human's: what the prospect writes meanwhile goes to whom the lead is offered.
    """
    return replace(
        hand_off,
        phase=Phase.OFFERED,
        round=0,
        taken_by=None,
        taken_at=None,
        offered_to=None,
        tried=(),
        counted_from=now,
        call_at=None,
    )


def close(
    hand_off: HandOff, manager: int, outcome: Outcome, now: datetime, lost_reason: str | None = None
) -> HandOff | Denial:
    """End the hand-off with an outcome; a lost lead has a reason."""
    denied = owns(hand_off, manager)
    if denied:
        return denied
    return replace(ended(hand_off, now), outcome=outcome, lost_reason=lost_reason)


def win(hand_off: HandOff, manager: int, amount: str, currency: str | None) -> HandOff | Denial:
    """Note what a won lead brought."""
    if hand_off.taken_by != manager:
        return Denial.NOT_YOURS
    return (
        replace(hand_off, amount=amount, currency=currency) if hand_off.outcome is Outcome.WON else Denial.CLOSED
    )


def withdraw(hand_off: HandOff, now: datetime) -> HandOff:
    """End the hand-off of a lead who does not want to be contacted any more, whoever has it."""
    return replace(ended(hand_off, now), outcome=Outcome.LOST, lost_reason=WITHDRAWN)


def ended(hand_off: HandOff, now: datetime) -> HandOff:
    """Nothing waits for a hand-off that is closed, and nobody has the chat any more."""
    return replace(
        hand_off,
        phase=Phase.CLOSED,
        closed_at=now,
        due_at=None,
        offered_to=None,
        call_at=None,
        talking_since=None,
    )


def owns(hand_off: HandOff, manager: int) -> Denial | None:
    """Return why the lead is not this manager's; None when it is, and open."""
    if hand_off.phase is Phase.CLOSED:
        return Denial.CLOSED
    if hand_off.phase is Phase.OFFERED:
        return Denial.NOT_TAKEN if may_take(hand_off, manager) else Denial.OFFERED_TO_OTHER
    return None if hand_off.taken_by == manager else Denial.NOT_YOURS
