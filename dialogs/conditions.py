"""Conditions on answers (`when`) as typed data: nothing is evaluated but these few shapes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, assert_never

from pydantic import ConfigDict, Discriminator, Field, FiniteFloat, Tag

from dialogs.answers import (
    Answer,
    Attached,
    Choice,
    Choices,
    Contact,
    Day,
    Decision,
    Number,
    Place,
    Skipped,
    Written,
)
from dialogs.values import Document


class Between(Document):
    """A number from `min` to `max`, both included; either may be left out."""

    min: FiniteFloat | None = None
    max: FiniteFloat | None = None

    def holds(self, number: float) -> bool:
        """Tell whether the number lies within."""
        return (self.min is None or number >= self.min) and (self.max is None or number <= self.max)


def _test_shape(value: object) -> str | None:
    match value:
        case str():
            return "choice"
        case list() | tuple():
            return "choices"
        case dict() | Between():
            return "range"
        case _:
            return None


Test = Annotated[
    Annotated[str, Tag("choice")] | Annotated[tuple[str, ...], Tag("choices")] | Annotated[Between, Tag("range")],
    Discriminator(
        _test_shape,
        custom_error_type="test_shape",
        custom_error_message="write a choice's id, a list of ids, or a range such as {min: 20}",
    ),
]
"""One choice's id; any of several; or a range for a number. A consent is tested with `yes` or `no`.

Where several choices may be ticked, one of those named is enough."""


class Condition(Document):
    """Holds when every named answer passes its test, and `all`, `any`, `not` hold too.

    A question that was not answered passes no test, so a missing answer never makes a condition true.
    """

    model_config = ConfigDict(extra="allow", frozen=True, populate_by_name=True)

    __pydantic_extra__: dict[str, Test] = Field(init=False)
    all: tuple[Condition, ...] = ()
    any: tuple[Condition, ...] = ()
    not_: Condition | None = Field(default=None, alias="not")

    @property
    def tests(self) -> Mapping[str, Test]:
        """The tests of this level, by the question's id."""
        return self.__pydantic_extra__

    def all_tests(self) -> Iterator[tuple[str, Test]]:
        """Every test of this condition and of those inside it."""
        yield from self.tests.items()
        for inner in (*self.all, *self.any, *([self.not_] if self.not_ else [])):
            yield from inner.all_tests()

    def holds(self, answers: Mapping[str, Answer]) -> bool:
        """Tell whether the condition is true of these answers."""
        return self.verdict(answers) is True

    def verdict(self, answers: Mapping[str, Answer], undecided: Collection[str] = ()) -> bool | None:
        """Tell whether the condition is true; None where that hangs on questions that are still `undecided`."""
        parts = [
            None if question in undecided else passes(test, answers.get(question))
            for question, test in self.tests.items()
        ]
        parts += [inner.verdict(answers, undecided) for inner in self.all]
        if self.any:
            either = [inner.verdict(answers, undecided) for inner in self.any]
            parts.append(True if True in either else None if None in either else False)
        if self.not_:
            opposite = self.not_.verdict(answers, undecided)
            parts.append(None if opposite is None else not opposite)
        return False if False in parts else None if None in parts else True


def passes(test: Test, answer: Answer | None) -> bool:
    """Tell whether an answer passes a test; one that was not given passes none."""
    match answer:
        case None | Day() | Place() | Attached() | Skipped():
            return False
        case Choices(choices=several):
            return any(given in _names(test) for given in several)
        case Number(number=number):
            return isinstance(test, Between) and test.holds(number)
        case Choice(choice=given):
            return given in _names(test)
        case Decision(given=given):
            return ("yes" if given else "no") in _names(test)
        case Written(text=given) | Contact(value=given):
            return given in _names(test)
        case _:
            assert_never(answer)


def _names(test: Test) -> tuple[str, ...]:
    match test:
        case str(name):
            return (name,)
        case Between():
            return ()
        case names:
            return names
