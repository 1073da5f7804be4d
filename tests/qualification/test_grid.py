"""The fit × activity grid: the table that ships, tables of one's own, and what is told before publishing."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualification.grid import PROMISE, Grid
from qualification.loading import examine
from qualification.paths import paths
from qualification.score import Band, Entry, Origin, band_of, score
from tests.qualification.samples import NOON, a_quiz, source

STEPS = (
    "  - {id: role, ask: Who?, choices: [{id: chief, text: C, points: 60}, {id: aide, text: A, points: 40}, "
    "{id: intern, text: I, points: 20}, {id: nobody, text: N}, {id: rival, text: R, unfit: true}]}\n"
)
SHIPPED = a_quiz(STEPS, "grid: {}\nactivity: {product_link: 30, reply: 5}")
OWN = a_quiz(
    STEPS,
    "grid:\n"
    "  fit: {guest: 0, regular: 40}\n"
    "  activity: {asleep: 0, awake: 10, restless: 50}\n"
    "  cells: {guest: [cold, cold, warm], regular: [warm, hot, hot]}\n"
    "activity: {product_link: 30}",
)

# fit ↓, activity →        0      9     10     29     30     59     60
TABLE: dict[int, tuple[str, ...]] = {
    -10: ("cold", "cold", "cold", "cold", "cold", "cold", "warm"),  # stranger
    19: ("cold", "cold", "cold", "cold", "cold", "cold", "warm"),
    20: ("cold", "cold", "cold", "cold", "warm", "warm", "warm"),  # unsuitable
    39: ("cold", "cold", "cold", "cold", "warm", "warm", "warm"),
    40: ("warm", "warm", "warm", "warm", "hot", "hot", "hot"),  # suitable
    59: ("warm", "warm", "warm", "warm", "hot", "hot", "hot"),
    60: ("hot", "hot", "hot", "hot", "hot", "hot", "hot"),  # very suitable
    99: ("hot", "hot", "hot", "hot", "hot", "hot", "hot"),
}
ACTIVITIES = (0, 9, 10, 29, 30, 59, 60)


@pytest.mark.parametrize("fit", TABLE)
def test_the_table_that_ships(fit: int) -> None:
    assert tuple(band_of(SHIPPED, fit, activity) for activity in ACTIVITIES) == TABLE[fit]


def test_its_levels_are_four_by_four() -> None:
    grid = Grid()
    assert list(grid.fit) == ["stranger", "unsuitable", "suitable", "very_suitable"]
    assert list(grid.activity) == ["inactive", "less_active", "active", "very_active"]
    assert len(set(product(grid.fit, grid.activity))) == 16


@pytest.mark.parametrize(
    ("fit", "activity", "band"),
    [
        (39, 0, "cold"),  # guest, asleep
        (39, 49, "cold"),
        (39, 50, "warm"),  # guest, restless
        (40, -25, "warm"),  # regular, asleep: silence took points
        (40, 9, "warm"),
        (40, 10, "hot"),
    ],
)
def test_a_table_of_ones_own_size(fit: int, activity: int, band: str) -> None:
    assert band_of(OWN, fit, activity) == band
    entries = [Entry(Origin.ANSWER, "role", fit, NOON), Entry(Origin.LINK, "product_link", activity, NOON)]
    assert score(OWN, entries, NOON).band == band


def test_who_is_ruled_out_is_in_no_cell() -> None:
    assert band_of(SHIPPED, 99, 99, unfit=True) is Band.UNFIT


def test_with_a_grid_points_of_activity_do_not_make_up_for_fit() -> None:
    assert band_of(SHIPPED, 10, 60) is Band.WARM
    assert band_of(SHIPPED, 60, 10) is Band.HOT  # 70 in all, both times


@given(st.integers(-50, 100), st.integers(-50, 100), st.integers(0, 50), st.integers(0, 50))
def test_more_points_never_make_a_lead_less_promising(fit: int, activity: int, more: int, still_more: int) -> None:
    for quiz in (SHIPPED, OWN):
        here, there = band_of(quiz, fit, activity), band_of(quiz, fit + more, activity + still_more)
        assert PROMISE.index(here.value) <= PROMISE.index(there.value)


def test_every_band_that_answers_reach_is_found() -> None:
    assert {ending.band for ending in paths(SHIPPED).endings} == set(Band)
    assert {ending.band for ending in paths(OWN).endings} == {Band.WARM, Band.COLD, Band.UNFIT}


# Before publishing -------------------------------------------------------------------------------------


def _told(scoring: str, steps: str = STEPS) -> list[str]:
    return [str(problem).partition(": ")[2] for problem in examine(source(steps, scoring), "q.yaml").problems]


LINKS = "activity: {product_link: 30}"
SMALL = (
    "grid: {fit: {low: 0, high: 40}, activity: {idle: 0, busy: 10}, cells: {low: [cold, warm], high: [warm, hot]}}"
)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("high: 40", "high: 0", ["error: `high` begins at 0, and `low` before it at 0. Sort the levels"]),
        ("busy: 10", "busy: -5", ["error: `busy` begins at -5, and `idle` before it at 0. Sort the levels"]),
        (
            "high: [warm, hot]",
            "hgih: [warm, hot]",
            [
                "error: there is no level of fit `hgih`. Did you mean `high`?",
                "error: no bands for `high`. Give each level of fit a line in `cells`.",
            ],
        ),
        (
            "low: [cold, warm]",
            "low: [cold]",
            ["error: `low` has 1 bands, and there are 2 levels of activity. Write one for each: idle, busy."],
        ),
        (
            "low: [cold, warm]",
            "low: [cold, warm, hot]",
            ["error: `low` has 3 bands, and there are 2 levels of activity. Write one for each: idle, busy."],
        ),
        ("[warm, hot]", "[warm, hto]", ["error: `high` cannot be `hto`. Did you mean `hot`?"]),
        (
            "[warm, hot]",
            "[warm, cold]",
            [
                "warning: `high` and `busy` is cold, less than with `idle`. More points should never",
                "warning: `high` and `busy` is cold, less than with `low`. More points should never",
                "error: nobody can become hot: no cell that is hot can be reached. Look at",
            ],
        ),
        (
            "high: 40",
            "high: 90",
            [
                "warning: no answers lead to `high`: they give 0 to 60, it begins at 90. Look at",
                "error: nobody can become hot: no cell that is hot can be reached. Look at",
            ],
        ),
        (
            "[cold, warm], high: [warm, hot]",
            "[cold, cold], high: [hot, hot]",
            ["warning: no cell that is warm can be reached. Look at the levels, or at `cells`."],
        ),
        (
            "grid: {",
            "grid: {names: {bussy: Busy}, ",
            ["error: there is no level `bussy`. Did you mean `busy`?"],
        ),
        ("activity: {idle: 0, busy: 10}", "activity: {idle: 0}", ["error: `activity`"]),
    ],
)
def test_a_slip_in_a_grid_is_told(old: str, new: str, told: list[str]) -> None:
    assert old in SMALL
    found = [line for line in _told(f"{SMALL.replace(old, new, 1)}\n{LINKS}") if "by answers alone" not in line]
    assert [line[: len(start)] for line, start in zip(found, told, strict=True)] == told


def test_it_is_told_when_managers_hear_of_nobody_before_a_reaction() -> None:
    (told,) = _told(f"{SMALL}\n{LINKS}")
    assert told.startswith(
        "warning: nobody is hot by answers alone: the best are `high` and `idle`. Managers hear"
    )


def test_levels_that_nothing_lifts_anybody_to_are_told() -> None:
    idle, warm = _told(SMALL.replace("high: [warm, hot]", "high: [hot, hot]"))
    assert idle.startswith("warning: nothing that people do leads to `busy`, which begins at 10. Give points in")
    assert warm == "warning: no cell that is warm can be reached. Look at the levels, or at `cells`."


def test_the_grid_that_ships_has_nothing_to_be_told() -> None:
    assert _told("grid: {}\nactivity: {reply: 5}") == []


@pytest.mark.parametrize(
    ("scoring", "told"),
    [
        ("rules: []", "error: nothing says who is hot. Add `bands: {hot: …, warm: …}`, or a `grid`."),
        ("grid: {}\nbands: {hot: 2, warm: 1}", "error: a quiz has `bands` or a `grid`. Keep one of the two."),
    ],
)
def test_a_quiz_has_bands_or_a_grid(scoring: str, told: str) -> None:
    assert _told(scoring) == [told]
