"""Sends the follow-ups that are due: the text is written now, not when it was planned."""

from __future__ import annotations

from bot.conversation.earning import earn
from bot.conversation.presenting import variables, written
from bot.conversation.qualifying import rescore
from bot.telegram.requests import Buttons, SendText, TapButton
from bot.telegram.taps import UnsubscribeTapped, encode
from bot.texts import plain
from bot.tracking.buttons import tracked
from bot.work import Work
from qualification.activity import unanswered
from qualification.quiz import FollowUp, Quiz
from qualification.sequences import due_at, next_allowed
from storage.enrolments import EndReason
from storage.records import Enrolment, Kind, Prospect


async def send_due(work: Work, enrolment: Enrolment) -> None:
    """Put the next message of a sequence into the outbox, and plan the one after it."""
    prospect = await work.unit.prospects.by_id(enrolment.prospect_id)
    consent = await work.unit.consents.live(prospect.id, "follow_ups", work.now)
    if consent is None or prospect.blocked_at is not None:
        reason = EndReason.UNSUBSCRIBED if consent is None else EndReason.BLOCKED
        await work.unit.enrolments.stop(prospect.id, reason, work.now)
        return
    quiz = await work.quiz(enrolment.quiz, enrolment.revision)
    follow_up = quiz.follow_up_after(enrolment.sequence, enrolment.last_step)
    if follow_up is None:
        await work.unit.enrolments.stop(prospect.id, EndReason.FINISHED, work.now)
        return
    allowed = next_allowed(work.now, follow_up.hours, quiz.timezone)
    if allowed > work.now:  # it was due while the bot was down, and now it is night
        await work.unit.enrolments.postpone(enrolment.id, allowed)
        return
    lead = await work.unit.leads.by_id(enrolment.lead_id)
    stored = await work.unit.sessions.by_id(lead.session_id)
    session = stored.session if stored else None
    language = quiz.speaks(prospect.chosen_language) or (session.language if session else quiz.fallback)
    values = variables(quiz, session, prospect.first_name, language)
    request = SendText(
        chat_id=prospect.telegram_id,
        html=written(quiz, follow_up.text, language, values),
        buttons=await _buttons(work, prospect, quiz, follow_up, enrolment, language),
    )
    await work.send(request, Kind.FOLLOW_UP, enrolment_id=enrolment.id, consent_id=consent)
    following = quiz.follow_up_after(enrolment.sequence, follow_up.id)
    due = due_at(following, work.now, quiz.timezone) if following else None
    silent = enrolment.unanswered + 1
    await work.unit.enrolments.advanced(enrolment, follow_up.id, silent, due, work.now)
    await work.note(
        "followed_up",
        prospect.id,
        lead=lead.id,
        sequence=enrolment.sequence,
        step=follow_up.id,
        due=due.isoformat() if due else None,
    )
    once = f"silence:{enrolment.id}:{follow_up.id}"
    if await earn(work, lead, enrolment.revision, unanswered(silent, work.now), once):
        await rescore(work, prospect, lead, reacted=False)


async def _buttons(
    work: Work, prospect: Prospect, quiz: Quiz, follow_up: FollowUp, enrolment: Enrolment, language: str
) -> Buttons:
    stop = TapButton(text=plain(language, "follow_up.unsubscribe"), data=encode(UnsubscribeTapped(enrolment.id)))
    if follow_up.button is None:
        return ((stop,),)
    open_it = await tracked(
        work,
        prospect,
        text=quiz.read(follow_up.button.text, language),
        url=follow_up.button.link,
        kind=follow_up.button.kind,
        once=f"link:{enrolment.quiz}:{enrolment.sequence}:{follow_up.id}",
        enrolment=enrolment.id,
        step=follow_up.id,
    )
    return ((open_it,), (stop,))
