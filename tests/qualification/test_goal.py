"""From a revenue back to leads: the arithmetic in rows."""

from __future__ import annotations

from decimal import Decimal

import pytest

from qualification.goal import Goal, Rates, goal


@pytest.mark.parametrize(
    ("revenue", "deal", "closed", "accepted", "qualified", "found"),
    [
        # 10,000,000 / 50,000 = 200 deals; / 25 % = 800 SQL; / 20 % = 4,000 MQL; / 40 % = 10,000 leads.
        # (A source that is often copied says 400, 1,600 and 8,000: its own numbers do not give that.)
        ("10000000", "50000", "0.25", "0.20", "0.40", Goal(200, 800, 4_000, 10_000)),
        # 100,000 / 30,000 = 3.33, so 4 deals; / 30 % = 13.3, so 14 SQL; / 50 % = 28 MQL; / 100 % = 28 leads.
        ("100000", "30000", "0.30", "0.50", "1", Goal(4, 14, 28, 28)),
        # Less than a deal is a deal.
        ("0.01", "50000", "1", "1", "1", Goal(1, 1, 1, 1)),
        # 3 / 0.3 is 10, and not 11 as with floating point.
        ("3", "1", "0.30", "1", "1", Goal(3, 10, 10, 10)),
    ],
)
def test_a_goal_is_worked_back_step_by_step(
    revenue: str, deal: str, closed: str, accepted: str, qualified: str, found: Goal
) -> None:
    rates = Rates(Decimal(qualified), Decimal(accepted), Decimal(closed))
    assert goal(Decimal(revenue), Decimal(deal), rates) == found
