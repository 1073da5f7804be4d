"""Groups that cap what belongs together, and products with scores of their own: in the score, paths and checks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.answers import Answer, Choice, Choices
from qualification.loading import examine
from qualification.paths import paths
from qualification.score import Entry, Origin, fit_entries, fit_points, score
from tests.qualification.samples import NOON, a_quiz, source

STEPS = (
    "  - {id: budget, ask: Budget?, choices: [{id: large, text: L, points: 30}, {id: small, text: S, points: 10}, "
    "{id: none, text: N, points: -20}]}\n"
    "  - {id: soon, ask: When?, choices: [{id: now, text: N, points: 20}, {id: later, text: L}]}\n"
    "  - {id: role, ask: Who?, choices: [{id: chief, text: C, points: 15}, {id: aide, text: A, points: 5}]}\n"
)
SCORING = (
    "bands: {hot: 45, warm: 20}\n"
    "rules: [{id: ready, when: {budget: large, soon: now}, points: 10}]\n"
    "groups: [{id: money, questions: [budget, soon], rules: [ready], points_up_to: 40, name: Budget and time}]"
)
CAPPED = a_quiz(STEPS, SCORING)


def _answers(**chosen: str) -> dict[str, Answer]:
    return {question: Choice(choice=choice) for question, choice in chosen.items()}


@pytest.mark.parametrize(
    ("budget", "soon", "role", "points", "total"),
    [
        ("large", "now", "chief", [30, 20, 15, 10, -20], 55),  # 30 + 20 + 10 are 60, 40 at most; and 15
        ("large", "later", "chief", [30, 15], 45),
        ("small", "now", "aide", [10, 20, 5], 35),
        ("none", "now", "chief", [-20, 20, 15], 15),  # what is below a cap is not lifted to it
    ],
)
def test_a_group_gives_no_more_than_its_cap(
    budget: str, soon: str, role: str, points: list[int], total: int
) -> None:
    entries = fit_entries(CAPPED, _answers(budget=budget, soon=soon, role=role), NOON)
    assert [entry.points for entry in entries] == points
    assert score(CAPPED, entries, NOON).fit == sum(points) == total


def test_a_cap_is_a_row_of_the_ledger() -> None:
    entries = fit_entries(CAPPED, _answers(budget="large", soon="now"), NOON)
    assert entries[-1] == Entry(Origin.CAP, "money", -20, NOON, "40")


@pytest.mark.parametrize(
    ("rules", "best"),
    [
        ("rules: [{id: ready, when: {budget: large, soon: now}, points: 10}]\n", 40 + 15),
        ("rules: [{id: ready, when: {role: chief}, points: 1}]\n", 40 + 15),  # 30 + 20 + 1 are capped, 15 are not
    ],
)
def test_paths_know_of_caps(rules: str, best: int) -> None:
    quiz = a_quiz(STEPS, SCORING.replace(SCORING.splitlines(keepends=True)[1], rules))
    endings = paths(quiz).endings
    assert max(ending.total for ending in endings) == best
    for ending in endings:
        assert fit_points(fit_entries(quiz, dict(ending.path), NOON)) == ending.total


@given(st.integers(0, 60), st.integers(0, 60), st.sampled_from(["large", "small", "none"]))
def test_a_higher_cap_never_lowers_the_fit(cap: int, more: int, budget: str) -> None:
    def fit(points_up_to: int) -> int:
        (group,) = CAPPED.scoring.groups
        groups = (group.model_copy(update={"points_up_to": points_up_to}),)
        quiz = CAPPED.model_copy(update={"scoring": CAPPED.scoring.model_copy(update={"groups": groups})})
        return fit_points(fit_entries(quiz, _answers(budget=budget, soon="now", role="chief"), NOON))

    assert fit(cap) <= fit(cap + more)


# Products --------------------------------------------------------------------------------------------------

OFFICE = a_quiz(
    "  - {id: team, ask: Team?, choices: [{id: big, text: B, points: 20, products: {desks: 30, booths: 10}}, "
    "{id: tiny, text: T, products: {desks: 5}}]}\n"
    "  - {id: wants, ask: What?, several: {}, choices: [{id: quiet, text: Q, points: 5, products: {booths: 25}}, "
    "{id: light, text: L, products: {lamps: 15, booths: -5}}]}\n",
    "bands: {hot: 25, warm: 10}\n"
    "rules: [{id: loud, when: {team: big, wants: quiet}, products: {booths: 20}}]\n"
    "products: {desks: Desks, booths: Quiet booths, lamps: Lamps}",
)


@pytest.mark.parametrize(
    ("team", "wants", "total", "products"),
    [
        # booths: 10 for the team + 25 − 5 for the wishes + 20 for the rule
        ("big", ("quiet", "light"), 25, (("booths", 50), ("desks", 30), ("lamps", 15))),
        ("big", ("light",), 20, (("desks", 30), ("lamps", 15), ("booths", 5))),
        ("tiny", ("light",), 0, (("lamps", 15), ("desks", 5), ("booths", -5))),
        ("tiny", ("quiet",), 5, (("booths", 25), ("desks", 5))),
    ],
)
def test_each_product_has_its_own_score(
    team: str, wants: tuple[str, ...], total: int, products: tuple[tuple[str, int], ...]
) -> None:
    answers: dict[str, Answer] = {"team": Choice(choice=team), "wants": Choices(choices=wants)}
    found = score(OFFICE, fit_entries(OFFICE, answers, NOON), NOON)
    assert (found.total, found.products) == (total, products)


def test_points_of_products_lead_nobody_to_a_band() -> None:
    assert {ending.total for ending in paths(OFFICE).endings} == {0, 5, 20, 25}


def test_without_products_there_are_none() -> None:
    assert score(CAPPED, fit_entries(CAPPED, _answers(budget="large"), NOON), NOON).products == ()


# Before publishing -------------------------------------------------------------------------------------


def _told(quiz: str) -> list[str]:
    return [str(problem).partition(": ")[2] for problem in examine(quiz, "q.yaml").problems]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("[budget, soon]", "[budgte, soon]", "error: there is no question `budgte`. Did you mean `budget`?"),
        ("rules: [ready]", "rules: [redy]", "error: there is no rule `redy`. Did you mean `ready`?"),
        ("[budget, soon]", "[budget, agree]", "error: there is no question `agree`. There is:"),
        (
            "questions: [budget, soon], rules: [ready], ",
            "",
            "error: the group `money` caps nothing. Name its `questions` or `rules`.",
        ),
        (
            "groups: [",
            "groups: [{id: time, questions: [soon], points_up_to: 10}, ",
            "error: `soon` stands in the group `time` already. Let it stand in one group only.",
        ),
        (
            "groups: [",
            "groups: [{id: money, questions: [role], points_up_to: 10}, ",
            "error: there are two groups `money`. Give each its own id.",
        ),
        ("points_up_to: 40", "points_up_to: -1", "error: `points_up_to` is `-1`. It must be at least 0."),
        ("points_up_to: 40", "at_most: 40", "error: `points_up_to` is missing."),
    ],
)
def test_a_slip_in_a_group_is_told(old: str, new: str, told: str) -> None:
    assert old in SCORING
    found = _told(source(STEPS, SCORING.replace(old, new, 1)))
    assert any(line.startswith(told) for line in found), found


@pytest.mark.parametrize(
    ("steps", "scoring", "told"),
    [
        (
            STEPS.replace("points: 15", "products: {desk: 15}"),
            "bands: {hot: 45, warm: 20}\nproducts: {desks: Desks}",
            [
                "error: step `role`: there is no product `desk`. Did you mean `desks`?",
                "warning: nothing gives points to the product `desks`. Name it in",
            ],
        ),
        (
            STEPS,
            "bands: {hot: 45, warm: 20}\nrules: [{id: a, when: {role: chief}, products: {desks: 5}}]",
            ["error: there is no product `desks`."],
        ),
        (
            STEPS,
            "bands: {hot: 45, warm: 20}\nactivity: {product_link: 5, points_a_day: {product_lnk: 5}}",
            ["error: there is no kind of activity `product_lnk`. Did you mean `product_link`?"],
        ),
    ],
)
def test_a_name_that_nothing_has_is_told(steps: str, scoring: str, told: list[str]) -> None:
    found = _told(source(steps, scoring))
    assert [line[: len(start)] for line, start in zip(found, told, strict=True)] == told


def test_the_line_of_a_slip_in_a_product_is_its_own() -> None:
    quiz = source(STEPS.replace("points: 15", "products: {desk: 15}"), "bands: {hot: 45, warm: 20}")
    (problem,) = examine(quiz, "q.yaml").problems
    assert "desk" in quiz.splitlines()[problem.line - 1]
