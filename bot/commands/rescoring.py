"""`hotlead rescore`: who would be in another band under changed rules, before anything changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import typer

from bot.clock import Clock
from bot.commands.choosing import bot_database
from bot.commands.publishing import named_path
from bot.publishing import load_file
from bot.revisions import history_of
from bot.work import Library
from qualification.quiz import Quiz
from qualification.score import Band, Score
from qualification.what_if import Comparison, compared
from storage.database import Database
from storage.records import Lead
from storage.unit import Unit

AT_ONCE = 200
"""Leads in one look at the database: the bot goes on meanwhile."""


@dataclass(frozen=True)
class _Rescored:
    lead: int
    comparison: Comparison


async def rescore_leads(named: Path, clock: Clock, bot: str | None = None) -> None:
    """Print what a changed quiz file would do to every stored lead. Raises QuizRefusedError, NoSuchQuizError."""
    draft = load_file(named_path(str(named))).quiz
    async with bot_database(bot) as (database, bot_id):
        async with database.view(bot_id) as unit:
            await history_of(unit, draft.quiz)
        rescored = [each async for each in _rescored(database, bot_id, draft, clock.now())]
    if not rescored:
        typer.echo(f"{draft.quiz}: there are no leads yet")
        return
    movers = [each for each in rescored if each.comparison.moves]
    typer.echo(f"{draft.quiz}: {len(rescored)} leads, as they are and under {named}; nothing is changed")
    typer.echo("\n".join(["", *_matrix(rescored), ""]))
    if not movers:
        typer.echo("nobody would move to another band")
        return
    typer.echo(f"{len(movers)} would move to another band:")
    typer.echo("\n".join(_lines(movers)))


async def _rescored(database: Database, bot_id: int, draft: Quiz, now: datetime) -> AsyncIterator[_Rescored]:
    library, last = Library(), 0
    while True:
        async with database.view(bot_id) as unit:
            leads = await unit.leads.of_quiz(draft.quiz, last, AT_ONCE)
            for lead in leads:
                comparison = await _compared(unit, library, draft, lead, now)
                if comparison is not None:
                    yield _Rescored(lead.id, comparison)
        if len(leads) < AT_ONCE:
            return
        last = leads[-1].id


async def _compared(unit: Unit, library: Library, draft: Quiz, lead: Lead, now: datetime) -> Comparison | None:
    stored = await unit.sessions.by_id(lead.session_id)
    if stored is None:
        return None
    quiz = await library.quiz(unit, lead.quiz, stored.session.revision)
    history = [entry for _, entry in await unit.ledger.history(lead)]
    return compared(quiz, draft, stored.session.answers, history, now)


def _matrix(rescored: Iterable[_Rescored]) -> Iterator[str]:
    """A line for each band now, a column for each band under the changed rules."""
    counts = Counter((each.comparison.before.band, each.comparison.after.band) for each in rescored)
    yield "  ".join([f"{'now ↓  then →':14}", *(f"{band:>6}" for band in Band)])
    for before in Band:
        row = (counts[before, after] for after in Band)
        yield "  ".join([f"{before:14}", *(f"{number or '·':>6}" for number in row)])


def _lines(movers: Iterable[_Rescored]) -> Iterator[str]:
    for each in movers:
        before, after = each.comparison.before, each.comparison.after
        yield f"  #{each.lead}: {_standing(before)} → {_standing(after)}: {_why(each.comparison)}"


def _standing(found: Score) -> str:
    return f"{found.band} {found.total}"


def _why(comparison: Comparison) -> str:
    """Name the reasons by the words of the file: what somebody answered is nobody's business here."""
    reasons = [f"{each.reason} {each.before:+d} → {each.after:+d}" for each in comparison.differences]
    if comparison.after.band is Band.UNFIT:
        reasons.append("ruled out")
    if comparison.before.band is Band.UNFIT:
        reasons.append("no longer ruled out")
    return ", ".join(reasons) or "the bands begin elsewhere"
