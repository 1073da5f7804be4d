"""The page about scores is right: each number in its tables is what the code makes of its example."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.hand_off.reasons import answer_points, other_reasons
from dialogs.answers import Answer, Choice, Number
from qualification.activity import earned, tapped
from qualification.grid import Grid
from qualification.loading import examine, load
from qualification.quiz import Quiz
from qualification.score import Entry, Origin, fit_entries, is_unfit, score
from qualification.scoring import Activity
from tests.qualification.samples import NOON

PAGE = (Path(__file__).parent.parent.parent / "docs" / "qualification.md").read_text(encoding="utf-8")
EXAMPLES: list[str] = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
QUIZ = load(EXAMPLES[0], "qualification.md")


def _table(head: str) -> list[list[str]]:
    """Return the rows below a table's first line."""
    lines = PAGE.partition(f"\n{head}\n")[2].splitlines()[1:]
    rows = lines[: next(place for place, line in enumerate(lines) if not line.startswith("|"))]
    assert rows, head
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def _answers(size: str, budget: str, start: str) -> dict[str, Answer]:
    return {"size": Number(number=int(size)), "budget": Choice(choice=budget), "start": Choice(choice=start)}


@pytest.mark.parametrize("row", _table("| size | budget | start | the arithmetic | fit | band |"), ids=" ".join)
def test_the_fit_of_each_line(row: list[str]) -> None:
    *given, arithmetic, fit, band = row
    answers = _answers(*given)
    found = score(QUIZ, fit_entries(QUIZ, answers, NOON), NOON, unfit=is_unfit(QUIZ, answers))
    terms = [int(term.replace(" ", "")) for term in re.findall(r"[+-]? ?\d+", arithmetic.replace("−", "-"))]
    assert [entry.points for entry in found.reasons] == terms
    assert (found.fit, found.band) == (int(fit), band)
    assert sum(terms) == int(fit)


@pytest.mark.parametrize("row", _table("| what happened | days ago | points then | points now |"), ids=" ".join)
def test_what_each_deed_is_still_worth(row: list[str]) -> None:
    what, days, then, now = row
    origin = Origin(what) if what in set(Origin) else Origin.LINK
    (entry,) = earned(QUIZ, Entry(origin, what, 0, NOON, "5"), ())
    assert entry.points == int(then)
    assert score(QUIZ, [entry], NOON + timedelta(days=int(days))).activity == int(now)


def _cells(grid: Grid) -> Iterator[list[str]]:
    for level in reversed(grid.fit):
        yield [f"`{level}` {grid.fit[level]}+", *(grid.cell(level, active) for active in grid.activity)]


def test_the_grid_is_the_one_that_ships() -> None:
    grid = Grid()
    heads = " | ".join(f"`{level}` {begins}+" for level, begins in grid.activity.items())
    assert _table(f"| fit ↓ activity → | {heads} |") == list(_cells(grid))


def test_the_words_of_activity_are_all_of_them() -> None:
    listed = {
        word for row in _table("| word | what gives the points |") for word in re.findall(r"`(\w+)`", row[0])
    }
    assert listed == {*Activity.model_fields, *QUIZ.scoring.activity.kinds}


def test_the_reasons_are_what_a_card_says() -> None:
    tap = earned(QUIZ, tapped("product_link", "examples/first", NOON), ())
    now = NOON + timedelta(days=44)
    found = score(QUIZ, [*fit_entries(QUIZ, _answers("4", "much", "now"), NOON), *tap], now)
    assert f"    Why {found.total}\n" in PAGE
    for line in other_reasons(QUIZ, found, now, "en"):
        assert f"    • {re.sub('<.*?>', '', line)}\n" in PAGE
    for points in answer_points(found).values():
        assert f" {points:+d}\n" in PAGE


def test_the_examples_have_nothing_to_be_told() -> None:
    head = EXAMPLES[0].partition("scoring:")[0]
    for example in EXAMPLES:
        whole = example if example.startswith("quiz:") else head + example
        draft = examine(whole, "qualification.md")
        assert [str(problem) for problem in draft.problems] == []
        assert isinstance(draft.document, Quiz)
