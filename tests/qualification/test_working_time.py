"""Working time: weeks, nights, holidays and moved clocks, by example and by law."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from qualification.working_time import (
    ALWAYS,
    Calendar,
    Days,
    Shift,
    after,
    next_working,
    worked_between,
    works,
)

KYIV = "Europe/Kyiv"
MON, TUE, WED, THU, FRI, SAT, SUN = range(7)


def nine_to_six(*days: int, timezone: str = KYIV, **more: object) -> Calendar:
    shifts = tuple(Shift(day=day, begin=9 * 60, end=18 * 60) for day in days or range(5))
    return Calendar.model_validate({"timezone": timezone, "shifts": shifts, **more})


def at(written: str, timezone: str = KYIV, fold: int = 0) -> datetime:
    """Read `2026-11-23 09:00` as the clock on a wall shows it."""
    return datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(timezone), fold=fold).astimezone(UTC)


OFFICE = nine_to_six()
NIGHTS = Calendar(
    timezone=KYIV, shifts=tuple(Shift(day=day, begin=22 * 60, end=6 * 60) for day in (FRI, SAT, SUN))
)
MONDAY = "2026-11-23"  # nothing special about it
# In Kyiv the clock goes from 03:00 to 04:00 on 29 March 2026, and from 04:00 back to 03:00 on 25 October.


@pytest.mark.parametrize(
    ("calendar", "moment", "begins"),
    [
        (OFFICE, f"{MONDAY} 08:59", f"{MONDAY} 09:00"),
        (OFFICE, f"{MONDAY} 09:00", f"{MONDAY} 09:00"),
        (OFFICE, f"{MONDAY} 17:59", f"{MONDAY} 17:59"),
        (OFFICE, f"{MONDAY} 18:00", "2026-11-24 09:00"),
        (OFFICE, "2026-11-27 18:30", "2026-11-30 09:00"),  # from Friday evening to Monday
        (nine_to_six(SUN), f"{MONDAY} 12:00", "2026-11-29 09:00"),
        (nine_to_six(holidays={date(2026, 11, 23)}), f"{MONDAY} 12:00", "2026-11-24 09:00"),
        (
            nine_to_six(days_off=(Days(first=date(2026, 11, 23), last=date(2026, 12, 4)),)),
            f"{MONDAY} 12:00",
            "2026-12-07 09:00",
        ),
        (NIGHTS, "2026-11-28 05:59", "2026-11-28 05:59"),  # Friday's night, on Saturday
        (NIGHTS, "2026-11-28 06:00", "2026-11-28 22:00"),
        (NIGHTS, "2026-11-30 03:00", "2026-11-30 03:00"),  # Sunday's night, on Monday
        (NIGHTS, "2026-11-30 22:30", "2026-12-04 22:00"),
        (ALWAYS, f"{MONDAY} 03:00", f"{MONDAY} 03:00"),
        (Calendar(timezone=KYIV, holidays=frozenset({date(2026, 11, 23)})), f"{MONDAY} 03:00", "2026-11-24 00:00"),
    ],
)
def test_the_next_moment_of_work(calendar: Calendar, moment: str, begins: str) -> None:
    assert next_working(at(moment), calendar) == at(begins)
    assert works(at(moment), calendar) is (moment == begins)


def test_a_holiday_takes_the_night_that_begins_on_it_and_leaves_the_one_that_ends_on_it() -> None:
    nights = NIGHTS.model_copy(update={"holidays": frozenset({date(2026, 11, 28)})})  # Saturday
    assert works(at("2026-11-28 05:00"), nights)
    assert not works(at("2026-11-28 23:00"), nights)
    assert not works(at("2026-11-29 01:00"), nights)


@pytest.mark.parametrize(
    ("calendar", "since", "until", "hours"),
    [
        (OFFICE, f"{MONDAY} 09:00", f"{MONDAY} 18:00", 9),
        (OFFICE, f"{MONDAY} 00:00", "2026-11-30 00:00", 45),
        (OFFICE, "2026-11-27 17:00", "2026-11-30 10:00", 2),
        (OFFICE, "2026-11-28 00:00", "2026-11-29 12:00", 0),
        (OFFICE, f"{MONDAY} 12:00", f"{MONDAY} 10:00", 0),  # backwards
        (NIGHTS, "2026-11-27 00:00", "2026-11-30 12:00", 24),
        (ALWAYS, f"{MONDAY} 00:00", "2026-11-24 00:00", 24),
        # A clock that is put forward takes an hour of a night, and gives it back in autumn.
        (NIGHTS, "2026-03-28 21:00", "2026-03-29 12:00", 7),
        (NIGHTS, "2026-10-24 21:00", "2026-10-25 12:00", 9),
        (Calendar(timezone=KYIV), "2026-03-29 00:00", "2026-03-30 00:00", 23),
        (Calendar(timezone=KYIV), "2026-10-25 00:00", "2026-10-26 00:00", 25),
    ],
)
def test_the_work_between_two_moments(calendar: Calendar, since: str, until: str, hours: float) -> None:
    assert worked_between(at(since), at(until), calendar) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("calendar", "moment", "minutes", "then"),
    [
        (OFFICE, f"{MONDAY} 12:00", 5, f"{MONDAY} 12:05"),
        (OFFICE, f"{MONDAY} 17:58", 5, "2026-11-24 09:03"),
        (OFFICE, "2026-11-27 17:50", 15, "2026-11-30 09:05"),
        (OFFICE, "2026-11-28 12:00", 15, "2026-11-30 09:15"),
        (OFFICE, f"{MONDAY} 08:00", 9 * 60, f"{MONDAY} 18:00"),
        (OFFICE, f"{MONDAY} 20:00", 0, f"{MONDAY} 20:00"),
        (NIGHTS, "2026-11-27 23:58", 5, "2026-11-28 00:03"),
        (ALWAYS, f"{MONDAY} 23:58", 5, "2026-11-24 00:03"),
        (NIGHTS, "2026-03-29 02:30", 60, "2026-03-29 04:30"),
    ],
)
def test_a_moment_and_so_much_work(calendar: Calendar, moment: str, minutes: int, then: str) -> None:
    assert after(at(moment), timedelta(minutes=minutes), calendar) == at(then)


@pytest.mark.parametrize(
    ("begin", "end", "day", "first", "last"),
    [
        # 03:30 does not come on this night: the shift begins, or ends, when the clock jumps.
        ((3, 30), (10, 0), "2026-03-29", at("2026-03-29 04:00"), at("2026-03-29 10:00")),
        ((1, 0), (3, 30), "2026-03-29", at("2026-03-29 01:00"), at("2026-03-29 04:00")),
        # 03:30 comes twice: the first one counts.
        ((3, 30), (10, 0), "2026-10-25", at("2026-10-25 03:30"), at("2026-10-25 10:00")),
        ((1, 0), (3, 30), "2026-10-25", at("2026-10-25 01:00"), at("2026-10-25 03:30")),
    ],
)
def test_a_time_that_the_clock_leaves_out_or_shows_twice(
    begin: tuple[int, int], end: tuple[int, int], day: str, first: datetime, last: datetime
) -> None:
    shift = Shift(day=SUN, begin=begin[0] * 60 + begin[1], end=end[0] * 60 + end[1])
    calendar = Calendar(timezone=KYIV, shifts=(shift,))
    assert next_working(at(f"{day} 00:00"), calendar) == first
    assert after(first, last - first, calendar) == last
    assert not works(last, calendar)


def test_a_shift_that_the_moved_clock_swallows_is_none() -> None:
    calendar = Calendar(timezone=KYIV, shifts=(Shift(day=SUN, begin=3 * 60 + 10, end=3 * 60 + 50),))
    assert worked_between(at("2026-03-28 00:00"), at("2026-03-30 00:00"), calendar) == timedelta()
    assert next_working(at("2026-03-28 00:00"), calendar) == at("2026-04-05 03:10")


def test_who_is_away_does_not_work_until_they_are_back() -> None:
    calendar = nine_to_six(away_since=at(f"{MONDAY} 11:00"), away_until=at("2026-11-24 14:00"))
    assert works(at(f"{MONDAY} 10:59"), calendar)
    assert next_working(at(f"{MONDAY} 11:00"), calendar) == at("2026-11-24 14:00")
    assert worked_between(at(f"{MONDAY} 00:00"), at("2026-11-25 00:00"), calendar) == timedelta(hours=2 + 4)
    assert after(at(f"{MONDAY} 10:00"), timedelta(hours=2), calendar) == at("2026-11-24 15:00")


def test_who_is_away_for_years_comes_back_all_the_same() -> None:
    calendar = nine_to_six(away_since=at(f"{MONDAY} 11:00"), away_until=at("2036-11-24 14:00"))
    assert next_working(at(f"{MONDAY} 12:00"), calendar) == at("2036-11-24 14:00")


def test_who_does_not_know_when_they_are_back_never_works() -> None:
    calendar = nine_to_six(away_since=at(f"{MONDAY} 11:00"))
    assert next_working(at(f"{MONDAY} 11:00"), calendar) is None
    assert after(at(f"{MONDAY} 10:00"), timedelta(hours=2), calendar) is None
    assert after(at(f"{MONDAY} 10:00"), timedelta(hours=1), calendar) == at(f"{MONDAY} 11:00")


def test_nobody_never_works() -> None:
    assert next_working(at(MONDAY)) is None
    assert after(at(MONDAY), timedelta(minutes=1)) is None
    assert worked_between(at(MONDAY), at("2026-11-24")) == timedelta()


def test_a_team_works_while_anybody_does() -> None:
    early, late = OFFICE, nine_to_six(timezone="America/New_York")  # 16:00 to 01:00 in Kyiv
    assert worked_between(at(f"{MONDAY} 00:00"), at("2026-11-24 02:00"), early, late) == timedelta(hours=16)
    assert next_working(at("2026-11-24 01:00"), early, late) == at("2026-11-24 09:00")
    assert after(at(f"{MONDAY} 17:59"), timedelta(minutes=5), early, late) == at(f"{MONDAY} 18:04")


@pytest.mark.parametrize(
    "wrong",
    [
        {"timezone": "Mars/Olympus"},
        {"timezone": "../etc/passwd"},
        {"timezone": ""},
        {"shifts": [{"day": 7, "begin": 0, "end": 60}]},
        {"shifts": [{"day": 0, "begin": 0, "end": 1441}]},
        {"days_off": [{"first": "2026-12-02", "last": "2026-12-01"}]},
        {"hours": "9-18"},
    ],
)
def test_a_calendar_that_means_nothing_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Calendar.model_validate(wrong)


def test_a_calendar_is_read_back_as_it_was_written() -> None:
    calendar = nine_to_six(
        holidays={date(2026, 12, 25)}, days_off=(Days(first=date(2026, 12, 1), last=date(2026, 12, 2)),)
    )
    assert Calendar.model_validate_json(calendar.model_dump_json()) == calendar


# Laws -------------------------------------------------------------------------------------------------------

ZONES = (
    "UTC",
    KYIV,
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Africa/Casablanca",
)
MOMENTS = st.integers(0, 2 * 365 * 24 * 3600).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
LENGTHS = st.integers(0, 4 * 24 * 3600).map(lambda seconds: timedelta(seconds=seconds))
SHIFTS = st.builds(Shift, day=st.integers(0, 6), begin=st.integers(0, 1439), end=st.integers(1, 1440))
DATES = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    since = draw(st.none() | MOMENTS)
    return Calendar(
        timezone=draw(st.sampled_from(ZONES)),
        shifts=tuple(draw(st.lists(SHIFTS, max_size=8))),
        holidays=draw(st.frozensets(DATES, max_size=5)),
        away_since=since,
        away_until=since + draw(LENGTHS) if since else None,
    )


TEAMS = st.lists(calendars(), min_size=1, max_size=3)


@given(TEAMS, MOMENTS)
def test_the_next_moment_of_work_is_one_and_nothing_works_before(team: list[Calendar], moment: datetime) -> None:
    begins = next_working(moment, *team)
    assert begins is not None
    assert begins >= moment
    assert works(begins, *team)
    assert worked_between(moment, begins, *team) == timedelta()


@given(TEAMS, MOMENTS, LENGTHS)
def test_after_so_much_work_so_much_has_been_worked(
    team: list[Calendar], moment: datetime, length: timedelta
) -> None:
    then = after(moment, length, *team)
    assert then is not None
    assert worked_between(moment, then, *team) == length
    if length:
        assert works(then - timedelta(seconds=1), *team)  # no later than it must be


@given(TEAMS, st.lists(MOMENTS, min_size=3, max_size=3).map(sorted))
def test_work_adds_up_and_is_no_longer_than_time(team: list[Calendar], moments: list[datetime]) -> None:
    first, middle, last = moments
    parts = [worked_between(since, until, *team) for since, until in pairwise(moments)]
    assert sum(parts, timedelta()) == worked_between(first, last, *team)
    assert all(
        timedelta() <= part <= until - since for part, (since, until) in zip(parts, pairwise(moments), strict=True)
    )
    assert worked_between(middle, middle, *team) == timedelta()


@given(TEAMS, calendars(), MOMENTS, LENGTHS)
def test_one_more_in_the_team_never_makes_a_lead_wait_longer(
    team: list[Calendar], more: Calendar, moment: datetime, length: timedelta
) -> None:
    alone, together = after(moment, length, *team), after(moment, length, *team, more)
    assert alone is not None
    assert together is not None
    assert together <= alone


@given(calendars(), MOMENTS)
def test_by_the_clock_on_the_wall_it_is_working_time(calendar: Calendar, moment: datetime) -> None:
    """An independent reading of the wall, on days on which nobody moves the clock."""
    zone = ZoneInfo(calendar.timezone)
    near = (moment + timedelta(days=days) for days in (-3, 3))
    if len({each.astimezone(zone).utcoffset() for each in near}) > 1:
        return
    local = moment.astimezone(zone)
    minute = local.hour * 60 + local.minute

    def on(day: date, at_minute: int) -> bool:
        if calendar.free(day):
            return False
        if not calendar.shifts:
            return at_minute < 1440
        return any(s.day == day.weekday() and s.begin <= at_minute < s.begin + s.length for s in calendar.shifts)

    today = local.date()
    shown = on(today, minute) or on(today - timedelta(days=1), minute + 1440)
    assert works(moment, calendar) is (shown and not calendar.away(moment))
