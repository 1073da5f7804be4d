"""Who may see the numbers, who may change what sources cost, and who may take the leads along."""

from __future__ import annotations

from bot.teams.permissions import role_of, runs_things
from bot.work import Work
from storage.members import Role


async def may_see(work: Work, telegram_id: int) -> bool:
    """Tell whether somebody may look at the numbers: viewers may, too."""
    role = await role_of(work, telegram_id)
    return role is not None and (role.runs_things or role is Role.VIEWER)


async def may_change(work: Work, telegram_id: int) -> bool:
    """Tell whether somebody may enter and remove costs."""
    return await runs_things(work, telegram_id)


async def may_export(work: Work, telegram_id: int) -> bool:
    """Tell whether somebody may have all leads in a file: viewers see numbers, and nobody's phone."""
    return await runs_things(work, telegram_id)
