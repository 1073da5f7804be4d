"""Reads days and times as people type them: «tomorrow», «15.12», «on Friday», «о 15:30»."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, time, timedelta
from functools import lru_cache

from babel import Locale, UnknownLocaleError

_NEAR: Mapping[str, int] = {
    "today": 0, "tomorrow": 1, "day after tomorrow": 2,
    "сьогодні": 0, "завтра": 1, "післязавтра": 2, "позавтра": 2,
    "сегодня": 0, "послезавтра": 2,
}  # fmt: skip
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})[./-](\d{1,2})(?:[./-](\d{4}|\d{2}))?(?!\d)")
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_WORDED = re.compile(
    r"(?:(?<!\d)(\d{1,2})(?:st|nd|rd|th|-?(?:го|е|є))?\s+)?([^\W\d_]{3,})\.?(?:\s+(\d{1,2})(?!\d))?", re.IGNORECASE
)
_YEAR = re.compile(r"(?<!\d)(\d{4})(?!\d)")
_CLOCK = re.compile(r"(?<![\d.:])(\d{1,2})[:.](\d{2})(?![\d.:])\s*(am|pm)?", re.IGNORECASE)
_HOUR = re.compile(
    r"(?:(?<![^\W\d_])(?:at|о|об|в|на)\s+|^)(\d{1,2})\s*(am|pm|h\b|год\w*|час\w*)?(?![\d.:/-])", re.IGNORECASE
)
_HALF_DAY = 12


def read_day(text: str, today: date, languages: Iterable[str]) -> date | None:
    """Return the day that a text names; one without a year is the next such day. None when it names none."""
    return read_moment(text, today, languages)[0]


def read_moment(text: str, today: date, languages: Iterable[str]) -> tuple[date | None, time | None]:
    """Return the day and the time of day that a text names, each None where it names none."""
    words = _bare(" ".join(text.split()))
    for find in (_near, _written_out, _numeric):
        found = find(words, today)
        if found is not None:
            day, rest = found
            return day, read_time(rest)
    worded = _worded(words, today, tuple(languages))
    if worded is None:
        return None, read_time(words)
    day, rest = worded
    return day, read_time(rest)


_Found = tuple[date, str] | None
"""A day, and the words around those that named it."""


def _near(words: str, today: date) -> _Found:
    for near in sorted(_NEAR, key=len, reverse=True):
        if found := re.search(rf"(?<![^\W\d_]){near}(?![^\W\d_])", words):
            return today + timedelta(days=_NEAR[near]), _without(words, found)
    return None


def _written_out(words: str, _: date) -> _Found:
    found = _ISO.search(words)
    day = _date(int(found[1]), int(found[2]), int(found[3])) if found else None
    return (day, _without(words, found)) if found and day else None


def _numeric(words: str, today: date) -> _Found:
    found = _NUMERIC.search(words)
    if found is None:
        return None
    year = int(found[3]) if found[3] else None
    if year is not None and year < 100:  # noqa: PLR2004 - two digits of a year
        year += 2000
    day = _coming(year, int(found[2]), int(found[1]), today)
    return (day, _without(words, found)) if day else None


def _without(words: str, found: re.Match[str]) -> str:
    return f"{words[: found.start()]} {words[found.end() :]}".strip()


def read_time(text: str) -> time | None:
    """Return the time of day that a text names («15:30», «3 pm», «о 15»); None when it names none."""
    found = _CLOCK.search(text)
    hour, minute, half = (int(found[1]), int(found[2]), found[3]) if found else (-1, 0, None)
    if found is None and (hours := _HOUR.search(text.strip().casefold())):
        hour, half = int(hours[1]), hours[2] if hours[2] in ("am", "pm") else None
    if half is not None and 1 <= hour <= _HALF_DAY:
        hour = hour % _HALF_DAY + (_HALF_DAY if half.casefold() == "pm" else 0)
    try:
        return time(hour, minute)
    except ValueError:
        return None


def _worded(words: str, today: date, languages: tuple[str, ...]) -> _Found:
    months, weekdays = _names(languages)
    year = next((int(found[1]) for found in _YEAR.finditer(words)), None)
    for found in _WORDED.finditer(words):
        number, word = found[1] or found[3], found[2]
        day = None
        if word in months and number:
            day = _coming(year, months[word], int(number), today)
        elif word in weekdays:
            day = today + timedelta(days=(weekdays[word] - today.weekday() - 1) % 7 + 1)
        if day is not None:
            return day, _YEAR.sub("", _without(words, found))
    return None


def _coming(year: int | None, month: int, day: int, today: date) -> date | None:
    if year is not None:
        return _date(year, month, day)
    this_year = _date(today.year, month, day)
    if this_year is not None and this_year >= today:
        return this_year
    return _date(today.year + 1, month, day) or this_year


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


@lru_cache(maxsize=32)
def _names(languages: tuple[str, ...]) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Return months (1–12) and weekdays (0–6) by every name they go by."""
    months: dict[str, int] = {}
    weekdays: dict[str, int] = {}
    for language in dict.fromkeys((*languages, "en")):
        try:
            locale = Locale.parse(language)
        except (UnknownLocaleError, ValueError):
            continue
        for names, found in ((locale.months, months), (locale.days, weekdays)):
            shift = 0
            for context in names.values():
                for width, named in context.items():
                    if width == "narrow":
                        continue
                    found.update({_bare(name): number + shift for number, name in named.items()})
    weekdays.update(_INFLECTED)
    return months, weekdays


def _bare(name: str) -> str:
    return re.sub("['’ʼ]", "", name.casefold()).rstrip(".")


_INFLECTED = {"середу": 2, "пятницю": 4, "суботу": 5, "неділю": 6}
_INFLECTED |= {"среду": 2, "пятницу": 4, "субботу": 5, "воскресенье": 6}
"""Weekdays as they stand after «on»; Babel knows the nominative."""
