"""A month as rows of buttons, and a day's times: labels with what a tap on them chooses."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from babel import Locale
from babel.dates import format_date, get_day_names

from dialogs.bounds import DateBounds
from dialogs.session import Button

Cell = tuple[str, str]
"""A label, and the choice that a tap on it means."""
BLANK: Cell = ("\u2800", Button.NOTHING)
"""A braille cell without dots: it looks like nothing, and is no empty label, for which a space may be taken."""
CLOSED: Cell = ("·", Button.NOTHING)


def month_cells(bounds: DateBounds, now: datetime, page: str | None, language: str) -> Iterator[tuple[Cell, ...]]:
    """Return a month's rows: its name between two arrows, the weekdays, and the weeks, Monday first.

    `now` is in the quiz's time zone.
    """
    first, last = _first_open(bounds, now.date()), bounds.last_day(now.date())
    shown = _shown(page, first, last)
    before = shown - timedelta(days=1)
    after = (shown.replace(day=28) + timedelta(days=4)).replace(day=1)
    title = format_date(shown, "LLLL y", locale=language).capitalize()
    yield (
        ("‹", f"{Button.MONTH}{before:%Y%m}") if before >= first else BLANK,
        (title, Button.NOTHING),
        ("›", f"{Button.MONTH}{after:%Y%m}") if after <= last else BLANK,
    )
    names = get_day_names("short", locale=Locale(language))
    yield tuple((names[day].rstrip(".").capitalize(), Button.NOTHING) for day in range(7))
    for week in Calendar().monthdatescalendar(shown.year, shown.month):
        days = [_day(bounds, day, shown, now) for day in week]
        if any(cell not in (BLANK, CLOSED) for cell in days):
            yield tuple(days)


def time_cells(bounds: DateBounds, day: date, now: datetime) -> Iterator[Cell]:
    """Return the times of a day that can be chosen; `now` is in the quiz's time zone."""
    slots: tuple[time, ...] = bounds.open_slots(day, now.date(), now.time())
    yield from ((f"{slot:%H:%M}", f"{slot:%H%M}") for slot in slots)


def _first_open(bounds: DateBounds, today: date) -> date:
    """Return the first day that can be chosen: at the end of a month it may lie in the next one."""
    day, last = bounds.first_day(today), bounds.last_day(today)
    ahead = (day + timedelta(days=each) for each in range((last - day).days + 1))
    return next((each for each in ahead if bounds.welcomes(each, today)), day)


def _shown(page: str | None, first: date, last: date) -> date:
    """Return the first of the month to show: the one turned to, within what can be chosen."""
    month = date(int(page[:4]), int(page[4:]), 1) if page else first
    return min(max(month, first), last).replace(day=1)


def _day(bounds: DateBounds, day: date, shown: date, now: datetime) -> Cell:
    if day.month != shown.month:
        return BLANK
    over = bounds.slots and not bounds.open_slots(day, now.date(), now.time())
    return (str(day.day), f"{day:%Y%m%d}") if bounds.welcomes(day, now.date()) and not over else CLOSED
