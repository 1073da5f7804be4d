"""What a manager does with a lead of theirs: write, pass on, remind; and races, none of which has two winners."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from random import Random

import pytest

from dialogs.values import Duration
from qualification.assignment import Manager, Team, Wanted
from qualification.handoff import (
    Denial,
    HandOff,
    Outcome,
    Phase,
    Reach,
    call_later,
    called,
    close,
    contact,
    end_talk,
    take,
    win,
    withdraw,
    write,
)
from qualification.offering import offer, offer_anew, offer_next, reassign
from qualification.quiz import Assign, HotRoute
from tests.qualification.samples import NOON

OLENA, PETRO, IVAN, HEAD = 1001, 1002, 1003, 1004
MINUTE = timedelta(minutes=1)
TEAM = Team(tuple(Manager(number) for number in (OLENA, PETRO, IVAN)), heads=(HEAD,))
ENGLISH = Wanted("en")
ROUTE = HotRoute(take_within=Duration(minutes=5), escalate_after=Duration(minutes=15))


def state_of(found: HandOff | Denial) -> HandOff:
    assert isinstance(found, HandOff)
    return found


OFFERED = offer(ROUTE, ENGLISH, TEAM, NOON)
TAKEN = state_of(take(OFFERED, OLENA, NOON + MINUTE))
TALKING = state_of(write(TAKEN, OLENA, NOON + 2 * MINUTE))
CLOSED = state_of(close(TAKEN, OLENA, Outcome.LOST, NOON, "price"))


def test_who_writes_first_makes_contact_and_has_the_chat() -> None:
    assert (TALKING.phase, TALKING.contacted_at) == (Phase.CONTACTED, NOON + 2 * MINUTE)
    assert TALKING.talking_since == NOON + 2 * MINUTE


def test_the_second_message_changes_neither_moment() -> None:
    assert write(TALKING, OLENA, NOON + 9 * MINUTE) == TALKING


@pytest.mark.parametrize(
    ("state", "manager", "denial"),
    [
        (OFFERED, OLENA, Denial.NOT_TAKEN),
        (TAKEN, PETRO, Denial.NOT_YOURS),
        (CLOSED, OLENA, Denial.CLOSED),
        (CLOSED, PETRO, Denial.CLOSED),
    ],
)
def test_only_the_owner_of_an_open_lead_does_anything_with_it(
    state: HandOff, manager: int, denial: Denial
) -> None:
    assert write(state, manager, NOON) is denial
    assert end_talk(state, manager) is denial
    assert call_later(state, manager, NOON) is denial
    assert reassign(ROUTE, TEAM, state, manager, IVAN, NOON) is denial


def test_the_talk_ends_and_the_lead_stays() -> None:
    assert end_talk(TALKING, OLENA) == replace(TALKING, talking_since=None)


def test_a_reminder_comes_once() -> None:
    asked = state_of(call_later(TAKEN, OLENA, NOON + 60 * MINUTE))
    assert asked.call_at == NOON + 60 * MINUTE
    assert called(asked) == TAKEN


def test_passing_on_starts_the_wait_anew_for_one_alone() -> None:
    passed = state_of(reassign(ROUTE, TEAM, TALKING, OLENA, PETRO, NOON + 30 * MINUTE))
    assert (passed.phase, passed.taken_by, passed.offered_to) == (Phase.OFFERED, None, PETRO)
    assert passed.due_at == NOON + 35 * MINUTE
    assert take(passed, OLENA, NOON) is Denial.OFFERED_TO_OTHER
    taken = state_of(take(passed, PETRO, NOON + 31 * MINUTE))
    assert (taken.taken_by, taken.offered_to, taken.due_at) == (PETRO, None, None)
    assert taken.talking_since == TALKING.talking_since


def test_the_first_contact_stays_the_first_whoever_has_the_lead_later() -> None:
    passed = state_of(reassign(ROUTE, TEAM, TALKING, OLENA, PETRO, NOON + 30 * MINUTE))
    taken = state_of(take(passed, PETRO, NOON + 31 * MINUTE))
    assert state_of(write(taken, PETRO, NOON + 40 * MINUTE)).contacted_at == TALKING.contacted_at
    assert state_of(contact(taken, PETRO, NOON + 40 * MINUTE)).contacted_at == TALKING.contacted_at


def test_who_does_not_take_what_was_passed_on_loses_it_to_everybody() -> None:
    passed = state_of(reassign(ROUTE, TEAM, TAKEN, OLENA, PETRO, NOON))
    again = offer_next(ROUTE, ENGLISH, TEAM, passed, NOON + 5 * MINUTE)
    assert (again.reach, again.offered_to) == (Reach.TEAM, None)
    assert state_of(take(again, IVAN, NOON + 6 * MINUTE)).taken_by == IVAN


def test_where_one_is_asked_after_another_who_was_passed_a_lead_in_vain_is_followed_by_the_next() -> None:
    in_turns = ROUTE.model_copy(update={"assign": Assign.ROUND_ROBIN})
    passed = state_of(reassign(in_turns, TEAM, TAKEN, OLENA, PETRO, NOON))
    again = offer_next(in_turns, ENGLISH, TEAM, passed, NOON + 5 * MINUTE)
    assert again.reach is Reach.ONE
    assert again.offered_to not in (None, PETRO)
    assert again.tried == (PETRO,)
    assert state_of(take(again, PETRO, NOON + 6 * MINUTE)).taken_by == PETRO  # late, and nobody was faster


def test_a_talk_whose_owner_is_gone_waits_for_the_next_one() -> None:
    busy = state_of(call_later(TALKING, OLENA, NOON + 60 * MINUTE))
    anew = offer_anew(ROUTE, ENGLISH, TEAM, busy, NOON + 30 * MINUTE)
    assert (anew.phase, anew.taken_by, anew.call_at) == (Phase.OFFERED, None, None)
    assert anew.due_at == NOON + 35 * MINUTE
    assert anew.talking_since == TALKING.talking_since


def test_a_head_passes_on_what_somebody_else_has_or_nobody() -> None:
    for state in (OFFERED, TAKEN, TALKING):
        assert state_of(reassign(ROUTE, TEAM, state, IVAN, PETRO, NOON, may_any=True)).offered_to == PETRO
    assert reassign(ROUTE, TEAM, CLOSED, IVAN, PETRO, NOON, may_any=True) is Denial.CLOSED


def test_nobody_is_passed_what_they_have() -> None:
    assert reassign(ROUTE, TEAM, TAKEN, OLENA, OLENA, NOON) is Denial.WITH_THEM_ALREADY


@pytest.mark.parametrize("outcome", Outcome)
def test_whatever_ends_it_ends_the_talk_and_every_wait(outcome: Outcome) -> None:
    busy = state_of(call_later(TALKING, OLENA, NOON + 60 * MINUTE))
    for ended in (state_of(close(busy, OLENA, outcome, NOON)), withdraw(busy, NOON)):
        assert (ended.talking_since, ended.call_at, ended.due_at) == (None, None, None)


def test_only_who_won_says_what_it_brought() -> None:
    won = state_of(close(TAKEN, OLENA, Outcome.WON, NOON))
    assert state_of(win(won, OLENA, "1200", "EUR")).amount == "1200"
    assert win(won, PETRO, "1", None) is Denial.NOT_YOURS
    assert win(CLOSED, OLENA, "1", None) is Denial.CLOSED


def test_in_a_thousand_races_nobody_shares_a_lead_and_none_is_left_without_a_wait() -> None:
    people = (OLENA, PETRO, IVAN)
    for seed in range(1000):
        chance, state, now = Random(seed), offer(ROUTE, ENGLISH, TEAM, NOON), NOON  # noqa: S311 - a seed, no secret
        for _ in range(30):
            now += MINUTE
            who, to = chance.choice(people), chance.choice(people)
            tries: list[Callable[[], HandOff | Denial]] = [
                partial(take, state, who, now),
                partial(write, state, who, now),
                partial(end_talk, state, who),
                partial(reassign, ROUTE, TEAM, state, who, to, now),
                partial(reassign, ROUTE, TEAM, state, who, to, now, may_any=True),
            ]
            if state.phase is Phase.OFFERED:
                tries.append(partial(offer_next, ROUTE, ENGLISH, TEAM, state, now))
            found = chance.choice(tries)()
            before, state = state, state if isinstance(found, Denial) else found
            if before.taken_by is not None and state.taken_by not in (None, before.taken_by):
                pytest.fail(f"seed {seed}: {before} changed hands without being passed on: {state}")
            waits, owned = state.due_at is not None, state.taken_by is not None
            assert waits is not owned, f"seed {seed}: {state}"
            assert not (owned and state.offered_to is not None), f"seed {seed}: {state}"
