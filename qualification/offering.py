"""How a lead is offered: to one, to the next, to the team, to the head; and how long each wait may be."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from qualification.assignment import Team, Wanted, choose
from qualification.handoff import Denial, HandOff, Phase, Reach, loosen, owns
from qualification.quiz import HotRoute
from qualification.working_time import after, next_working, worked_between

LONGEST_WAIT = timedelta(hours=12)
"""Reminders of a lead that nobody takes grow rarer, but never rarer than this."""
SHORTEST_WAIT = timedelta(minutes=1)
ESCALATED = 2
"""From this round on the head has it too."""


def offer(route: HotRoute, wanted: Wanted, team: Team, now: datetime) -> HandOff:
    """Offer a lead that became hot: at once, or when somebody is at work."""
    return _begin(route, wanted, team, HandOff(Phase.OFFERED, now), now)


def offer_next(route: HotRoute, wanted: Wanted, team: Team, hand_off: HandOff, now: datetime) -> HandOff:
    """Offer a lead to the next, because nobody took it in time, or because who has the offer cannot take it."""
    if hand_off.reach is Reach.WAITING:
        return _begin(route, wanted, team, hand_off, now)
    tried = hand_off.tried if hand_off.offered_to is None else (*hand_off.tried, hand_off.offered_to)
    hand_off = replace(hand_off, tried=tried, offered_to=None)
    spent = _spent(hand_off, team, now)
    nobody = next_working(now, *team.calendars) is None  # and nobody can be expected back
    if nobody or spent >= route.team_has or hand_off.reach is Reach.HEAD:
        number = max(hand_off.round + 1, ESCALATED)
        return replace(
            hand_off, round=number, reach=Reach.HEAD, due_at=_later(now, _patience(route, number), team)
        )
    if hand_off.reach is Reach.TEAM:  # everybody has it: asking one again would only narrow it
        return replace(hand_off, round=1, due_at=_head_due(route, team, hand_off, now))
    broken = spent >= route.take_within
    return _offered(route, wanted, team, replace(hand_off, round=1 if broken else hand_off.round), now)


def offer_anew(route: HotRoute, wanted: Wanted, team: Team, hand_off: HandOff, now: datetime) -> HandOff:
    """Offer a lead anew whose owner is gone: all waits begin again, and everybody may be asked again."""
    return _begin(route, wanted, team, loosen(hand_off, now), now)


def reassign(
    route: HotRoute, team: Team, hand_off: HandOff, by: int, to: int, now: datetime, *, may_any: bool = False
) -> HandOff | Denial:
    """Pass a lead on to another manager, who has to take it in time; nobody else can meanwhile.

    Its owner may, and who `may_any`. All waits begin again: without an answer the next one is asked.
    """
    if hand_off.phase is Phase.CLOSED:
        return Denial.CLOSED
    if not may_any and (denied := owns(hand_off, by)):
        return denied
    if to in (hand_off.taken_by, hand_off.offered_to):
        return Denial.WITH_THEM_ALREADY
    passed = replace(loosen(hand_off, now), reach=Reach.ONE, offered_to=to)
    due = min(_later(now, route.one_has, team), _head_due(route, team, passed, now))
    return replace(passed, due_at=due)


def recipients(hand_off: HandOff, team: Team, now: datetime) -> tuple[int, ...]:
    """Name those who are to see the lead's card now."""
    match hand_off.reach:
        case Reach.WAITING:
            return ()
        case Reach.ONE:
            return (hand_off.offered_to,) if hand_off.offered_to is not None else ()
        case Reach.TEAM:
            return team.present(now)
        case Reach.HEAD:
            return tuple(dict.fromkeys((*team.present(now), *team.heads)))


def _begin(route: HotRoute, wanted: Wanted, team: Team, hand_off: HandOff, now: datetime) -> HandOff:
    opens = next_working(now, *team.calendars)
    if opens is None:  # nobody is there, and nobody said when somebody will be
        due = _later(now, route.take_within, team)
        return replace(hand_off, reach=Reach.HEAD, round=0, due_at=due)
    if opens > now:
        return replace(hand_off, reach=Reach.WAITING, round=0, due_at=opens)
    counted = None if now == hand_off.offered_at else now
    return _offered(route, wanted, team, replace(hand_off, round=0, counted_from=counted), now)


def _offered(route: HotRoute, wanted: Wanted, team: Team, hand_off: HandOff, now: datetime) -> HandOff:
    """Offer a lead to one, or to the team when there is no other one to ask."""
    head = _head_due(route, team, hand_off, now)
    one = choose(route, wanted, team, hand_off.tried, now)
    if one is not None:
        due = min(_later(now, route.one_has, team), head)
        return replace(hand_off, reach=Reach.ONE, offered_to=one, due_at=due)
    due = head if hand_off.round or hand_off.tried else min(_later(now, route.take_within, team), head)
    return replace(hand_off, reach=Reach.TEAM, due_at=due)


def _head_due(route: HotRoute, team: Team, hand_off: HandOff, now: datetime) -> datetime:
    since = hand_off.counted_from or hand_off.offered_at
    return max(_later(since, route.team_has, team), _later(now, SHORTEST_WAIT, team))


def _patience(route: HotRoute, number: int) -> timedelta:
    """Each wait for a lead that the head has too is twice as long as the one before."""
    doublings: int = min(number - ESCALATED, 16)
    return min(route.team_has * (1 << doublings), LONGEST_WAIT)


def _later(moment: datetime, length: timedelta, team: Team) -> datetime:
    """Return when so much of the team's working time has passed; of a team that is never there, of any time."""
    return after(moment, length, *team.calendars) or moment + length


def _spent(hand_off: HandOff, team: Team, now: datetime) -> timedelta:
    """Return how much of the team's working time the lead has waited."""
    return worked_between(hand_off.counted_from or hand_off.offered_at, now, *team.calendars)
