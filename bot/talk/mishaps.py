"""Tells a manager that a message did not reach the lead: blocked, gone, or refused by Telegram."""

from __future__ import annotations

from bot.hand_off.calling import card_message
from bot.hand_off.card import isolated, lead_name
from bot.telegram.requests import SendText
from bot.texts import say
from bot.work import Work
from storage.messages import Kind
from storage.records import Prospect


async def not_delivered(work: Work, copy_id: int, reason: str) -> None:
    """Tell the manager whose message an outbox row carried in vain, below that message."""
    passed = await work.unit.talk.carried_by(copy_id)
    if passed is None or not passed.from_manager:
        return
    language = await work.staff_language(passed.chat_id)
    text = say(language, "talk.not_delivered", lead=f"#{passed.lead_id}", reason=reason)
    await work.send(SendText(chat_id=passed.chat_id, html=text, reply_to=passed.message_id), Kind.HAND_OFF)


async def left(work: Work, prospect: Prospect) -> None:
    """Tell the manager who has the chat that the prospect blocked the bot."""
    stored = await work.unit.hand_offs.talking_with(prospect.id)
    manager = stored.state.taken_by if stored else None
    if stored is None or manager is None:
        return
    lead = await work.unit.leads.by_id(stored.lead_id)
    language = await work.staff_language(manager)
    text = say(language, "talk.left", name=isolated(prospect.first_name), lead=lead_name(lead))
    below = await card_message(work, stored, manager)
    await work.send(SendText(chat_id=manager, html=text, reply_to=below), hand_off_id=stored.id)
