"""Every path through a quiz: the best and the worst score, and the bands in reach."""

from __future__ import annotations

import pytest

from dialogs.answers import Choice, Number
from qualification.errors import TooManyPathsError
from qualification.loading import examine
from qualification.paths import paths
from qualification.quiz import Quiz
from qualification.score import Band, fit_entries
from tests.qualification.samples import B2B, NOON, a_quiz, source

SIZE = "  - {id: size, ask: Size?, number: {min: 1, max: 50}, points: [{to: 20, add: 10}, {to: 30, add: 5}]}\n"
BANDS = "bands: {hot: 10, warm: 5}"


def _totals(quiz: Quiz) -> list[int]:
    return sorted({ending.total for ending in paths(quiz).endings})


def test_the_best_and_the_worst_path_are_named_with_their_answers() -> None:
    found = paths(B2B)
    assert (found.best.total, found.worst.total) == (10 + 10 + 10 + 5, 2 + 1 + 0)
    best = dict(found.best.path)
    assert (best["department"], best["position"]) == (Choice(choice="it"), Choice(choice="senior"))
    assert best["size"] in {Number(number=1), Number(number=20)}
    assert found.best.band is Band.HOT


def test_the_unfit_are_not_the_best_whatever_their_score() -> None:
    quiz = a_quiz(
        "  - {id: kind, ask: Which?, choices: [{id: a, text: A, points: 10}, "
        "{id: b, text: B, points: 90, unfit: true}]}\n",
        BANDS,
    )
    assert (paths(quiz).best.total, paths(quiz).best.band) == (10, Band.HOT)
    assert [ending.total for ending in paths(quiz).in_band(Band.UNFIT)] == [90]


@pytest.mark.parametrize(
    ("steps", "scoring", "totals"),
    [
        pytest.param(SIZE, BANDS, [0, 5, 10], id="a number on either side of each boundary"),
        pytest.param(SIZE.replace("max: 50", "max: 20"), BANDS, [10], id="no number is left past 20"),
        pytest.param(
            "  - {id: size, ask: Size?, number: {}, points: [{to: 20, add: 10}, {to: 30, add: 5}]}\n",
            BANDS,
            [0, 5, 10],
            id="no number is the last",
        ),
        pytest.param(SIZE.replace("max: 50", "max: 21"), BANDS, [5, 10], id="21 is left"),
        pytest.param(SIZE.replace("min: 1", "min: 21"), "bands: {hot: 5, warm: 1}", [0, 5], id="20 is too small"),
        pytest.param(
            "  - {id: size, ask: Size?, number: {}}\n",
            "bands: {hot: 7, warm: 5}\nrules: [{id: r, when: {size: {min: 20, max: 30}}, points: 7}]",
            [0, 7],
            id="a rule's range",
        ),
        pytest.param(
            "  - {id: a, ask: A?, choices: [{id: x, text: X, points: 10}, {id: y, text: Y, go: agree}]}\n"
            "  - {id: b, ask: B?, choices: [{id: x, text: X, points: 5}, {id: y, text: Y, points: 7}]}\n",
            BANDS,
            [0, 15, 17],
            id="a jump leaves a question out",
        ),
        pytest.param(
            "  - {id: a, ask: A?, choices: [{id: x, text: X, points: 10}, {id: y, text: Y}]}\n"
            "  - {id: b, ask: B?, when: {a: y}, choices: [{id: x, text: X, points: 3}, "
            "{id: y, text: Y, points: 4}]}\n",
            BANDS,
            [3, 4, 10],
            id="a condition leaves a question out",
        ),
        pytest.param(
            "  - {id: a, ask: A?, choices: [{id: x, text: X, points: 10}, {id: y, text: Y, points: 2}]}\n"
            "  - {id: b, ask: B?, choices: [{id: x, text: X}, {id: y, text: Y}]}\n",
            "bands: {hot: 7, warm: 5}\n"
            "rules: [{id: both, when: {a: y, b: y}, points: 5}, {id: no, when: {a: x}, points: -4}]",
            [2, 2 + 5, 10 - 4],
            id="rules over several answers",
        ),
        pytest.param(
            "  - {id: wish, ask: What?, text: {}}\n",
            "bands: {hot: 0, warm: -1}",
            [0],
            id="free words give nothing",
        ),
    ],
)
def test_every_total_that_answers_can_reach_is_found(steps: str, scoring: str, totals: list[int]) -> None:
    assert _totals(a_quiz(steps, scoring)) == sorted(totals)


