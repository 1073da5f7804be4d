"""Reads what a source cost as admins type it: «ads_oct 500 EUR 1.10–31.10»."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from babel.numbers import list_currencies

from bot.entry.campaigns import campaign_name

SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "₴": "UAH", "ГРН": "UAH", "₽": "RUB", "РУБ": "RUB", "ZŁ": "PLN"}
"""How currencies are written beside their codes."""
LONGEST_AMOUNT = 12
"""Digits before the point."""
LONGEST_SPAN = 366 * 3
"""Days. Longer than that, a year was mistyped."""
YEARS = range(2000, 2100)
"""Any other year was mistyped."""

_PRICE = re.compile(
    r"(?P<before>[^\W\d_]{2,4}|[€$£₴₽])?\s*(?P<amount>\d[\d\s'’.,]*)(?P<after>[^\W\d_]{2,4}|[€$£₴₽])?\.?"
)
_WITH_YEAR = 3
"""Parts of a day that is written with its year."""
_HALF_A_YEAR = 183
_DAY = r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./]\d{1,2}(?:[./](?:\d{4}|\d{2}))?"
_DAYS = re.compile(
    rf"(?P<first>{_DAY}|\d{{1,2}})(?:\s*(?:-|–|—|\.\.|…|\bto\b|\bдо\b|\bпо\b)\s*(?P<last>{_DAY}))?\.?"
)


class Slip(StrEnum):
    """What could not be understood."""

    SOURCE = "source"
    PRICE = "price"
    CURRENCY = "currency"
    DAYS = "days"


@dataclass(frozen=True)
class Price:
    """An amount in a currency."""

    amount: Decimal
    currency: str


@dataclass(frozen=True)
class Days:
    """From one day to another, both of them included."""

    first: date
    last: date

    @property
    def length(self) -> int:
        """How many days there are."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Line:
    """All that there is to know of a cost."""

    source: str
    price: Price
    days: Days


def read_line(text: str, today: date) -> Line | Slip:
    """Read a whole cost, from its end: the days, the amount with its currency, the source in any words."""
    words = text.split()
    for taken in (3, 2, 1):
        days = read_days(" ".join(words[-taken:]), today) if len(words) > taken else None
        if days is not None:
            return _with_price(words[:-taken], days)
    return Slip.DAYS


def read_price(text: str) -> Price | Slip:
    """Read an amount with its currency: «500 EUR», «€1,200.50», «1 500 грн»."""
    found = _PRICE.fullmatch(" ".join(text.split()))
    amount = read_amount(found["amount"].strip()) if found else None
    if found is None or amount is None:
        return Slip.PRICE
    named = [each for each in (found["before"], found["after"]) if each]
    currency = _currency(named[0]) if len(named) == 1 else None
    return Slip.CURRENCY if currency is None else Price(amount, currency)


def read_days(text: str, today: date) -> Days | None:
    """Read from which day to which, or one day; a year that is not written is the one nearest to today."""
    found = _DAYS.fullmatch(text.strip())
    if found is None:
        return None
    first, last = _parts(found["first"]), _parts(found["last"] or found["first"])
    if len(first) == 1:  # «1–31.10»
        first = (*last[:-2], last[-2], first[0]) if found["last"] else first
    if len(first) < 2:  # noqa: PLR2004 - a day without a month says nothing
        return None
    near = min(_readings(first, last, today), key=lambda days: _distance(days, today), default=None)
    sound = near is not None and near.length <= LONGEST_SPAN and {near.first.year, near.last.year} <= set(YEARS)
    return near if sound else None


def _with_price(words: Sequence[str], days: Days) -> Line | Slip:
    slip: Slip = Slip.PRICE
    for taken in (3, 2, 1):
        price = read_price(" ".join(words[-taken:])) if len(words) > taken else Slip.PRICE
        if isinstance(price, Price):
            source = campaign_name(" ".join(words[:-taken]))
            return Slip.SOURCE if source is None else Line(source, price, days)
        if price is Slip.CURRENCY:
            slip = price
    if slip is Slip.PRICE and isinstance(read_price(" ".join(words)), Price):
        return Slip.SOURCE
    return slip


def read_amount(written: str) -> Decimal | None:
    """Read an amount. A comma before three digits parts thousands; a point there is in doubt: «1.500»."""
    bare = (
        re.sub(r"[\s'’]", "", written)
        if re.fullmatch(r"\d{1,3}([\s'’]\d{3})*([.,]\d{1,2})?", written)
        else written
    )
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d{1,2})?", bare):
        bare = bare.replace(",", "")
    elif re.fullmatch(r"\d{1,3}(\.\d{3})+,\d{1,2}", bare) or re.fullmatch(r"\d{1,3}(\.\d{3}){2,}", bare):
        bare = bare.replace(".", "")
    bare = bare.replace(",", ".")
    if not re.fullmatch(rf"\d{{1,{LONGEST_AMOUNT}}}(\.\d{{1,2}})?", bare):
        return None
    amount = Decimal(bare)
    return amount or None


def _currency(written: str) -> str | None:
    code = SIGNS.get(written.upper(), written.upper())
    return code if code in list_currencies() else None


def _parts(written: str) -> tuple[int, ...]:
    """Return a written day as numbers: year, month, day; month, day; or the day alone."""
    if re.fullmatch(r"\d{4}-\d{1,2}-\d{1,2}", written):
        return tuple(map(int, written.split("-")))
    day, *more = map(int, re.split(r"[./]", written))
    match more:
        case [month, year]:
            return (year if year > 99 else 2000 + year, month, day)  # noqa: PLR2004 - two digits of a year
        case [month]:
            return (month, day)
        case _:
            return (day,)


def _readings(first: tuple[int, ...], last: tuple[int, ...], today: date) -> list[Days]:
    """Return every way to read two days: with the year that one of them has, or with those around today."""
    both_written = len(first) == len(last) == _WITH_YEAR
    found = []
    for begins in _years(first, last, today):
        for ends in last[:1] if len(last) == _WITH_YEAR else (begins, begins + 1):
            try:
                days = Days(date(begins, *first[-2:]), date(ends, *last[-2:]))
            except ValueError:
                continue
            # Who leaves a year out may mean the turn of a year, but not «from October to September».
            if days.first <= days.last and (begins == ends or both_written or days.length <= _HALF_A_YEAR):
                found.append(days)
    return found


def _years(first: tuple[int, ...], last: tuple[int, ...], today: date) -> tuple[int, ...]:
    """Return the years in which the first day may be."""
    if len(first) == _WITH_YEAR:
        return first[:1]
    return (last[0], last[0] - 1) if len(last) == _WITH_YEAR else (today.year - 1, today.year, today.year + 1)


def _distance(days: Days, today: date) -> tuple[int, int]:
    """Order readings: the nearest to today first, then the shortest."""
    return max((days.first - today).days, (today - days.last).days, 0), days.length
