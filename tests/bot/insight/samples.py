"""Figures of a week, with everything that a test is not about made up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from bot.insight.figures import Figures, SourceFigures
from qualification.costs import Money
from qualification.funnel import Funnel, Span, Step, Waits
from qualification.score import Band
from storage.statistics import Untaken

NOW = datetime(2026, 11, 22, 12, 5, tzinfo=UTC)
BANDS = {Band.HOT: 22, Band.WARM: 20, Band.COLD: 12, Band.UNFIT: 6, None: 0}


def a_funnel(*counted: int) -> Funnel:
    """A funnel with these counts, from the first step on."""
    return Funnel(dict(zip(Step, (*counted, *[0] * 7), strict=False)), BANDS)


def a_source(
    name: str | None = "ads_oct",
    funnel: Funnel | None = None,
    cost: Money | None = None,
    won: Money | None = None,
    unpriced: int = 0,
) -> SourceFigures:
    return SourceFigures(name, funnel or a_funnel(40, 28, 20, 8, 7, 7, 2), cost or {}, won or {}, unpriced)


def euros(amount: str) -> Money:
    return {"EUR": Decimal(amount)}


def figures(*sources: SourceFigures, funnel: Funnel | None = None, untaken: Untaken | None = None) -> Figures:
    minutes = timedelta(minutes=1)
    return Figures(
        span=Span.WEEK,
        since=NOW - timedelta(days=6, hours=12),
        now=NOW,
        timezone="Europe/Kyiv",
        quiz=None,
        funnel=funnel or a_funnel(120, 84, 60, 22, 21, 20, 4),
        waits=Waits(20, 3 * minutes, 45 * minutes),
        waits_at_work=None,
        untaken=untaken or Untaken(0, None),
        sources=sources,
    )
