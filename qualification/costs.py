"""The arithmetic of what sources cost and bring: money is decimal, and one currency is never added to another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

Money = Mapping[str, Decimal]
"""An amount by currency: each stands for itself."""

_TICK = timedelta(microseconds=1)
_WHOLE = Decimal(1)


@dataclass(frozen=True)
class Cost:
    """What a source cost in a span of time; `until` is the first moment after it."""

    source: str
    amount: Decimal
    currency: str
    since: datetime
    until: datetime


def spent(cost: Cost, since: datetime | None, until: datetime) -> Decimal:
    """Return the part of a cost that falls between two moments: it is spread evenly over its own span."""
    whole = cost.until - cost.since
    begun = cost.since if since is None else max(cost.since, since)
    part = min(cost.until, until) - begun
    if part <= timedelta(0) or whole <= timedelta(0):
        return Decimal(0)
    return cost.amount * (part // _TICK) / (whole // _TICK)


def total(amounts: Iterable[tuple[str, Decimal]]) -> Money:
    """Add up amounts, each currency by itself; what comes to nothing is left out."""
    found: dict[str, Decimal] = {}
    for currency, amount in amounts:
        found[currency] = found.get(currency, Decimal(0)) + amount
    return {currency: amount for currency, amount in sorted(found.items()) if amount}


def per(money: Money, count: int) -> Money | None:
    """Return what one of so many cost; None when there was none."""
    return {currency: amount / count for currency, amount in money.items()} if count else None


def roi(cost: Money, won: Money) -> int | None:
    """Return the return on investment in percent: (won - cost) / cost. −100 means that nothing was won.

    None without a cost, or when cost and wins are not in one and the same currency: nothing tells their rate.
    """
    if len(cost) != 1 or not set(won) <= set(cost):
        return None
    ((currency, amount),) = cost.items()
    gained = (won.get(currency, Decimal(0)) - amount) / amount * 100
    return int(gained.quantize(_WHOLE, ROUND_HALF_UP))
