"""Says whom a broadcast is for, and what it can be narrowed down to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from bot.entry.sources import source_name
from bot.hand_off.card import isolated
from bot.texts import LANGUAGES, count, language_name, plain
from bot.work import Work
from dialogs.rendering import question_name
from dialogs.steps import ChoiceQuestion, SeveralQuestion
from qualification.quiz import Quiz
from qualification.score import Band
from qualification.segments import Facet, Segment
from qualification.stages import Stage

ACTIVE, SILENT = (7, 30, 90), (30, 90, 180)
"""Days that can be chosen."""
MOST_SOURCES, MOST_QUESTIONS = 12, 40
LABEL = 40


@dataclass(frozen=True)
class Option:
    """Something to narrow the segment down to: what stands behind its button, its words, whether it is chosen."""

    data: str
    label: str
    chosen: bool
    changed: Segment
    """the segment after a tap on it"""


@dataclass(frozen=True)
class Asked:
    """A question whose answers people can be found by."""

    quiz: Quiz
    step: ChoiceQuestion | SeveralQuestion

    @property
    def short(self) -> str:
        """Stands for it in a button's data."""
        return shorthand(self.quiz.quiz, self.step.id)


def shorthand(*words: str) -> str:
    """Return what stands for words in a button's data: they themselves may be too long, or hold anything."""
    return hashlib.sha256("\0".join(words).encode()).hexdigest()[:12]


async def questions(work: Work) -> list[Asked]:
    """Return the questions of all quizzes that offer choices."""
    return [
        Asked(quiz, step)
        for quiz in await work.newest_quizzes()
        for step in quiz.steps
        if isinstance(step, ChoiceQuestion | SeveralQuestion)
    ][:MOST_QUESTIONS]


async def options(work: Work, segment: Segment, facet: Facet, question: str, language: str) -> list[Option]:
    """Return what a facet can be narrowed down to; of answers those of one question."""
    match facet:
        case Facet.BAND:
            return [
                Option(band, plain(language, f"band.{band}"), band in segment.bands, segment.with_band(band))
                for band in Band
            ]
        case Facet.STAGE:
            return [
                Option(
                    stage, plain(language, f"stage.{stage}"), stage in segment.stages, segment.with_stage(stage)
                )
                for stage in Stage
            ]
        case Facet.SOURCE:
            return await _sources(work, segment, language)
        case Facet.LANGUAGE:
            return [
                Option(code, language_name(code), code in segment.languages, segment.with_language(code))
                for code in await languages(work)
            ]
        case Facet.ACTIVITY:
            return _activity(segment, language)
        case Facet.ANSWER:
            asked = next((each for each in await questions(work) if each.short == question), None)
            return _choices(segment, asked, language) if asked else []


async def languages(work: Work) -> tuple[str, ...]:
    """Name the languages that people here may speak: those of the catalogues, and those of the quizzes."""
    spoken = (code for quiz in await work.newest_quizzes() for code in quiz.languages)
    return tuple(dict.fromkeys((*LANGUAGES, *spoken)))


async def in_words(work: Work, segment: Segment, language: str) -> list[str]:
    """Say whom a segment takes in, a line for each facet; no line for everybody."""
    said = [
        _line(language, Facet.BAND, [plain(language, f"band.{band}") for band in segment.bands]),
        _line(language, Facet.STAGE, [plain(language, f"stage.{stage}") for stage in segment.stages]),
        _line(language, Facet.SOURCE, [await _source(work, each, language) for each in segment.sources]),
        _line(language, Facet.LANGUAGE, [language_name(code) for code in segment.languages]),
    ]
    asked = await questions(work) if segment.answers else []
    for answered in segment.answers:
        found = next((each for each in asked if each.short == shorthand(answered.quiz, answered.question)), None)
        name = _question(found, language) if found else answered.question
        said.append(f"{name}: {_any(language, [_label(found, each, language) for each in answered.choices])}")
    if segment.active_for is not None:
        said.append(count(language, "broadcast.active", segment.active_for))
    if segment.silent_for is not None:
        said.append(count(language, "broadcast.silent", segment.silent_for))
    return [line for line in said if line]


def question_label(asked: Asked, language: str, *, with_quiz: bool) -> str:
    """Name a question on a button; with its quiz where there are several."""
    name = _question(asked, language)
    return f"{isolated(asked.quiz.read(asked.quiz.title, language), LABEL)} · {name}" if with_quiz else name


def _line(language: str, facet: Facet, values: list[str]) -> str:
    return f"{plain(language, f'broadcast.facet.{facet}')}: {_any(language, values)}" if values else ""


def _any(language: str, values: list[str]) -> str:
    """Join what any of will do: «hot, warm or cold»."""
    *most, last = values
    return f"{', '.join(most)} {plain(language, 'broadcast.or')} {last}" if most else last


def _question(asked: Asked, language: str) -> str:
    return isolated(question_name(asked.quiz, asked.step.id, language), LABEL)


def _label(asked: Asked | None, choice: str, language: str) -> str:
    if asked is None or choice not in asked.step.by_id:
        return choice  # the question has changed since
    return isolated(asked.quiz.read(asked.step.by_id[choice].text, language), LABEL)


async def _source(work: Work, source: str, language: str) -> str:
    quiz = await work.newest_quiz()
    return isolated(source_name(quiz, source, language) if quiz else source, LABEL)


async def _sources(work: Work, segment: Segment, language: str) -> list[Option]:
    found = dict.fromkeys((*segment.sources, *await work.unit.segments.sources(MOST_SOURCES)))
    return [
        Option(
            shorthand(source),
            await _source(work, source, language),
            source in segment.sources,
            segment.with_source(source),
        )
        for source in found
    ]


def _activity(segment: Segment, language: str) -> list[Option]:
    active = [
        Option(
            f"a{days}",
            count(language, "broadcast.active", days),
            segment.active_for == days,
            segment.with_active(days),
        )
        for days in ACTIVE
    ]
    silent = [
        Option(
            f"s{days}",
            count(language, "broadcast.silent", days),
            segment.silent_for == days,
            segment.with_silent(days),
        )
        for days in SILENT
    ]
    return [*active, *silent]


def _choices(segment: Segment, asked: Asked, language: str) -> list[Option]:
    quiz, question = asked.quiz.quiz, asked.step.id
    return [
        Option(
            shorthand(quiz, question, choice.id),
            _label(asked, choice.id, language),
            segment.has(quiz, question, choice.id),
            segment.with_choice(quiz, question, choice.id),
        )
        for choice in asked.step.choices
    ]
