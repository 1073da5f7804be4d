"""The arithmetic of insight: how far people came, how long leads waited, and over which days that is counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from qualification.score import Band


class Step(StrEnum):
    """How far somebody came."""

    STARTED = "started"
    FINISHED = "finished"
    CONTACT = "contact"
    HOT = "hot"
    TAKEN = "taken"
    CONTACTED = "contacted"
    WON = "won"


REACH = (Step.STARTED, Step.FINISHED, Step.CONTACT)
"""What prospects do by themselves: each step is a share of who started."""
SALES = (Step.HOT, Step.TAKEN, Step.CONTACTED, Step.WON)
"""What becomes of those who left a contact. Not being hot is no loss, so hot begins a funnel of its own."""
BASES: Mapping[Step, Step] = {
    Step.FINISHED: Step.STARTED,
    Step.CONTACT: Step.STARTED,
    Step.HOT: Step.CONTACT,
    Step.TAKEN: Step.HOT,
    Step.CONTACTED: Step.HOT,
    Step.WON: Step.HOT,
}
"""What each step is a share of."""


class Span(StrEnum):
    """The days that numbers are about, today among them."""

    TODAY = "today"
    WEEK = "week"
    MONTH = "month"
    ALL = "all"


DAYS = {Span.TODAY: 1, Span.WEEK: 7, Span.MONTH: 30}


def beginning(span: Span, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Return when a span began: always with a whole day of the business's own zone. None for ever."""
    days = DAYS.get(span)
    if days is None:
        return None
    first = now.astimezone(zone).date() - timedelta(days=days - 1)
    return datetime.combine(first, time(), zone)


@dataclass(frozen=True)
class Funnel:
    """How many people came how far. Who left an invalid or a repeated contact is `scrubbed`, and no lead."""

    steps: Mapping[Step, int] = field(default_factory=dict)
    bands: Mapping[Band | None, int] = field(default_factory=dict)
    """those who left a contact, by the band of their best lead; None is no band yet"""
    scrubbed: int = 0

    def at(self, step: Step) -> int:
        """Return how many people came this far."""
        return self.steps.get(step, 0)

    def share(self, step: Step) -> int | None:
        """Return the step's share in percent of what it is measured by; None when there is nothing to share."""
        base = BASES.get(step)
        return None if base is None else percent(self.at(step), self.at(base))


def together(funnels: Iterable[Funnel]) -> Funnel:
    """Return the funnel of several groups that have nobody in common."""
    groups = list(funnels)
    return Funnel(
        {step: sum(group.at(step) for group in groups) for step in Step},
        {band: sum(group.bands.get(band, 0) for group in groups) for band in (*Band, None)},
        sum(group.scrubbed for group in groups),
    )


def percent(part: int, whole: int) -> int | None:
    """Return a share in percent, a half rounded up; None of nothing."""
    return (200 * part + whole) // (2 * whole) if whole else None


@dataclass(frozen=True)
class Waits:
    """How long a number of leads waited: half of them no longer than the median, 95 of 100 no longer than that."""

    count: int
    median: timedelta
    ninety_fifth: timedelta


def places(count: int) -> tuple[int, ...]:
    """Return which of so many waits, put in order and numbered from 1, are needed to tell the two figures.

    One or two in the middle, and last the smallest that 95 % do not exceed (the nearest rank).
    """
    if not count:
        return ()
    middle = {(count + 1) // 2, count // 2 + 1}
    return (*sorted(middle), -(-95 * count // 100))


def waits(count: int, at_places: Mapping[int, int]) -> Waits | None:
    """Work out the figures from the seconds at the places that `places` names; None where nobody waited."""
    if not count:
        return None
    *middle, last = places(count)
    median = sum(at_places[place] for place in middle) / len(middle)
    return Waits(count, timedelta(seconds=median), timedelta(seconds=at_places[last]))
