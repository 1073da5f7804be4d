"""The whole quiz document: the dialog, and how its answers are scored, routed and followed up."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, StringConstraints, model_validator

from dialogs.document import Dialog
from dialogs.values import Document, Duration, Hours, Id, Text
from qualification.routes import Cap, FastTrack, Later, LostReason, Scrub
from qualification.scoring import Scoring


class Assign(StrEnum):
    """How it is decided who of a team gets a lead first."""

    ROUND_ROBIN = "round_robin"
    LEAST_LOADED = "least_loaded"
    EVERYONE = "everyone"


class Match(StrEnum):
    """What a manager must share with a lead."""

    LANGUAGE = "language"
    SKILLS = "skills"


class HotRoute(Document):
    """Who gets hot leads, and how long a hand-off may wait. All times are working time."""

    team: Id = "sales"
    take_within: Duration = Field(default=Duration(minutes=5), description="What the prospect is promised.")
    escalate_after: Duration = Field(
        default=Duration(minutes=15), description="When the admins get a lead too that nobody took."
    )
    assign: Assign | None = Field(
        default=None,
        description="Who is offered a lead first. Default: in turns; all at once while nobody joined the team.",
    )
    match: tuple[Match, ...] = Field(default=(), description="What the manager must share with the lead.")
    skills: tuple[Id, ...] = Field(default=(), description="What the manager must know, for `match: [skills]`.")
    named: dict[str, Annotated[int, Field(ge=1)]] = Field(
        default_factory=dict, description="The manager (a Telegram id) who gets the leads of a source first."
    )
    next_after: Duration | None = Field(
        default=None, description="When the next manager is offered the lead. Default: `take_within`."
    )
    head_after: Duration | None = Field(
        default=None, description="When the head of the team is offered the lead. Default: `escalate_after`."
    )
    cap: Cap | None = Field(default=None, description="At most so many leads in a period.")
    say: Text | None = Field(default=None, description="Added to the last message: what happens next.")

    @property
    def one_has(self) -> Duration:
        """How long one manager has before the next one is asked."""
        return self.next_after or self.take_within

    @property
    def team_has(self) -> Duration:
        """How long the team has before its head is asked."""
        return self.head_after or self.escalate_after


class Route(Document):
    """What happens to leads of a band that is not handed off."""

    sequence: Id | None = None
    say: Text | None = Field(default=None, description="Added to the last message: what happens next.")
    enrolled: Text | None = Field(default=None, description="Added after it for who agreed to follow-ups.")


class Farewell(Document):
    """What those hear who are not a fit, and whether they are written to later."""

    say: Text | None = None
    later: Later | None = None


class Routing(Document):
    """Where leads of each band go."""

    fast_track: FastTrack | None = None
    hot: HotRoute = HotRoute()
    warm: Route = Route()
    cold: Route = Route()
    unfit: Farewell = Farewell()
    lost_reasons: tuple[LostReason, ...] = Field(default=(), description="Why leads are lost, in your words.")
    scrub: Scrub = Scrub()


LINK = r"^https://[^\s/@\\:?#\[\]]+\.[^\s/@\\:?#\[\]]+(:[0-9]{1,5})?([/?#][^\s\\]*)?$"
"""An address that a link may open, as a pattern."""


class Material(Document):
    """A button below a follow-up that opens a link."""

    text: Text
    link: Annotated[str, StringConstraints(pattern=LINK, max_length=2000)]
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
