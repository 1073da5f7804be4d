"""Scores: every point has a ledger entry with its reason, and they add up at any moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import fsum

from dialogs.answers import Answer, Choice, Choices, Number, Skipped
from dialogs.numbers import digits
from dialogs.steps import (
    ChoiceQuestion,
    CityQuestion,
    ContactRequest,
    DateQuestion,
    FileQuestion,
    NameQuestion,
    NumberQuestion,
    RatingQuestion,
    SeveralQuestion,
    TextQuestion,
)
from qualification.errors import QualificationError
from qualification.quiz import Quiz


class Band(StrEnum):
    """How promising a lead is."""

    HOT = "hot"
    WARM = "warm"
    COLD = "cold"
    UNFIT = "unfit"


class Origin(StrEnum):
    """What gave the points: what was answered (fit), or what was done (activity); and what capped them."""

    ANSWER = "answer"
    RULE = "rule"
    CAP = "cap"
    """a group's cap: what its questions and rules gave too much"""
    LINK = "link"
    REPLY = "reply"
    COMEBACK = "comeback"
    SPEED = "speed"
    SILENCE = "silence"
    DAY_CAP = "day_cap"
    """a day's cap: what one kind of activity gave too much"""


FIT = frozenset({Origin.ANSWER, Origin.RULE, Origin.CAP})


@dataclass(frozen=True)
class Entry:
    """One row of the ledger.

    `rule` is the question's, rule's or group's id, or the kind of activity; `detail` what was chosen or tapped,
    how many messages, how many seconds, or the cap. Points of a product count for its own score only.
    """

    origin: Origin
    rule: str
    points: int
    at: datetime
    detail: str = ""
    product: str = ""


@dataclass(frozen=True)
class Score:
    """A total with its reasons, at one moment."""

    fit: int
    activity: int
    band: Band
    reasons: tuple[Entry, ...]
    products: tuple[tuple[str, int], ...] = ()
    """each product's own score, the best first"""

    @property
    def total(self) -> int:
        """Fit and activity together."""
        return self.fit + self.activity


def fit_entries(quiz: Quiz, answers: Mapping[str, Answer], at: datetime) -> tuple[Entry, ...]:
    """Return the ledger entries that the answers earn: for answers in the quiz's order, for rules, for caps.

    Entries of nought points are left out: they explain nothing.
    """
    earned = (*answer_entries(quiz, answers, at), *_rule_entries(quiz, answers, at))
    given = tuple(entry for entry in earned if entry.points)
    return (*given, *_cap_entries(quiz, given, at))


def fit_points(entries: Iterable[Entry]) -> int:
    """Add up what fit is worth; products have scores of their own."""
    return sum(entry.points for entry in entries if entry.origin in FIT and not entry.product)


def is_unfit(quiz: Quiz, answers: Mapping[str, Answer]) -> bool:
    """Tell whether an answer or a rule rules the prospect out."""
    return chose_unfit(quiz, answers) or any(
        rule.unfit and rule.when.holds(answers) for rule in quiz.scoring.rules
    )


def chose_unfit(quiz: Quiz, answers: Mapping[str, Answer]) -> bool:
    """Tell whether one of the choices alone rules the prospect out."""
    return any(
        step.by_id[choice].unfit
        for step in quiz.questions
        if isinstance(step, ChoiceQuestion | SeveralQuestion)
        for choice in _chosen(answers.get(step.id))
        if choice in step.by_id
    )


def _chosen(answer: Answer | None) -> tuple[str, ...]:
    match answer:
        case Choice(choice=choice):
            return (choice,)
        case Choices(choices=choices):
            return choices
        case _:
            return ()


def score(quiz: Quiz, entries: Iterable[Entry], now: datetime, *, unfit: bool = False) -> Score:
    """Add up the ledger at a moment: fit as it is, activity halved once every `half_life`."""
    reasons = tuple(entry for entry in entries if entry.points)
    fit = fit_points(reasons)
    # An exact sum: the same rows in another order must not round to another score.
    activity = round(fsum(remaining(quiz, entry, now) for entry in reasons if entry.origin not in FIT))
    return Score(fit, activity, band_of(quiz, fit, activity, unfit=unfit), reasons, _products(reasons))


