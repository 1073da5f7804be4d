"""What a quiz says about its pipeline: who waits or comes back, why leads are lost, what contacts are doubtful."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from dialogs.conditions import Condition
from dialogs.values import Document, Duration, Id, Text

WAIT = "wait"
"""What leads without a place do, unless another team gets them."""


class LostReason(Document):
    """A reason that managers choose from when a lead is lost."""

    id: Id
    text: Text


class FastTrack(Document):
    """Whoever leaves such a contact goes to a manager at once, whatever the points."""

    contact: Literal["phone", "email", "any"] = "any"
    confirmed: bool = Field(default=True, description="Only a contact that was confirmed counts.")
    when: Condition | None = Field(default=None, description="Only when this holds of the answers.")


class Later(Document):
    """Somebody who is not a fit now, and agreed to be written to later, is frozen until then."""

    consent: Id = Field(description="The step that asks whether you may write later: a consent to follow-ups.")
    after: Duration = Field(default=Duration(days=90), description="How much later.")


class Period(StrEnum):
    """How long places are counted before they are given anew: at midnight, Monday, or the first."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Cap(Document):
    """At most so many new leads for the managers in a period."""

    leads: Annotated[int, Field(ge=1)]
    per: Period
    then: Id = Field(default=WAIT, description="`wait` for the next free place, or a team that gets the others.")


class Scrub(Document):
    """Which contacts are counted apart, because they are of no use or came before."""

    countries: tuple[Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")], ...] = Field(
        default=(), description="The countries that phones may be of; any if none is named."
    )
    repeated_within: Duration = Field(
        default=Duration(days=30), description="How long a contact counts as repeated by another account."
    )
