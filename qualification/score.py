"""Scores: every point has a ledger entry with its reason, and they add up at any moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

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
from qualification.quiz import Quiz


class Band(StrEnum):
    """How promising a lead is."""

    HOT = "hot"
    WARM = "warm"
    COLD = "cold"
    UNFIT = "unfit"


class Origin(StrEnum):
    """What gave the points: an answer or a rule (fit), a tapped link or silence (activity)."""

    ANSWER = "answer"
    RULE = "rule"
    LINK = "link"
    SILENCE = "silence"


FIT = frozenset({Origin.ANSWER, Origin.RULE})


@dataclass(frozen=True)
class Entry:
    """One row of the ledger.

    `rule` is the question's id, the rule's id, or the kind of the link; `detail` what was chosen or tapped.
    """

    origin: Origin
    rule: str
    points: int
    at: datetime
    detail: str = ""


@dataclass(frozen=True)
class Score:
    """A total with its reasons, at one moment."""

    fit: int
    activity: int
    band: Band
    reasons: tuple[Entry, ...]

    @property
    def total(self) -> int:
        """Fit and activity together."""
        return self.fit + self.activity


def fit_entries(quiz: Quiz, answers: Mapping[str, Answer], at: datetime) -> tuple[Entry, ...]:
    """Return the ledger entries that the answers earn: for answers in the quiz's order, then for rules.

    Entries of nought points are left out: they explain nothing.
    """
    entries = (*answer_entries(quiz, answers, at), *_rule_entries(quiz, answers, at))
    return tuple(entry for entry in entries if entry.points)


def is_unfit(quiz: Quiz, answers: Mapping[str, Answer]) -> bool:
    """Tell whether an answer or a rule rules the prospect out."""
    return chose_unfit(quiz, answers) or any(
        rule.unfit and rule.when.holds(answers) for rule in quiz.scoring.rules
    )


def chose_unfit(quiz: Quiz, answers: Mapping[str, Answer]) -> bool:
    """Tell whether one of the choices alone rules the prospect out."""
    return any(
        step.by_id[choice].unfit
        for step in quiz.steps
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


def link_entry(quiz: Quiz, kind: str, detail: str, at: datetime) -> Entry:
    """Return the entry for a tap on a link of this kind."""
    return Entry(Origin.LINK, kind, quiz.scoring.activity.kinds.get(kind, 0), at, detail)


def silence_entry(quiz: Quiz, unanswered: int, at: datetime) -> Entry | None:
    """Return the entry due at exactly this many follow-ups in a row without a reaction; None if none is."""
    silence = quiz.scoring.activity.silence
    if silence is None or unanswered != silence.after:
        return None
    return Entry(Origin.SILENCE, "silence", silence.points, at, str(unanswered))


def score(quiz: Quiz, entries: Iterable[Entry], now: datetime, *, unfit: bool = False) -> Score:
    """Add up the ledger at a moment: fit as it is, activity halved once every `half_life`."""
    reasons = tuple(entries)
    fit = sum(entry.points for entry in reasons if entry.origin in FIT)
    activity = round(sum(_remaining(quiz, entry, now) for entry in reasons if entry.origin not in FIT))
    return Score(fit, activity, band_of(quiz, fit + activity, unfit=unfit), reasons)


def score_answers(quiz: Quiz, answers: Mapping[str, Answer], now: datetime) -> Score:
    """Return what answers come to by themselves, without any ledger that was kept."""
    return score(quiz, fit_entries(quiz, answers, now), now, unfit=is_unfit(quiz, answers))


def band_of(quiz: Quiz, total: int, *, unfit: bool = False) -> Band:
    """Return the band of a total."""
    if unfit:
        return Band.UNFIT
    bands = quiz.scoring.bands
    return Band.HOT if total >= bands.hot else Band.WARM if total >= bands.warm else Band.COLD


def _remaining(quiz: Quiz, entry: Entry, now: datetime) -> float:
    half_life = quiz.scoring.activity.half_life
    if not half_life:
        return entry.points
    age = max((now - entry.at).total_seconds(), 0.0)
    return float(entry.points * 0.5 ** (age / half_life.total_seconds()))


def answer_entries(quiz: Quiz, answers: Mapping[str, Answer], at: datetime) -> Iterator[Entry]:
    """Give the points of each answer by itself, in the quiz's order."""
    for step in quiz.steps:
        match step, answers.get(step.id):
            case ChoiceQuestion(), Choice(choice=chosen) if chosen in step.by_id:
                yield Entry(Origin.ANSWER, step.id, step.by_id[chosen].points, at, chosen)
            case SeveralQuestion(several=several), Choices(choices=ticked):
                points = sum(step.by_id[choice].points for choice in ticked if choice in step.by_id)
                if several.points_up_to is not None:
                    points = min(points, several.points_up_to)
                yield Entry(Origin.ANSWER, step.id, points, at, ",".join(ticked))
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
