"""What people do with follow-ups: open a link, answer a question, go on, or want no more of them."""

from __future__ import annotations

from bot.conversation.earning import earn
from bot.conversation.qualifying import rescore
from bot.follow_ups.buttons import once
from bot.follow_ups.enrolling import branch, enrol, stop_follow_ups, stop_one
from bot.follow_ups.knowing import known_of
from bot.privacy.withdrawing import record_withdrawal
from bot.telegram.requests import EditText, LinkButton, SendText
from bot.telegram.updates import TapReceived
from bot.texts import plain, say
from bot.work import Work
from dialogs.answers import Choice
from dialogs.steps import ChoiceQuestion
from qualification.activity import tapped
from qualification.follow_ups import FollowUp, Material, StopOn
from qualification.quiz import Quiz
from qualification.sequences import reached_goal
from storage.enrolments import EndReason
from storage.records import Enrolment, Method, Prospect, StoredSession

REVISIONS = 20
"""How many revisions back a link is looked for that was taken out."""


async def open_material(
    work: Work, prospect: Prospect, enrolment_id: int, step: str, name: str, tap: TapReceived
) -> None:
    """Show a follow-up's link and give its points, once; the lead may become hot by it."""
    enrolment = await work.unit.enrolments.by_id(enrolment_id)
    language = work.language_of(prospect)
    if enrolment is None or enrolment.prospect_id != prospect.id:
        await work.answer_tap(tap.tap_id, plain(language, "tap.unknown"))
        return
    found = await _link(work, enrolment, step, name)
    if found is None:
        await work.answer_tap(tap.tap_id, plain(language, "follow_up.gone"))
        return
    quiz, follow_up, link = found
    await work.answer_tap(tap.tap_id, plain(language, "follow_up.opened"))
    open_it = LinkButton(text=quiz.read(link.text, language), url=link.link)
    html = say(language, "follow_up.link")
    await work.send(SendText(chat_id=prospect.telegram_id, html=html, buttons=((open_it,),)))
    lead = await work.unit.leads.by_id(enrolment.lead_id)
    if lead.closed_at is None:
        deed = tapped(link.kind, f"{enrolment.sequence}/{follow_up.place_of(link)}", work.now)
        points = await earn(work, lead, enrolment.revision, deed, once(enrolment, follow_up, link))
        if points is not None:
            await work.note("opened_link", prospect.id, lead=lead.id, kind=link.kind, points=points)
            await rescore(work, prospect, lead, reacted=True)
    await reacted(work, prospect, enrolment.id, StopOn.TAP)


async def _link(work: Work, enrolment: Enrolment, step: str, name: str) -> tuple[Quiz, FollowUp, Material] | None:
    """Return a link as it is in the enrolment's revision; one that was taken out since, as it was before."""
    for revision in range(enrolment.revision, max(enrolment.revision - REVISIONS, 0), -1):
        if revision != enrolment.revision and not await work.unit.quizzes.was_published(enrolment.quiz, revision):
            continue
        quiz = await work.quiz(enrolment.quiz, revision)
        follow_up = quiz.follow_up(enrolment.sequence, step)
        link = follow_up.link(name) if follow_up else None
        if follow_up is not None and link is not None:
            return quiz, follow_up, link
    return None


async def reacted(work: Work, prospect: Prospect, enrolment_id: int, how: StopOn) -> None:
    """Note a reaction to a sequence: the silence starts anew, and what is to end by it ends."""
    await work.unit.enrolments.reacted(enrolment_id)
    enrolment = await work.unit.enrolments.by_id(enrolment_id)
    if enrolment is None or enrolment.ended_at is not None:
        return
    quiz = await work.quiz(enrolment.quiz, enrolment.revision)
    sequence = quiz.sequences[enrolment.sequence]
    if how in sequence.stop_on:
        reason = EndReason.REPLIED if how is StopOn.REPLY else EndReason.TAPPED
        await stop_one(work, prospect, enrolment, reason)
    elif sequence.goals:
        lead = await work.unit.leads.by_id(enrolment.lead_id)
        stored = await work.unit.sessions.by_id(lead.session_id)
        goal = reached_goal(sequence, await known_of(work, quiz, sequence, lead, stored, 0))
        if goal is not None:
            name = enrolment.sequence
            await work.note("goal_reached", prospect.id, lead=lead.id, sequence=name, goal=goal)
            await stop_one(work, prospect, enrolment, EndReason.GOAL)


async def answered(work: Work, prospect: Prospect, stored: StoredSession, quiz: Quiz, question: str) -> None:
    """Go where the answer to a question of a sequence leads; its points are given already."""
    asking = next(
        (
            each
            for each in await work.unit.enrolments.active_of(prospect.id)
            if each.quiz == quiz.quiz and _asks(quiz, each.sequence, question)
        ),
        None,
    )
    if asking is None or asking.last_step is None:
        return
    answer, step = stored.session.answers.get(question), quiz.asides[question]
    chosen = (
        step.by_id.get(answer.choice) if isinstance(step, ChoiceQuestion) and isinstance(answer, Choice) else None
    )
    target = chosen.go if chosen is not None and chosen.go else step.go
    present = await work.quiz(asking.quiz, asking.revision)  # it may have been edited since it asked
    if target is not None and target in present.sequences:
        await branch(work, prospect, asking, asking.last_step, target)
    else:
        await reacted(work, prospect, asking.id, StopOn.TAP)


def _asks(quiz: Quiz, name: str, question: str) -> bool:
    sequence = quiz.sequences.get(name)
    return sequence is not None and any(
        each.question and each.question.id == question for each in sequence.messages
    )


async def go_on(work: Work, prospect: Prospect, enrolment_id: int, tap: TapReceived) -> None:
    """Go on with a sequence whose last message asked whether to stop."""
    language = work.language_of(prospect)
    enrolment = await work.unit.enrolments.by_id(enrolment_id)
    if enrolment is None or enrolment.prospect_id != prospect.id or enrolment.end_reason != EndReason.SILENT:
        await work.answer_tap(tap.tap_id, plain(language, "tap.unknown"))
        return
    if await work.unit.enrolments.active_of(prospect.id):
        await work.answer_tap(tap.tap_id, plain(language, "follow_up.goes_on"))
        return
    lead = await work.unit.leads.by_id(enrolment.lead_id)
    quiz = await work.quiz(enrolment.quiz, enrolment.revision)
    busy = lead.closed_at is not None or await work.unit.hand_offs.open_of(lead.id) is not None
    if busy or not await enrol(work, prospect, lead.id, quiz, enrolment.revision, enrolment.sequence, stays=True):
        await work.answer_tap(tap.tap_id, plain(language, "tap.stale"))
        return
    await work.answer_tap(tap.tap_id, plain(language, "follow_up.goes_on"))
    if tap.message_id is not None:
        html = say(language, "follow_up.going_on")
        await work.send(EditText(chat_id=prospect.telegram_id, html=html, message_id=tap.message_id))


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
