"""How a lead goes from one to the next, to the team, to the head; in working time, and never back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.values import Duration
from qualification.assignment import Manager, Team, Wanted
from qualification.handoff import HandOff, Phase, Reach, take
from qualification.offering import offer, offer_anew, offer_next, recipients
from qualification.quiz import HotRoute
from qualification.working_time import Calendar, Shift
from tests.qualification.samples import NOON  # a Monday
from tests.qualification.test_assignment import ROUTES, TEAMS, WANTED

OLENA, PETRO, SOFIA, HEAD = 1001, 1002, 1003, 1009
ANY = Wanted("en")
ROUTE = HotRoute(take_within=Duration(minutes=5), escalate_after=Duration(minutes=15))
OFFICE = Calendar(shifts=tuple(Shift(day=day, begin=9 * 60, end=18 * 60) for day in range(5)))


def a_team(*managers: int, calendar: Calendar | None = None, joined: bool = True) -> Team:
    calendar = calendar or Calendar()
    return Team(tuple(Manager(number, calendar=calendar) for number in managers), (HEAD,), joined)


def story(
    team: Team, start: datetime, times: int, route: HotRoute = ROUTE
) -> list[tuple[str, int | None, float, int]]:
    """Let nobody take a lead: whom it reaches, the one it is offered to, after how many minutes, which round."""
    state, told = offer(route, ANY, team, start), []
    moment = start
    for _ in range(times):
        told.append((state.reach.value, state.offered_to, (moment - start) / timedelta(minutes=1), state.round))
        assert state.due_at is not None
        moment = state.due_at
        state = offer_next(route, ANY, team, state, moment)
    return told


def test_one_then_the_next_then_the_team_then_the_head() -> None:
    assert story(a_team(OLENA, PETRO), NOON, 6) == [
        ("one", OLENA, 0, 0),
        ("one", PETRO, 5, 1),
        ("team", None, 10, 1),
        ("head", None, 15, 2),
        ("head", None, 30, 3),
        ("head", None, 60, 4),
    ]


def test_a_team_so_large_that_the_head_comes_before_its_end() -> None:
    assert [step[:3] for step in story(a_team(OLENA, PETRO, SOFIA, 1004, 1005), NOON, 4)] == [
        ("one", OLENA, 0),
        ("one", PETRO, 5),
        ("one", SOFIA, 10),
        ("head", None, 15),
    ]


def test_the_quiz_names_the_times() -> None:
    route = HotRoute(
        next_after=Duration(minutes=2), head_after=Duration(minutes=9), take_within=Duration(minutes=5)
    )
    assert story(a_team(OLENA, PETRO, SOFIA), NOON, 5, route) == [
        ("one", OLENA, 0, 0),
        ("one", PETRO, 2, 0),  # the promise still holds
        ("one", SOFIA, 4, 0),
        ("team", None, 6, 1),
        ("head", None, 9, 2),
    ]


def test_everybody_at_once_in_a_team_that_nobody_joined() -> None:
    assert story(a_team(OLENA, PETRO, joined=False), NOON, 5) == [
        ("team", None, 0, 0),
        ("team", None, 5, 1),
        ("head", None, 15, 2),
        ("head", None, 30, 3),
        ("head", None, 60, 4),
    ]


def test_nobody_suitable_leads_to_the_team_at_once() -> None:
    full = Team((Manager(OLENA, capacity=1, open_leads=1), Manager(PETRO, capacity=0)), (HEAD,), joined=True)
    state = offer(ROUTE, ANY, full, NOON)
    assert state.reach is Reach.TEAM
    assert recipients(state, full, NOON) == (OLENA, PETRO)


def test_a_team_without_anybody_leads_to_the_head_at_once() -> None:
    empty = Team((), (HEAD,))
    state = offer(ROUTE, ANY, empty, NOON)
    assert (state.reach, state.due_at) == (Reach.HEAD, NOON + timedelta(minutes=5))
    assert recipients(state, empty, NOON) == (HEAD,)


def test_waits_are_working_time() -> None:
    late = NOON.replace(hour=17, minute=58)
    minutes = 15 * 60  # from 18:00 to 09:00
    assert story(a_team(OLENA, PETRO, calendar=OFFICE), late, 4) == [
        ("one", OLENA, 0, 0),
        ("one", PETRO, minutes + 5, 1),
        ("team", None, minutes + 10, 1),
        ("head", None, minutes + 15, 2),
    ]


def test_at_night_a_lead_waits_for_the_morning_and_all_its_time_begins_then() -> None:
    night = NOON.replace(hour=23)
    team = a_team(OLENA, PETRO, calendar=OFFICE)
    state = offer(ROUTE, ANY, team, night)
    assert (state.reach, state.due_at) == (Reach.WAITING, night + timedelta(hours=10))
    assert recipients(state, team, night) == ()
    assert [step[:3] for step in story(team, night, 5)] == [
        ("waiting", None, 0),
        ("one", OLENA, 600),
        ("one", PETRO, 605),
        ("team", None, 610),
        ("head", None, 615),
    ]


def test_a_lead_goes_on_waiting_when_the_morning_is_free_after_all() -> None:
    night = NOON.replace(hour=23)
    state = offer(ROUTE, ANY, a_team(OLENA, calendar=OFFICE), night)
    morning = night + timedelta(hours=10)
    ill = OFFICE.model_copy(
        update={"away_since": morning - timedelta(hours=1), "away_until": morning + timedelta(hours=5)}
    )
    still = offer_next(ROUTE, ANY, a_team(OLENA, calendar=ill), state, morning)
    assert (still.reach, still.due_at) == (Reach.WAITING, morning + timedelta(hours=5))


def test_who_cannot_take_it_is_passed_over_before_the_time_is_over() -> None:
    team = a_team(OLENA, PETRO)
    state = offer(ROUTE, ANY, team, NOON)
    gone = Team((replace(team.managers[0], reachable=False), team.managers[1]), (HEAD,), joined=True)
    passed = offer_next(ROUTE, ANY, gone, state, NOON + timedelta(seconds=20))
    assert (passed.reach, passed.offered_to, passed.tried, passed.round) == (Reach.ONE, PETRO, (OLENA,), 0)
    assert passed.due_at == NOON + timedelta(minutes=5, seconds=20)


def test_a_bot_that_was_off_for_long_goes_to_the_head_at_once() -> None:
    state = offer(ROUTE, ANY, a_team(OLENA, PETRO), NOON)
    late = offer_next(ROUTE, ANY, a_team(OLENA, PETRO), state, NOON + timedelta(hours=2))
    assert (late.reach, late.round) == (Reach.HEAD, 2)


def test_a_team_that_is_gone_for_good_does_not_hold_a_lead() -> None:
    state = offer(ROUTE, ANY, a_team(OLENA), NOON)
    away = a_team(OLENA, calendar=Calendar(away_since=NOON))
    for _ in range(3):
        assert state.due_at is not None
        state = offer_next(ROUTE, ANY, away, state, state.due_at)
    assert state.reach is Reach.HEAD


def test_a_lead_whose_owner_is_gone_is_offered_anew_to_everybody_and_its_waits_begin_again() -> None:
    team = a_team(OLENA, PETRO)
    taken = take(offer(ROUTE, ANY, team, NOON), OLENA, NOON)
    assert isinstance(taken, HandOff)
    later = NOON + timedelta(days=1)
    again = offer_anew(ROUTE, ANY, a_team(PETRO), taken, later)
    assert (again.phase, again.taken_by, again.taken_at) == (Phase.OFFERED, None, None)
    assert (again.reach, again.offered_to, again.due_at) == (Reach.ONE, PETRO, later + timedelta(minutes=5))
    assert again.offered_at == NOON  # the time to the first contact stays honest
    assert again.counted_from == later


@pytest.mark.parametrize(
    ("number", "minutes"), [(2, 15), (3, 30), (4, 60), (5, 120), (6, 240), (7, 480), (8, 720), (9, 720), (60, 720)]
)
def test_each_wait_for_a_lead_that_the_head_has_too_is_longer(number: int, minutes: int) -> None:
    state = HandOff(Phase.OFFERED, NOON, round=number - 1, reach=Reach.HEAD, due_at=NOON)
    offered = offer_next(ROUTE, ANY, a_team(OLENA), state, NOON)
    assert (offered.round, offered.due_at) == (number, NOON + timedelta(minutes=minutes))


def test_the_team_is_who_is_at_work_and_those_out_of_reach_only_when_there_is_nobody_else() -> None:
    home, here, lost = Manager(1, calendar=OFFICE), Manager(2), Manager(3, reachable=False)
    night = NOON.replace(hour=23)
    assert Team((home, here, lost)).present(NOON) == (1, 2)
    assert Team((home, here, lost)).present(night) == (2,)
    assert Team((home, lost)).present(night) == (1,)
    assert Team((lost,)).present(night) == (3,)


ORDER = list(Reach)


@given(ROUTES, WANTED, TEAMS, st.booleans(), st.lists(st.integers(0, 3600), max_size=12))
def test_whoever_is_there_a_lead_never_stands_still_and_never_reaches_fewer(
    route: HotRoute, wanted: Wanted, managers: list[Manager], joined: bool, early: list[int]
) -> None:
    team = Team(tuple(managers), (HEAD,), joined)
    state, moment = offer(route, wanted, team, NOON), NOON
    for seconds in (*early, *[0] * 12):
        assert state.phase is Phase.OFFERED
        assert state.due_at is not None
        assert state.due_at > moment
        assert state.due_at - moment <= timedelta(
            days=15
        )  # a team that works nine hours a week, and the longest wait
        assert (state.offered_to is not None) is (state.reach is Reach.ONE)
        assert state.offered_to not in state.tried
        moment = state.due_at + timedelta(seconds=seconds)
        following = offer_next(route, wanted, team, state, moment)
        assert ORDER.index(following.reach) >= ORDER.index(state.reach)
        assert following.round >= state.round
        state = following
    assert state.reach is Reach.HEAD
    assert HEAD in recipients(state, team, moment)


@given(ROUTES, WANTED, TEAMS, st.integers(0, 8), st.lists(st.integers(1, 6), min_size=1, max_size=5))
def test_however_it_is_offered_exactly_one_gets_it(
    route: HotRoute, wanted: Wanted, managers: list[Manager], rounds: int, takers: list[int]
) -> None:
    team = Team(tuple(managers), (HEAD,), joined=True)
    state = offer(route, wanted, team, NOON)
    for _ in range(rounds):
        assert state.due_at is not None
        state = offer_next(route, wanted, team, state, state.due_at)
    allowed = [taker for taker in takers if state.offered_to in (None, taker) or taker in state.tried]
    results = []
    for taker in takers:
        result = take(state, taker, NOON + timedelta(days=300))
        if isinstance(result, HandOff):
            state = result
            results.append(taker)
    assert results == allowed[:1]
    assert state.taken_by == (allowed[0] if allowed else None)
    assert (state.due_at is None) is bool(allowed)
