"""Reads numbers as people type them: «about 20», «1 500», «2,5», «10k», «10–15»."""

from __future__ import annotations

import re
from dataclasses import dataclass

_GROUPS = re.compile(r"(?<=\d)[\s\u00a0\u202f'’,](?=\d{3}(?!\d))")
"""What parts thousands: «1 500», «1'500», «1,500»; a comma before three digits is no decimal comma."""
_THOUSANDS = r"(?:\s?(?:[kк](?![^\W\d_])|(?:тис|тыс|thousand)[^\W\d_]*)\.?)?"
_NUMBER = re.compile(
    rf"(?<![\w.,])(?P<digits>-?\d{{1,15}}(?:[.,]\d{{1,9}})?)(?![\d.,]*\d)(?P<thousands>{_THOUSANDS})",
    re.IGNORECASE,
)
_LARGER = re.compile(r"\d\s?(?:m|mln|mio|million|млн|мільйон|миллион|млрд|billion|bn)", re.IGNORECASE)
_ONE = r"(\d{1,15}(?:[.,]\d{1,9})?)"
_RANGE = re.compile(
    rf"(?<![\w.,-])(?:(?:from|between|від|от|з|с)\s+)?{_ONE}({_THOUSANDS})\s*(?:-|–|—|\.\.|to|and|до|or|або|или|и|і)\s*"
    rf"{_ONE}({_THOUSANDS})(?![\w.,]*\d)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Span:
    """From a number to a larger one."""

    low: float
    high: float

    @property
    def middle(self) -> float:
        """The number halfway between."""
        return (self.low + self.high) / 2

    def __str__(self) -> str:
        return f"{digits(self.low)}–{digits(self.high)}"


def read_number(text: str) -> float | None:
    """Read the one number in a text (`about 20`, `1 500`, `2,5`, `10k`); None for none, several or doubt."""
    joined = _GROUPS.sub("", text.replace("−", "-"))
    found = list(_NUMBER.finditer(joined))
    if len(found) != 1 or len(re.findall(r"\d+(?:[.,]\d+)?", joined)) != 1 or _LARGER.search(joined):
        return None
    return _value(found[0]["digits"], found[0]["thousands"])


def read_range(text: str) -> Span | None:
    """Read «10–15», «10 to 15», «від 10 до 15»; None when the text holds no range, or more than one."""
    joined = _GROUPS.sub("", text.replace("−", "-"))
    found = list(_RANGE.finditer(joined))
    if len(found) != 1 or len(re.findall(r"\d+(?:[.,]\d+)?", joined)) != 2 or _LARGER.search(joined):  # noqa: PLR2004
        return None
    low, low_thousands, high, high_thousands = found[0].groups()
    # «10–15k» means thousands at both ends.
    span = Span(_value(low, low_thousands or high_thousands), _value(high, high_thousands))
    return span if span.low < span.high else None


def digits(number: float) -> str:
    """Write a number with all its digits: 1500000 and not 1.5e+06."""
    return str(int(number)) if number == int(number) else f"{number:.9f}".rstrip("0")


def _value(written: str, thousands: str | None) -> float:
    number = float(written.replace(",", "."))
    return number * 1000 if thousands else number
