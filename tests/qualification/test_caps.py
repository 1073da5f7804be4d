"""Caps: periods of the calendar, the last place, and when somebody who waits gets theirs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualification.caps import has_place, period_of, place_expected
from qualification.routes import Cap, Period

KYIV = "Europe/Kyiv"
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - a bound
ZONES = st.sampled_from(["UTC", KYIV, "America/New_York", "Asia/Kathmandu", "Africa/Cairo", "America/Santiago"])


def _at(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(KYIV)).astimezone(UTC)


@pytest.mark.parametrize(
    ("per", "moment", "begin", "end"),
    [
        ("day", "2026-03-02 12:00", "2026-03-02", "2026-03-03"),
        ("day", "2026-03-02 00:00", "2026-03-02", "2026-03-03"),
        ("week", "2026-03-02 00:00", "2026-03-02", "2026-03-09"),  # a Monday
        ("week", "2026-03-08 23:59", "2026-03-02", "2026-03-09"),
        ("month", "2026-12-31 23:59", "2026-12-01", "2027-01-01"),
        ("month", "2028-02-29 08:00", "2028-02-01", "2028-03-01"),
    ],
)
def test_a_period_is_one_of_the_zones_calendar(per: str, moment: str, begin: str, end: str) -> None:
    assert period_of(Period(per), _at(moment), KYIV) == (_at(begin), _at(end))


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-03-30", 24)])
def test_a_day_on_which_the_clocks_change_is_shorter_or_longer_and_one_day(day: str, hours: int) -> None:
    begin, end = period_of(Period.DAY, _at(f"{day} 12:00"), KYIV)
    assert (begin, end - begin) == (_at(day), timedelta(hours=hours))


@given(st.sampled_from(Period), MOMENTS, ZONES)
def test_every_moment_is_in_one_period_and_the_next_begins_where_it_ends(
    per: Period, moment: datetime, zone: str
) -> None:
    begin, end = period_of(per, moment, zone)
    assert begin <= moment < end
    assert period_of(per, end, zone)[0] == end
    assert period_of(per, end - timedelta(microseconds=1), zone) == (begin, end)


@pytest.mark.parametrize(
    ("taken", "ahead", "place"),
    [(0, 0, True), (2, 0, True), (3, 0, False), (2, 1, False), (0, 3, False), (9, 0, False)],
)
def test_a_place_is_left_for_who_comes_after_those_who_wait(taken: int, ahead: int, *, place: bool) -> None:
    assert has_place(Cap(leads=3, per=Period.DAY), taken, ahead) is place


@pytest.mark.parametrize(
    ("ahead", "day"),
    [(0, "2026-03-09"), (1, "2026-03-09"), (2, "2026-03-16"), (3, "2026-03-16"), (4, "2026-03-23")],
)
def test_who_waits_further_back_is_told_a_later_period(ahead: int, day: str) -> None:
    cap = Cap(leads=2, per=Period.WEEK)
    assert place_expected(cap, ahead, _at("2026-03-04 10:00"), KYIV) == _at(day)
