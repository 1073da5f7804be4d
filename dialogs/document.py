"""The dialog part of a quiz document: its steps, and what holds for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated
from zoneinfo import ZoneInfo

import phonenumbers
from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from dialogs.steps import AnyStep, Step
from dialogs.values import Document, Duration, Hours, Id, Language, Text


class Controller(Document):
    """Who answers for the data: named in consents."""

    name: Annotated[str, StringConstraints(min_length=1)]
    contact: str = Field(description="Where people turn to about their data, such as an e-mail.")
    policy: str | None = Field(default=None, description="The address of the privacy policy.")


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


class Silence(Document):
    """What happens while a question stays unanswered: it is called back to mind, then the chat is given up."""

    nudge_after: Duration = Field(default=Duration(hours=3), description="The time an answer may take.")
    nudges: Annotated[int, Field(ge=0, le=3)] = Field(default=1, description="How often it is called back.")
    hours: Hours = Field(
        default=Hours(9, 21),
        description="Allowed hours of the day, the prospect's own time.",
        json_schema_extra={"default": "9-21"},
    )
    say: Text | None = Field(default=None, description="The words before the question that is asked once more.")
    abandon_after: Duration = Field(
        default=Duration(days=3), description="Time since the last nudge after which the lead counts as abandoned."
    )


class Retention(Document):
    """So long after the last sign of life everything about a person is erased."""

    leads: Duration | None = Field(default=None, description="Who left a contact.")
    others: Duration | None = Field(default=None, description="Who left none.")


class Dialog(Document):
    """What the engine walks through."""

    quiz: Id = Field(description="The quiz's id: it never changes.")
    languages: Annotated[tuple[Language, ...], Field(min_length=1)] = Field(
        description="The first is used where a text is missing."
    )
    title: Text = Field(description="What the quiz is about, for people.")
    controller: Controller
    timezone: Annotated[str, AfterValidator(_known_zone)] = Field(
        default="UTC", description="Where the days and hours of this quiz are, such as Europe/Kyiv."
    )
    region: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$"), AfterValidator(_known_region)] | None = Field(
        default=None, description="The country of phones typed without a code, such as UA."
    )
    progress: bool = Field(default=True, description="Say «3 of 6» above the questions.")
    silence: Silence = Field(default=Silence(), description="What happens while a question stays unanswered.")
    retention: Retention = Field(default=Retention(), description="When people are erased by themselves.")
    words: dict[str, Text] = Field(
        default_factory=dict, description="The quiz's own wording of the system's texts, by their keys."
    )
    steps: Annotated[tuple[Step, ...], Field(min_length=1)] = Field(
        description="What is said and asked, from top to bottom unless a `go` leads elsewhere."
    )

    @cached_property
    def by_id(self) -> Mapping[str, AnyStep]:
        """The steps by their ids."""
        return {step.id: step for step in self.steps}

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """The places of the steps in the list, by their ids."""
        return {step.id: position for position, step in enumerate(self.steps)}

    @property
    def fallback(self) -> str:
        """The language of texts that are missing in another."""
        return self.languages[0]

    def speaks(self, code: str | None) -> str | None:
        """Return the quiz's language for a code such as `uk` or `pt-BR`; None when it has none."""
        short = (code or "").split("-")[0].lower()
        return short if short in self.languages else None

    def language_for(self, *wanted: str | None) -> str:
        """Return the quiz's language for the first of these codes that it speaks, else its fallback."""
        return next(filter(None, map(self.speaks, wanted)), self.fallback)

    def read(self, text: Text, language: str) -> str:
        """Return a text of this quiz in the language, or in the fallback."""
        return text.written_in(language, self.fallback)
