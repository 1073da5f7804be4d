"""The `scoring` part of a quiz document: what gives points, what caps them, and how they become a band."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from dialogs.conditions import Condition
from dialogs.values import Document, Duration, Id, Points, Text
from qualification.grid import Grid

Cap = Annotated[int, Field(ge=0, le=100_000)]


class Bands(Document):
    """From which score a lead is hot, and from which warm; below that it is cold."""

    hot: int
    warm: int


class Rule(Document):
    """Points for several answers together."""

    id: Id
    when: Condition
    points: Points = 0
    products: dict[Id, Points] = Field(default_factory=dict, description="Points for products, by their ids.")
    unfit: bool = Field(default=False, description="Such a prospect is not a fit, whatever the score.")
    because: Text | None = Field(default=None, description="The reason as managers read it.")


class Group(Document):
    """Questions and rules that tell the same thing: together they give no more than so many points."""

    id: Id
    questions: tuple[Id, ...] = Field(default=(), description="The questions whose points are added up.")
    rules: tuple[Id, ...] = Field(default=(), description="The rules whose points belong to them.")
    points_up_to: Cap = Field(description="Together they give no more than this.")
    name: Text | None = Field(default=None, description="What managers read: «budget and time».")


class SilencePoints(Document):
    """Points for so many follow-ups in a row without any reaction."""

    after: Annotated[int, Field(ge=1)]
    points: Points


class ComebackPoints(Document):
    """Points for who comes back by themselves after a silence."""

    after: Duration = Field(description="How long they had been silent.")
    points: Points


class SpeedPoints(Document):
    """Points for who walks through the whole quiz quickly."""

    within: Duration = Field(description="From the first question to the last.")
    points: Points


class Activity(Document):
    """Points for what people do: links and materials by their kind, replies, coming back, speed, silence.

    There are none for messages that were merely read: Telegram tells bots nothing about that.
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    __pydantic_extra__: dict[str, Points] = Field(init=False)
    reply: Points = Field(default=0, description="Points for a message that no question asked for.")
    comeback: ComebackPoints | None = None
    speed: SpeedPoints | None = None
    silence: SilencePoints | None = None
    points_a_day: dict[Id, Cap] = Field(
        default_factory=dict, description="No more than so many points a day: for a kind of link, or for `reply`."
    )
    half_life: Duration | None = Field(default=None, description="In this time activity loses half its points.")

    @property
    def kinds(self) -> Mapping[str, int]:
        """The points of each kind of link."""
        return self.__pydantic_extra__

    @property
    def lifts(self) -> bool:
        """Whether what somebody does after the quiz can ever give points."""
        comeback = self.comeback.points if self.comeback else 0
        return max((self.reply, comeback, *self.kinds.values())) > 0


class Scoring(Document):
    """How answers and reactions become a band: by the total (`bands`), or by fit and activity (`grid`)."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["bands"]}, {"required": ["grid"]}]})

    bands: Bands | None = None
    grid: Grid | None = None
    rules: tuple[Rule, ...] = ()
    groups: tuple[Group, ...] = Field(default=(), description="Points that are capped together.")
    products: dict[Id, Text] = Field(
        default_factory=dict, description="What you sell, by ids: each product gets a score of its own."
    )
    activity: Activity = Activity()

    @model_validator(mode="after")
    def _one_way_to_a_band(self) -> Scoring:
        if self.bands is None and self.grid is None:
            raise PydanticCustomError(
                "no_bands", "nothing says who is hot; add `bands: {hot: …, warm: …}`, or a `grid`"
            )
        if self.bands is not None and self.grid is not None:
            raise PydanticCustomError("two_bands", "a quiz has `bands` or a `grid`; keep one of the two")
        return self
