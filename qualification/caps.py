"""Caps: how many places there are for leads in a period, who gets the last one, and when the next are given."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from qualification.routes import Cap, Period


def period_of(per: Period, moment: datetime, timezone: str) -> tuple[datetime, datetime]:
    """Return the beginning and the end (UTC) of the period around a moment, as the zone's calendar has it.

    A day of a clock change has 23 or 25 hours, and its places all the same.
    """
    day = moment.astimezone(ZoneInfo(timezone)).date()
    first = _first_day(per, day)
    return _midnight(first, timezone), _midnight(_next_first_day(per, first), timezone)


def has_place(cap: Cap, taken: int, ahead: int) -> bool:
    """Tell whether there is a place for somebody behind so many others who wait; `taken` are gone already."""
    return taken + ahead < cap.leads


def place_expected(cap: Cap, ahead: int, moment: datetime, timezone: str) -> datetime:
    """Return when somebody behind so many others gets a place, if this period has none left."""
    _, end = period_of(cap.per, moment, timezone)
    for _ in range(ahead // cap.leads):
        _, end = period_of(cap.per, end, timezone)
    return end


def _first_day(per: Period, day: date) -> date:
    match per:
        case Period.DAY:
            return day
        case Period.WEEK:
            return day - timedelta(days=day.weekday())
        case Period.MONTH:
            return day.replace(day=1)
        case _:
            assert_never(per)


def _next_first_day(per: Period, first: date) -> date:
    match per:
        case Period.DAY:
            return first + timedelta(days=1)
        case Period.WEEK:
            return first + timedelta(days=7)
        case Period.MONTH:
            return (first + timedelta(days=31)).replace(day=1)
        case _:
            assert_never(per)


def _midnight(day: date, timezone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(timezone)).astimezone(UTC)
