"""Looks at every path through a quiz: its best and worst score, and the bands in reach."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, combinations

from dialogs.answers import Answer, Choice, Choices, Contact, Decision, Number, Skipped, Written
from dialogs.conditions import Between, Condition, Test, passes
from dialogs.flow import first, following, targets
from dialogs.steps import (
    AnyStep,
    ChoiceQuestion,
    CityQuestion,
    ConsentRequest,
    ContactRequest,
    DateQuestion,
    End,
    FileQuestion,
    NameQuestion,
    NumberQuestion,
    Numeric,
    RatingQuestion,
    Say,
    SeveralQuestion,
    TextQuestion,
)
from qualification.errors import TooManyPathsError
from qualification.quiz import Quiz
from qualification.score import Band, answer_entries, band_of, chose_unfit, fit_entries, fit_points, is_unfit

BUDGET = 20_000
"""States to look at before giving up (a few seconds); a quiz of ten questions needs a few hundred."""

MANY_CHOICES = 10
"""Above this the sets of choices that can be ticked are sampled, not counted out."""

_ANY_TIME = datetime.min.replace(tzinfo=UTC)

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


def paths(quiz: Quiz, budget: int = BUDGET) -> Paths:
    """Look at every path. Raises TooManyPathsError above so many states."""
    walk = _Walk(quiz, budget)
    found = walk.ahead(first(quiz, {}), {})
    endings = (Ending(total, band_of(quiz, total, unfit=unfit), path) for (total, unfit), path in found.items())
    return Paths(tuple(sorted(endings, key=lambda ending: ending.total)))


_Found = dict[tuple[int, bool], Path]


class _Walk:
    """Where two people stand at one step, with equal answers to what matters later, their ways are equal.

    Points for what matters are counted at the end, when no later answer can change it; all others at once. In a
    quiz with a jump back every answer matters: it may be given anew.
    """

    def __init__(self, quiz: Quiz, budget: int) -> None:
        self._quiz = quiz
        self._budget = budget
        everything = {step.id for step in quiz.steps}
        self._matters = everything if _jumps_back(quiz) else {question for question, _ in _tests(quiz)}
        self._matters |= {step.id for step in quiz.steps if isinstance(step, ConsentRequest)}
        # What a cap takes back is known at the end only.
        self._matters |= {question for group in quiz.scoring.groups for question in group.questions}
        self._known: dict[tuple[str, frozenset[tuple[str, Answer]]], _Found] = {}
        self._open: set[tuple[str, frozenset[tuple[str, Answer]]]] = set()
        self._samples: dict[str, tuple[Answer, ...]] = {}

    def ahead(self, step: AnyStep | None, answers: Mapping[str, Answer]) -> _Found:
        """Return what can be reached from a step with these answers: total and unfit, with one path to each."""
        while isinstance(step, Say):
            step = following(self._quiz, step, answers)
        if step is None or isinstance(step, End):
            total = fit_points(fit_entries(self._quiz, answers, _ANY_TIME))
            return {(total, is_unfit(self._quiz, answers)): ()}
        state = (step.id, frozenset(answers.items()))
        if state in self._open:  # going round a loop with the same answers reaches nothing new
            return {}
        if state not in self._known:
            if len(self._known) >= self._budget:
                raise TooManyPathsError
            self._open.add(state)
            self._known[state] = self._from(step, answers)
            self._open.discard(state)
        return self._known[state]

    def _from(self, step: AnyStep, answers: Mapping[str, Answer]) -> _Found:
        found: _Found = {}
        if step.id not in self._samples:
            self._samples[step.id] = tuple(_samples(self._quiz, step))
        for answer in self._samples[step.id]:
            given = {**answers, step.id: answer}
            # What comes next may hang on the answer itself, whether or not it matters later.
            after = following(self._quiz, step, given)
            if step.id in self._matters:
                gained, unfit, kept = 0, False, given
            else:
                here = {step.id: answer}
                gained = fit_points(answer_entries(self._quiz, here, _ANY_TIME))
                unfit, kept = chose_unfit(self._quiz, here), dict(answers)
            for (total, ruled_out), path in self.ahead(after, kept).items():
                found.setdefault((total + gained, ruled_out or unfit), ((step.id, answer), *path))
        return found


def _jumps_back(quiz: Quiz) -> bool:
    places = {step.id: place for place, step in enumerate(quiz.steps)}
    return any(places[target] <= places[step.id] for step in quiz.steps for target, _ in targets(step))


def _samples(quiz: Quiz, step: AnyStep) -> Iterator[Answer]:
    """Answers that stand for all others: each choice, and a number on either side of every boundary."""
    if not isinstance(step, Say | End | ConsentRequest) and step.optional:
        yield Skipped()
    match step:
        case ChoiceQuestion(choices=choices):
            yield from (Choice(choice=choice.id) for choice in choices)
        case SeveralQuestion():
            yield from _one_of_each(quiz, step, _ticked(step))
        case NumberQuestion():
            low, high = step.number.min, step.number.max
            numbers = (Number(number=number) for number in _numbers(quiz, step, low, high))
            yield from _one_of_each(quiz, step, numbers)
        case RatingQuestion():
            rated = (Number(number=number) for number in range(1, step.rating.max + 1))
            yield from _one_of_each(quiz, step, rated)
        case ConsentRequest():
            yield from (Decision(given=True), Decision(given=False))
        case TextQuestion() | NameQuestion() | DateQuestion() | CityQuestion() | FileQuestion():
            yield Written(text="…")
        case ContactRequest(contact=kind):
            yield Contact(contact=kind, value="…")
        case Say() | End():
            return


def _one_of_each(quiz: Quiz, step: AnyStep, answers: Iterable[Answer]) -> Iterator[Answer]:
    """Leave out answers that nothing tells from an earlier one: neither points nor any condition."""
    tests = [test for question, test in _tests(quiz) if question == step.id]
    seen: set[tuple[int, bool, tuple[bool, ...]]] = set()
    for answer in answers:
        given = {step.id: answer}
        points = fit_points(answer_entries(quiz, given, _ANY_TIME))
        kind = (points, chose_unfit(quiz, given), tuple(passes(test, answer) for test in tests))
        if kind not in seen:
            seen.add(kind)
            yield answer


def _ticked(step: SeveralQuestion) -> Iterator[Choices]:
    """Sets of choices: every one where they are few; else the ends of the score, and each choice by itself."""
    ids = [choice.id for choice in step.choices]
    if len(ids) > MANY_CHOICES:  # too many sets to look at each: the ends of the score, and each choice by itself
        ids = sorted(ids, key=lambda each: step.by_id[each].points)
    for size in range(step.least, step.most + 1):
        few = (tuple(ids[:size]), tuple(ids[len(ids) - size :]))
        singles = combinations(ids, 1) if size == 1 else ()
        for chosen in (*few, *singles) if len(ids) > MANY_CHOICES else combinations(ids, size):
            yield Choices(choices=chosen)


def _numbers(quiz: Quiz, step: Numeric, low: float | None, high: float | None) -> Iterable[float]:
    edges = {edge for edge in (low, high, *(reach.to for reach in step.points)) if edge is not None}
    for question, test in _tests(quiz):
        if question == step.id and isinstance(test, Between):
            edges |= {edge for edge in (test.min, test.max) if edge is not None}
    around = {edge + aside for edge in edges for aside in (-1, -0.5, 0, 0.5, 1)}
    least = low if low is not None else float("-inf")
    most = high if high is not None else float("inf")
    # Whole numbers first: they make the better examples.
    return sorted((n for n in around if least <= n <= most), key=lambda n: (n % 1 != 0, n)) or [0]


def _tests(quiz: Quiz) -> Iterator[tuple[str, Test]]:
    conditions: Iterable[Condition | None] = chain(
        (step.when for step in quiz.steps), (rule.when for rule in quiz.scoring.rules)
    )
    for condition in conditions:
        if condition is not None:
            yield from condition.all_tests()
