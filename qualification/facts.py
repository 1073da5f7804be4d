"""What is known of a lead besides its answers, as answers: conditions of follow-ups test both alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from dialogs.answers import Answer, Choice, Choices, Number
from dialogs.bounds import NumberBounds, Several
from dialogs.steps import ChoiceQuestion, NumberQuestion, Option, Pick, SeveralQuestion
from dialogs.values import Text
from qualification.quiz import Quiz
from qualification.score import Band, Entry, Origin, Score
from qualification.stages import Stage

BAND, STAGE, SCORE, ACTIVITY, SILENT, OPENED = "band", "stage", "score", "activity", "silent", "opened"
FROM_LEDGER = frozenset({SCORE, ACTIVITY, OPENED})
"""Facts for which the ledger has to be read."""

Fact = ChoiceQuestion | SeveralQuestion | NumberQuestion


@dataclass(frozen=True)
class Standing:
    """Where a lead stands when a follow-up is due; without score and links where no condition asks for them."""

    band: Band | None
    stage: Stage
    silent: int
    """messages in a row without any reaction"""
    score: Score | None = None
    opened: tuple[str, ...] = ()
    """links, by their kinds, and by the steps they stood in"""


def known(quiz: Quiz, answers: Mapping[str, Answer], standing: Standing) -> dict[str, Answer]:
    """Return all that conditions of follow-ups may test; a question goes before a fact of the same name."""
    facts: dict[str, Answer] = {
        STAGE: Choice(choice=standing.stage),
        SILENT: Number(number=standing.silent),
    }
    if standing.band is not None:
        facts[BAND] = Choice(choice=standing.band)
    if standing.score is not None:
        facts[SCORE] = Number(number=standing.score.total)
        facts[ACTIVITY] = Number(number=standing.score.activity)
        facts[OPENED] = Choices(choices=standing.opened)
    return {name: fact for name, fact in facts.items() if name not in quiz.by_id} | dict(answers)


def opened(entries: Iterable[Entry]) -> Iterator[str]:
    """Name what was opened: each link by its kind, and by the step of the sequence that it stood in."""
    for entry in entries:
        if entry.origin is Origin.LINK:
            yield entry.rule
            yield entry.detail.partition("/")[2].partition("/")[0]


def testable(quiz: Quiz) -> dict[str, Fact]:
    """Return what can be tested besides answers, each as the question that it answers."""
    messages = (each for sequence in quiz.sequences.values() for each in sequence.messages)
    links = [(each.id, [link.kind for link in each.links]) for each in messages if each.links]
    names = dict.fromkeys([step for step, _ in links] + [kind for _, kinds in links for kind in kinds])
    facts: dict[str, Fact] = {
        BAND: _choice(BAND, Band),
        STAGE: _choice(STAGE, Stage),
        **{name: NumberQuestion(id=name, ask=Text(name), number=NumberBounds()) for name in _NUMBERS},
    }
    if len(names) > 1:
        picks = tuple(Pick(id=name, text=Text(name)) for name in names)
        facts[OPENED] = SeveralQuestion(id=OPENED, ask=Text(OPENED), several=Several(), choices=picks)
    return {name: fact for name, fact in facts.items() if name not in quiz.by_id}


_NUMBERS = (SCORE, ACTIVITY, SILENT)


def _choice(name: str, words: Iterable[str]) -> ChoiceQuestion:
    options = tuple(Option(id=str(word), text=Text(str(word))) for word in words)
    return ChoiceQuestion(id=name, ask=Text(name), choices=options)
