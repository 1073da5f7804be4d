"""The `sequences` part of a quiz document: follow-ups, sent later one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    Discriminator,
    Field,
    GetJsonSchemaHandler,
    StringConstraints,
    Tag,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from dialogs.bounds import Weekday
from dialogs.conditions import Condition
from dialogs.steps import (
    ChoiceQuestion,
    DateQuestion,
    FileName,
    FileQuestion,
    MediaKind,
    NameQuestion,
    NumberQuestion,
    RatingQuestion,
    SeveralQuestion,
    TextQuestion,
    step_kind,
)
from dialogs.values import Document, Duration, Hours, Id, Text

LINK = r"^https://[^\s/@\\:?#\[\]]+\.[^\s/@\\:?#\[\]]+(:[0-9]{1,5})?([/?#][^\s\\]*)?$"
"""An address that a link may open, as a pattern."""
LEAP_YEAR = 2028


class Material(Document):
    """A button below a follow-up that opens a link."""

    id: Id = Field(description="The button's own name; by its place if it has none: `link-1`.")
    text: Text
    link: Annotated[str, StringConstraints(pattern=LINK)]
    kind: Id = "other_link"


def _readable_holiday(written: str) -> str:
    whole = written if re.fullmatch(r"\d{4}-\d{2}-\d{2}", written) else f"{LEAP_YEAR}-{written}"
    try:
        date.fromisoformat(whole)
    except ValueError:
        raise PydanticCustomError(
            "holiday",
            "`{written}` is no holiday; write 12-25 for every year, or 2026-12-25 for one",
            {"written": written},
        ) from None
    return written


Holiday = Annotated[
    str,
    AfterValidator(_readable_holiday),
    WithJsonSchema({"type": "string", "pattern": r"^(\d{4}-)?\d{2}-\d{2}$", "examples": ["12-25", "2026-12-25"]}),
]
"""A day of every year (`12-25`), or of one (`2026-12-25`)."""
Weekdays = Annotated[tuple[Weekday, ...], Field(min_length=1)]

Aside = (
    ChoiceQuestion
    | SeveralQuestion
    | NumberQuestion
    | RatingQuestion
    | TextQuestion
    | NameQuestion
    | DateQuestion
    | FileQuestion
)
"""A question inside a sequence: one that needs no keyboard, so that «No more of these» can stand below it."""
_Aside = Annotated[
    Annotated[ChoiceQuestion, Tag("choices")]
    | Annotated[SeveralQuestion, Tag("several")]
    | Annotated[NumberQuestion, Tag("number")]
    | Annotated[RatingQuestion, Tag("rating")]
    | Annotated[TextQuestion, Tag("text")]
    | Annotated[NameQuestion, Tag("name")]
    | Annotated[DateQuestion, Tag("date")]
    | Annotated[FileQuestion, Tag("file")],
    Discriminator(
        step_kind,
        custom_error_type="aside_kind",
        custom_error_message=(
            "a sequence cannot ask this; write `ask` and one of "
            "`choices`, `several`, `number`, `rating`, `text`, `name`, `date`, `file`"
        ),
    ),
]


class FollowUp(Document):
    """One step of a sequence: a message, a question, or the way into another sequence."""

    id: Id = Field(description="The step's own name; by its place if it has none: `message-1`.")
    after: Duration = Field(description="Time since the step before, or since the enrolment.")
    when: Condition | None = Field(
        default=None, description="Leave this step out unless this holds when its time has come."
    )
    hours: Hours | None = Field(default=None, description="Allowed hours of the day, the prospect's own time.")
    weekdays: Weekdays | None = Field(default=None, description="Only on these days of the week.")
    text: Text | None = Field(default=None, description="The message; variables may stand in it.")
    image: FileName | None = Field(default=None, description="A picture above the text.")
    video: FileName | None = Field(default=None, description="A video above the text.")
    document: FileName | None = Field(default=None, description="A document above the text.")
    voice: FileName | None = Field(default=None, description="A voice message above the text.")
    button: Material | None = Field(default=None, description="A button that opens a link.")
    buttons: Annotated[tuple[Material, ...], Field(max_length=8)] = Field(
        default=(), description="Several buttons that open links, one below the other."
    )
    question: _Aside | None = Field(
        default=None,
        description="A question in place of a text. A `go` in it names the sequence that an answer leads to.",
    )
    thanks: Text | None = Field(default=None, description="Said to who answered the question.")
    go: Id | None = Field(default=None, description="Go on with this sequence, instead of sending anything.")

    @model_validator(mode="before")
    @classmethod
    def _name_buttons(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        one, several = data.get("button"), data.get("buttons")
        changed = dict(data)
        if isinstance(one, dict):
            changed["button"] = {"id": "link-1", **one}
        if isinstance(several, list):
            changed["buttons"] = _named(several, "link")
        return changed

    @model_validator(mode="after")
    def _does_one_thing(self) -> FollowUp:
        does = [name for name in ("text", "question", "go") if getattr(self, name) is not None]
        if not does:
            raise PydanticCustomError(
                "does_nothing", "this step of the sequence sends nothing; add `text`, `question` or `go`"
            )
        if len(does) > 1:
            raise PydanticCustomError(
                "does_too_much",
                "a step of a sequence has one of {named}, not several; make two steps",
                {"named": " and ".join(f"`{name}`" for name in does)},
            )
        carried = [name for name in ("image", "video", "document", "voice") if getattr(self, name)]
        if len(carried) > 1:
            raise PydanticCustomError(
                "one_file",
                "a message carries one of {named}, not several; make two steps",
                {"named": " and ".join(f"`{name}`" for name in carried)},
            )
        shown = [*carried, *(name for name in ("button", "buttons") if getattr(self, name))]
        if self.text is None and shown:
            raise PydanticCustomError(
                "only_below_text", "`{name}` needs a `text`; put it into a message", {"name": shown[0]}
            )
        if self.button and self.buttons:
            raise PydanticCustomError("buttons_twice", "`button` and `buttons` are one list; write `buttons`")
        if self.thanks is not None and self.question is None:
            raise PydanticCustomError("thanks_for_what", "`thanks` answers a `question`; add one, or leave it out")
        return self

    @property
    def links(self) -> tuple[Material, ...]:
        """The buttons, however they are written."""
        return (self.button,) if self.button else self.buttons

    def link(self, name: str) -> Material | None:
        """Return a link by its name; without one: the first."""
        return next((each for each in self.links if name in ("", each.id)), None)

    def place_of(self, link: Material) -> str:
        """Name a link within its sequence, for the ledger: the first by its step alone."""
        return self.id if link is self.links[0] else f"{self.id}/{link.id}"

    @property
    def media(self) -> tuple[MediaKind, str] | None:
        """The file of the message, with what it is."""
        kinds: tuple[tuple[MediaKind, str | None], ...] = (
            ("photo", self.image),
            ("video", self.video),
            ("document", self.document),
            ("voice", self.voice),
        )
        return next(((kind, name) for kind, name in kinds if name), None)


class StopOn(StrEnum):
    """What ends a sequence before its last step."""

    REPLY = "reply"
    TAP = "tap"
    TAKEN = "taken"
    STAGE = "stage"


class Goal(Document):
    """What a sequence is for: it ends once this holds."""

    id: Id
    when: Condition


class SlowDown(Document):
    """After so many steps without a reaction everything takes longer."""

    after: Annotated[int, Field(ge=1)] = Field(description="Messages in a row without any reaction.")
    times: Annotated[int, Field(ge=2, le=10)] = Field(default=2, description="How many times longer.")


class AskToStop(Document):
    """After so many steps without a reaction the next one only asks whether to go on."""

    after: Annotated[int, Field(ge=1)] = Field(description="Messages in a row without any reaction.")
    say: Text | None = Field(default=None, description="The question, in your words: «Shall I stop writing?»")


class Unanswered(Document):
    """What comes of silence."""

    slow_down: SlowDown | None = None
    ask_to_stop: AskToStop | None = None


class Sequence(Document):
    """Follow-ups in their order; a plain list of them is a sequence too."""

    hours: Hours | None = Field(default=None, description="Allowed hours of every step that names none.")
    weekdays: Weekdays | None = Field(default=None, description="Days of the week of every step that names none.")
    holidays: tuple[Holiday, ...] = Field(default=(), description="Days on which nothing is sent.")
    stop_on: tuple[StopOn, ...] = Field(
        default=(StopOn.TAKEN,),
        description="What ends it: a reply, a tap, a manager who has the lead, a move to another stage.",
    )
    goals: tuple[Goal, ...] = Field(default=(), description="It ends once one of these holds.")
    silence: Unanswered = Field(default=Unanswered(), description="What comes of messages without a reaction.")
    messages: Annotated[tuple[FollowUp, ...], Field(min_length=1)]

    @model_validator(mode="before")
    @classmethod
    def _from_list(cls, data: Any) -> Any:
        """Read a plain list, and name steps without an id by their place: ids stand in the database."""
        whole = {"messages": data} if isinstance(data, list | tuple) else data
        if not isinstance(whole, dict) or not isinstance(whole.get("messages"), list):
            return whole
        return {**whole, "messages": _named(whole["messages"], "message")}

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Tell editors that a list will do."""
        made = handler(schema)
        resolved = handler.resolve_ref_schema(made)
        described = {name: resolved.pop(name) for name in list(resolved)}
        listed = {**described["properties"]["messages"], "title": "Messages"}
        resolved.update({"anyOf": [listed, described], "description": described.get("description", "")})
        return made

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The steps' ids, in order."""
        return tuple(each.id for each in self.messages)

    def step(self, step: str) -> FollowUp | None:
        """Return a step by its id."""
        return next((each for each in self.messages if each.id == step), None)

    def after(self, step: str | None) -> FollowUp | None:
        """Return the step after one of its own, or the first; None after the last."""
        place = 0 if step is None else self.ids.index(step) + 1 if step in self.ids else len(self.ids)
        return self.messages[place] if place < len(self.ids) else None

    def conditions(self) -> Iterator[Condition]:
        """Everything that decides what is sent, and when it ends."""
        yield from (each.when for each in self.messages if each.when is not None)
        yield from (goal.when for goal in self.goals)

    @cached_property
    def tested(self) -> frozenset[str]:
        """What its conditions ask about: questions, and facts such as `band`."""
        return frozenset(name for condition in self.conditions() for name, _ in condition.all_tests())

    def ways_out(self) -> Iterator[tuple[FollowUp, str]]:
        """The other sequences that it may lead to, each with the step that does."""
        for each in self.messages:
            if each.go is not None:
                yield each, each.go
            if each.question is not None:
                yield from ((each, target) for target in targets(each.question))


def targets(question: Aside) -> Iterator[str]:
    """Name the sequences that answers to a question lead to."""
    if isinstance(question, ChoiceQuestion):
        yield from (choice.go for choice in question.choices if choice.go is not None)
    if question.go is not None:
        yield question.go


def _named(items: list[Any], kind: str) -> list[Any]:
    return [
        {"id": f"{kind}-{place}", **each} if isinstance(each, dict) else each
        for place, each in enumerate(items, start=1)
    ]
