"""Who may see the numbers, and who may change what sources cost."""

from __future__ import annotations

from bot.work import Work


async def may_see(work: Work, telegram_id: int) -> bool:
    """Tell whether somebody may look at the numbers."""
    return telegram_id in work.setup.admins


async def may_change(work: Work, telegram_id: int) -> bool:
    """Tell whether somebody may enter and remove costs."""
    return telegram_id in work.setup.admins
