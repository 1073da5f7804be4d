"""When to call, and until when to rest: choices, and what is typed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualification.moments import Later, Rest, later, read_moment, rest_until

KYIV = "Europe/Kyiv"
MONDAY = datetime(2026, 3, 2, 12, 0, tzinfo=ZoneInfo(KYIV))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(KYIV))


@pytest.mark.parametrize(
    ("choice", "now", "moment"),
    [
        (Later.HOUR, MONDAY, at("2026-03-02 13:00")),
        (Later.EVENING, MONDAY, at("2026-03-02 18:00")),
        (Later.EVENING, at("2026-03-02 17:00"), at("2026-03-02 18:00")),
        (Later.EVENING, at("2026-03-02 17:01"), None),
        (Later.EVENING, at("2026-03-02 23:00"), None),
        (Later.MORNING, MONDAY, at("2026-03-03 09:00")),
        (Later.MORNING, at("2026-03-28 22:00"), at("2026-03-29 09:00")),  # the clock goes forward that night
    ],
)
def test_a_choice_is_a_moment_where_the_business_is(choice: Later, now: datetime, moment: datetime | None) -> None:
    assert later(choice, now.astimezone(UTC), KYIV) == moment


@pytest.mark.parametrize(
    ("choice", "now", "day"),
    [
        (Rest.MONTH, at("2026-01-31 10:00"), "2026-02-28"),
        (Rest.MONTH, at("2028-01-31 10:00"), "2028-02-29"),
        (Rest.QUARTER, at("2026-11-30 10:00"), "2027-02-28"),
        (Rest.HALF_YEAR, MONDAY, "2026-09-02"),
        (Rest.MONTH, at("2026-12-05 10:00"), "2027-01-05"),
    ],
)
def test_a_rest_ends_on_the_morning_of_the_same_day_of_a_later_month(
    choice: Rest, now: datetime, day: str
) -> None:
    assert rest_until(choice, now.astimezone(UTC), KYIV) == at(f"{day} 09:00")


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("15:30", "2026-03-02 15:30"),
        ("9:05", "2026-03-03 09:05"),
        ("12:00", "2026-03-03 12:00"),
        ("25.11", "2026-11-25 09:00"),
        ("1.3", "2027-03-01 09:00"),
        (" 25.11  10:00 ", "2026-11-25 10:00"),
        ("25/11/2027 10:00", "2027-11-25 10:00"),
        ("2026-11-25", "2026-11-25 09:00"),
        ("2.3 16:00", "2026-03-02 16:00"),
        ("29.02.2028", "2028-02-29 09:00"),
    ],
)
def test_a_moment_is_read_as_people_write_it(typed: str, moment: str) -> None:
    assert read_moment(typed, MONDAY.astimezone(UTC), KYIV) == at(moment)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "soon",
        "25:00",
        "12:60",
        "31.02",
        "32.1",
        "29.02",
        "2.3 9:00",
        "25.11.2025",
        "25.11.2099",
        "1 2 3",
        "0.0",
    ],
)
def test_what_has_passed_or_is_no_moment_is_not_taken(typed: str) -> None:
    assert read_moment(typed, MONDAY.astimezone(UTC), KYIV) is None


@given(st.text(max_size=20))
def test_what_is_read_lies_ahead(typed: str) -> None:
    found = read_moment(typed, MONDAY, KYIV)
    assert found is None or found > MONDAY


@given(st.integers(0, 6 * 365 * 24 * 60), st.sampled_from(Rest))
def test_every_rest_lies_ahead(minutes: int, choice: Rest) -> None:
    now = MONDAY.astimezone(UTC) + timedelta(minutes=minutes)
    assert timedelta(days=27) < rest_until(choice, now, KYIV) - now < timedelta(days=186)
