"""When a follow-up is due: delays, allowed hours, and clocks that are put forward and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.values import Duration, Hours, Text
from qualification.follow_ups import FollowUp, Sequence
from qualification.sequences import due_at, next_allowed

KYIV, LOS_ANGELES, KAMCHATKA = "Europe/Kyiv", "America/Los_Angeles", "Asia/Kamchatka"


def _hours(first: int, last: int) -> Hours:
    return Hours(first, last)


def _utc(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "moment", "hours", "allowed"),
    [
        # Kyiv in winter is UTC+2: 10–19 there is 08–17 UTC.
        (KYIV, "2026-01-15 07:59", (10, 19), "2026-01-15 08:00"),
        (KYIV, "2026-01-15 08:00", (10, 19), "2026-01-15 08:00"),
        (KYIV, "2026-01-15 12:34", (10, 19), "2026-01-15 12:34"),
        (KYIV, "2026-01-15 16:59", (10, 19), "2026-01-15 16:59"),
        (KYIV, "2026-01-15 17:00", (10, 19), "2026-01-16 08:00"),
        (KYIV, "2026-01-15 22:30", (10, 19), "2026-01-16 08:00"),  # past midnight there: today's 10:00
        (KYIV, "2026-01-15 21:59", (10, 19), "2026-01-16 08:00"),  # 23:59 there: tomorrow's 10:00
        (KYIV, "2026-12-31 20:00", (10, 19), "2027-01-01 08:00"),
        (KYIV, "2026-01-15 22:00", (0, 24), "2026-01-15 22:00"),
        (KYIV, "2026-01-15 22:00", (0, 1), "2026-01-15 22:00"),  # midnight there
        (KYIV, "2026-01-15 21:59", (0, 1), "2026-01-15 22:00"),
        # In summer it is UTC+3: the same hours are 07–16 UTC.
        (KYIV, "2026-07-15 06:59", (10, 19), "2026-07-15 07:00"),
        (KYIV, "2026-07-15 16:00", (10, 19), "2026-07-16 07:00"),
        # The night of the clock change, 28 to 29 March: 10:00 is 08:00 UTC before and 07:00 after.
        (KYIV, "2026-03-28 18:00", (10, 19), "2026-03-29 07:00"),
        # 03:00–04:00 does not exist on 29 March in Kyiv (01:00 UTC jumps to 04:00).
        (KYIV, "2026-03-29 00:30", (3, 4), "2026-03-29 01:00"),
        (KYIV, "2026-03-29 00:30", (4, 5), "2026-03-29 01:00"),
        # 03:00–04:00 comes twice on 25 October (00:00 and 01:00 UTC): both are allowed, the first is taken.
        (KYIV, "2026-10-24 23:59", (3, 4), "2026-10-25 00:00"),
        (KYIV, "2026-10-25 01:30", (3, 4), "2026-10-25 01:30"),
        (KYIV, "2026-10-25 01:59", (4, 5), "2026-10-25 02:00"),
        # Los Angeles: UTC−8 in winter, −7 in summer.
        (LOS_ANGELES, "2026-01-15 17:59", (10, 19), "2026-01-15 18:00"),
        (LOS_ANGELES, "2026-01-16 03:00", (10, 19), "2026-01-16 18:00"),  # 19:00 of the 15th there
        (LOS_ANGELES, "2026-03-08 05:00", (10, 19), "2026-03-08 17:00"),  # its clocks changed in the night
        (LOS_ANGELES, "2026-11-01 05:00", (10, 19), "2026-11-01 18:00"),
        # Kamchatka is UTC+12 all year: its morning is the evening before in UTC.
        (KAMCHATKA, "2026-01-15 21:59", (10, 19), "2026-01-15 22:00"),
        (KAMCHATKA, "2026-01-15 07:00", (10, 19), "2026-01-15 22:00"),
        (KAMCHATKA, "2026-01-15 06:59", (10, 19), "2026-01-15 06:59"),
    ],
)
def test_a_moment_moves_into_the_allowed_hours_of_the_zone(
    zone: str, moment: str, hours: tuple[int, int], allowed: str
) -> None:
    assert next_allowed(_utc(moment), _hours(*hours), zone) == _utc(allowed)


def test_without_hours_every_moment_is_allowed() -> None:
    moment = _utc("2026-01-15 02:00")
    assert next_allowed(moment, None, KYIV) == moment
    assert next_allowed(moment.astimezone(ZoneInfo(KYIV)), None, KYIV).tzinfo is UTC


@pytest.mark.parametrize(
    ("after", "hours", "since", "due"),
    [
        ("0m", None, "2026-01-15 12:00", "2026-01-15 12:00"),
        ("3d", None, "2026-01-15 12:00", "2026-01-18 12:00"),
        ("3d", (10, 19), "2026-01-15 12:00", "2026-01-18 12:00"),
        ("3d", (10, 19), "2026-01-15 20:00", "2026-01-19 08:00"),
        ("1d", (10, 19), "2026-03-28 12:00", "2026-03-29 12:00"),  # 24 hours, also over a clock change
    ],
)
def test_a_follow_up_is_due_after_its_delay(
    after: str, hours: tuple[int, int] | None, since: str, due: str
) -> None:
    message = FollowUp(
        id="one", after=Duration.read(after), hours=_hours(*hours) if hours else None, text=Text("Hi")
    )
    assert due_at(Sequence(messages=(message,)), message, _utc(since), KYIV) == _utc(due)


YEAR = st.integers(0, 366 * 24 * 4).map(lambda quarter: _utc("2026-01-01 00:00") + timedelta(minutes=15 * quarter))


@given(YEAR, st.sampled_from([KYIV, LOS_ANGELES, KAMCHATKA]), st.integers(0, 23), st.integers(1, 24))
def test_what_is_allowed_is_soon_never_earlier_and_stays_allowed(
    moment: datetime, zone: str, first: int, length: int
) -> None:
    hours = _hours(first, min(first + length, 24))
    allowed = next_allowed(moment, hours, zone)
    assert moment <= allowed <= moment + timedelta(hours=25)
    in_gap = allowed.astimezone(ZoneInfo(zone)).hour == hours.last  # the hour that the clock change left out
    assert in_gap or next_allowed(allowed, hours, zone) == allowed