def score_answers(quiz: Quiz, answers: Mapping[str, Answer], now: datetime) -> Score:
    """Return what answers come to by themselves, without any ledger that was kept."""
    return score(quiz, fit_entries(quiz, answers, now), now, unfit=is_unfit(quiz, answers))


def band_of(quiz: Quiz, fit: int, activity: int = 0, *, unfit: bool = False) -> Band:
    """Return the band of so much fit and activity: by the grid where there is one, else by their total."""
    if unfit:
        return Band.UNFIT
    grid, bands = quiz.scoring.grid, quiz.scoring.bands
    if grid is not None:
        return Band(grid.cell(grid.fit_level(fit), grid.activity_level(activity)))
    if bands is None:
        raise QualificationError("a quiz without bands and without a grid was not checked")
    total = fit + activity
    return Band.HOT if total >= bands.hot else Band.WARM if total >= bands.warm else Band.COLD


def remaining(quiz: Quiz, entry: Entry, now: datetime) -> float:
    """Return what an entry's points are worth at a moment: fit does not fade."""
    half_life = quiz.scoring.activity.half_life
    if not half_life or entry.origin in FIT:
        return entry.points
    age = max((now - entry.at).total_seconds(), 0.0)
    return float(entry.points * 0.5 ** (age / half_life.total_seconds()))


def _products(reasons: Iterable[Entry]) -> tuple[tuple[str, int], ...]:
    totals: dict[str, int] = {}
    for entry in reasons:
        if entry.product:
            totals[entry.product] = totals.get(entry.product, 0) + entry.points
    return tuple(sorted(totals.items(), key=lambda product: -product[1]))


def answer_entries(quiz: Quiz, answers: Mapping[str, Answer], at: datetime) -> Iterator[Entry]:
    """Give the points of each answer by itself, in the quiz's order."""
    for step in quiz.questions:
        match step, answers.get(step.id):
            case ChoiceQuestion(), Choice(choice=chosen) if chosen in step.by_id:
                option = step.by_id[chosen]
                yield Entry(Origin.ANSWER, step.id, option.points, at, chosen)
                yield from _for_products(Origin.ANSWER, step.id, [option.products], at, chosen)
            case SeveralQuestion(several=several), Choices(choices=ticked):
                points = sum(step.by_id[choice].points for choice in ticked if choice in step.by_id)
                if several.points_up_to is not None:
                    points = min(points, several.points_up_to)
                yield Entry(Origin.ANSWER, step.id, points, at, ",".join(ticked))
                gained = [step.by_id[choice].products for choice in ticked if choice in step.by_id]
                yield from _for_products(Origin.ANSWER, step.id, gained, at, ",".join(ticked))
            case NumberQuestion() | RatingQuestion(), Number(number=number):
                yield Entry(Origin.ANSWER, step.id, step.points_for(number), at, digits(number))
            case (
                TextQuestion()
                | NameQuestion()
                | DateQuestion()
                | CityQuestion()
                | FileQuestion()
                | ContactRequest(),
                given,
            ) if given is not None and not isinstance(given, Skipped):
                yield Entry(Origin.ANSWER, step.id, step.points, at)
            case _:
                continue


def _rule_entries(quiz: Quiz, answers: Mapping[str, Answer], at: datetime) -> Iterator[Entry]:
    for rule in quiz.scoring.rules:
        if rule.when.holds(answers):
            yield Entry(Origin.RULE, rule.id, rule.points, at)
            yield from _for_products(Origin.RULE, rule.id, [rule.products], at)


def _for_products(
    origin: Origin, rule: str, gained: Iterable[Mapping[str, int]], at: datetime, detail: str = ""
) -> Iterator[Entry]:
    totals: dict[str, int] = {}
    for points in gained:
        for product, more in points.items():
            totals[product] = totals.get(product, 0) + more
    yield from (Entry(origin, rule, points, at, detail, product) for product, points in totals.items())


def _cap_entries(quiz: Quiz, given: Iterable[Entry], at: datetime) -> Iterator[Entry]:
    own = [entry for entry in given if not entry.product]
    for group in quiz.scoring.groups:
        members = {(Origin.ANSWER, question) for question in group.questions}
        members |= {(Origin.RULE, rule) for rule in group.rules}
        too_much = sum(entry.points for entry in own if (entry.origin, entry.rule) in members) - group.points_up_to
        if too_much > 0:
            yield Entry(Origin.CAP, group.id, -too_much, at, str(group.points_up_to))
