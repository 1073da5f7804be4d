"""Who is offered a lead: the rules by example, and that nobody is asked who cannot take it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualification.assignment import Manager, Team, Wanted, choose, rule_of
from qualification.quiz import Assign, HotRoute, Match
from qualification.working_time import Calendar, Shift, works
from tests.qualification.samples import NOON  # a Monday

OLENA, PETRO, SOFIA = 1001, 1002, 1003
ANY = Wanted("en")
TURNS = HotRoute(assign=Assign.ROUND_ROBIN)
LOADS = HotRoute(assign=Assign.LEAST_LOADED)
TUESDAYS = Calendar(shifts=(Shift(day=1, begin=540, end=1080),))
AWAY = Calendar(away_since=NOON - timedelta(hours=1), away_until=NOON + timedelta(hours=1))


def of(**managers: Manager) -> Team:
    return Team(tuple(managers.values()), joined=True)


def ago(hours: int) -> object:
    return NOON - timedelta(hours=hours)


def olena(**more: object) -> Manager:
    return Manager(OLENA, **more)  # type: ignore[arg-type]  # as the test says


def petro(**more: object) -> Manager:
    return Manager(PETRO, **more)  # type: ignore[arg-type]  # as the test says


def sofia(**more: object) -> Manager:
    return Manager(SOFIA, **more)  # type: ignore[arg-type]  # as the test says


IN_UKRAINIAN = HotRoute(assign=Assign.ROUND_ROBIN, match=(Match.LANGUAGE,))
KITCHENS = HotRoute(assign=Assign.ROUND_ROBIN, match=(Match.SKILLS,), skills=("kitchens",))
BY_NAME = HotRoute(assign=Assign.ROUND_ROBIN, named={"fair": SOFIA})
UKRAINIAN = frozenset({"uk"})


@pytest.mark.parametrize(
    ("route", "wanted", "managers", "chosen"),
    [
        # By turns: who waited longest, who never had one before everybody else.
        (TURNS, ANY, (olena(assigned_at=ago(1)), petro(assigned_at=ago(2))), PETRO),
        (TURNS, ANY, (olena(assigned_at=ago(9)), petro()), PETRO),
        (TURNS, ANY, (petro(), olena()), OLENA),
        (TURNS, ANY, (olena(open_leads=9), petro(assigned_at=ago(2))), OLENA),
        # By load, and by turns among equals.
        (LOADS, ANY, (olena(open_leads=2), petro(open_leads=1, assigned_at=ago(0))), PETRO),
        (LOADS, ANY, (olena(open_leads=1, assigned_at=ago(1)), petro(open_leads=1, assigned_at=ago(2))), PETRO),
        # Everybody at once: nobody is first.
        (HotRoute(assign=Assign.EVERYONE), ANY, (olena(), petro()), None),
        # Passed over: full, away, not at work, out of reach.
        (TURNS, ANY, (olena(capacity=2, open_leads=2), petro(assigned_at=ago(0))), PETRO),
        (TURNS, ANY, (olena(capacity=2, open_leads=1), petro(assigned_at=ago(0))), OLENA),
        (TURNS, ANY, (olena(capacity=0), petro(assigned_at=ago(0))), PETRO),
        (TURNS, ANY, (olena(calendar=AWAY), petro(assigned_at=ago(0))), PETRO),
        (TURNS, ANY, (olena(calendar=TUESDAYS), petro(assigned_at=ago(0))), PETRO),
        (TURNS, ANY, (olena(reachable=False), petro(assigned_at=ago(0))), PETRO),
        (TURNS, ANY, (olena(calendar=AWAY), petro(reachable=False)), None),
        # What they speak: who names no language speaks them all.
        (IN_UKRAINIAN, Wanted("uk"), (olena(languages=frozenset({"en"})), petro(languages=UKRAINIAN)), PETRO),
        (IN_UKRAINIAN, Wanted("uk"), (olena(), petro(languages=UKRAINIAN)), OLENA),
        (IN_UKRAINIAN, Wanted("en"), (petro(languages=UKRAINIAN),), None),
        (TURNS, Wanted("en"), (petro(languages=UKRAINIAN),), PETRO),
        # What they know.
        (KITCHENS, ANY, (olena(skills=frozenset({"beds"})), petro(skills=frozenset({"kitchens", "beds"}))), PETRO),
        (KITCHENS, ANY, (olena(skills=frozenset({"beds"})),), None),
        # By name, whatever the rule says; as any other when they cannot.
        (BY_NAME, Wanted("en", "fair"), (olena(), sofia(assigned_at=ago(0))), SOFIA),
        (BY_NAME, Wanted("en", "street"), (olena(), sofia(assigned_at=ago(0))), OLENA),
        (BY_NAME, Wanted("en", "fair"), (olena(), sofia(calendar=AWAY)), OLENA),
        (
            HotRoute(assign=Assign.EVERYONE, named={"fair": SOFIA}),
            Wanted("en", "fair"),
            (olena(), sofia()),
            SOFIA,
        ),
        (TURNS, ANY, (), None),
    ],
)
def test_who_is_asked_first(
    route: HotRoute, wanted: Wanted, managers: tuple[Manager, ...], chosen: int | None
) -> None:
    assert choose(route, wanted, Team(managers, joined=True), (), NOON) == chosen


def test_who_was_asked_is_not_asked_again_and_then_it_is_everybodys_turn() -> None:
    team, tried = Team((olena(), petro(), sofia()), joined=True), list[int]()
    while (one := choose(TURNS, ANY, team, tried, NOON)) is not None:
        tried.append(one)
    assert tried == [OLENA, PETRO, SOFIA]


def test_a_quiz_that_says_nothing_asks_in_turns_a_team_that_somebody_joined_and_else_everybody() -> None:
    assert rule_of(HotRoute(), Team(joined=True)) is Assign.ROUND_ROBIN
    assert rule_of(HotRoute(), Team()) is Assign.EVERYONE
    assert rule_of(LOADS, Team()) is Assign.LEAST_LOADED


def test_turns_are_fair() -> None:
    moments: dict[int, datetime | None] = {OLENA: None, PETRO: None, SOFIA: None}
    had: list[int] = []
    for minute in range(30):
        team = Team(tuple(Manager(number, assigned_at=at) for number, at in moments.items()), joined=True)
        one = choose(TURNS, ANY, team, (), NOON)
        assert one is not None
        moments[one] = NOON + timedelta(minutes=minute)
        had.append(one)
    assert [had.count(number) for number in moments] == [10, 10, 10]


MANAGERS = st.builds(
    Manager,
    telegram_id=st.integers(1, 6),
    languages=st.frozensets(st.sampled_from(["en", "uk", "ru"])),
    skills=st.frozensets(st.sampled_from(["kitchens", "beds"])),
    capacity=st.none() | st.integers(0, 3),
    open_leads=st.integers(0, 4),
    calendar=st.sampled_from([Calendar(), TUESDAYS, AWAY]),
    reachable=st.booleans(),
    assigned_at=st.none() | st.integers(0, 9).map(lambda hours: NOON - timedelta(hours=hours)),
)
TEAMS = st.lists(MANAGERS, max_size=6, unique_by=lambda manager: manager.telegram_id)
ROUTES = st.builds(
    HotRoute,
    assign=st.none() | st.sampled_from(Assign),
    match=st.sets(st.sampled_from(Match)).map(tuple),
    skills=st.sets(st.sampled_from(["kitchens", "beds"])).map(tuple),
    named=st.dictionaries(st.just("fair"), st.integers(1, 6)),
)
WANTED = st.builds(Wanted, st.sampled_from(["en", "uk"]), st.none() | st.just("fair"))


@given(ROUTES, WANTED, TEAMS, st.sets(st.integers(1, 6)), st.randoms())
def test_nobody_is_asked_who_cannot_and_the_order_of_names_decides_nothing(
    route: HotRoute, wanted: Wanted, managers: list[Manager], tried: set[int], chance: object
) -> None:
    chosen = choose(route, wanted, Team(tuple(managers), joined=True), tried, NOON)
    mixed = sorted(managers, key=lambda _: chance.random())  # type: ignore[attr-defined]  # Hypothesis' own
    assert choose(route, wanted, Team(tuple(mixed), joined=True), tried, NOON) == chosen
    if chosen is not None:
        manager = next(each for each in managers if each.telegram_id == chosen)
        assert manager.reachable
        assert not manager.full
        assert works(NOON, manager.calendar)
        assert chosen not in tried


def test_a_team_works_when_those_do_who_can_be_reached() -> None:
    team = Team((olena(calendar=TUESDAYS), petro(calendar=AWAY, reachable=False)))
    assert team.calendars == (TUESDAYS,)
