"""The whole quiz document: the dialog, and how its answers are scored, routed and followed up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from dialogs.conditions import Condition
from dialogs.document import Dialog
from dialogs.values import Document, Duration, Hours, Id, Points, Text


class Bands(Document):
    """From which score a lead is hot, and from which warm; below that it is cold."""

    hot: int
    warm: int


class Rule(Document):
    """Points for several answers together."""

    id: Id
    when: Condition
    points: Points = 0
    unfit: bool = Field(default=False, description="Such a prospect is not a fit, whatever the score.")
    because: Text | None = Field(default=None, description="The reason as managers read it.")


class SilencePoints(Document):
    """Points for so many follow-ups in a row without any reaction."""

    after: Annotated[int, Field(ge=1)]
    points: Points


class Activity(Document):
    """Points for what people do with follow-ups: by the kind of the tapped link, and for silence."""

    model_config = ConfigDict(extra="allow", frozen=True)

    __pydantic_extra__: dict[str, Points] = Field(init=False)
    silence: SilencePoints | None = None
    half_life: Duration | None = Field(default=None, description="In this time activity loses half its points.")

    @property
    def kinds(self) -> Mapping[str, int]:
        """The points of each kind of link."""
        return self.__pydantic_extra__


class Scoring(Document):
    """How answers and reactions become a band."""

    bands: Bands
    rules: tuple[Rule, ...] = ()
    activity: Activity = Activity()


class HotRoute(Document):
    """Who gets hot leads, and how long a hand-off may wait."""

    team: Id = "sales"
    take_within: Duration = Duration(minutes=5)
    escalate_after: Duration = Duration(minutes=15)
    say: Text | None = Field(default=None, description="Added to the last message: what happens next.")


class Route(Document):
    """What happens to leads of a band that is not handed off."""

    sequence: Id | None = None
    say: Text | None = Field(default=None, description="Added to the last message: what happens next.")
    enrolled: Text | None = Field(default=None, description="Added after it for who agreed to follow-ups.")


class Farewell(Document):
    """What those hear who are not a fit."""

    say: Text | None = None


class LostReason(Document):
    """A reason why a lead can be lost, as managers choose it from a list."""

    id: Id
    text: Text


class Routing(Document):
    """Where leads of each band go."""

    hot: HotRoute = HotRoute()
    warm: Route = Route()
    cold: Route = Route()
    unfit: Farewell = Farewell()
    lost_reasons: tuple[LostReason, ...] = Field(
        default=(), max_length=12, description="Why leads are lost; without them a list of five is offered."
    )


class Material(Document):
    """A button below a follow-up that opens a link."""

    text: Text
    link: Annotated[str, StringConstraints(pattern=r"^https://[^\s/]+\.[^\s/]+(/\S*)?$")]
    kind: Id = "other_link"


class FollowUp(Document):
    """One message of a sequence."""

    id: Id
    after: Duration = Field(description="Time since the message before, or since the enrolment.")
    hours: Hours | None = Field(default=None, description="Allowed hours of the day, local time.")
    text: Text
    button: Material | None = None


Sequence = tuple[FollowUp, ...]


class Quiz(Dialog):
    """A whole quiz document."""

    scoring: Scoring
    routing: Routing = Routing()
    sequences: dict[Id, Annotated[Sequence, Field(min_length=1)]] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _name_follow_ups(cls, data: Any) -> Any:
        """Give each follow-up without an id one, by its place: ids stand in the database, places do not."""
        sequences = data.get("sequences") if isinstance(data, dict) else None
        if not isinstance(sequences, dict):
            return data
        return {**data, "sequences": {name: _named(messages) for name, messages in sequences.items()}}

    def follow_up(self, sequence: str, step: str) -> FollowUp | None:
        """Return a sequence's message by its id."""
        return next((each for each in self.sequences.get(sequence, ()) if each.id == step), None)

    def follow_up_after(self, sequence: str, step: str | None) -> FollowUp | None:
        """Return the message after `step`, or the first; None after the last."""
        messages = self.sequences.get(sequence, ())
        if step is None:
            return messages[0] if messages else None
        ids = [each.id for each in messages]
        place = ids.index(step) + 1 if step in ids else len(messages)
        return messages[place] if place < len(messages) else None


def _named(messages: Any) -> Any:
    if not isinstance(messages, list):
        return messages
    return [
        {"id": f"message-{place}", **each} if isinstance(each, dict) else each
        for place, each in enumerate(messages, start=1)
    ]
