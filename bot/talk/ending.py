"""Ends a talk: the chat goes back to the quiz where it stood, or nothing more comes by itself."""

from __future__ import annotations

from bot.conversation import walking
from bot.hand_off.buttons import NextStep
from bot.hand_off.card import isolated
from bot.telegram.requests import SendText
from bot.texts import say
from bot.work import Work
from dialogs.session import Resumed
from storage.records import Prospect, StoredHandOff


async def end(work: Work, manager: Prospect, stored: StoredHandOff, step: NextStep) -> None:
    """Tell the prospect that the talk is over, and what comes next."""
    lead = await work.unit.leads.by_id(stored.lead_id)
    prospect = await work.unit.prospects.by_id(lead.prospect_id)
    await work.note("talk_ended", prospect.id, lead=lead.id, manager=manager.telegram_id, next=step)
    session = await work.unit.sessions.latest(prospect.id)
    goes_on = step is NextStep.QUIZ and session is not None and not session.session.over
    key = "talk.back_to_quiz" if goes_on else "talk.over"
    text = say(work.language_of(prospect), key, name=isolated(manager.first_name))
    await work.send(SendText(chat_id=prospect.telegram_id, html=text))
    if goes_on and session is not None:
        await walking.go_on(work, prospect, session, Resumed())
    else:
        # The manager chose that nothing more comes: neither does a reminder of a question left open.
        await work.unit.sessions.leave_alone(prospect.id, work.now)
