"""A clock that is put forward or back by a day, and nights in which an hour is left out or comes twice."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.scenarios import kept
from tests.scenarios.conftest import Opening
from tests.scenarios.crowd import clara, crowd, sends, writes
from tests.scenarios.following import STEPS, becomes_a_lead, followed
from tests.scenarios.over_http import Guest, House
from tests.scenarios.small import small_quiz
from tests.scenarios.stories import HOT_LEAD, WARM_LEAD

__all__ = ["clara", "crowd"]
SETS, MEASURING = "ready-made work places", "Three numbers"


async def test_a_clock_a_day_ahead_brings_no_burst_and_one_put_back_repeats_and_loses_nothing(
    house: House, anna: Guest, ada: Guest
) -> None:
    await anna.goes_through(WARM_LEAD)
    await house.later(days=5)  # four messages are planned within that time
    anna.sees(SETS)
    await house.later(hours=1)
    anna.sees_nothing()
    await house.later(days=-1)
    await house.restarts()
    anna.sees_nothing()
    await house.later(days=1, hours=22)
    anna.sees_nothing()
    await house.later(hours=1)
    anna.sees(MEASURING)
    ada.skims()  # a bot that was restarted within the moved days takes them for an outage


async def test_a_clock_that_is_put_back_neither_repeats_nor_forgets_an_alarm_about_a_lead(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await anna.goes_through(HOT_LEAD)
    for guest in (anna, max_, vera):
        guest.skims()
    await house.later(minutes=5)
    first = [line.text for guest in (max_, vera, ada) for line in guest.skims()]
    assert first, "nobody was told that the lead waits"
    await house.later(days=-1)
    await house.later(hours=23)
    for guest in (max_, vera, ada):
        guest.sees_nothing()
    await house.later(hours=1, minutes=15)
    second = [line.text for guest in (max_, vera, ada) for line in guest.skims()]
    assert second, "the next alarm was forgotten"
    anna.skims()


async def test_a_planned_broadcast_goes_out_once_however_the_clock_is_moved(
    house: House, crowd: list[Guest], ada: Guest
) -> None:
    await writes(ada)
    await sends(ada)
    for days in (1, -2, 2):
        await house.later(days=days)
    for guest in crowd:
        assert sum("spring collection" in line.text for line in guest.skims()) == 1
    ada.skims()
    counts = await kept.rows(house, "SELECT fate, count(*) FROM broadcast_recipients GROUP BY fate")
    assert counts == [("sent", 3)]


@pytest.mark.parametrize(
    ("start", "hours_of_the_day"),
    [(datetime(2026, 3, 28, 10, tzinfo=UTC), 23), (datetime(2026, 10, 24, 9, tzinfo=UTC), 25)],
    ids=["an hour is left out", "an hour comes twice"],
)
async def test_a_night_with_another_number_of_hours_moves_no_allowed_hour(
    opening: Opening, tmp_path: Path, start: datetime, hours_of_the_day: int
) -> None:
    tips = followed({"text": "Tip one", "hours": "9-10", "after": "20h"}, {"text": "Tip two", "hours": "9-10"})
    quiz = small_quiz(tmp_path, *STEPS, **tips, timezone="Europe/Kyiv")
    async with opening(House(tmp_path / "house", start), quiz=(str(quiz),)) as house:
        anna = house.guest(7_000_000_001, "Anna")
        await anna.starts()
        anna.skims()
        await anna.taps("A company")
        anna.skims_changes()
        await becomes_a_lead(anna)
        night = hours_of_the_day - 3  # from noon until nine in the morning
        await house.later(hours=night - 1, minutes=59)
        anna.sees_nothing()
        await house.later(minutes=1)
        anna.sees("Tip one")
        await house.later(hours=23, minutes=59)
        anna.sees_nothing()
        await house.later(minutes=1)
        anna.sees("Tip two")
