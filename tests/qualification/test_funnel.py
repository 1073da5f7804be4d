"""The arithmetic of insight: shares, medians, the days of a span."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualification.funnel import Funnel, Span, Step, beginning, percent, places, waits

KYIV = ZoneInfo("Europe/Kyiv")


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 0, None),  # of nobody there is no share
        (0, 7, 0),
        (1, 3, 33),  # 33.3
        (2, 3, 67),  # 66.7
        (1, 200, 1),  # 0.5 is rounded up
        (1, 201, 0),  # 0.498
        (7, 7, 100),
        (3, 2, 150),  # who left a contact and did not finish
    ],
)
def test_a_share_is_in_whole_percent_with_a_half_rounded_up(part: int, whole: int, said: int | None) -> None:
    assert percent(part, whole) == said


@pytest.mark.parametrize(
    ("step", "share"),
    [
        (Step.STARTED, None),
        (Step.FINISHED, 70),  # 84 of 120 who began
        (Step.CONTACT, 50),  # 60 of 120 who began, and not of 84
        (Step.HOT, 37),  # 22 of 60 who left a contact
        (Step.TAKEN, 95),  # 21 of 22 hot
        (Step.CONTACTED, 91),  # 20 of 22 hot
        (Step.WON, 18),  # 4 of 22 hot
    ],
)
def test_each_step_is_a_share_of_what_it_says(step: Step, share: int | None) -> None:
    counted = dict(zip(Step, (120, 84, 60, 22, 21, 20, 4), strict=True))
    assert Funnel(counted).share(step) == share


@pytest.mark.parametrize(
    ("seconds", "median", "ninety_fifth"),
    [
        ([30], 30, 30),
        ([10, 20], 15, 20),  # (10 + 20) / 2; the 2nd is the first that 95 % of two do not exceed
        ([10, 20, 600], 20, 600),
        ([10, 20, 30, 45], 25, 45),
        (list(range(1, 21)), 10.5, 19),  # (10 + 11) / 2; 95 % of 20 is 19
        (list(range(1, 22)), 11, 20),  # 95 % of 21 is 19.95, so the 20th
        (list(range(1, 101)), 50.5, 95),
    ],
)
def test_the_median_and_the_95th_percentile(seconds: list[int], median: float, ninety_fifth: float) -> None:
    in_order = dict(enumerate(sorted(seconds), start=1))
    found = waits(len(seconds), {place: in_order[place] for place in places(len(seconds))})
    assert found is not None
    assert (found.median, found.ninety_fifth) == (timedelta(seconds=median), timedelta(seconds=ninety_fifth))


def test_of_no_waits_nothing_is_said() -> None:
    assert places(0) == ()
    assert waits(0, {}) is None


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=60))
def test_95_of_100_waited_no_longer_and_half_no_longer_than_the_median(seconds: list[int]) -> None:
    in_order = dict(enumerate(sorted(seconds), start=1))
    found = waits(len(seconds), in_order)
    assert found is not None
    within = [each for each in seconds if timedelta(seconds=each) <= found.ninety_fifth]
    assert len(within) * 100 >= 95 * len(seconds)
    assert 2 * sum(timedelta(seconds=each) <= found.median for each in seconds) >= len(seconds)
    assert found.median <= found.ninety_fifth


@pytest.mark.parametrize(
    ("span", "began"),
    [
        (Span.TODAY, datetime(2026, 3, 30, tzinfo=KYIV)),
        (Span.WEEK, datetime(2026, 3, 24, tzinfo=KYIV)),  # 24 … 30 March: seven days, today among them
        (Span.MONTH, datetime(2026, 3, 1, tzinfo=KYIV)),  # 1 … 30 March
        (Span.ALL, None),
    ],
)
def test_a_span_begins_with_a_whole_day_of_the_business(span: Span, began: datetime | None) -> None:
    late = datetime(2026, 3, 29, 21, 30, tzinfo=UTC)  # half past midnight in Kyiv, a day after the clocks changed
    assert beginning(span, late, KYIV) == began
