"""The life of a hand-off: one winner, honest denials, and waits that grow."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dialogs.values import Duration
from qualification.handoff import (
    LONGEST_WAIT,
    Denial,
    HandOff,
    Outcome,
    Phase,
    close,
    contact,
    offer,
    offer_again,
    take,
)
from qualification.quiz import HotRoute
from tests.qualification.samples import NOON

OLENA, PETRO = 1001, 1002
LATER = NOON + timedelta(minutes=3)
ROUTE = HotRoute(take_within=Duration(minutes=5), escalate_after=Duration(minutes=15))

OFFERED = offer(ROUTE, NOON)


def _is(state: HandOff | Denial) -> HandOff:
    assert isinstance(state, HandOff)
    return state


TAKEN = _is(take(OFFERED, OLENA, NOON))
CONTACTED = _is(contact(TAKEN, OLENA, NOON))
CLOSED = _is(close(CONTACTED, OLENA, Outcome.WON, NOON))


def test_a_lead_is_offered_until_its_time_is_over() -> None:
    assert HandOff(Phase.OFFERED, NOON, round=0, due_at=NOON + timedelta(minutes=5)) == OFFERED


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


@pytest.mark.parametrize(
    ("again", "minutes"),
    [
        (1, 10),  # 15 − 5: the rest of `escalate_after`
        (2, 15),
        (3, 30),  # 15 × 2
        (4, 60),  # 15 × 4
        (5, 120),
        (6, 240),
        (7, 480),
        (8, 720),  # 15 × 64 = 960, but never rarer than every 12 hours
        (9, 720),
        (60, 720),
    ],
)
def test_each_wait_for_a_lead_that_nobody_takes_is_longer(again: int, minutes: int) -> None:
    state = HandOff(Phase.OFFERED, NOON, round=again - 1, due_at=NOON)
    offered = offer_again(ROUTE, state, LATER)
    assert (offered.round, offered.due_at) == (again, LATER + timedelta(minutes=minutes))
    assert offered.offered_at == NOON  # the wait is counted from the first offer
    assert offered.due_at is not None
    assert offered.due_at - LATER <= LONGEST_WAIT


@pytest.mark.parametrize(("within", "escalate", "wait"), [(5, 5, 1), (15, 15, 1), (5, 6, 1), (5, 7, 2)])
def test_a_repeat_waits_a_minute_at_least(within: int, escalate: int, wait: int) -> None:
    route = HotRoute(take_within=Duration(minutes=within), escalate_after=Duration(minutes=escalate))
    assert offer_again(route, offer(route, NOON), LATER).due_at == LATER + timedelta(minutes=wait)


def test_a_lead_that_was_offered_often_can_still_be_taken() -> None:
    state = OFFERED
    for _ in range(20):
        state = offer_again(ROUTE, state, LATER)
    assert _is(take(state, PETRO, LATER)).taken_by == PETRO
