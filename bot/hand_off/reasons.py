"""Says in words why a score is what it is: every point of the ledger, what capped it, and how it fades."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import assert_never

from bot.texts import Html, count, duration, escaped, plain, say
from dialogs.rendering import question_name
from qualification.grid import ACTIVITY, FIT, Grid
from qualification.quiz import Quiz
from qualification.score import Entry, Origin, Score, remaining

MATERIAL = "+material"
"""Stands for a sequence in the points of a material that a manager sent: no sequence is called so."""
BROADCAST = "+broadcast"
"""The same for a link of a broadcast."""


def answer_points(found: Score) -> dict[str, int]:
    """Return what each answered question gave."""
    return {e.rule: e.points for e in found.reasons if e.origin is Origin.ANSWER and not e.product}


def other_reasons(quiz: Quiz, found: Score, now: datetime, language: str) -> Iterator[Html]:
    """Say what rules, activity and caps gave; «tapped Catalogue +30, now +15 after 30 days»."""
    for entries in _together(found.reasons):
        first, points = entries[0], sum(entry.points for entry in entries)
        left = round(sum(remaining(quiz, entry, now) for entry in entries))
        why = reason(quiz, first, language, len(entries))
        if left == points:
            yield Html(f"{why} <b>{points:+d}</b>")
        else:
            time = duration(language, now - first.at)
            yield say(language, "why.faded", why=why, points=f"{points:+d}", left=f"{left:+d}", time=time)


def standing(quiz: Quiz, found: Score, language: str) -> Iterator[Html]:
    """Say where the lead stands: in the grid, and with each product, the best one first."""
    grid = quiz.scoring.grid
    if grid is not None:
        fit, activity = grid.fit_level(found.fit), grid.activity_level(found.activity)
        yield say(
            language,
            "why.grid",
            fit=level_name(quiz, grid, fit, language),
            fit_points=found.fit,
            activity=level_name(quiz, grid, activity, language),
            activity_points=found.activity,
        )
    if found.products:
        names = {product: quiz.read(name, language) for product, name in quiz.scoring.products.items()}
        told = [f"{escaped(names.get(product, product))} {points:+d}" for product, points in found.products]
        if found.products[0][1] > 0:
            told[0] = f"<b>{told[0]}</b>"
        yield say(language, "why.products", products=Html(" · ".join(told)))


def level_name(quiz: Quiz, grid: Grid, level: str, language: str) -> str:
    """Return a level of the grid as managers read it."""
    if level in grid.names:
        return quiz.read(grid.names[level], language)
    known = level in FIT or level in ACTIVITY
    return plain(language, f"level.{level}") if known else level


def reason(quiz: Quiz, entry: Entry, language: str, times: int = 1) -> Html:
    """Say in words why there are points."""
    match entry.origin:
        case Origin.ANSWER:
            return Html(escaped(question_name(quiz, entry.rule, language)))
        case Origin.RULE:
            rule = next((rule for rule in quiz.scoring.rules if rule.id == entry.rule), None)
            because = quiz.read(rule.because, language) if rule and rule.because else entry.rule
            return Html(escaped(because))
        case Origin.CAP:
            group = next((group for group in quiz.scoring.groups if group.id == entry.rule), None)
            name = quiz.read(group.name, language) if group and group.name else entry.rule
            return say(language, "reason.cap", what=name, points=_points(language, entry))
        case Origin.LINK:
            sequence, _, place = entry.detail.partition("/")
            if sequence in (MATERIAL, BROADCAST):
                return say(language, "reason.material", what=place)
            known = quiz.link_at(sequence, place)
            return say(language, "reason.link", what=quiz.read(known.text, language) if known else entry.rule)
        case Origin.REPLY:
            return Html(count(language, "reason.replies", times))
        case Origin.COMEBACK:
            return say(language, "reason.comeback", time=_length(language, entry))
        case Origin.SPEED:
            return say(language, "reason.speed", time=_length(language, entry))
        case Origin.SILENCE:
            return say(language, "reason.silence", n=entry.detail)
        case Origin.DAY_CAP:
            return say(language, "reason.day_cap", points=_points(language, entry))
        case _:
            assert_never(entry.origin)


def _together(reasons: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Gather what a reader wants in one line: every reply of a day, and what the day's cap took of them."""
    groups: dict[object, list[Entry]] = {}
    for place, entry in enumerate(reasons):
        if entry.product or entry.origin is Origin.ANSWER:
            continue
        alike = (entry.origin, entry.rule, entry.detail, entry.at.date(), entry.points > 0)
        gathered = entry.origin in (Origin.REPLY, Origin.DAY_CAP)
        groups.setdefault(alike if gathered else place, []).append(entry)
    yield from groups.values()


def _points(language: str, entry: Entry) -> str:
    return count(language, "points", int(entry.detail or 0))


def _length(language: str, entry: Entry) -> str:
    return duration(language, timedelta(seconds=int(entry.detail or 0)))
