"""What a prospect hears who became hot when nobody is at work: honestly, when somebody answers."""

from __future__ import annotations

from bot.conversation.wording import Wording
from bot.texts import Html, when
from bot.work import Work
from qualification.handoff import Reach
from qualification.score import Band
from storage.records import Prospect, StoredSession


async def answered_later(work: Work, prospect: Prospect, stored: StoredSession, band: Band | None) -> Html | None:
    """Say when somebody answers: «on Monday at 09:00»; None where somebody is at work."""
    if band is not Band.HOT or stored.is_test:
        return None
    session = stored.session
    lead = await work.unit.leads.of(prospect.id, session.quiz)
    offered = await work.unit.hand_offs.open_of(lead.id) if lead else None
    if offered is None or offered.state.reach is not Reach.WAITING or offered.state.due_at is None:
        return None
    quiz = await work.quiz(session.quiz, session.revision)
    moment = when(session.language, offered.state.due_at, work.now, prospect.timezone or quiz.timezone)
    return Wording(quiz, session.language).say("happens.later", when=moment)
