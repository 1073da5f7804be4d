"""Reads what managers type about their time: working hours, days, and until when they are away."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from babel.dates import get_day_names

from bot.texts import WEEKDAYS, catalogue_language
from dialogs.values import Duration
from qualification.working_time import DAY, Calendar, Days, Shift, known_timezone

_DAY_NAMES = (
    ("mon", "пн", "пон"),
    ("tue", "вт", "вів"),
    ("wed", "ср", "сер"),
    ("thu", "чт", "чет"),
    ("fri", "пт", "п'ят", "пят"),
    ("sat", "сб", "суб"),
    ("sun", "нд", "нед", "вс", "вос"),
)
"""How the days of the week begin in the three languages, and their short forms."""
_EVERY_DAY = ("daily", "every", "щодня", "ежедневно", "24/7")
_ALWAYS = ("always", "завжди", "всегда", "24/7")
_SPAN = re.compile(
    r"(?P<days>[^\d\s,;]+(?:\s*[-–,]\s*[^\d\s,;]+)*)\s+(?P<begin>\d{1,2}(?:[:.]\d\d)?)\s*[-–]\s*(?P<end>\d{1,2}(?:[:.]\d\d)?)"
)
_ZONE = re.compile(r"\b(?:[A-Z][A-Za-z_]+(?:/[A-Za-z0-9_+-]+)+|UTC)\b")
_DAY = re.compile(r"(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})\.(\d{1,2})(?:\.(\d{4}))?)")
_RANGE = re.compile(rf"({_DAY.pattern})\s*(?:-|–|…|\.\.+)\s*({_DAY.pattern})")
FARTHEST = timedelta(days=3 * 366)
"""Nobody plans a day off that is farther away; it is a slip."""
MORNING = time(9)


def read_hours(text: str, timezone: str) -> Calendar | None:
    """Read `mon-fri 9-18, sat 10-14 Europe/Kyiv`; `always` for any time. None for what cannot be read."""
    zone = _ZONE.search(text)
    if zone is not None:
        try:
            timezone = known_timezone(zone[0])
        except ValueError:
            return None
        text = text.replace(zone[0], " ")
    text = text.strip().lower().replace("’", "'")
    if text in _ALWAYS:
        return Calendar(timezone=timezone)
    shifts = []
    for found in _SPAN.finditer(text):
        days, begin, end = _days(found["days"]), _minute(found["begin"]), _minute(found["end"])
        if not days or begin is None or end is None or begin in (end, DAY) or not end:
            return None
        shifts += [Shift(day=day, begin=begin, end=end) for day in days]
    if not shifts or _SPAN.sub("", text).strip(" ,;"):
        return None
    return Calendar(
        timezone=timezone, shifts=tuple(sorted(set(shifts), key=lambda shift: (shift.day, shift.begin)))
    )


def read_days(text: str, today: date) -> tuple[Days, ...] | None:
    """Read `25.12, 2027-01-01, 24.12-03.01`; a day without a year is the next one. None for what is no day."""
    read: list[Days] = []
    rest = text
    for found in _RANGE.finditer(text):
        first = _date(found[1], today)
        last = _date(found[8], first) if first else None
        if first is None or last is None:
            return None
        read.append(Days(first=first, last=last))
        rest = rest.replace(found[0], " ", 1)
    for found in _DAY.finditer(rest):
        day = _date(found[0], today)
        if day is None:
            return None
        read.append(Days(first=day, last=day))
    if not read or _DAY.sub(" ", rest).strip(" ,;\n") or any(not _near(each, today) for each in read):
        return None
    return tuple(sorted(read, key=lambda each: each.first))


def read_until(text: str, now: datetime, timezone: str) -> datetime | None:
    """Read until when somebody is away: `2h`, `3d`, or the day on which they are back. None for neither."""
    try:
        return now + Duration.read(text.strip().lower())
    except ValueError:
        zone = ZoneInfo(timezone)
        today = now.astimezone(zone).date()
        found = _DAY.fullmatch(text.strip())
        day = _date(found[0], today + timedelta(days=1)) if found else None
        if day is None or not today < day <= today + FARTHEST:
            return None
        return datetime.combine(day, time(), zone).astimezone(UTC)


def tomorrow_morning(now: datetime, timezone: str) -> datetime:
    """Return nine o'clock of the next day."""
    zone = ZoneInfo(timezone)
    day = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(day, MORNING, zone).astimezone(UTC)


def week_text(calendar: Calendar, language: str) -> str:
    """Say a week in short: «Mon–Fri 09:00–18:00, Sat 10:00–14:00 · Europe/Kyiv»; empty for always."""
    names = get_day_names("abbreviated", "stand-alone", catalogue_language(language))
    by_day: dict[int, str] = {}
    for shift in calendar.shifts:
        span = f"{_clock(shift.begin)}–{_clock(shift.end)}"
        by_day[shift.day] = f"{by_day[shift.day]}, {span}" if shift.day in by_day else span
    parts = []
    # Days in a row with the same hours keep the same distance from their place in the list.
    for (hours, _), run in groupby(enumerate(sorted(by_day)), key=lambda at: (by_day[at[1]], at[1] - at[0])):
        days = [names[day] for _, day in run]
        parts.append(f"{days[0]}–{days[-1]} {hours}" if len(days) > 1 else f"{days[0]} {hours}")
    return f"{', '.join(parts)} · {calendar.timezone}" if parts else ""


def _days(text: str) -> list[int] | None:
    if text in _EVERY_DAY:
        return list(range(len(WEEKDAYS)))
    days: list[int] = []
    for part in text.split(","):
        first, _, last = re.sub(r"\s*[-–]\s*", "-", part.strip()).partition("-")
        begin, end = _weekday(first), _weekday(last or first)
        if begin is None or end is None:
            return None
        days += [day % len(WEEKDAYS) for day in range(begin, end + 1 + (len(WEEKDAYS) if end < begin else 0))]
    return days


def _weekday(name: str) -> int | None:
    return next((day for day, begins in enumerate(_DAY_NAMES) if name.strip().startswith(begins)), None)


def _minute(written: str) -> int | None:
    hour, _, minute = written.replace(".", ":").partition(":")
    at = int(hour) * 60 + int(minute or 0)
    return at if int(minute or 0) < 60 and at <= DAY else None  # noqa: PLR2004 - minutes of an hour


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _date(written: str, earliest: date) -> date | None:
    found = _DAY.fullmatch(written)
    if found is None:
        return None
    try:
        if found[1]:
            return date(int(found[1]), int(found[2]), int(found[3]))
        day = date(int(found[6] or earliest.year), int(found[5]), int(found[4]))
        return day.replace(year=day.year + 1) if not found[6] and day < earliest else day
    except ValueError:
        return None


def _near(days: Days, today: date) -> bool:
    return days.first >= today and days.last <= today + FARTHEST
