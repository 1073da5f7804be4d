"""Reminds a manager of a lead at the time they chose."""

from __future__ import annotations

from datetime import datetime

from bot.hand_off.card import isolated, lead_name
from bot.hand_off.gathering import gather
from bot.hand_off.showing import renew_cards
from bot.hand_off.taking import note
from bot.telegram.requests import SendText
from bot.texts import say
from bot.work import Work
from qualification.handoff import Denial, call_later, called
from storage.messages import Kind
from storage.records import Prospect, StoredHandOff


async def call_back(work: Work, manager: Prospect, stored: StoredHandOff, at: datetime) -> Denial | None:
    """Remind the manager at that time; return why not."""
    changed = call_later(stored.state, manager.telegram_id, at)
    if isinstance(changed, Denial):
        return changed
    stored = await work.unit.hand_offs.save(stored, changed)
    await note(work, await gather(work, stored), manager, "call_later")
    await renew_cards(work, stored)
    return None


async def call_due(work: Work, stored: StoredHandOff) -> None:
    """Remind the manager now, below the card."""
    manager = stored.state.taken_by
    stored = await work.unit.hand_offs.save(stored, called(stored.state))
    await renew_cards(work, stored)
    if manager is None:
        return
    dossier = await gather(work, stored)
    language = await work.staff_language(manager)
    phones = [contact.value for contact in dossier.contacts]
    text = say(
        language,
        "call.now",
        name=isolated(dossier.prospect.first_name),
        lead=lead_name(dossier.lead),
        contact=" · ".join(phones) or "—",
    )
    below = await card_message(work, stored, manager)
    await work.send(SendText(chat_id=manager, html=text, reply_to=below), Kind.DIALOG, hand_off_id=stored.id)


async def card_message(work: Work, stored: StoredHandOff, chat_id: int) -> int | None:
    """Return the newest card of a hand-off in a chat: what stands below it is a reply to it."""
    cards = [card for card in await work.unit.hand_offs.cards(stored.id) if card.chat_id == chat_id]
    return next((card.message_id for card in reversed(cards) if card.message_id is not None), None)
