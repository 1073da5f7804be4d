"""What answers are welcome: the bounds that each kind of question sets."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    Field,
    FiniteFloat,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError, SchemaError

from dialogs.values import Document, Duration, Hours, Text

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

CLOSEST = 5
"""Minutes between two times at least."""
_OVERTIME = timedelta(days=60)
_YEARS = range(1900, 2200)
DOWNLOADABLE = 20
"""Megabytes of a file that a bot can fetch. Source: Bot API, getFile."""


class NumberBounds(Document):
    """What numbers are welcome."""

    min: FiniteFloat | None = Field(default=None, description="The smallest that is welcome.")
    max: FiniteFloat | None = Field(default=None, description="The largest that is welcome.")
    unit: Text | None = Field(default=None, description="Said after the number: «places», «€».")


class Several(Document):
    """How many choices are ticked, and at most how many points they give together."""

    min: Annotated[int, Field(ge=0)] = Field(default=1, description="Ticks at least.")
    max: Annotated[int, Field(ge=1)] | None = Field(default=None, description="Ticks at most.")
    points_up_to: int | None = Field(default=None, description="The choices together give no more than this.")


class RatingScale(Document):
    """From 1 to `max`, with words for both ends."""

    max: Annotated[int, Field(ge=3, le=10)] = Field(default=5, description="The best rating.")
    low: Text | None = Field(default=None, description="What 1 means: «Bad».")
    high: Text | None = Field(default=None, description="What the best means: «Great».")


@lru_cache(maxsize=256)
def _matcher(pattern: str) -> TypeAdapter[str]:
    # pydantic's patterns run in time linear in the text, whatever the pattern: no answer can hang the bot.
    return TypeAdapter(Annotated[str, StringConstraints(pattern=rf"^(?:{pattern})$")])


def _usable_pattern(pattern: str) -> str:
    try:
        TypeAdapter(Annotated[str, StringConstraints(pattern=pattern)])  # by itself: `a)|(b` is none
        _matcher(pattern)
    except SchemaError as error:
        why = re.sub(r"\s+", " ", str(error)).rpartition("error: ")[2] or "it cannot be read"
        raise PydanticCustomError(
            "pattern",
            "`{pattern}` is no pattern: {why}; write a regular expression such as [0-9]{6}",
            {"pattern": pattern, "why": why[:120]},
        ) from None
    return pattern


class TextBounds(Document):
    """How long an answer may be, in characters, and what it must look like."""

    min: Annotated[int, Field(ge=1)] = Field(default=1, description="Characters at least.")
    max: Annotated[int, Field(le=3000)] = Field(default=1000, description="Characters at most.")
    pattern: Annotated[str, StringConstraints(max_length=200), AfterValidator(_usable_pattern)] | None = Field(
        default=None, description="A regular expression that the whole answer must match."
    )
    hint: Text | None = Field(default=None, description="Said when it does not match: what is expected.")

    def matches(self, text: str) -> bool:
        """Tell whether the text has the right shape."""
        if self.pattern is None:
            return True
        try:
            _matcher(self.pattern).validate_python(text)
        except ValidationError:
            return False
        return True


def _readable_day(written: str) -> str:
    if _day(written, date(2000, 1, 1)).year not in _YEARS:
        raise PydanticCustomError(
            "day", "`{written}` is too far away; write a year from 1900 to 2199", {"written": written}
        )
    return written


def _day(written: str, today: date) -> date:
    if written == "today":
        return today
    try:
        if _is_date(written):
            return date.fromisoformat(written)
        ahead = Duration.read(written)
    except ValueError:
        raise PydanticCustomError(
            "day",
            "`{written}` is no day; write `today`, a distance such as 30d, or a date such as 2026-12-31",
            {"written": written},
        ) from None
    return today + timedelta(days=ahead.days)


def _is_date(written: str) -> bool:
    return re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", written) is not None


DayBound = Annotated[
    str,
    AfterValidator(_readable_day),
    WithJsonSchema(
        {"type": "string", "pattern": r"^(today|(\d+[smhdw])+|\d{4}-\d{2}-\d{2})$", "examples": ["today", "30d"]}
    ),
]
"""`today`, so many days from today (`30d`), or a date (`2026-12-31`)."""


class DateBounds(Document):
    """Which days are welcome, and with `times` also which times of them.

    A range that is over, or that holds none of the weekdays, goes on for a while: otherwise nobody could answer,
    and the chat would stop there.
    """

    first: DayBound = Field(default="today", alias="from", description="The first day: today, 3d or 2026-12-31.")
    last: DayBound = Field(default="60d", alias="to", description="The last day: 60d or 2026-12-31.")
    weekdays: Annotated[tuple[Weekday, ...], Field(min_length=1)] = Field(
        default=WEEKDAYS, description="Only these days of the week."
    )
    times: Hours | None = Field(default=None, description="From when to when, such as 10-18.")
    every: Duration = Field(default=Duration(hours=1), description="How far apart the times are.")

    def first_day(self, today: date) -> date:
        """The earliest day that is welcome."""
        return self._days(today)[0]

    def last_day(self, today: date) -> date:
        """The latest day that is welcome."""
        return self._days(today)[1]

    @property
    def is_fixed(self) -> tuple[bool, bool]:
        """Whether the first and the last day are written as dates, and not by their distance."""
        return _is_date(self.first), _is_date(self.last)

    def written_days(self, today: date) -> tuple[date, date]:
        """The first and the last day as they are written, whether or not there is any between them."""
        return _day(self.first, today), _day(self.last, today)

    def has_weekday(self, today: date) -> bool:
        """Tell whether the range holds one of the weekdays."""
        return self._has_day(*self.written_days(today))

    def has_days(self, today: date) -> bool:
        """Tell whether a day is left to choose. Of times there may be none left today."""
        first, last = self.written_days(today)
        return self._has_day(max(first, today + timedelta(days=1)) if self.times else first, last)

    def _has_day(self, first: date, last: date) -> bool:
        week = (first + timedelta(days=ahead) for ahead in range(7))
        return any(day <= last and WEEKDAYS[day.weekday()] in self.weekdays for day in week)

    def _days(self, today: date) -> tuple[date, date]:
        first, last = self.written_days(today)
        if self.has_days(today):
            return first, last
        return max(first, today), max(first, today) + _OVERTIME

    def welcomes(self, day: date, today: date) -> bool:
        """Tell whether a day can be chosen."""
        within = self.first_day(today) <= day <= self.last_day(today)
        return within and WEEKDAYS[day.weekday()] in self.weekdays

    @property
    def slots(self) -> tuple[time, ...]:
        """The times of a day that can be chosen; none where only the day is asked for."""
        if self.times is None:
            return ()
        step = max(int(self.every.total_seconds() // 60), CLOSEST)
        minutes = range(self.times.first * 60, self.times.last * 60, step)
        return tuple(time(*divmod(minute, 60)) for minute in minutes)

    def open_slots(self, day: date, now: date, at: time) -> tuple[time, ...]:
        """The times of a day that lie ahead, when it is `at` on the day `now`."""
        return tuple(slot for slot in self.slots if (day, slot) > (now, at))


FileType = Literal["photo", "pdf", "document", "video", "voice", "audio"]


class FileBounds(Document):
    """Which files are welcome, and how large they may be."""

    types: Annotated[tuple[FileType, ...], Field(min_length=1)] = Field(
        default=("photo", "document"), description="What may be sent; a document is any file."
    )
    max_mb: Annotated[int, Field(ge=1, le=DOWNLOADABLE)] = Field(
        default=DOWNLOADABLE, description="Megabytes at most."
    )
