"""What managers type about their time: hours, days, absences; in three languages, and what is none of these."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.teams.reading import read_days, read_hours, read_until, week_text
from qualification.working_time import Calendar

TODAY = date(2026, 11, 23)  # a Monday
NOON = datetime(2026, 11, 23, 10, tzinfo=UTC)
KYIV = "Europe/Kyiv"


def week(text: str, language: str = "en") -> str | None:
    calendar = read_hours(text, KYIV)
    return None if calendar is None else week_text(calendar, language)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("mon-fri 9-18", "Mon–Fri 09:00–18:00 · Europe/Kyiv"),
        ("Mon – Fri 9:30 – 18:00", "Mon–Fri 09:30–18:00 · Europe/Kyiv"),
        ("пн-пт 9-18", "Mon–Fri 09:00–18:00 · Europe/Kyiv"),
        ("понеділок-п’ятниця 9.00-18.00", "Mon–Fri 09:00–18:00 · Europe/Kyiv"),
        ("вторник 10-12", "Tue 10:00–12:00 · Europe/Kyiv"),
        ("mon-fri 9-18, sat 10-14", "Mon–Fri 09:00–18:00, Sat 10:00–14:00 · Europe/Kyiv"),
        (
            "mon, wed, fri 9-13; tue 14-18",
            "Mon 09:00–13:00, Tue 14:00–18:00, Wed 09:00–13:00, Fri 09:00–13:00 · Europe/Kyiv",
        ),
        ("mon-tue 9-13 mon-tue 14-18", "Mon–Tue 09:00–13:00, 14:00–18:00 · Europe/Kyiv"),
        ("sat-mon 9-18", "Mon 09:00–18:00, Sat–Sun 09:00–18:00 · Europe/Kyiv"),
        ("daily 10-20", "Mon–Sun 10:00–20:00 · Europe/Kyiv"),
        ("щодня 10-20", "Mon–Sun 10:00–20:00 · Europe/Kyiv"),
        ("fri 22-6", "Fri 22:00–06:00 · Europe/Kyiv"),
        ("mon 0-24", "Mon 00:00–24:00 · Europe/Kyiv"),
        ("mon-fri 9-18 America/New_York", "Mon–Fri 09:00–18:00 · America/New_York"),
        ("mon-fri 9-18 UTC", "Mon–Fri 09:00–18:00 · UTC"),
        ("always", ""),
        ("24/7", ""),
        ("", None),
        ("hello", None),
        ("9-18", None),
        ("mon-fri", None),
        ("mon-fri 9-18 and then some", None),
        ("mon-fri 9-25", None),
        ("mon-fri 9:75-18", None),
        ("mon-fri 9-9", None),
        ("mon-fri 24-9", None),
        ("xyz 9-18", None),
        ("mon-fri 9-18 Mars/Olympus", None),
    ],
)
def test_hours_are_read_as_people_write_them(typed: str, shown: str | None) -> None:
    assert week(typed) == shown


def test_a_week_reads_in_each_language() -> None:
    assert week("mon-fri 9-18", "uk") == "пн–пт 09:00–18:00 · Europe/Kyiv"
    assert week("mon-fri 9-18", "ru") == "пн–пт 09:00–18:00 · Europe/Kyiv"


@given(st.text(max_size=60) | st.from_regex(r"[a-zа-я]{2,4}-[a-zа-я]{2,4} \d{1,2}-\d{1,2}", fullmatch=True))
def test_whatever_is_typed_is_a_calendar_or_nothing(typed: str) -> None:
    calendar = read_hours(typed, KYIV)
    assert calendar is None or Calendar.model_validate_json(calendar.model_dump_json()) == calendar
    read_days(typed, TODAY)
    read_until(typed, NOON, KYIV)


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("25.12", ["2026-12-25/2026-12-25"]),
        ("01.01", ["2027-01-01/2027-01-01"]),  # the next one
        ("2026-12-25, 31.12.2026", ["2026-12-25/2026-12-25", "2026-12-31/2026-12-31"]),
        ("24.12-03.01", ["2026-12-24/2027-01-03"]),
        ("24.12–03.01 8.3", ["2026-12-24/2027-01-03", "2027-03-08/2027-03-08"]),
        ("2026-12-24..2027-01-03", ["2026-12-24/2027-01-03"]),
        ("", None),
        ("Christmas", None),
        ("25.12 maybe", None),
        ("31.02", None),
        ("2025-12-25", None),  # over
        ("2099-12-25", None),  # a slip
    ],
)
def test_days_are_read_as_people_write_them(typed: str, days: list[str] | None) -> None:
    read = read_days(typed, TODAY)
    assert (None if read is None else [f"{each.first}/{each.last}" for each in read]) == days


@pytest.mark.parametrize(
    ("typed", "until"),
    [
        ("2h", NOON + timedelta(hours=2)),
        ("3d", NOON + timedelta(days=3)),
        ("1H30M", NOON + timedelta(minutes=90)),
        ("24.12", datetime(2026, 12, 23, 22, tzinfo=UTC)),  # midnight in Kyiv
        ("2026-12-24", datetime(2026, 12, 23, 22, tzinfo=UTC)),
        ("23.11.2026", None),  # today
        ("2020-01-01", None),
        ("soon", None),
        ("", None),
    ],
)
def test_an_absence_ends_after_a_while_or_on_a_day(typed: str, until: datetime | None) -> None:
    assert read_until(typed, NOON, KYIV) == until
