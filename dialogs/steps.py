"""The kinds of steps of a quiz document, each with its own shape."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Discriminator, Field, FiniteFloat, Tag, model_validator
from pydantic_core import PydanticCustomError

from dialogs.bounds import DateBounds, FileBounds, NumberBounds, RatingScale, Several, TextBounds
from dialogs.conditions import Condition
from dialogs.values import Document, Duration, Id, Points, Text

Purpose = Literal["contact", "follow_ups", "sharing"]
"""What a consent is for: being contacted about the offer, getting follow-up messages, sharing with partners."""

FileName = Annotated[str, Field(min_length=1, description="A file's name, beside the quiz file.")]
MediaKind = Literal["photo", "video", "document", "voice"]


class _Step(Document):
    id: Id = Field(description="The step's own name for `go`, `when` and the statistics: it never changes.")
    when: Condition | None = Field(default=None, description="Leave this step out unless this holds.")


class _Passing(_Step):
    go: Id | None = Field(default=None, description="The step that comes next, if not the one below.")


class Say(_Passing):
    """A message, with at most one file or one album; the chat goes on by itself."""

    say: Text = Field(
        description="The message; `{first_name}` and answers by their question's id may stand in it."
    )
    image: FileName | None = None
    album: Annotated[tuple[FileName, ...], Field(min_length=2, max_length=10)] | None = None
    video: FileName | None = None
    document: FileName | None = None
    voice: FileName | None = None

    @model_validator(mode="after")
    def _one_file(self) -> Say:
        named = [name for name in ("image", "album", "video", "document", "voice") if getattr(self, name)]
        if len(named) > 1:
            raise PydanticCustomError(
                "one_file",
                "a message carries one of {named}, not several; make two steps",
                {"named": " and ".join(f"`{name}`" for name in named)},
            )
        return self

    @property
    def media(self) -> tuple[tuple[MediaKind, str], ...]:
        """The files of the message, with what each is."""
        if self.album:
            return tuple(("photo", name) for name in self.album)
        kinds: tuple[tuple[MediaKind, str | None], ...] = (
            ("photo", self.image),
            ("video", self.video),
            ("document", self.document),
            ("voice", self.voice),
        )
        return tuple((kind, name) for kind, name in kinds if name)


class _Question(_Passing):
    ask: Text = Field(description="The question.")
    label: Text | None = Field(default=None, description="A short name for managers: «Budget».")
    optional: bool = Field(default=False, description="The prospect may skip it.")
    nudge_after: Duration | None = Field(
        default=None, description="How long this question may stay unanswered before it is called back to mind."
    )


class _Given(_Question):
    points: Points = Field(default=0, description="Points for any answer that is given.")


class _Option(Document):
    id: Id = Field(description="The choice's own name for `when`: it never changes.")
    text: Text = Field(description="What stands on the button.")
    points: Points = Field(default=0, description="Points for who takes it.")
    products: dict[Id, Points] = Field(
        default_factory=dict, description="Points that products get for it, by the ids in `scoring.products`."
    )
    unfit: bool = Field(default=False, description="Who chooses this is not a fit, whatever the score.")
    image: FileName | None = Field(default=None, description="A picture of this choice, shown above the question.")


class Option(_Option):
    """One of a question's choices, of which one is taken."""

    go: Id | None = Field(default=None, description="The step that comes next for who takes it.")


class Pick(_Option):
    """One of a question's choices, of which several are taken."""


class ChoiceQuestion(_Question):
    """A question with buttons, of which one is tapped."""

    choices: Annotated[tuple[Option, ...], Field(min_length=1)]
    heard_from: bool = Field(
        default=False,
        description="Asked only of people who came without a link; the answer becomes their source.",
    )

    @cached_property
    def by_id(self) -> Mapping[str, Option]:
        """The choices by their ids."""
        return {choice.id: choice for choice in self.choices}


class SeveralQuestion(_Question):
    """A question with buttons that are ticked, and one that says «Done»."""

    choices: Annotated[tuple[Pick, ...], Field(min_length=2)]
    several: Several = Field(description="How many may be ticked; `{}` for any number.")

    @model_validator(mode="after")
    def _can_be_ticked(self) -> SeveralQuestion:
        if self.least > self.most or self.most > len(self.choices):
            raise PydanticCustomError(
                "several",
                "of {there} choices nobody can tick at least {least} and at most {most}; mend `min` and `max`",
                {"there": len(self.choices), "least": self.least, "most": self.most},
            )
        return self

    @cached_property
    def by_id(self) -> Mapping[str, Pick]:
        """The choices by their ids."""
        return {choice.id: choice for choice in self.choices}

    @property
    def least(self) -> int:
        """How many must be ticked."""
        return self.several.min

    @property
    def most(self) -> int:
        """How many may be ticked."""
        return self.several.max or len(self.choices)


