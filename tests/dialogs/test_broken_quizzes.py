"""Broken quiz files: an admin is told the place, what is wrong and the remedy, and nothing else."""

from __future__ import annotations

import re
from datetime import date

import pytest

from dialogs.errors import QuizRefusedError
from dialogs.problems import Severity, did_you_mean
from qualification.loading import examine, load
from tests.dialogs.broken_quizzes import GOOD, SLIPS, Slip
from tests.dialogs.unhelpful_messages import UNHELPFUL


def _told(source: str) -> list[str]:
    return [str(problem).removeprefix("quiz.yaml:") for problem in examine(source, "quiz.yaml").problems]


def test_the_good_quiz_has_no_problems() -> None:
    assert _told(GOOD) == []


def test_there_are_at_least_twenty_kinds_of_broken() -> None:
    assert len(SLIPS) >= 20


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_told_with_its_line_and_its_remedy_and_nothing_else(name: str) -> None:
    assert _told(SLIPS[name].source) == list(SLIPS[name].told)


@pytest.mark.parametrize("name", [name for name, slip in SLIPS.items() if "error" in slip.told[0]])
def test_a_quiz_with_an_error_is_not_loaded(name: str) -> None:
    with pytest.raises(QuizRefusedError) as refused:
        load(SLIPS[name].source, "quiz.yaml")
    errors = [line for line in SLIPS[name].told if ": error: " in line]
    assert str(refused.value).splitlines() == [f"quiz.yaml:{line}" for line in errors]


@pytest.mark.parametrize("name", [name for name, slip in SLIPS.items() if "warning" in slip.told[0]])
def test_a_quiz_with_warnings_only_is_loaded(name: str) -> None:
    assert load(SLIPS[name].source, "quiz.yaml").quiz == "study-abroad"


OTHERS = {"an id that is a word of conditions": 2, "points in words at an only choice": 1}
"""Slips that break something else too, which is told as well."""


@pytest.mark.parametrize("name", UNHELPFUL)
def test_a_slip_gives_one_error_with_the_words_that_help(name: str) -> None:
    slip, words, _ = UNHELPFUL[name]
    errors = [line for line in _told(slip.source) if ": error: " in line]
    assert len(errors) == OTHERS.get(name, 0) + 1
    assert any(all(word in error for word in words) for error in errors)
    assert not re.search(r"People who speak it will read uk", "\n".join(_told(slip.source)))


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("", "1: error: this file holds no quiz. It starts with lines like `quiz: my-quiz` and `steps:`."),
        (
            "# нічого\n",
            "1: error: this file holds no quiz. It starts with lines like `quiz: my-quiz` and `steps:`.",
        ),
        (
            "- a\n- b\n",
            "1: error: this file holds no quiz. It starts with lines like `quiz: my-quiz` and `steps:`.",
        ),
        ("Привіт!", "1: error: this file holds no quiz. It starts with lines like `quiz: my-quiz` and `steps:`."),
        (
            "quiz: a\0b",
            "1: error: this is not YAML. unacceptable character #x0000: control characters are not allowed",
        ),
    ],
    ids=["empty", "only a comment", "a list", "a word", "not a text file"],
)
def test_a_file_that_holds_no_quiz_is_told_so(source: str, told: str) -> None:
    assert _told(source) == [told]


def test_a_problem_without_a_step_has_no_step_in_its_words() -> None:
    problems = examine(SLIPS["hot below warm"].source, "q.yaml").problems
    assert [(problem.step, problem.severity) for problem in problems] == [(None, Severity.ERROR)]


@pytest.mark.parametrize(
    ("written", "known", "said"),
    [
        ("timelin", ["timeline", "budget"], "Did you mean `timeline`?"),
        ("xyz", ["timeline", "budget"], "There is: `budget`, `timeline`."),
        ("xyz", [], ""),
        ("бюджет", ["budget"], "There is: `budget`."),
    ],
)
def test_what_was_probably_meant_is_suggested(written: str, known: list[str], said: str) -> None:
    assert did_you_mean(written, known) == said


DREAM = "    text: {max: 200}\n"


@pytest.mark.parametrize(
    ("question", "answered"),
    [
        ("date: {}", "with a day"),
        ("city: true", "with a city"),
        ("file: {}", "with a file"),
        ("name: full", "in free words"),
    ],
)
def test_what_cannot_be_tested_is_told_by_what_it_is_answered_with(question: str, answered: str) -> None:
    source = GOOD.replace(DREAM, f"    {question}\n").replace("{country: poland, age: {max: 17}}", "{dream: kyiv}")
    assert _told(source) == [
        (
            f"30: error: `dream` is answered {answered}, which cannot be tested. "
            "Test a question with choices or a number."
        )
    ]


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (
            "{to: 2026-12-31}",
            "the days from today to 2026-12-31 are over. Write later ones, or a distance such as 60d.",
        ),
        (
            "{from: 2026-12-01, to: 2026-12-24, times: 10-18}",
            "the days from 2026-12-01 to 2026-12-24 are over. Write later ones.",
        ),
    ],
)
def test_days_that_are_over_are_told_to_who_knows_what_day_it_is(days: str, told: str) -> None:
    source = GOOD.replace(DREAM, f"    date: {days}\n")
    assert _told(source) == []
    assert examine(source, "quiz.yaml", date(2026, 12, 1)).problems == []
    late = examine(source, "quiz.yaml", date(2027, 1, 5)).problems
    assert [str(problem) for problem in late] == [f"quiz.yaml:21: error: step `dream`: {told}"]


def test_pictures_and_choices_keep_to_what_telegram_shows() -> None:
    choices = "".join(f"      - {{id: c{n}, text: Х}}\n" for n in range(91))
    assert "91 choices; a message takes 90 buttons" in _told(GOOD.replace(DREAM, f"    choices:\n{choices}"))[0]
    pictures = "".join(f"      - {{id: c{n}, text: Х, image: a.jpg}}\n" for n in range(11))
    assert "11 choices have a picture" in _told(GOOD.replace(DREAM, f"    choices:\n{pictures}"))[0]


def test_a_slip_is_a_change_of_the_good_quiz() -> None:
    assert all(slip.source != GOOD for slip in (*SLIPS.values(), *(slip for slip, *_ in UNHELPFUL.values())))
    assert isinstance(next(iter(SLIPS.values())), Slip)


def test_a_sequence_whose_days_are_all_holidays_is_told_so() -> None:
    days = ", ".join(
        f"{month:02}-{day:02}" for month in range(1, 13) for day in range(1, 32) if _is_day(month, day)
    )
    source = GOOD.replace("  warm-up:\n", f"  warm-up:\n    holidays: [{days}]\n    messages:\n")
    told = "39: error: step `warm-up/message-1`: its time never comes: every day that is left is a holiday. "
    assert _told(source) == [f"{told}Look at `weekdays` and at `holidays`."]


def _is_day(month: int, day: int) -> bool:
    try:
        return bool(date(2028, month, day))
    except ValueError:
        return False
