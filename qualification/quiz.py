"""The whole quiz document: the dialog, and how its answers are scored, routed and followed up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cached_property
from itertools import chain
from typing import Annotated

from pydantic import Field

from dialogs.document import Dialog
from dialogs.steps import AnyStep
from dialogs.values import Document, Duration, Id, Text
from qualification.follow_ups import Aside, FollowUp, Material, Sequence
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


class GroupSees(StrEnum):
    """When a hot lead is posted in the group of its team."""

    AT_ONCE = "at_once"
    WITH_TEAM = "with_team"
    NEVER = "never"


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
    group: GroupSees = Field(
        default=GroupSees.AT_ONCE,
        description="When the group sees a lead: as soon as it is offered, once the whole team has it, never.",
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


class Quiz(Dialog):
    """A whole quiz document."""

    scoring: Scoring
    routing: Routing = Routing()
    sequences: dict[Id, Sequence] = Field(default_factory=dict, description="What is sent later, by name.")

    @cached_property
    def by_id(self) -> Mapping[str, AnyStep]:
        """The steps by their ids, and the questions of sequences by theirs."""
        return {**self.asides, **{step.id: step for step in self.steps}}

    @cached_property
    def asides(self) -> Mapping[str, Aside]:
        """The questions that sequences ask, by their ids."""
        return {each.question.id: each.question for each in self._follow_ups() if each.question is not None}

    @property
    def questions(self) -> tuple[AnyStep, ...]:
        """Whatever is asked, in the quiz and after it."""
        return (*self.steps, *self.asides.values())

    def asking(self, question: str) -> FollowUp | None:
        """Return the step of a sequence that asks a question."""
        return next((each for each in self._follow_ups() if each.question and each.question.id == question), None)

    def follow_up(self, sequence: str, step: str) -> FollowUp | None:
        """Return a sequence's step by its id."""
        return self.sequences[sequence].step(step) if sequence in self.sequences else None

    def link_at(self, sequence: str, place: str) -> Material | None:
        """Return a link of a follow-up by its place, as the ledger has it."""
        step, _, name = place.partition("/")
        follow_up = self.follow_up(sequence, step)
        return follow_up.link(name) if follow_up else None

    def _follow_ups(self) -> Iterator[FollowUp]:
        return chain.from_iterable(sequence.messages for sequence in self.sequences.values())
