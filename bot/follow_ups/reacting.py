"""What people do with follow-ups: react, answer a question, go on, or want no more of them."""

from __future__ import annotations

from bot.follow_ups.enrolling import branch, enrol, stop_follow_ups, stop_one
from bot.follow_ups.knowing import known_of
from bot.privacy.withdrawing import record_withdrawal
from bot.telegram.requests import EditText, SendText
from bot.telegram.updates import TapReceived
from bot.texts import plain, say
from bot.work import Work
from dialogs.answers import Choice
from dialogs.steps import ChoiceQuestion
from qualification.follow_ups import StopOn
from qualification.quiz import Quiz
from qualification.sequences import reached_goal
from storage.enrolments import EndReason
from storage.records import Method, Prospect, StoredSession


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
