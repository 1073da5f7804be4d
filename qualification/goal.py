"""The arithmetic of a goal: from the revenue that is wanted back to the leads that it takes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

_ONE = Decimal(1)


@dataclass(frozen=True)
class Rates:
    """What share of each stage goes on to the next one, each above 0 and at most 1."""

    lead_to_mql: Decimal
    mql_to_sql: Decimal
    sql_to_deal: Decimal


@dataclass(frozen=True)
class Goal:
    """How many of each stage it takes; nobody is half a lead, so each is rounded up."""

    deals: int
    sqls: int
    mqls: int
    leads: int


def goal(revenue: Decimal, deal: Decimal, rates: Rates) -> Goal:
    """Work back from a revenue with deals of one size. Every number is made from the rounded one before it."""
    deals = _up(revenue / deal)
    sqls = _up(deals / rates.sql_to_deal)
    mqls = _up(sqls / rates.mql_to_sql)
    return Goal(deals, sqls, mqls, _up(mqls / rates.lead_to_mql))


def _up(number: Decimal) -> int:
    return int(number.quantize(_ONE, ROUND_CEILING))
