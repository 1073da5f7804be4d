"""Who is in a team right now, as the rules of assignment see it."""

from __future__ import annotations

import json
from datetime import date

from bot.teams.permissions import admins, built_in_role
from bot.work import Work
from qualification.assignment import Manager, Team
from qualification.working_time import Calendar
from storage.members import NO_TEAM, Member

HOLIDAYS = "holidays"
"""Under this name the house's free days are kept, as JSON."""


async def team_of(work: Work, name: str) -> Team:
    """Return a team: its members, and the settings' managers who belong to no other team.

    Where nobody is a manager the owner and the admins get the leads; where nobody is a head, all of them are.
    """
    members = {member.telegram_id: member for member in await work.unit.members.all()}
    loads = await work.unit.hand_offs.loads()
    joined = [number for number, each in members.items() if each.team == name and each.role.takes_leads]
    built_in = [number for number in work.setup.managers if _belongs(members.get(number), name)]
    numbers = tuple(dict.fromkeys((*built_in, *joined))) or await admins(work)
    heads = tuple(number for number in joined if members[number].is_head) or await admins(work)
    free, zone = await holidays(work), await house_timezone(work)
    managers = tuple(_manager(number, members.get(number), loads.get(number, 0), free, zone) for number in numbers)
    return Team(managers, heads, joined=bool(joined))


async def ensure_member(work: Work, telegram_id: int, name: str = "") -> Member | None:
    """Return a member; one of the settings' people who has no row yet gets one. None for prospects."""
    member = await work.unit.members.of(telegram_id)
    role = built_in_role(work.setup, telegram_id)
    if member is not None or role is None:
        return member
    known = await work.unit.prospects.by_telegram_id(telegram_id)
    called = name or (known.first_name if known else str(telegram_id))
    await work.unit.members.join(telegram_id, called, role, NO_TEAM, work.now)
    return await work.unit.members.of(telegram_id)


async def is_reachable(work: Work, telegram_id: int) -> bool:
    """Tell whether somebody gets what is sent to them, as far as is known."""
    member = await work.unit.members.of(telegram_id)
    return member is None or member.unreachable_since is None


async def teams(work: Work) -> tuple[str, ...]:
    """Name every team: those that quizzes send leads to, and those that have members."""
    routed = [quiz.routing.hot.team for quiz in await work.newest_quizzes()]
    peopled = [member.team for member in await work.unit.members.all() if member.team != NO_TEAM]
    return tuple(dict.fromkeys((*routed, *peopled)))


async def house_timezone(work: Work) -> str:
    """Return the zone in which the staff read times that belong to nobody: the first quiz's."""
    quiz = await work.newest_quiz()
    return quiz.timezone if quiz else "UTC"


async def holidays(work: Work) -> frozenset[date]:
    """Return the days on which nobody of the house works."""
    kept = await work.unit.states.read(HOLIDAYS)
    return frozenset(date.fromisoformat(day) for day in json.loads(kept or "[]"))


async def calendar_of(work: Work, member: Member) -> Calendar:
    """Return when a member works: their own week and absences, and the house's holidays."""
    return _with(member.calendar, await holidays(work))


def _with(calendar: Calendar, free: frozenset[date]) -> Calendar:
    return calendar.model_copy(update={"holidays": calendar.holidays | free}) if free else calendar


def _belongs(member: Member | None, team: str) -> bool:
    return member is None or member.team in (NO_TEAM, team)


def _manager(number: int, member: Member | None, open_leads: int, free: frozenset[date], zone: str) -> Manager:
    if member is None:
        return Manager(number, open_leads=open_leads, calendar=_with(Calendar(timezone=zone), free))
    return Manager(
        number,
        member.languages,
        member.skills,
        member.capacity,
        open_leads,
        _with(member.calendar, free),
        member.unreachable_since is None,
        member.assigned_at,
    )
