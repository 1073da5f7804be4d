"""A calendar shows what can be chosen, and opens where there is something to choose."""

from __future__ import annotations

from datetime import UTC, date, datetime

from bot.conversation.calendar import Cell, month_cells
from dialogs.bounds import DateBounds

LESSONS = DateBounds.model_validate({"from": "1d", "to": "21d", "weekdays": ["tue", "thu", "sat"]})


def _cells(today: date, page: str | None = None) -> list[Cell]:
    return [
        cell
        for row in month_cells(LESSONS, datetime(today.year, today.month, today.day, 12, tzinfo=UTC), page, "en")
        for cell in row
    ]


def _days(cells: list[Cell]) -> list[str]:
    return [choice for _, choice in cells if choice.isdecimal()]


def test_a_month_shows_the_days_that_can_be_chosen() -> None:
    cells = _cells(date(2026, 3, 2))
    assert ("March 2026", ".nothing") in cells
    assert _days(cells)[:3] == ["20260303", "20260305", "20260307"]


def test_at_the_end_of_a_month_without_a_free_day_the_next_month_opens() -> None:
    cells = _cells(date(2026, 11, 28))  # a Saturday: the next lesson is on Tuesday, December the first
    assert ("December 2026", ".nothing") in cells
    assert _days(cells)[0] == "20261201"
    assert not any(choice.startswith(".month-202611") for _, choice in cells)
