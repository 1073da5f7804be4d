"""Looks at every path through a quiz: its best and worst score, and the bands in reach."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain

from dialogs.answers import Answer, Choice, Contact, Decision, Number, Written
from dialogs.conditions import Between, Condition
from dialogs.document import (
    ChoiceQuestion,
    ConsentRequest,
    ContactRequest,
    End,
    NumberQuestion,
    Say,
    TextQuestion,
)
from dialogs.flow import AnyStep, first, following
from qualification.errors import TooManyPathsError
from qualification.quiz import Quiz
from qualification.score import Band, band_of, fit_entries, is_unfit

BUDGET = 50_000
"""States to look at before giving up; a quiz of ten questions needs a few hundred."""

Path = tuple[tuple[str, Answer], ...]


@dataclass(frozen=True)
class Ending:
    """A score that can be reached by answers alone, with one path that reaches it."""

    total: int
    band: Band
    path: Path


@dataclass(frozen=True)
class Paths:
    """What a quiz's paths can lead to."""

    endings: tuple[Ending, ...]

    @property
    def best(self) -> Ending:
        """The highest score."""
        return max(self.endings, key=lambda ending: (ending.band is not Band.UNFIT, ending.total))

    @property
    def worst(self) -> Ending:
        """The lowest score."""
        return min(self.endings, key=lambda ending: ending.total)

    def in_band(self, band: Band) -> tuple[Ending, ...]:
        """The endings of a band."""
        return tuple(ending for ending in self.endings if ending.band is band)


def paths(quiz: Quiz) -> Paths:
    """Look at every path. Raises TooManyPathsError above `BUDGET` states."""
    walk = _Walk(quiz)
    found = walk.ahead(first(quiz, {}), {})
    endings = (Ending(total, band_of(quiz, total, unfit=unfit), path) for (total, unfit), path in found.items())
    return Paths(tuple(sorted(endings, key=lambda ending: ending.total)))


_Found = dict[tuple[int, bool], Path]


class _Walk:
    """Where two people stand at one step, with equal answers to what matters later, their ways are equal."""

    def __init__(self, quiz: Quiz) -> None:
        self._quiz = quiz
        self._matters = {question for question, _ in _tests(quiz)} | {
            step.id for step in quiz.steps if isinstance(step, ConsentRequest)
        }
        self._known: dict[tuple[str, frozenset[tuple[str, Answer]]], _Found] = {}
        self._open: set[tuple[str, frozenset[tuple[str, Answer]]]] = set()

    def ahead(self, step: AnyStep | None, answers: Mapping[str, Answer]) -> _Found:
        while isinstance(step, Say):
            step = following(self._quiz, step, answers)
        if step is None or isinstance(step, End):
            return {(self._points(answers, rules_only=True), self._ruled_out(answers)): ()}
        state = (step.id, frozenset(answers.items()))
        if state in self._open:  # going round a loop reaches nothing new
            return {}
        if state not in self._known:
            if len(self._known) >= BUDGET:
                raise TooManyPathsError
            self._open.add(state)
            self._known[state] = self._from(step, answers)
            self._open.discard(state)
        return self._known[state]

    def _from(self, step: AnyStep, answers: Mapping[str, Answer]) -> _Found:
        found: _Found = {}
        for answer in _samples(self._quiz, step):
            here = {step.id: answer}
            kept = {**answers, **here} if step.id in self._matters else dict(answers)
            # `following` must see the answer itself, whether or not it matters later.
            after = following(self._quiz, step, {**answers, **here})
            gained, unfit = self._points(here, rules_only=False), self._chosen_out(here)
            for (total, ruled_out), path in self.ahead(after, kept).items():
                found.setdefault((total + gained, ruled_out or unfit), ((step.id, answer), *path))
        return found

    def _points(self, answers: Mapping[str, Answer], *, rules_only: bool) -> int:
        wanted = "rule" if rules_only else "answer"
        entries = fit_entries(self._quiz, answers, datetime.min.replace(tzinfo=UTC))
        return sum(entry.points for entry in entries if entry.origin == wanted)

    def _ruled_out(self, answers: Mapping[str, Answer]) -> bool:
        return any(rule.unfit and rule.when.holds(answers) for rule in self._quiz.scoring.rules)

    def _chosen_out(self, answers: Mapping[str, Answer]) -> bool:
        return is_unfit(self._quiz, answers) and not self._ruled_out(answers)


def _samples(quiz: Quiz, step: AnyStep) -> Iterator[Answer]:
    """Answers that stand for all others: each choice, and a number on either side of every boundary."""
    match step:
        case ChoiceQuestion(choices=choices):
            yield from (Choice(choice=choice.id) for choice in choices)
        case NumberQuestion():
            yield from (Number(number=number) for number in _numbers(quiz, step))
        case ConsentRequest():
            yield from (Decision(given=True), Decision(given=False))
        case TextQuestion():
            yield Written(text="…")
        case ContactRequest(contact=kind):
            yield Contact(contact=kind, value="…")
        case Say() | End():
            return


def _numbers(quiz: Quiz, step: NumberQuestion) -> Iterable[float]:
    bounds = step.number
    edges: set[float] = {edge for edge in (bounds.min, bounds.max) if edge is not None}
    for reach in step.points:
        edges |= set() if reach.to is None else {reach.to, reach.to + 1}
    for question, test in _tests(quiz):
        if question == step.id and isinstance(test, Between):
            edges |= set() if test.min is None else {test.min, test.min - 1}
            edges |= set() if test.max is None else {test.max, test.max + 1}
    low = bounds.min if bounds.min is not None else float("-inf")
    high = bounds.max if bounds.max is not None else float("inf")
    return sorted(edge for edge in edges if low <= edge <= high) or [0]


def _tests(quiz: Quiz) -> Iterator[tuple[str, object]]:
    conditions: Iterable[Condition | None] = chain(
        (step.when for step in quiz.steps), (rule.when for rule in quiz.scoring.rules)
    )
    for condition in conditions:
        if condition is not None:
            yield from condition.all_tests()
