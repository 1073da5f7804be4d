"""Who may do what: asked on every tap and command, of the members and of the settings."""

from __future__ import annotations

from bot.work import Setup, Work
from storage.members import RANKS, Role


async def role_of(work: Work, telegram_id: int) -> Role | None:
    """Return what somebody is here; None for prospects. The settings' people are built in."""
    built_in = built_in_role(work.setup, telegram_id)
    member = await work.unit.members.of(telegram_id)
    roles = {role for role in (built_in, member.role if member else None) if role is not None}
    return min(roles, key=RANKS.index, default=None)


def built_in_role(setup: Setup, telegram_id: int) -> Role | None:
    """Return what the settings make somebody."""
    if telegram_id in setup.admins:
        return Role.ADMIN
    return Role.MANAGER if telegram_id in setup.managers else None


async def works_here(work: Work, telegram_id: int) -> bool:
    """Tell whether somebody works here, in whatever role."""
    return await role_of(work, telegram_id) is not None


async def takes_leads(work: Work, telegram_id: int) -> bool:
    """Tell whether somebody may take a lead, and do something about it."""
    role = await role_of(work, telegram_id)
    return role is not None and role.takes_leads


async def runs_things(work: Work, telegram_id: int) -> bool:
    """Tell whether somebody decides here: the owner, an admin."""
    role = await role_of(work, telegram_id)
    return role is not None and role.runs_things


async def admins(work: Work) -> tuple[int, ...]:
    """Name everybody who is told of what needs an admin's attention."""
    members = [member.telegram_id for member in await work.unit.members.all() if member.role.runs_things]
    return tuple(dict.fromkeys((*work.setup.admins, *members)))
