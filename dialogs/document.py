"""The dialog part of a quiz document: its steps, each kind with its own shape."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import phonenumbers
from pydantic import AfterValidator, Discriminator, Field, FiniteFloat, StringConstraints, Tag
from pydantic_core import PydanticCustomError

from dialogs.conditions import Condition
from dialogs.values import Document, Duration, Id, Language, Points, Text

Purpose = Literal["contact", "follow_ups"]
"""What a consent is for: being contacted about the offer, or getting follow-up messages."""


class _Step(Document):
    id: Id
    when: Condition | None = Field(default=None, description="Leave this step out unless this holds.")


class _Passing(_Step):
    go: Id | None = Field(default=None, description="The step that comes next, if not the one below.")


class Say(_Passing):
    """A message; the chat goes on by itself."""

    say: Text
    image: str | None = Field(default=None, description="A picture's file name, beside the quiz file.")


class _Question(_Passing):
    ask: Text
    label: Text | None = Field(default=None, description="A short name for managers: «Budget».")


class Option(Document):
    """One of a question's choices."""

    id: Id
    text: Text
    points: Points = 0
    unfit: bool = Field(default=False, description="Who chooses this is not a fit, whatever the score.")
    go: Id | None = None


class ChoiceQuestion(_Question):
    """A question with buttons."""

    choices: Annotated[tuple[Option, ...], Field(min_length=1)]

    @cached_property
    def by_id(self) -> Mapping[str, Option]:
        """The choices by their ids."""
        return {choice.id: choice for choice in self.choices}


class NumberBounds(Document):
    """What numbers are welcome."""

    min: FiniteFloat | None = None
    max: FiniteFloat | None = None
    unit: Text | None = None


class PointRange(Document):
    """Points for numbers up to `to`, included; without `to`: for all that are left."""

    to: FiniteFloat | None = None
    add: Points


class NumberQuestion(_Question):
    """A question for a number."""

    number: NumberBounds
    points: tuple[PointRange, ...] = Field(default=(), description="The first range that fits gives its points.")

    def points_for(self, number: float) -> int:
        """Return the points of the first range that fits, else 0."""
        return next((r.add for r in self.points if r.to is None or number <= r.to), 0)


class TextBounds(Document):
    """How long an answer may be, in characters."""

    min: Annotated[int, Field(ge=1)] = 1
    max: Annotated[int, Field(le=3000)] = 1000


class TextQuestion(_Question):
    """A question for free text."""

    text: TextBounds


class ContactRequest(_Question):
    """A request for a phone (with Telegram's own button) or an e-mail."""

    contact: Literal["phone", "email"]


class ConsentRequest(_Passing):
    """A request for consent to one purpose, with the exact text that is agreed to."""

    consent: Purpose
    text: Text
    yes: Text | None = Field(default=None, description="The button that agrees.")
    no: Text | None = Field(default=None, description="The button that refuses.")
    refused: Id | None = Field(default=None, description="The step after a refusal, if not the next one.")
    expires: Duration | None = Field(default=None, description="After this time the consent ends by itself.")


class End(_Step):
    """The last message of a path."""

    end: Text


Question = ChoiceQuestion | NumberQuestion | TextQuestion | ContactRequest
Waiting = Question | ConsentRequest
"""Steps at which the chat waits for the prospect."""

STEP_KINDS: Mapping[str, type[Document]] = {
    "say": Say,
    "choices": ChoiceQuestion,
    "number": NumberQuestion,
    "text": TextQuestion,
    "contact": ContactRequest,
    "consent": ConsentRequest,
    "end": End,
}


def step_kind(step: object) -> str | None:
    """Tell a raw step's kind by the words in it; None when there is none."""
    if not isinstance(step, Mapping):
        return next((k for k, model in STEP_KINDS.items() if isinstance(step, model)), None)
    for word in ("consent", "contact", "end", "say"):
        if word in step:
            return word
    if "ask" in step:
        return next((word for word in ("choices", "number", "text") if word in step), None)
    return None


Step = Annotated[
    Annotated[Say, Tag("say")]
    | Annotated[ChoiceQuestion, Tag("choices")]
    | Annotated[NumberQuestion, Tag("number")]
    | Annotated[TextQuestion, Tag("text")]
    | Annotated[ContactRequest, Tag("contact")]
    | Annotated[ConsentRequest, Tag("consent")]
    | Annotated[End, Tag("end")],
    Discriminator(step_kind),
]


class Controller(Document):
    """Who answers for the data: named in consents."""

    name: Annotated[str, StringConstraints(min_length=1)]
    contact: str
    policy: str | None = None


class Retention(Document):
    """How long after the last sign of life everything about a person is erased; never by itself where not said."""

    leads: Duration | None = Field(default=None, description="For who left a contact.")
    others: Duration | None = Field(default=None, description="For who did not.")


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        raise PydanticCustomError(
            "timezone", "`{name}` is no time zone; write one like Europe/Kyiv", {"name": name}
        ) from None
    return name


def _known_region(code: str) -> str:
    if code not in phonenumbers.SUPPORTED_REGIONS:
        raise PydanticCustomError(
            "region", "`{code}` is no country code; write two capital letters, such as UA", {"code": code}
        )
    return code


class Dialog(Document):
    """What the engine walks through."""

    quiz: Id = Field(description="The quiz's id: it never changes.")
    languages: Annotated[tuple[Language, ...], Field(min_length=1)] = Field(
        description="The first is used where a text is missing."
    )
    title: Text
    controller: Controller
    retention: Retention = Retention()
    timezone: Annotated[str, AfterValidator(_known_zone)] = "UTC"
    region: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$"), AfterValidator(_known_region)] | None = Field(
        default=None, description="The country of phones typed without a code, such as UA."
    )
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]

    @cached_property
    def by_id(self) -> Mapping[str, Say | Waiting | End]:
        """The steps by their ids."""
        return {step.id: step for step in self.steps}

    @property
    def fallback(self) -> str:
        """The language of texts that are missing in another."""
        return self.languages[0]

    def speaks(self, code: str | None) -> str | None:
        """Return the quiz's language for a code such as `uk` or `pt-BR`; None when it has none."""
        short = (code or "").split("-")[0].lower()
        return short if short in self.languages else None

    def read(self, text: Text, language: str) -> str:
        """Return a text of this quiz in the language, or in the fallback."""
        return text.written_in(language, self.fallback)
