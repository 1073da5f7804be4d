"""Points of every kind of question: several choices, ratings, answers of any words, and what was skipped."""

from __future__ import annotations

import pytest

from dialogs.answers import Answer, Attached, Choices, Day, Number, Place, Skipped, Written
from qualification.paths import MANY_CHOICES, paths
from qualification.quiz import Quiz
from qualification.score import Origin, fit_entries, is_unfit
from tests.qualification.samples import NOON, a_quiz

WISHES = (
    "  - {id: wishes, ask: What?, several: {min: 1, max: 3%s}, choices: [{id: desks, text: D, points: 10}, "
    "{id: lamps, text: L, points: 5}, {id: none, text: N, points: -3}, {id: spy, text: S, unfit: true}]}\n"
)
STARS = "  - {id: stars, ask: How?, rating: {max: 5}, points: [{to: 2, add: -5}, {to: 4, add: 5}, {add: 10}]}\n"
BANDS = "bands: {hot: 5, warm: 1}"


def _points(quiz: Quiz, answers: dict[str, Answer]) -> list[tuple[str, int, str]]:
    return [(entry.rule, entry.points, entry.detail) for entry in fit_entries(quiz, answers, NOON)]


@pytest.mark.parametrize(
    ("up_to", "ticked", "points"),
    [
        ("", ("desks",), 10),
        ("", ("desks", "lamps"), 15),
        ("", ("desks", "lamps", "none"), 12),
        (", points_up_to: 12", ("desks", "lamps"), 12),
        (", points_up_to: 12", ("desks",), 10),
        (", points_up_to: 12", ("none",), -3),
        ("", ("desks", "gone"), 10),
    ],
)
def test_ticked_choices_add_up_to_no_more_than_the_admin_allows(
    up_to: str, ticked: tuple[str, ...], points: int
) -> None:
    quiz = a_quiz(WISHES % up_to, BANDS)
    answers: dict[str, Answer] = {"wishes": Choices(choices=ticked)}
    assert _points(quiz, answers) == [("wishes", points, ",".join(ticked))]


def test_one_ticked_choice_is_enough_to_be_no_fit() -> None:
    quiz = a_quiz(WISHES % "", BANDS)
    assert is_unfit(quiz, {"wishes": Choices(choices=("desks", "spy"))})
    assert not is_unfit(quiz, {"wishes": Choices(choices=("desks",))})


def test_a_rule_holds_where_one_of_the_ticked_choices_is_named() -> None:
    quiz = a_quiz(WISHES % "", f"{BANDS}\nrules: [{{id: light, when: {{wishes: lamps}}, points: 7}}]")
    assert ("light", 7, "") in _points(quiz, {"wishes": Choices(choices=("desks", "lamps"))})
    assert ("light", 7, "") not in _points(quiz, {"wishes": Choices(choices=("desks",))})


@pytest.mark.parametrize(("stars", "points"), [(1, -5), (2, -5), (3, 5), (4, 5), (5, 10)])
def test_a_rating_has_ranges_like_a_number(stars: int, points: int) -> None:
    assert _points(a_quiz(STARS, BANDS), {"stars": Number(number=stars)}) == [("stars", points, str(stars))]


def test_a_large_number_is_explained_with_all_its_digits() -> None:
    quiz = a_quiz("  - {id: size, ask: Size?, number: {}, points: [{add: 5}]}\n", BANDS)
    assert _points(quiz, {"size": Number(number=1_500_000)}) == [("size", 5, "1500000")]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("text: {}", Written(text="x")),
        ("name: first", Written(text="Anna")),
        ("date: {}", Day(day=NOON.date())),
        ("city: true", Place(name="Kyiv")),
        ("file: {}", Attached(type="photo", name="p", mime="image/jpeg", size=1, file_id="f")),
    ],
)
def test_an_answer_of_any_words_gives_its_points_once_and_a_skipped_one_gives_none(
    question: str, answer: Answer
) -> None:
    quiz = a_quiz(f"  - {{id: q, ask: What?, points: 5, optional: true, {question}}}\n", BANDS)
    assert _points(quiz, {"q": answer}) == [("q", 5, "")]
    assert _points(quiz, {"q": Skipped()}) == []
    assert {ending.total for ending in paths(quiz).endings} == {0, 5}


def test_a_skipped_choice_or_number_gives_no_points() -> None:
    quiz = a_quiz(
        STARS.replace("rating:", "optional: true, rating:")
        + WISHES.replace("several:", "optional: true, several:") % "",
        BANDS,
    )
    assert _points(quiz, {"stars": Skipped(), "wishes": Skipped()}) == []
    assert 0 in {ending.total for ending in paths(quiz).endings}


def test_every_set_of_ticks_is_foreseen() -> None:
    found = paths(a_quiz(WISHES % "", BANDS))
    assert (found.best.total, found.worst.total) == (15, -3)
    assert {e.total for e in found.endings} == {10, 5, -3, 0, 15, 7, 2, 12}


def test_of_many_choices_the_best_and_the_worst_set_are_foreseen() -> None:
    many = ", ".join(f"{{id: c{n}, text: C, points: {n - 3}}}" for n in range(MANY_CHOICES + 2))
    quiz = a_quiz(f"  - {{id: many, ask: Which?, several: {{min: 2, max: 4}}, choices: [{many}]}}\n", BANDS)
    found = paths(quiz)
    assert (found.best.total, found.worst.total) == (8 + 7 + 6 + 5, -3 - 2 - 1)


def test_points_say_that_an_answer_gave_them() -> None:
    entries = fit_entries(a_quiz(STARS, BANDS), {"stars": Number(number=5)}, NOON)
    assert [entry.origin for entry in entries] == [Origin.ANSWER]
