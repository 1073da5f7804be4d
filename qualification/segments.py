"""Segments: whom a broadcast is for, as a description that can be kept, said in words, and looked up."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from qualification.score import Band
from qualification.stages import Stage


class Facet(StrEnum):
    """What people can be told apart by."""

    BAND = "band"
    STAGE = "stage"
    SOURCE = "source"
    LANGUAGE = "language"
    ANSWER = "answer"
    ACTIVITY = "activity"


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Answered(_Value):
    """Somebody whose newest walk through a quiz has one of these choices as the answer to a question."""

    quiz: str
    question: str
    choices: tuple[str, ...]


class Segment(_Value):
    """Some of the people who agreed to be written to; all of them where nothing narrows it down.

    Within one facet any of the values will do; somebody has to match every facet. Answers to different questions
    are facets of their own.
    """

    bands: tuple[Band, ...] = ()
    stages: tuple[Stage, ...] = ()
    sources: tuple[str, ...] = ()
    """where they came from first, or last"""
    languages: tuple[str, ...] = ()
    answers: tuple[Answered, ...] = ()
    active_for: int | None = None
    """heard of in the last so many days"""
    silent_for: int | None = None
    """not heard of for so many days"""

    @property
    def is_everybody(self) -> bool:
        """Tell whether nothing narrows it down."""
        return self == Segment()

    def has(self, quiz: str, question: str, choice: str) -> bool:
        """Tell whether a choice is one of those that are looked for."""
        return choice in self._choices(quiz, question)

    def with_band(self, band: Band) -> Segment:
        """Return the segment with the band, or without it where it was there; so do the others below."""
        return self.model_copy(update={"bands": _toggled(self.bands, band)})

    def with_stage(self, stage: Stage) -> Segment:
        """Take in a stage, or leave it out."""
        return self.model_copy(update={"stages": _toggled(self.stages, stage)})

    def with_source(self, source: str) -> Segment:
        """Take in a source, or leave it out."""
        return self.model_copy(update={"sources": _toggled(self.sources, source)})

    def with_language(self, language: str) -> Segment:
        """Take in a language, or leave it out."""
        return self.model_copy(update={"languages": _toggled(self.languages, language)})

    def with_choice(self, quiz: str, question: str, choice: str) -> Segment:
        """Take in a choice, or leave it out; a question without any narrows nothing down."""
        choices = _toggled(self._choices(quiz, question), choice)
        others = tuple(each for each in self.answers if (each.quiz, each.question) != (quiz, question))
        mine = (Answered(quiz=quiz, question=question, choices=choices),) if choices else ()
        return self.model_copy(update={"answers": (*others, *mine)})

    def with_active(self, days: int) -> Segment:
        """Take only those who were heard of in the last days, or no longer; nobody is silent as well."""
        return self.model_copy(
            update={"active_for": None if self.active_for == days else days, "silent_for": None}
        )

    def with_silent(self, days: int) -> Segment:
        """Take only those who have been silent for so many days, or no longer."""
        return self.model_copy(
            update={"silent_for": None if self.silent_for == days else days, "active_for": None}
        )

    def _choices(self, quiz: str, question: str) -> tuple[str, ...]:
        found = (each.choices for each in self.answers if (each.quiz, each.question) == (quiz, question))
        return next(found, ())


Value = TypeVar("Value")


def _toggled(values: tuple[Value, ...], value: Value) -> tuple[Value, ...]:
    """Return the values without one that was there, or with one that was not."""
    return tuple(each for each in values if each != value) if value in values else (*values, value)
