"""Who is offered a lead first, and who next: by turns, by load, by what they speak and know, or by name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import assert_never

from qualification.quiz import Assign, HotRoute, Match
from qualification.working_time import ALWAYS, Calendar, works

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Manager:
    """Somebody whom leads are offered to."""

    telegram_id: int
    languages: frozenset[str] = frozenset()
    """those they sell in; empty for all"""
    skills: frozenset[str] = frozenset()
    capacity: int | None = None
    """open leads at the same time; None for any number"""
    open_leads: int = 0
    calendar: Calendar = ALWAYS
    reachable: bool = True
    assigned_at: datetime | None = None
    """when they were offered a lead last"""

    @property
    def full(self) -> bool:
        """Tell whether they have as many leads as they can look after."""
        return self.capacity is not None and self.open_leads >= self.capacity


@dataclass(frozen=True)
class Team:
    """The managers of a team and its heads; `joined` tells whether anybody is a member of just this team."""

    managers: tuple[Manager, ...] = ()
    heads: tuple[int, ...] = ()
    joined: bool = False

    @property
    def calendars(self) -> tuple[Calendar, ...]:
        """When the team works: while anybody does who can be reached."""
        return tuple(manager.calendar for manager in self.managers if manager.reachable)

    def present(self, now: datetime) -> tuple[int, ...]:
        """Name who can take a lead now: who is at work, else who can be reached, else everybody."""
        reachable = [manager for manager in self.managers if manager.reachable]
        at_work = [manager for manager in reachable if works(now, manager.calendar)]
        return tuple(manager.telegram_id for manager in at_work or reachable or self.managers)


@dataclass(frozen=True)
class Wanted:
    """What matters about a lead for who gets it."""

    language: str
    source: str | None = None


def rule_of(route: HotRoute, team: Team) -> Assign:
    """Return the rule: the quiz's own; else in turns, or everybody at once in a team that nobody joined."""
    return route.assign or (Assign.ROUND_ROBIN if team.joined else Assign.EVERYONE)


def choose(route: HotRoute, wanted: Wanted, team: Team, tried: Collection[int], now: datetime) -> int | None:
    """Return who is offered the lead next; None when it is everybody's turn.

    Passed over are those who are away, not at work, out of reach or full, and those who were asked already.
    """
    able = [
        manager
        for manager in team.managers
        if manager.reachable
        and not manager.full
        and manager.telegram_id not in tried
        and works(now, manager.calendar)
    ]
    named = route.named.get(wanted.source or "")
    if any(manager.telegram_id == named for manager in able):
        return named
    fitting = [manager for manager in able if _fits(route, wanted, manager)]
    match rule_of(route, team):
        case Assign.EVERYONE:
            return None
        case Assign.ROUND_ROBIN:
            chosen = min(fitting, key=_turn, default=None)
        case Assign.LEAST_LOADED:
            chosen = min(fitting, key=lambda manager: (manager.open_leads, *_turn(manager)), default=None)
        case unknown:
            assert_never(unknown)
    return chosen.telegram_id if chosen else None


def _turn(manager: Manager) -> tuple[datetime, int]:
    """Who waited longest comes first; among equals the lower id, so that the same always comes of the same."""
    return manager.assigned_at or _NEVER, manager.telegram_id


def _fits(route: HotRoute, wanted: Wanted, manager: Manager) -> bool:
    speaks = not manager.languages or wanted.language in manager.languages
    knows = manager.skills.issuperset(route.skills)
    return (Match.LANGUAGE not in route.match or speaks) and (Match.SKILLS not in route.match or knows)