def test_an_endings_path_earns_its_total() -> None:
    for ending in paths(B2B).endings:
        assert sum(entry.points for entry in fit_entries(B2B, dict(ending.path), NOON)) == ending.total


def test_who_goes_round_a_loop_is_not_counted_twice() -> None:
    quiz = a_quiz(
        "  - {id: kind, ask: Which?, choices: [{id: a, text: A, points: 10}, {id: b, text: B}]}\n"
        "  - {id: sure, ask: Sure?, choices: [{id: yes, text: Yes}, {id: no, text: No, go: kind}]}\n",
        BANDS.replace("hot: 10", "hot: 6"),
    )
    assert _totals(quiz) == [0, 10]


KIND = (
    "  - {{id: kind, ask: Which?, choices: "
    "[{{id: a, text: A, points: {a}}}, {{id: b, text: B, points: {b}{go}}}]}}\n"
)
MORE = "  - {id: more, ask: More?, choices: [{id: yes, text: Yes, go: kind}, {id: no, text: No}]}\n"


def test_an_answer_that_was_changed_on_the_next_round_no_longer_counts() -> None:
    quiz = a_quiz(
        KIND.format(a=10, b=6, go="") + MORE,
        "bands: {hot: 11, warm: 1}\nrules: [{id: first, when: {kind: a}, points: 1}]",
    )
    assert _totals(quiz) == [6, 10 + 1]  # never 10 + 6


def test_an_answer_from_an_earlier_round_of_a_loop_still_counts() -> None:
    extra = "  - {id: extra, ask: Extra?, choices: [{id: x, text: X, points: 7}]}\n"
    quiz = a_quiz(KIND.format(a=0, b=3, go=", go: more") + extra + MORE, "bands: {hot: 7, warm: 1}")
    # a, extra: 7; b: 3; a, extra, round again, b: 7 + 3.
    assert _totals(quiz) == [3, 7, 7 + 3]


def test_a_fraction_between_two_ranges_is_found() -> None:
    quiz = a_quiz(
        "  - {id: size, ask: Size?, number: {min: 1, max: 50}}\n",
        "bands: {hot: 1, warm: 0}\n"
        "rules: [{id: low, when: {size: {max: 20}}, points: 5}, {id: high, when: {size: {min: 21}}, points: 5}]",
    )
    assert _totals(quiz) == [0, 5]  # 20.5 is in neither


def _entangled(edges: int) -> Quiz:
    """Two numbers with so many boundaries each, and a rule that needs both: every pair is a state of its own."""
    ranges = ", ".join(f"{{to: {edge}, add: {edge}}}" for edge in range(1, edges + 1))
    number = f"number: {{min: 1, max: {edges}}}, points: [{ranges}]"
    return a_quiz(
        f"  - {{id: a, ask: A?, {number}}}\n  - {{id: b, ask: B?, {number}}}\n",
        "bands: {hot: 2, warm: 1}\nrules: [{id: r, when: {a: {min: 2}, b: {min: 2}}, points: 1}]",
    )


def test_a_quiz_with_more_than_a_hundred_pairs_is_looked_at_whole() -> None:
    assert _totals(_entangled(12)) == list(range(2, 12 + 12 + 2))


@pytest.mark.parametrize(
    ("activity", "severities"),
    [
        ("{}", ["error"]),
        ("{speed: {within: 3m, points: 5}}", ["warning"]),  # 10 + 5
        ("{speed: {within: 3m, points: 4}}", ["error"]),
        ("{reply: 1}", ["warning"]),
        ("{reply: -1}", ["error"]),
        ("{comeback: {after: 7d, points: 5}}", ["warning"]),
        ("{product_link: 30}", ["error"]),  # there is no follow-up with a link
    ],
)
def test_who_is_not_hot_by_answers_may_become_so_by_what_they_do(activity: str, severities: list[str]) -> None:
    written = source(SIZE, f"bands: {{hot: 15, warm: 5}}\nactivity: {activity}")
    assert [problem.severity for problem in examine(written, "q.yaml").problems] == severities


def test_a_quiz_with_too_many_paths_says_so() -> None:
    with pytest.raises(TooManyPathsError, match="too many paths"):
        paths(_entangled(32), budget=100)
