"""Merging: which hand-off stays, and that it can be taken back to where it stood."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualification.handoff import HandOff, Outcome, Phase, Reach
from qualification.merging import MergeState, close_as_merged, kept, may_decide, reopen
from qualification.quiz import HotRoute
from tests.qualification.samples import NOON

MINUTE = timedelta(minutes=1)
ROUTE = HotRoute()
OFFERED = HandOff(Phase.OFFERED, NOON, due_at=NOON + 5 * MINUTE)
TAKEN = HandOff(Phase.TAKEN, NOON, taken_by=5, taken_at=NOON + MINUTE)
CONTACTED = HandOff(Phase.CONTACTED, NOON, taken_by=5, taken_at=NOON + MINUTE, contacted_at=NOON + 2 * MINUTE)
PASSED_ON = replace(
    CONTACTED,
    phase=Phase.OFFERED,
    taken_by=None,
    due_at=NOON + 8 * MINUTE,
    reach=Reach.ONE,
    offered_to=6,
    talking_since=NOON + 2 * MINUTE,
)
LEGAL = {
    ("suggested", "merged"), ("suggested", "refused"),
    ("merged", "undone"),
    ("refused", "merged"), ("undone", "merged"),
}  # fmt: skip


@pytest.mark.parametrize(("present", "decision"), list(product(MergeState, MergeState)))
def test_every_decision_can_be_taken_back_and_none_is_made_twice(
    present: MergeState, decision: MergeState
) -> None:
    assert may_decide(present, decision) is ((present, decision) in LEGAL)


def test_what_was_taken_first_stays_else_what_was_offered_first() -> None:
    early = HandOff(Phase.OFFERED, NOON - MINUTE)
    late = HandOff(Phase.TAKEN, NOON, taken_by=6, taken_at=NOON + 3 * MINUTE)
    assert kept([(1, early), (2, late), (3, TAKEN)]) == 3
    assert kept([(2, OFFERED), (1, early)]) == 1
    assert kept([(4, OFFERED), (3, OFFERED)]) == 3
    assert kept([]) is None


def test_what_was_put_aside_is_closed_and_due_no_more() -> None:
    aside = close_as_merged(OFFERED, NOON + MINUTE)
    assert (aside.phase, aside.outcome, aside.due_at) == (Phase.CLOSED, Outcome.MERGED, None)
    assert aside.closed_at == NOON + MINUTE
    assert close_as_merged(PASSED_ON, NOON).talking_since is None


@given(st.sampled_from([OFFERED, TAKEN, CONTACTED, PASSED_ON]), st.integers(0, 10_000))
def test_taken_back_it_stands_where_it_stood_and_an_offer_waits_anew(before: HandOff, minutes: int) -> None:
    now = NOON + minutes * MINUTE
    again = reopen(close_as_merged(before, now), ROUTE, now)
    assert (again.phase, again.taken_by, again.contacted_at) == (
        before.phase,
        before.taken_by,
        before.contacted_at,
    )
    assert (again.closed_at, again.outcome) == (None, None)
    assert again.due_at == (now + ROUTE.take_within if before.phase is Phase.OFFERED else None)
