"""When to call a lead and until when to let one rest: the choices there are, and what a manager types."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

EVENING, MORNING = time(18), time(9)
LONGEST_REST = timedelta(days=3 * 366)
_DAYS_OF_A_MONTH = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_FEBRUARY = 2
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_DAY = re.compile(r"(\d{1,2})[./](\d{1,2})(?:[./](\d{4}))?")
_NAMED_DAYS = {"today": 0, "сьогодні": 0, "сегодня": 0, "tomorrow": 1, "завтра": 1}
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")


class Later(StrEnum):
    """When a manager wants to be reminded of a lead."""

    HOUR = "hour"
    EVENING = "evening"
    MORNING = "morning"


class Rest(StrEnum):
    """How long a lead rests."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"


_MONTHS = {Rest.MONTH: 1, Rest.QUARTER: 3, Rest.HALF_YEAR: 6}


def later(choice: Later, now: datetime, timezone: str) -> datetime | None:
    """Return the moment of a choice; None when it is too late for it today."""
    local = now.astimezone(ZoneInfo(timezone))
    match choice:
        case Later.HOUR:
            return now + timedelta(hours=1)
        case Later.EVENING:
            evening = _at(local.date(), EVENING, timezone)
            return evening if evening - now >= timedelta(hours=1) else None
        case Later.MORNING:
            return _at(local.date() + timedelta(days=1), MORNING, timezone)


def rest_until(choice: Rest, now: datetime, timezone: str) -> datetime:
    """Return the morning at which a lead's rest is over."""
    today = now.astimezone(ZoneInfo(timezone)).date()
    month = today.month - 1 + _MONTHS[choice]
    year, month = today.year + month // 12, month % 12 + 1
    leap = month == _FEBRUARY and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    day = min(today.day, _DAYS_OF_A_MONTH[month - 1] + leap)
    return _at(date(year, month, day), MORNING, timezone)


def read_moment(typed: str, now: datetime, timezone: str) -> datetime | None:
    """Read «15:30», «25.11», «tomorrow 10:00» or «2026-11-25 10:00»; None for the past and for what is no moment.

    A time of day without a day is the next one; a day without a time is its morning.
    """
    today = now.astimezone(ZoneInfo(timezone)).date()
    words = typed.split()
    try:
        match words:
            case [clock] if (at := _clock(clock)) is not None:
                moment = _at(today, at, timezone)
                moment = moment if moment > now else _at(today + timedelta(days=1), at, timezone)
            case [day]:
                moment = _at(_day(day, today), MORNING, timezone)
            case [day, clock] if (at := _clock(clock)) is not None:
                moment = _at(_day(day, today), at, timezone)
            case _:
                return None
    except ValueError:
        return None
    return moment if now < moment <= now + LONGEST_REST else None


def _clock(written: str) -> time | None:
    found = _CLOCK.fullmatch(written)
    return time(int(found[1]), int(found[2])) if found and int(found[1]) < 24 and int(found[2]) < 60 else None  # noqa: PLR2004 - a clock


def _day(written: str, today: date) -> date:
    """Read a day; one without a year is the next of its name. Raises ValueError."""
    if (ahead := _NAMED_DAYS.get(written.lower())) is not None:
        return today + timedelta(days=ahead)
    if found := _ISO_DAY.fullmatch(written):
        return date(int(found[1]), int(found[2]), int(found[3]))
    found = _DAY.fullmatch(written)
    if found is None:
        raise ValueError(f"{written!r} is no day")
    year = int(found[3]) if found[3] else today.year
    day = date(year, int(found[2]), int(found[1]))
    return day if found[3] or day >= today else date(year + 1, day.month, day.day)


def _at(day: date, at: time, timezone: str) -> datetime:
    return datetime.combine(day, at, ZoneInfo(timezone))