class PointRange(Document):
    """Points for numbers up to `to`, included; without `to`: for all that are left."""

    to: FiniteFloat | None = Field(default=None, description="The last number of the range.")
    add: Points = Field(description="The points.")


class _Ranged(_Question):
    points: tuple[PointRange, ...] = Field(default=(), description="The first range that fits gives its points.")

    def points_for(self, number: float) -> int:
        """Return the points of the first range that fits, else 0."""
        return next((r.add for r in self.points if r.to is None or number <= r.to), 0)


class NumberQuestion(_Ranged):
    """A question for a number."""

    number: NumberBounds


class RatingQuestion(_Ranged):
    """A question for a rating, from 1 up."""

    rating: RatingScale


class TextQuestion(_Given):
    """A question for free text."""

    text: TextBounds


class NameQuestion(_Given):
    """A question for the prospect's name: the first name, or the full one."""

    name: Literal["first", "full"]


class DateQuestion(_Given):
    """A question for a day, or for a day and a time, with a calendar."""

    date: DateBounds


class CityQuestion(_Given):
    """A question for the city, typed or as a shared location: it gives the prospect's time zone."""

    city: Literal[True]


class FileQuestion(_Given):
    """A question for a file or a photo."""

    file: FileBounds


class ContactRequest(_Given):
    """A request for a phone (with Telegram's own button) or an e-mail."""

    contact: Literal["phone", "email"]
    confirm: bool = Field(
        default=False, description="An e-mail only: a code is sent there, and typed back in the chat."
    )

    @model_validator(mode="after")
    def _only_emails_are_confirmed(self) -> ContactRequest:
        if self.confirm and self.contact != "email":
            raise PydanticCustomError(
                "confirm_phone",
                "a phone needs no `confirm`; leave it out: Telegram tells whether it is the sender's own",
            )
        return self


class ConsentRequest(_Passing):
    """A request for consent to one purpose, with the exact text that is agreed to."""

    consent: Purpose = Field(description="What for: each purpose is asked separately.")
    text: Text = Field(description="The exact words that are agreed to.")
    yes: Text | None = Field(default=None, description="The button that agrees.")
    no: Text | None = Field(default=None, description="The button that refuses.")
    refused: Id | None = Field(default=None, description="The step after a refusal, if not the next one.")
    expires: Duration | None = Field(default=None, description="After this time the consent ends by itself.")


class End(_Step):
    """The last message of a path."""

    end: Text = Field(description="The last message.")


Optioned = ChoiceQuestion | SeveralQuestion
"""Questions with choices."""
Numeric = NumberQuestion | RatingQuestion
"""Questions answered with a number."""
Free = TextQuestion | NameQuestion | DateQuestion | CityQuestion | FileQuestion | ContactRequest
"""Questions whose answers nobody can foresee."""
Question = Optioned | Numeric | Free
Waiting = Question | ConsentRequest
"""Steps at which the chat waits for the prospect."""
AnyStep = Say | Waiting | End

STEP_KINDS: Mapping[str, type[AnyStep]] = {
    "say": Say,
    "choices": ChoiceQuestion,
    "several": SeveralQuestion,
    "number": NumberQuestion,
    "rating": RatingQuestion,
    "text": TextQuestion,
    "name": NameQuestion,
    "date": DateQuestion,
    "city": CityQuestion,
    "file": FileQuestion,
    "contact": ContactRequest,
    "consent": ConsentRequest,
    "end": End,
}
ASKED = ("several", "choices", "number", "rating", "text", "name", "date", "city", "file")
"""What can stand beside `ask`: the first word found says what kind of question it is."""


def step_kind(step: object) -> str | None:
    """Tell a raw step's kind by the words in it; None when there is none."""
    if not isinstance(step, Mapping):
        return next((k for k, model in STEP_KINDS.items() if isinstance(step, model)), None)
    for word in ("consent", "contact", "end", "say"):
        if word in step:
            return word
    if "ask" in step:
        return next((word for word in ASKED if word in step), None)
    return None


Step = Annotated[
    Annotated[Say, Tag("say")]
    | Annotated[ChoiceQuestion, Tag("choices")]
    | Annotated[SeveralQuestion, Tag("several")]
    | Annotated[NumberQuestion, Tag("number")]
    | Annotated[RatingQuestion, Tag("rating")]
    | Annotated[TextQuestion, Tag("text")]
    | Annotated[NameQuestion, Tag("name")]
    | Annotated[DateQuestion, Tag("date")]
    | Annotated[CityQuestion, Tag("city")]
    | Annotated[FileQuestion, Tag("file")]
    | Annotated[ContactRequest, Tag("contact")]
    | Annotated[ConsentRequest, Tag("consent")]
    | Annotated[End, Tag("end")],
    Discriminator(step_kind),
]
