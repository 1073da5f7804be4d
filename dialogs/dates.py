"""Reads days and times as people type them: «tomorrow», «15.12», «on Friday», «о 15:30»."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import lru_cache

from babel import Locale, UnknownLocaleError

_NEAR: Mapping[str, int] = {
    "today": 0, "tomorrow": 1, "day after tomorrow": 2,
    "сьогодні": 0, "завтра": 1, "післязавтра": 2, "позавтра": 2,
    "сегодня": 0, "послезавтра": 2,
}  # fmt: skip
_NEAREST = re.compile(rf"(?<!\w)({'|'.join(sorted(_NEAR, key=len, reverse=True))})(?!\w)")
_AHEAD = re.compile(r"(?<!\w)(?:in|через|за)\s+(?:(\d{1,2}|a)\s+)?(day|дн|день|week|тиж|недел)\w*")
_NUMERIC = re.compile(r"(?<!\d)(?<!\d[./-])(\d{1,2})[./-](\d{1,2})(?:[./-](\d{4}|\d{2}))?(?!\d)")
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_WORD = re.compile(r"[^\W\d_]{2,}")
_YEAR = r"(?:,?\s+(\d{4})(?![\d:]))?"
_DAY_OF_MONTH = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th|-?(?:го|е|є))?\s*(?:of\s+)?([^\W\d_]{{3,}})\.?{_YEAR}"
)
_MONTH_AND_DAY = re.compile(rf"([^\W\d_]{{3,}})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?(?![\d:]|\.\d){_YEAR}")

_HALVES = "am|pm|ранку|утра|дня|вечора|вечера"
_CLOCK = re.compile(rf"(?<![\d.:])(\d{{1,2}})[:.](\d{{2}})(?![\d.:])\s*({_HALVES})?")
_HOUR = re.compile(
    rf"(?:(?<!\w)(?:at|о|об|в|на)\s+|^)(\d{{1,2}})(?:-[^\W\d_]+)?\s*({_HALVES}|h\b|год\w*|час\w*)?(?![\d.:/-])"
)
_AFTERNOON = ("pm", "дня", "вечора", "вечера")
_HALF_DAY = 12


@dataclass(frozen=True)
class _Found:
    """A day, and the words around those that named it: the time may be among them."""

    day: date
    rest: str


def read_day(text: str, today: date, languages: Iterable[str]) -> date | None:
    """Return the day that a text names; one without a year is the next such day. None when it names none."""
    return read_moment(text, today, languages)[0]


def read_moment(text: str, today: date, languages: Iterable[str]) -> tuple[date | None, time | None]:
    """Return the day and the time of day that a text names, each None where it names none."""
    words, names = _bare(" ".join(text.split())), _names(tuple(languages))
    found = (
        _near(words, today)
        or _ahead(words, today)
        or _written_out(words)
        or _numeric(words, today)
        or _with_month(words, today, names.months)
        or _weekday(words, today, names.weekdays)
    )
    return (found.day, read_time(found.rest)) if found else (None, read_time(words))


def read_time(text: str) -> time | None:
    """Return the time of day that a text names («15:30», «3 pm», «о 15»); None when it names none."""
    words = text.strip().casefold()
    if clock := _CLOCK.search(words):
        hour, minute, half = int(clock[1]), int(clock[2]), clock[3]
    elif full := _HOUR.search(words):
        hour, minute, half = int(full[1]), 0, full[2]
    else:
        return None
    if half in _HALVES.split("|") and 1 <= hour <= _HALF_DAY:
        hour = hour % _HALF_DAY + (_HALF_DAY if half in _AFTERNOON else 0)
    try:
        return time(hour, minute)
    except ValueError:
        return None


def _near(words: str, today: date) -> _Found | None:
    found = _NEAREST.search(words)
    return _Found(today + timedelta(days=_NEAR[found[1]]), _without(words, found)) if found else None


def _ahead(words: str, today: date) -> _Found | None:
    found = _AHEAD.search(words)
    if found is None:
        return None
    count = int(found[1]) if found[1] and found[1].isdecimal() else 1
    days = count * (7 if found[2] in ("week", "тиж", "недел") else 1)
    return _Found(today + timedelta(days=days), _without(words, found))


def _written_out(words: str) -> _Found | None:
    found = _ISO.search(words)
    day = _date(int(found[1]), int(found[2]), int(found[3])) if found else None
    return _Found(day, _without(words, found)) if found and day else None


def _numeric(words: str, today: date) -> _Found | None:
    found = _NUMERIC.search(words)
    if found is None:
        return None
    year = int(found[3]) if found[3] else None
    if year is not None and year < 100:  # noqa: PLR2004 - two digits of a year
        year += 2000
    day = _coming(year, int(found[2]), int(found[1]), today)
    return _Found(day, _without(words, found)) if day else None


def _with_month(words: str, today: date, months: Mapping[str, int]) -> _Found | None:
    for pattern, month_at, day_at in ((_DAY_OF_MONTH, 2, 1), (_MONTH_AND_DAY, 1, 2)):
        for found in pattern.finditer(words):
            month = months.get(found[month_at])
            year = int(found[3]) if found[3] else None
            day = _coming(year, month, int(found[day_at]), today) if month else None
            if day is not None:
                return _Found(day, _without(words, found))
    return None


def _weekday(words: str, today: date, weekdays: Mapping[str, int]) -> _Found | None:
    """The next such weekday; today's own name means a week from today."""
    for found in _WORD.finditer(words):
        weekday = weekdays.get(found[0])
        if weekday is not None:
            ahead = (weekday - today.weekday() - 1) % 7 + 1
            return _Found(today + timedelta(days=ahead), _without(words, found))
    return None


def _coming(year: int | None, month: int, day: int, today: date) -> date | None:
    """The day in that year, or without a year the next such day; 29 February may be years ahead."""
    if year is not None:
        return _date(year, month, day)
    days = (_date(year, month, day) for year in range(today.year, today.year + 9))
    return next((day for day in days if day is not None and day >= today), None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _without(words: str, found: re.Match[str]) -> str:
    return f"{words[: found.start()]} {words[found.end() :]}".strip()


@dataclass(frozen=True)
class _Names:
    """Months (1–12) and weekdays (0–6, from Monday) by every name they go by."""

    months: Mapping[str, int]
    weekdays: Mapping[str, int]


@lru_cache(maxsize=32)
def _names(languages: tuple[str, ...]) -> _Names:
    months: dict[str, int] = {}
    weekdays = dict(_AFTER_ON)
    for language in dict.fromkeys((*languages, "en")):
        try:
            locale = Locale.parse(language)
        except (UnknownLocaleError, ValueError):
            continue
        for named, by_context in ((months, locale.months), (weekdays, locale.days)):
            for by_width in by_context.values():
                # Narrower names are words of their own, such as «we» for Wednesday.
                for width in ("wide", "abbreviated"):
                    named.update({_bare(name): number for number, name in by_width.get(width, {}).items()})
    return _Names(months, weekdays)


def _bare(name: str) -> str:
    return re.sub("['’ʼ]", "", name.casefold()).rstrip(".")


_AFTER_ON = {"середу": 2, "пятницю": 4, "суботу": 5, "неділю": 6}
_AFTER_ON |= {"среду": 2, "пятницу": 4, "субботу": 5, "воскресенье": 6}
"""Weekdays as they stand after «on»; Babel knows the nominative."""
