"""The arithmetic of costs: spread over days, per lead, and what came back, each currency by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualification.costs import Cost, Money, per, roi, spent, total

OCTOBER, NOVEMBER = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def a_cost(amount: str = "310", currency: str = "EUR") -> Cost:
    """Something that cost 10 a day, all October long."""
    return Cost("ads_oct", Decimal(amount), currency, OCTOBER, NOVEMBER)


def euros(amount: str) -> Money:
    return {"EUR": Decimal(amount)}


@pytest.mark.parametrize(
    ("since", "until", "part"),
    [
        (None, NOVEMBER, "310"),  # 31 days of 10
        (None, NOVEMBER + 30 * DAY, "310"),  # it is over, and grows no more
        (None, OCTOBER + 14 * DAY, "140"),  # 14 of 31 days have passed
        (OCTOBER + 24 * DAY, NOVEMBER, "70"),  # the last 7 days
        (OCTOBER + 30 * DAY, NOVEMBER + 6 * DAY, "10"),  # one day of it is in the span
        (OCTOBER + DAY / 2, OCTOBER + DAY, "5"),
        (NOVEMBER, NOVEMBER + DAY, "0"),
        (None, OCTOBER, "0"),
    ],
)
def test_a_cost_is_spread_evenly_over_its_days(since: datetime | None, until: datetime, part: str) -> None:
    assert spent(a_cost(), since, until) == Decimal(part)


@given(st.integers(0, 40), st.integers(0, 40), st.decimals("0.01", "1000000", places=2))
def test_two_spans_side_by_side_hold_as_much_as_both_together(one: int, other: int, amount: Decimal) -> None:
    cost = Cost("ads_oct", amount, "EUR", OCTOBER, NOVEMBER)
    middle, end = OCTOBER + one * DAY, OCTOBER + (one + other) * DAY
    apart = spent(cost, OCTOBER, middle) + spent(cost, middle, end)
    assert abs(apart - spent(cost, OCTOBER, end)) < Decimal("0.0000000001")


def test_different_currencies_are_never_added_up() -> None:
    found = total([("EUR", Decimal("0.10")), ("UAH", Decimal(400)), ("EUR", Decimal("0.20")), ("USD", Decimal(0))])
    assert found == {"EUR": Decimal("0.30"), "UAH": Decimal(400)}


@pytest.mark.parametrize(
    ("money", "count", "each"),
    [
        (euros("500"), 20, euros("25")),  # 500 / 20 leads
        (euros("500"), 0, None),  # nobody came: there is no price of nobody
        ({}, 20, {}),
        ({"EUR": Decimal(500), "UAH": Decimal(900)}, 4, {"EUR": Decimal(125), "UAH": Decimal(225)}),
    ],
)
def test_what_one_of_so_many_cost(money: Money, count: int, each: Money | None) -> None:
    assert per(money, count) == each


@pytest.mark.parametrize(
    ("cost", "won", "percent"),
    [
        (euros("500"), euros("1200"), 140),  # (1200 − 500) / 500
        (euros("500"), euros("500"), 0),
        (euros("500"), euros("100"), -80),  # (100 − 500) / 500
        (euros("500"), {}, -100),
        (euros("300"), euros("301"), 0),  # 0.33 %
        (euros("200"), euros("201"), 1),  # 0.5 % is rounded up
        ({}, euros("100"), None),  # it cost nothing
        (euros("500"), {"UAH": Decimal(90_000)}, None),  # nothing tells the rate
        (euros("500"), {"EUR": Decimal(100), "UAH": Decimal(90_000)}, None),
        ({"EUR": Decimal(500), "UAH": Decimal(10)}, euros("100"), None),
    ],
)
def test_the_return_on_investment(cost: Money, won: Money, percent: int | None) -> None:
    assert roi(cost, won) == percent
