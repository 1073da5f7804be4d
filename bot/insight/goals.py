"""What /goal says: how many leads a revenue takes, with the arithmetic written out."""

from __future__ import annotations

from decimal import Decimal

from babel.numbers import format_decimal

from bot.insight.reading import read_amount
from bot.texts import Html, catalogue_language, say
from qualification.goal import Rates, goal

ASKED_FOR = 5
"""The revenue, the deal, and three shares."""


def goal_text(typed: str, language: str) -> Html:
    """Return the answer, or how to ask."""
    parts = [read_amount(part.strip().removesuffix("%").strip()) for part in typed.split("/")]
    numbers = [part for part in parts if part is not None]
    if len(parts) != ASKED_FOR or len(numbers) != ASKED_FOR or max(numbers[2:]) > 100:  # noqa: PLR2004 - percent
        return say(language, "goal.how")
    revenue, deal, closed, accepted, qualified = numbers
    found = goal(revenue, deal, Rates(qualified / 100, accepted / 100, closed / 100))
    named: dict[str, Decimal | int] = {
        "revenue": revenue,
        "deal": deal,
        "closed": closed,
        "accepted": accepted,
        "qualified": qualified,
        "deals": found.deals,
        "sqls": found.sqls,
        "mqls": found.mqls,
        "leads": found.leads,
    }
    locale = catalogue_language(language)
    return say(language, "goal.answer", **{name: format_decimal(n, locale=locale) for name, n in named.items()})
