"""The catalogues: every text of the system in every language, with its plurals, dates and durations."""

from __future__ import annotations

import gettext
import html
import io
import re
from datetime import date as Day  # noqa: N812 - the name is taken by what says one
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = ("en", "uk", "ru")
"""The languages with a catalogue; the first serves where another is missing."""


WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ONE_FEMININE = re.compile(r"\b((?:секунд|минут|недел|хвилин|годин))([ая])$")


class Html(str):
    """Text that is HTML already; every other value put into a text is escaped."""

    __slots__ = ()


class MissingTextError(LookupError):
    """A catalogue has no such text."""


def catalogue_language(language: str | None) -> str:
    """Return the language itself when there is a catalogue for it, else the first one."""
    short = (language or "").split("-")[0].lower()
    return short if short in LANGUAGES else LANGUAGES[0]


def say(language: str | None, key: str, **values: object) -> Html:
    """Return a text as HTML. Raises MissingTextError for a key that is not in the catalogue."""
    return Html(written_as(language, key).format_map({name: escaped(value) for name, value in values.items()}))


def plain(language: str | None, key: str, **values: object) -> str:
    """Return a text without markup: for buttons and for the words that float over a chat."""
    return written_as(language, key).format_map(values)


def written_as(language: str | None, key: str) -> str:
    """Return a text as it stands in the catalogue, its variables not filled in."""
    found = _catalogue(catalogue_language(language)).gettext(key)
    if found == key:
        raise MissingTextError(f"no text {key!r} in {catalogue_language(language)}.po")
    return found


def count(language: str | None, key: str, n: int) -> str:
    """Return a counted text in the plural form that `n` takes."""
    return _catalogue(catalogue_language(language)).ngettext(key, key, abs(n)).format(n=n)


@lru_cache(1024)  # Babel takes its time, and every question has such words among its variables
def duration(language: str | None, length: timedelta) -> str:
    """Say a length of time as it stands after «within» or «for»: «5 minutes», «1 годину»; two parts at most."""
    seconds = max(int(length.total_seconds()), 1)
    locale = Locale(catalogue_language(language))
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= size:
            whole, left = divmod(seconds, size)
            parts = [_part(whole, unit, size, locale)]
            smaller = {"day": ("hour", 3600), "hour": ("minute", 60)}.get(unit)
            if smaller and left // smaller[1]:
                parts.append(_part(left // smaller[1], *smaller, locale))
            return " ".join(parts)
    return _part(seconds, "second", 1, locale)


def clock_time(language: str | None, moment: datetime, timezone: str) -> str:
    """Say the time of day: «14:05»."""
    local = moment.astimezone(ZoneInfo(timezone))
    return format_time(local, "HH:mm", locale=catalogue_language(language))


def day_and_time(language: str | None, moment: datetime, timezone: str) -> str:
    """Say a moment: «Mon, 23 Nov, 10:00»."""
    local = moment.astimezone(ZoneInfo(timezone))
    return format_datetime(local, "EEE, d MMM, HH:mm", locale=catalogue_language(language))


def when(language: str | None, moment: datetime, now: datetime, timezone: str) -> str:
    """Say a moment that is to come, as one says it: «tomorrow at 09:00», «on Monday at 09:00»."""
    zone = ZoneInfo(timezone)
    clock, day = clock_time(language, moment, timezone), moment.astimezone(zone).date()
    days = (day - now.astimezone(zone).date()).days
    if days <= 1:
        return plain(language, "when.tomorrow" if days else "when.today", clock=clock)
    if days < len(WEEKDAYS):
        return plain(language, f"when.weekday.{WEEKDAYS[day.weekday()]}", clock=clock)
    written = format_date(day, "d MMMM", locale=catalogue_language(language))
    return plain(language, "when.day", day=written, clock=clock)


def day_text(language: str | None, day: Day) -> str:
    """Say a day of a calendar: «23 November 2026»."""
    return format_date(day, "d MMMM yyyy", locale=catalogue_language(language))


def date(language: str | None, moment: datetime, timezone: str) -> str:
    """Say a day: «23 November 2026»."""
    local = moment.astimezone(ZoneInfo(timezone))
    return format_date(local, "long", locale=catalogue_language(language))


def moment(language: str | None, moment: datetime, timezone: str) -> str:
    """Say a moment so that it can be found again in years: «23 November 2026, 10:00:05 +0200»."""
    local = moment.astimezone(ZoneInfo(timezone))
    return f"{date(language, moment, timezone)}, {local:%H:%M:%S %z}"


def language_name(language: str) -> str:
    """Return a language's own name for itself."""
    name = Locale(language).get_display_name(language)
    return name[:1].upper() + name[1:] if name else language


def escaped(value: object) -> str:
    """Return a value as HTML."""
    return value if isinstance(value, Html) else html.escape(str(value), quote=False)


@lru_cache
def keys(language: str) -> frozenset[str]:
    """Name every text of a catalogue: a test compares them."""
    return frozenset(str(message.id) for message in _translated(language) if message.id)


def _part(number: int, unit: str, size: int, locale: Locale) -> str:
    # A threshold this high keeps Babel from rounding 90 minutes up to 2 hours.
    said = format_timedelta(
        timedelta(seconds=number * size),
        granularity=unit,  # type: ignore[arg-type]  # one of Babel's unit names
        threshold=10_000,
        locale=locale,
    )
    # Babel knows the nominative only; the accusative differs for one of a feminine unit: «1 хвилину».
    return _ONE_FEMININE.sub(lambda found: found[1] + {"а": "у", "я": "ю"}[found[2]], said)


@lru_cache
def _catalogue(language: str) -> gettext.GNUTranslations:
    # Translators keep .po files; the binary form that gettext reads is made when a language is first used.
    compiled = io.BytesIO()
    write_mo(compiled, _translated(language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _translated(language: str) -> Catalog:
    with (Path(__file__).parent / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)
