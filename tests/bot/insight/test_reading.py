"""Costs as admins type them: amounts, currencies and days in many ways; doubt is no guess."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bot.insight.reading import Days, Line, Price, Slip, read_days, read_line, read_price

TODAY = date(2026, 11, 22)
OCTOBER = Days(date(2026, 10, 1), date(2026, 10, 31))


@pytest.mark.parametrize(
    ("text", "source", "amount", "currency"),
    [
        ("ads_oct 500 EUR 1.10–31.10", "ads_oct", "500", "EUR"),
        ("ads_oct 500EUR 1.10-31.10", "ads_oct", "500", "EUR"),
        ("ads_oct €500.50 01.10.2026 – 31.10.2026", "ads_oct", "500.50", "EUR"),
        ("Autumn fair 1 500 uah 1-31.10", "Autumn fair", "1500", "UAH"),
        ("Ярмарок 2026 12 500 грн. 1.10 до 31.10", "Ярмарок 2026", "12500", "UAH"),
        ("fair 2026 500 EUR 1.10–31.10", "fair 2026", "500", "EUR"),
        ("said:friends 1,200.5 $ 2026-10-01..2026-10-31", "said:friends", "1200.5", "USD"),
    ],
)
def test_a_whole_cost_in_one_line(text: str, source: str, amount: str, currency: str) -> None:
    assert read_line(text, TODAY) == Line(source, Price(Decimal(amount), currency), OCTOBER)


@pytest.mark.parametrize(
    ("text", "slip"),
    [
        ("", Slip.DAYS),
        ("ads_oct", Slip.DAYS),
        ("ads_oct 500 EUR", Slip.DAYS),
        ("ads_oct 500 EUR 31.10–1.10.2026", Slip.DAYS),
        ("ads_oct 500 EUR 30.2", Slip.DAYS),
        ("ads_oct 500 1.10–31.10", Slip.CURRENCY),
        ("ads_oct 500 XYZ 1.10–31.10", Slip.CURRENCY),
        ("ads_oct much EUR 1.10–31.10", Slip.PRICE),
        ("ads_oct 0 EUR 1.10–31.10", Slip.PRICE),
        ("ads_oct -5 EUR 1.10–31.10", Slip.PRICE),
        ("500 EUR 1.10–31.10", Slip.SOURCE),
        (f"{'x' * 65} 500 EUR 1.10–31.10", Slip.SOURCE),
    ],
)
def test_what_is_missing_or_in_doubt_is_named(text: str, slip: Slip) -> None:
    assert read_line(text, TODAY) is slip


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("500 EUR", "500"),
        ("EUR 500", "500"),
        ("500,50 €", "500.50"),
        ("1,500 EUR", "1500"),
        ("1,500.25 EUR", "1500.25"),
        ("1.500,25 EUR", "1500.25"),
        ("1.500.000 EUR", "1500000"),
        ("1 500 000,5 EUR", "1500000.5"),
        ("1\u00a0500 EUR", "1500"),
        ("0.01 EUR", "0.01"),
    ],
)
def test_amounts_as_people_write_them(text: str, amount: str) -> None:
    assert read_price(text) == Price(Decimal(amount), "EUR")


@pytest.mark.parametrize(
    "text",
    ["1.500 EUR", "1,2,3 EUR", "12 34 EUR", "1.234,567 EUR", "1e5 EUR", "10000000000000 EUR", "EUR", "٥ EUR x"],
)
def test_an_amount_in_doubt_is_asked_for_again(text: str) -> None:
    assert read_price(text) is Slip.PRICE


def test_two_currencies_are_no_price() -> None:
    assert read_price("EUR 500 USD") is Slip.CURRENCY


@pytest.mark.parametrize(
    ("text", "today", "first", "last"),
    [
        ("1.10–31.10", TODAY, date(2026, 10, 1), date(2026, 10, 31)),
        ("1.12–31.12", TODAY, date(2026, 12, 1), date(2026, 12, 31)),  # nine days ahead, and not a year ago
        ("1.10–31.10", date(2027, 2, 5), date(2026, 10, 1), date(2026, 10, 31)),
        ("15.12–15.1", TODAY, date(2026, 12, 15), date(2027, 1, 15)),
        ("15.12–15.1", date(2026, 2, 1), date(2025, 12, 15), date(2026, 1, 15)),
        ("20.11", TODAY, date(2026, 11, 20), date(2026, 11, 20)),
        ("1–15.11", TODAY, date(2026, 11, 1), date(2026, 11, 15)),
        ("1.10–31.10.24", TODAY, date(2024, 10, 1), date(2024, 10, 31)),
        ("1.12–31.1.2025", TODAY, date(2024, 12, 1), date(2025, 1, 31)),
        ("2026-10-01 to 2026-10-31", TODAY, date(2026, 10, 1), date(2026, 10, 31)),
        ("1/10 – 31/10", TODAY, date(2026, 10, 1), date(2026, 10, 31)),
    ],
)
def test_days_without_a_year_are_the_nearest_ones(text: str, today: date, first: date, last: date) -> None:
    assert read_days(text, today) == Days(first, last)


@pytest.mark.parametrize("text", ["", "October", "32.10", "1.13", "5", "1.10.2026–1.9.2026", "1.1.2001–1.1.2026"])
def test_days_that_are_none_are_not_guessed(text: str) -> None:
    assert read_days(text, TODAY) is None
