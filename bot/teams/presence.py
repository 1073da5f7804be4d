"""Who of the staff can be reached: noticed at once when not, and never with a lead waiting for them alone."""

from __future__ import annotations

from collections.abc import Callable, Coroutine

import structlog

from bot.hand_off.offering import offer_again, pass_on
from bot.teams.groups import gone
from bot.teams.permissions import admins, works_here
from bot.teams.roster import ensure_member
from bot.telegram.requests import SendText
from bot.texts import say
from bot.work import Work
from storage.records import Kind, StoredHandOff

log = structlog.get_logger()


async def lost(work: Work, telegram_id: int, reason: str) -> None:
    """Somebody blocked the bot, or never started it: if they work here it is an alarm, and their offers go on.

    So does what they took in a group, if nothing of it ever reached them in private.
    """
    if telegram_id < 0:
        await gone(work, telegram_id, reason)
        return
    if not await works_here(work, telegram_id):
        return
    member = await ensure_member(work, telegram_id)
    if member is None or not await work.unit.members.unreachable(telegram_id, work.now):
        return  # everybody knows by now
    await work.note("unreachable", None, manager=telegram_id)
    log.error("staff_unreachable", telegram_id=telegram_id, reason=reason)
    for admin in await admins(work):
        if admin != telegram_id:
            text = say(await work.staff_language(admin), "alarm.unreachable", name=member.name, reason=reason)
            await work.send(SendText(chat_id=admin, html=text), Kind.HAND_OFF)
    for stored in await work.unit.hand_offs.offered_only_to(telegram_id):
        await _go_on(work, stored, pass_on)
    for stored in await work.unit.hand_offs.taken_by(telegram_id):
        cards = await work.unit.hand_offs.cards(stored.id)
        if all(card.chat_id != telegram_id for card in cards):
            await _go_on(work, stored, offer_again)


async def _go_on(
    work: Work, stored: StoredHandOff, offer: Callable[[Work, StoredHandOff], Coroutine[None, None, None]]
) -> None:
    try:
        async with work.unit.attempt():
            await offer(work, stored)
    except Exception as error:  # noqa: BLE001 - the message's fate must be written down; the timer goes on
        log.error("not_passed_on", hand_off=stored.id, error=type(error).__name__)  # noqa: TRY400 - no texts


async def seen(work: Work, telegram_id: int) -> None:
    """Somebody who works here wrote or tapped: they can be reached."""
    if await work.unit.members.unreachable(telegram_id, None):
        await work.note("reachable", None, manager=telegram_id)
