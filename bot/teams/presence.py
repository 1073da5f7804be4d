"""Who of the staff can be reached: noticed at once when not, and never with a lead waiting for them alone."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from bot.hand_off.card import isolated, lead_name
from bot.hand_off.gathering import gather
from bot.hand_off.offering import offer_again, pass_on
from bot.hand_off.showing import send_cards
from bot.teams.groups import gone
from bot.teams.permissions import admins, works_here
from bot.teams.roster import ensure_member, team_of
from bot.telegram.requests import SendText
from bot.texts import say
from bot.work import Work
from qualification.handoff import Phase
from storage.errors import DatabaseFailedError
from storage.members import Member
from storage.messages import Kind
from storage.records import StoredHandOff

log = structlog.get_logger()


async def lost(work: Work, telegram_id: int, reason: str) -> None:
    """Somebody blocked the bot, or never started it: if they work here it is an alarm, and their leads go on.

    What nobody has been in touch with is offered anew; who else can look after the others is for the heads to say.
    """
    if telegram_id < 0:
        await gone(work, telegram_id, reason)
        return
    member = await ensure_member(work, telegram_id) if await works_here(work, telegram_id) else None
    if member is None:
        return
    is_news = await work.unit.members.unreachable(telegram_id, work.now)
    if is_news:
        await work.note("unreachable", None, manager=telegram_id)
        log.error("staff_unreachable", telegram_id=telegram_id, reason=reason)
        await _tell_admins(work, member, reason)
    for stored in await work.unit.hand_offs.offered_only_to(telegram_id):
        await _try(work, stored, pass_on)
    for stored in await work.unit.hand_offs.taken_by(telegram_id):
        if stored.state.phase is Phase.TAKEN:
            await _try(work, stored, offer_again)
        elif is_news:
            await _try(work, stored, _show_heads)


async def seen(work: Work, telegram_id: int) -> None:
    """Somebody who works here wrote or tapped: they can be reached."""
    if await work.unit.members.unreachable(telegram_id, None):
        await work.note("reachable", None, manager=telegram_id)


async def _tell_admins(work: Work, member: Member, reason: str) -> None:
    for admin in await admins(work):
        if admin != member.telegram_id:
            language = await work.staff_language(admin)
            text = say(language, "alarm.unreachable", name=isolated(member.name), reason=reason)
            await work.send(SendText(chat_id=admin, html=text), Kind.HAND_OFF)


async def _show_heads(work: Work, stored: StoredHandOff) -> None:
    """Show the card of a lead whose owner is gone to those who can pass it on."""
    owner, dossier = stored.state.taken_by or 0, await gather(work, stored)
    heads = (await team_of(work, stored.team)).heads
    chats = [head for head in heads if head != owner] or [admin for admin in await admins(work) if admin != owner]
    for chat in chats:
        text = say(
            await work.staff_language(chat),
            "alarm.owner_gone",
            name=dossier.name(owner),
            lead=lead_name(dossier.lead),
        )
        await work.send(SendText(chat_id=chat, html=text), Kind.HAND_OFF)
    await send_cards(work, dossier, chats)


async def _try(
    work: Work, stored: StoredHandOff, doing: Callable[[Work, StoredHandOff], Coroutine[Any, Any, None]]
) -> None:
    """Let a lead go on; where that fails, the others go on all the same, and so does whoever noticed."""
    try:
        async with work.unit.attempt():
            await doing(work, stored)
    except DatabaseFailedError:
        raise
    except Exception as error:  # noqa: BLE001 - the message's fate must be written down; a timer goes on
        log.error("not_passed_on", hand_off=stored.id, error=type(error).__name__)  # noqa: TRY400 - no texts
