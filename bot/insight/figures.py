"""The figures of a span of days: collected from storage, with what each source cost and brought."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.work import Work
from qualification.costs import Money, spent, total
from qualification.funnel import Funnel, Span, Step, Waits, beginning, together
from qualification.quiz import Quiz
from storage.statistics import Untaken


@dataclass(frozen=True)
class SourceFigures:
    """What one source brought and cost; the source None is whoever came without a link."""

    source: str | None
    funnel: Funnel
    cost: Money
    won: Money
    unpriced: int
    """deals won whose amount nobody entered"""


@dataclass(frozen=True)
class Figures:
    """All that `/stats` tells about a span."""

    span: Span
    since: datetime | None
    now: datetime
    timezone: str
    quiz: Quiz | None
    """the first quiz, whose words name the sources"""
    funnel: Funnel
    waits: Waits | None
    waits_at_work: Waits | None
    untaken: Untaken
    sources: tuple[SourceFigures, ...]


async def gather(work: Work, span: Span) -> Figures:
    """Collect the figures of a span."""
    quiz = await work.newest_quiz()
    timezone = quiz.timezone if quiz else "UTC"
    since = beginning(span, work.now, ZoneInfo(timezone))
    found, statistics = await _sources(work, since), work.unit.statistics
    return Figures(
        span=span,
        since=since,
        now=work.now,
        timezone=timezone,
        quiz=quiz,
        funnel=together(each.funnel for each in found),
        waits=await statistics.first_contacts(since),
        waits_at_work=await statistics.first_contacts_at_work(since),
        untaken=await statistics.untaken(),
        sources=found,
    )


async def _sources(work: Work, since: datetime | None) -> tuple[SourceFigures, ...]:
    """Return the sources that brought anybody, the largest first; after them those that only cost something."""
    funnels = await work.unit.statistics.sources(since)
    costs = await work.unit.costs.between(since, work.now)
    won = await work.unit.statistics.won(since) if any(each.at(Step.WON) for each in funnels.values()) else []
    names = dict.fromkeys((*funnels, *(cost.source for cost in costs)))
    return tuple(
        SourceFigures(
            name,
            funnels.get(name, Funnel()),
            total((cost.currency, spent(cost, since, work.now)) for cost in costs if cost.source == name),
            total(
                (deal.currency, deal.amount * deal.count)
                for deal in won
                if deal.source == name and deal.amount is not None
            ),
            sum(deal.count for deal in won if deal.source == name and deal.amount is None),
        )
        for name in names
    )
