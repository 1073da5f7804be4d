"""Working time: when somebody works, and how much of it passes between two moments."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from heapq import merge
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from dialogs.values import Document

DAY = 24 * 60
"""Minutes of a day whose clocks nobody moves."""
WEEKDAYS = 7
LOOK_AHEAD = 800
"""Days after which nobody is expected to begin again: more than two years."""


def known_timezone(name: str) -> str:
    """Return the name of a time zone as it is. Raises PydanticCustomError for one that does not exist."""
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):  # what is no name at all, a folder of zones, a way out of it
        raise PydanticCustomError("timezone", "there is no time zone `{name}`", {"name": name}) from None
    return name


class Shift(Document):
    """Working hours that begin on a day of the week (0 is Monday), in minutes after its midnight.

    One that ends at or before its beginning ends on the next day: 22:00 to 06:00 is a night.
    """

    day: Annotated[int, Field(ge=0, lt=WEEKDAYS)]
    begin: Annotated[int, Field(ge=0, lt=DAY)]
    end: Annotated[int, Field(gt=0, le=DAY)]

    @property
    def length(self) -> int:
        """Minutes between its two times of day."""
        return self.end - self.begin if self.end > self.begin else self.end + DAY - self.begin


class Days(Document):
    """Whole days on which somebody does not work: the first and the last of them."""

    first: date
    last: date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise PydanticCustomError("days", "the last day is before the first")
        return self


class Calendar(Document):
    """When somebody works. Without shifts that is always, on every day that is not free."""

    timezone: Annotated[str, AfterValidator(known_timezone)] = "UTC"
    shifts: tuple[Shift, ...] = ()
    holidays: frozenset[date] = frozenset()
    days_off: tuple[Days, ...] = ()
    away_since: datetime | None = None
    away_until: datetime | None = None
    """empty for who does not know yet when they are back"""

    def free(self, day: date) -> bool:
        """Tell whether nothing begins on a day, whatever day of the week it is."""
        return day in self.holidays or any(off.first <= day <= off.last for off in self.days_off)

    def away(self, moment: datetime) -> bool:
        """Tell whether somebody said that they are away at a moment."""
        since, until = self.away_since, self.away_until
        return since is not None and since <= moment and (until is None or moment < until)


ALWAYS = Calendar()
Span = tuple[datetime, datetime]


def works(moment: datetime, *calendars: Calendar) -> bool:
    """Tell whether anybody works at a moment."""
    return next_working(moment, *calendars) == moment


def next_working(moment: datetime, *calendars: Calendar) -> datetime | None:
    """Return the moment itself if anybody works then, else when the first begins; None for never."""
    for begin, end in _spans(moment, calendars):
        if end > moment:
            return max(begin, moment)
    return None


def worked_between(since: datetime, until: datetime, *calendars: Calendar) -> timedelta:
    """Return how much of the time between two moments is somebody's working time."""
    total = timedelta()
    for begin, end in _spans(since, calendars):
        if begin >= until:
            break
        total += max(min(end, until) - max(begin, since), timedelta())
    return total


def after(moment: datetime, length: timedelta, *calendars: Calendar) -> datetime | None:
    """Return when so much working time has passed since a moment; None if it never will."""
    if length <= timedelta():
        return moment
    left = length
    for begin, end in _spans(moment, calendars):
        there = max(end - max(begin, moment), timedelta())
        if there >= left:
            return max(begin, moment) + left
        left -= there
    return None


def _spans(since: datetime, calendars: tuple[Calendar, ...]) -> Iterator[Span]:
    """Return the spans in which anybody works, in order; none overlaps the one before."""
    before = datetime.min.replace(tzinfo=UTC)
    for begin, end in merge(*(_present(since, calendar) for calendar in calendars)):
        if end > before:
            yield max(begin, before), end
            before = end


def _present(since: datetime, calendar: Calendar) -> Iterator[Span]:
    """Return the shifts of one calendar from a moment on, without the time that somebody is away."""
    gone, back = calendar.away_since, calendar.away_until
    if calendar.away(since):
        if back is None:
            return
        since = back
    for begin, end in _shifts(since, calendar):
        if gone is None or end <= gone or (back is not None and begin >= back):
            yield begin, end
            continue
        if begin < gone:
            yield begin, gone
        if back is None:
            return
        if back < end:
            yield back, end


def _shifts(since: datetime, calendar: Calendar) -> Iterator[Span]:
    """Return the shifts that end after a moment, day by day."""
    # The day before yesterday's night may last until today, and the zone may be a day ahead.
    first = since.astimezone(ZoneInfo(calendar.timezone)).date() - timedelta(days=2)
    quiet = 0
    day = first
    while quiet < LOOK_AHEAD:
        quiet += 1
        if not calendar.free(day):
            for begin, end in _of_weekday(calendar.shifts, day.weekday()):
                span = (_moment(day, begin, calendar.timezone), _moment(day, end, calendar.timezone))
                if span[0] < span[1] and span[1] > since:  # not one that a moved clock swallowed
                    quiet = 0
                    yield span
        day += timedelta(days=1)


@lru_cache(maxsize=1024)
def _of_weekday(shifts: tuple[Shift, ...], weekday: int) -> tuple[tuple[int, int], ...]:
    if not shifts:
        return ((0, DAY),)
    return tuple(sorted((s.begin, s.begin + s.length) for s in shifts if s.day == weekday))


@lru_cache(maxsize=4096)
def _moment(day: date, minute: int, timezone: str) -> datetime:
    """Return when a clock on the wall shows a time. One shown twice is the first; one left out, when it jumps."""
    days, minutes = divmod(minute, DAY)
    zone = ZoneInfo(timezone)
    wall = datetime(day.year, day.month, day.day) + timedelta(days=days, minutes=minutes)  # noqa: DTZ001 - a wall's
    early, late = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (1, 0))
    if early.astimezone(zone).replace(tzinfo=None) == wall or late <= early:
        return wall.replace(tzinfo=zone).astimezone(UTC)
    # The clock jumps between the two: find the second.
    before = early.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=(late - early) // timedelta(seconds=2))
        early, late = (middle, late) if middle.astimezone(zone).utcoffset() == before else (early, middle)
    return late
