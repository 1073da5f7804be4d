"""Reads what a manager types about a deal: an amount, perhaps with its currency."""

from __future__ import annotations

import re

LONGEST = 12
"""Digits before the point: more is a slip."""
SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "₴": "UAH", "₽": "RUB", "zł": "PLN", "грн": "UAH", "руб": "RUB"}
_TIMES = {"": 0, "k": 3, "к": 3, "тис": 3, "тыс": 3, "m": 6, "м": 6, "млн": 6}
_CURRENCY = r"[A-Za-z]{3}|€|\$|£|₴|₽|zł|грн|руб"
_TYPED = re.compile(
    rf"({_CURRENCY})?\.?\s*([0-9][0-9\s.,']*)\s*(k|к|тис|тыс|m|м|млн)?\.?\s*({_CURRENCY})?\.?", re.IGNORECASE
)


def read_amount(typed: str) -> tuple[str, str | None] | None:
    """Return an amount as a decimal number and its currency: «1.2k EUR» is 1200 EUR. None for anything else."""
    found = _TYPED.fullmatch(" ".join(typed.replace("\u00a0", " ").replace("\u202f", " ").split()))
    if found is None or (found[1] and found[4]):
        return None
    number = _plain(found[2].strip(" ',."))
    if number is None:
        return None
    whole, _, part = number.partition(".")
    zeros = _TIMES[(found[3] or "").lower()]
    part = part.ljust(zeros, "0")
    whole, part = (whole + part[:zeros]).lstrip("0") or "0", part[zeros:].rstrip("0")
    if len(whole) > LONGEST or (whole == "0" and not part):
        return None
    named = found[1] or found[4]
    currency = (SIGNS.get(named.lower()) or named.upper()) if named else None
    return (f"{whole}.{part}" if part else whole), currency


def written_amount(amount: str, currency: str | None) -> str:
    """Write an amount with its thousands apart: «12 500 EUR»."""
    whole, _, part = amount.partition(".")
    grouped = f"{int(whole):,}".replace(",", "\u00a0")
    number = f"{grouped}.{part}" if part else grouped
    return f"{number}\u00a0{currency}" if currency else number


def _plain(written: str) -> str | None:
    """Return a number with a point: the last mark parts it where one or two digits follow, else thousands."""
    flat = re.sub(r"[\s']", "", written)
    marks = [mark for mark in flat if mark in ".,"]
    if not marks:
        return flat
    head, mark, tail = flat.rpartition(marks[-1])
    if len(set(marks)) == 1 and (len(marks) > 1 or len(tail) == 3):  # noqa: PLR2004 - thousands
        groups = flat.split(mark)
        right = all(len(group) == 3 for group in groups[1:]) and 1 <= len(groups[0]) <= 3  # noqa: PLR2004
        return "".join(groups) if right else None
    if len(tail) > 2 or marks[-1] in head:  # noqa: PLR2004 - cents
        return None
    return f"{head.replace(',', '').replace('.', '')}.{tail}"
