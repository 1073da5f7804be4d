"""Activity: what people do after their answers, the points it gives, and the day's caps on them.

A deed is an entry of nought points; it is valued by a quiz, now or once more later under other rules.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from qualification.quiz import Quiz
from qualification.score import FIT, Entry, Origin

SHORTEST_SILENCE = timedelta(days=1)
"""A shorter silence is a pause in a talk: coming back from it is not written down."""

CAPS = frozenset({Origin.CAP, Origin.DAY_CAP})


def tapped(kind: str, what: str, at: datetime) -> Entry:
    """A link or a material of this kind was opened; `what` names it."""
    return Entry(Origin.LINK, kind, 0, at, what)


def replied(at: datetime) -> Entry:
    """A message came that no question asked for."""
    return Entry(Origin.REPLY, "reply", 0, at)


def came_back(silence: timedelta, at: datetime) -> Entry | None:
    """Somebody came back by themselves; None after so short a silence that it was none."""
    if silence < SHORTEST_SILENCE:
        return None
    return Entry(Origin.COMEBACK, "comeback", 0, at, _seconds(silence))


def finished(taken: timedelta, at: datetime) -> Entry:
    """The quiz was walked through in this time."""
    return Entry(Origin.SPEED, "speed", 0, at, _seconds(taken))


def unanswered(messages: int, at: datetime) -> Entry:
    """So many follow-ups in a row are without a reaction."""
    return Entry(Origin.SILENCE, "silence", 0, at, str(messages))


def earned(quiz: Quiz, deed: Entry, earlier: Iterable[Entry]) -> tuple[Entry, ...]:
    """Value a deed: the entry with its points, and, if the day's cap is reached, the one that takes some back.

    `earlier` are the activity entries of the lead so far.
    """
    entry = replace(deed, points=_points(quiz, deed))
    cap = quiz.scoring.activity.points_a_day.get(entry.rule)
    if cap is None or entry.points <= 0:
        return (entry,)
    zone = ZoneInfo(quiz.timezone)
    day = entry.at.astimezone(zone).date()
    today = sum(
        each.points
        for each in earlier
        if each.origin is entry.origin and each.rule == entry.rule and each.at.astimezone(zone).date() == day
    )
    too_much = min(max(today, 0) + entry.points - cap, entry.points)
    if too_much <= 0:
        return (entry,)
    return (entry, Entry(Origin.DAY_CAP, entry.rule, -too_much, entry.at, str(cap)))


def replayed(happened: Iterable[tuple[Quiz, Entry]]) -> tuple[Entry, ...]:
    """Value again what happened, each deed by the rules that are given with it; caps are reckoned anew."""
    entries: list[Entry] = []
    for quiz, entry in happened:
        if entry.origin not in FIT | CAPS:
            entries += earned(quiz, entry, entries)
    return tuple(entries)


def _points(quiz: Quiz, deed: Entry) -> int:
    activity = quiz.scoring.activity
    match deed.origin:
        case Origin.LINK:
            return activity.kinds.get(deed.rule, 0)
        case Origin.REPLY:
            return activity.reply
        case Origin.COMEBACK:
            comeback = activity.comeback
            return comeback.points if comeback and _length(deed) >= comeback.after else 0
        case Origin.SPEED:
            speed = activity.speed
            return speed.points if speed and _length(deed) <= speed.within else 0
        case Origin.SILENCE:
            silence = activity.silence
            return silence.points if silence and deed.detail == str(silence.after) else 0
        case _:
            return 0


def _seconds(length: timedelta) -> str:
    return str(int(length.total_seconds()))


def _length(deed: Entry) -> timedelta:
    return timedelta(seconds=int(deed.detail))
