"""What people do with follow-ups: open a link, or want no more of them."""

from __future__ import annotations

from bot.conversation.earning import earn
from bot.conversation.qualifying import rescore
from bot.follow_ups.enrolling import stop_follow_ups
from bot.privacy.withdrawing import record_withdrawal
from bot.telegram.requests import LinkButton, SendText
from bot.telegram.updates import TapReceived
from bot.texts import plain, say
from bot.work import Work
from qualification.activity import tapped
from storage.enrolments import EndReason
from storage.records import Method, Prospect


async def open_material(work: Work, prospect: Prospect, enrolment_id: int, step: str, tap: TapReceived) -> None:
    """Show a follow-up's link and give its points, once; the lead may become hot by it."""
    enrolment = await work.unit.enrolments.by_id(enrolment_id)
    language = work.language_of(prospect)
    if enrolment is None or enrolment.prospect_id != prospect.id:
        await work.answer_tap(tap.tap_id, plain(language, "tap.unknown"))
        return
    quiz = await work.quiz(enrolment.quiz, enrolment.revision)
    follow_up = quiz.follow_up(enrolment.sequence, step)
    if follow_up is None or follow_up.button is None:
        await work.answer_tap(tap.tap_id, plain(language, "follow_up.gone"))
        return
    button = follow_up.button
    await work.answer_tap(tap.tap_id, plain(language, "follow_up.opened"))
    text = quiz.read(button.text, language)
    await work.send(
        SendText(
            chat_id=prospect.telegram_id,
            html=say(language, "follow_up.link"),
            buttons=((LinkButton(text=text, url=button.link),),),
        )
    )
    await work.unit.enrolments.reacted(enrolment.id)
    lead = await work.unit.leads.by_id(enrolment.lead_id)
    if lead.closed_at is not None:
        return
    deed = tapped(button.kind, f"{enrolment.sequence}/{step}", work.now)
    once = f"link:{enrolment.quiz}:{enrolment.sequence}:{step}"
    points = await earn(work, lead, enrolment.revision, deed, once)
    if points is not None:
        await work.note("opened_link", prospect.id, lead=lead.id, kind=button.kind, points=points)
        await rescore(work, prospect, lead, reacted=True)


async def unsubscribe(work: Work, prospect: Prospect, tap: TapReceived | None, update_id: int) -> None:
    """Stop every follow-up to this person, also those that already wait to be sent."""
    language = work.language_of(prospect)
    method = Method.COMMAND if tap is None else Method.BUTTON
    words = "/stop" if tap is None else plain(language, "follow_up.unsubscribe")
    message_id = tap.message_id if tap else None
    await record_withdrawal(
        work, prospect, "follow_ups", method, words, message_id=message_id, update_id=update_id
    )
    await stop_follow_ups(work, prospect, EndReason.UNSUBSCRIBED)
    await work.unit.sessions.leave_alone(prospect.id, work.now)
    if tap is not None:
        await work.answer_tap(tap.tap_id)
    await work.send(SendText(chat_id=prospect.telegram_id, html=say(language, "stop.done")))
