"""Questions inside sequences: asked in the lead's own session once that is finished, and let go in the end."""

from __future__ import annotations

from datetime import datetime

from bot.conversation.buttons import Panel
from bot.conversation.presenting import question, question_text, variables
from bot.conversation.wording import Wording
from bot.telegram.requests import EditText
from bot.texts import Html
from bot.work import Work
from dialogs.engine import ask_beside, let_go, open_step
from qualification.follow_ups import Aside
from qualification.quiz import Quiz
from storage.messages import Kind
from storage.records import Enrolment, Prospect, StoredSession


async def can_ask(work: Work, prospect: Prospect, stored: StoredSession | None) -> bool:
    """Tell whether a question would be understood: not while somebody is in the middle of a quiz."""
    if stored is None or not stored.session.over:
        return False
    latest = await work.unit.sessions.latest(prospect.id)
    return latest is not None and latest.id == stored.id


async def ask(
    work: Work,
    prospect: Prospect,
    stored: StoredSession,
    quiz: Quiz,
    enrolment: Enrolment,
    asked: Aside,
    consent: int,
    language: str,
    not_after: datetime | None,
) -> None:
    """Ask a question of a sequence. From now on the session goes by the revision that asks."""
    there = {"revision": enrolment.revision, "language": language}
    session = ask_beside(stored.session.model_copy(update=there), asked.id)
    await work.unit.sessions.save(stored, session)
    values = variables(quiz, session, prospect.first_name, language)
    panel = Panel(quiz, session, stored.id, prospect.first_name, work.now)
    request = question(panel, asked, prospect.telegram_id, values)
    sent = await work.send(
        request,
        Kind.FOLLOW_UP,
        enrolment_id=enrolment.id,
        consent_id=consent,
        not_after=not_after,
        after_step=enrolment.last_step,
    )
    await work.unit.sessions.wait_for(stored.id, None, None, asked_in=sent)


async def let_question_go(work: Work, prospect: Prospect, stored: StoredSession | None) -> None:
    """Take back a question of a sequence that nobody answered: what is written from now on is no answer to it."""
    if stored is None or not stored.session.finished or stored.session.over:
        return
    session = stored.session
    quiz = await work.quiz(session.quiz, session.revision)
    step = open_step(quiz, session)
    await work.unit.sessions.save(stored, let_go(session))
    if step is None or stored.asked_in is None:
        return
    values = variables(quiz, session, prospect.first_name, session.language)
    words = Wording(quiz, session.language).say("follow_up.let_go")
    html = Html(f"{question_text(quiz, step, session.language, values)}\n\n<i>{words}</i>")
    await work.send(EditText(chat_id=prospect.telegram_id, html=html), edits=stored.asked_in)
