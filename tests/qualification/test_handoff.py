"""The life of a hand-off: one winner, and honest denials."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qualification.handoff import (
    Denial,
    HandOff,
    Outcome,
    Phase,
    close,
    contact,
    take,
)
from tests.qualification.samples import NOON

OLENA, PETRO = 1001, 1002
LATER = NOON + timedelta(minutes=3)
OFFERED = HandOff(Phase.OFFERED, NOON, due_at=NOON + timedelta(minutes=5))


def _is(state: HandOff | Denial) -> HandOff:
    assert isinstance(state, HandOff)
    return state


TAKEN = _is(take(OFFERED, OLENA, NOON))
CONTACTED = _is(contact(TAKEN, OLENA, NOON))
CLOSED = _is(close(CONTACTED, OLENA, Outcome.WON, NOON))


def test_who_takes_it_has_it_and_nothing_waits_any_more() -> None:
    assert take(OFFERED, OLENA, LATER) == HandOff(Phase.TAKEN, NOON, taken_by=OLENA, taken_at=LATER, due_at=None)


def test_only_one_of_two_gets_it() -> None:
    first = _is(take(OFFERED, OLENA, LATER))
    assert take(first, PETRO, LATER) is Denial.TAKEN_BY_OTHER
    assert first.taken_by == OLENA


@pytest.mark.parametrize(
    ("state", "by_owner", "by_other"),
    [
        (TAKEN, Denial.ALREADY_YOURS, Denial.TAKEN_BY_OTHER),
        (CONTACTED, Denial.ALREADY_YOURS, Denial.TAKEN_BY_OTHER),
        (CLOSED, Denial.CLOSED, Denial.CLOSED),
    ],
    ids=["taken", "contacted", "closed"],
)
def test_what_is_not_on_offer_cannot_be_taken(state: HandOff, by_owner: Denial, by_other: Denial) -> None:
    assert (take(state, OLENA, LATER), take(state, PETRO, LATER)) == (by_owner, by_other)


def test_the_first_contact_is_noted_once() -> None:
    contacted = _is(contact(TAKEN, OLENA, LATER))
    assert (contacted.phase, contacted.contacted_at) == (Phase.CONTACTED, LATER)
    assert contact(contacted, OLENA, LATER) is Denial.ALREADY_YOURS


@pytest.mark.parametrize(
    ("state", "by_owner", "by_other"),
    [
        (OFFERED, Denial.NOT_TAKEN, Denial.NOT_TAKEN),
        (TAKEN, None, Denial.NOT_YOURS),
        (CONTACTED, None, Denial.NOT_YOURS),
        (CLOSED, Denial.CLOSED, Denial.CLOSED),
    ],
    ids=["offered", "taken", "contacted", "closed"],
)
def test_only_the_owner_moves_it_on(state: HandOff, by_owner: Denial | None, by_other: Denial) -> None:
    closed = close(state, OLENA, Outcome.WON, LATER)
    assert (closed if isinstance(closed, Denial) else None) == by_owner
    assert close(state, PETRO, Outcome.WON, LATER) is by_other
    assert contact(state, PETRO, LATER) is by_other


@pytest.mark.parametrize("state", [TAKEN, CONTACTED], ids=["taken", "contacted"])
@pytest.mark.parametrize(
    ("outcome", "why"), [(Outcome.WON, None), (Outcome.LOST, "price"), (Outcome.NOT_NOW, None)]
)
def test_a_hand_off_ends_with_an_outcome(state: HandOff, outcome: Outcome, why: str | None) -> None:
    closed = _is(close(state, OLENA, outcome, LATER, why))
    assert (closed.phase, closed.closed_at, closed.outcome, closed.lost_reason) == (
        Phase.CLOSED,
        LATER,
        outcome,
        why,
    )
    assert closed.due_at is None
