"""Amounts as managers type them, and as cards show them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualification.amounts import read_amount, written_amount


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("12500", ("12500", None)),
        ("12 500", ("12500", None)),
        ("12\u00a0500 ", ("12500", None)),
        ("1.2k EUR", ("1200", "EUR")),
        ("1,2к грн.", ("1200", "UAH")),
        ("2 млн руб", ("2000000", "RUB")),
        ("15 тис грн", ("15000", "UAH")),
        ("€1,250.50", ("1250.5", "EUR")),
        ("$ 99.90", ("99.9", "USD")),
        ("1.250,50 eur", ("1250.5", "EUR")),
        ("1'250 CHF", ("1250", "CHF")),
        ("1,250", ("1250", None)),
        ("1.250.000", ("1250000", None)),
        ("0.5", ("0.5", None)),
        ("uah 700", ("700", "UAH")),
        ("0.25m USD", ("250000", "USD")),
    ],
)
def test_an_amount_is_read_however_it_is_written(typed: str, amount: tuple[str, str | None]) -> None:
    assert read_amount(typed) == amount


@pytest.mark.parametrize(
    "typed",
    ["", "much", "0", "0.00", "-5", "12 500 euros a month", "€5 EUR", "1.2.3", "1,23,456", "9" * 13, "1e5", "१२"],
)
def test_what_is_no_amount_is_not_taken_for_one(typed: str) -> None:
    assert read_amount(typed) is None


@pytest.mark.parametrize(
    ("amount", "shown"),
    [(("12500", "EUR"), "12 500 EUR"), (("1250.5", None), "1 250.5"), (("700", "UAH"), "700 UAH")],
)
def test_an_amount_is_shown_with_its_thousands_apart(amount: tuple[str, str | None], shown: str) -> None:
    assert written_amount(*amount).replace("\u00a0", " ") == shown


@given(st.integers(1, 10**12 - 1), st.sampled_from([None, "EUR", "UAH"]))
def test_what_is_shown_is_read_again_as_the_same(number: int, currency: str | None) -> None:
    assert read_amount(written_amount(str(number), currency)) == (str(number), currency)


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading(typed: str) -> None:
    found = read_amount(typed)
    assert found is None or written_amount(*found)
