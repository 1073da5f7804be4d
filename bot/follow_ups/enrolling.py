"""Enrols a lead into a sequence, if they agreed to follow-ups, until something ends it."""

from __future__ import annotations

from bot.follow_ups.asking import let_question_go
from bot.work import Work
from qualification.follow_ups import StopOn
from qualification.quiz import Quiz
from qualification.sequences import carried_over, due_at, zone_of
from storage.enrolments import EndReason
from storage.records import Enrolment, Prospect


async def enrol(
    work: Work, prospect: Prospect, lead_id: int, quiz: Quiz, revision: int, name: str, *, stays: bool = False
) -> bool:
    """Begin a sequence, or go on with it where the lead left it; tell whether there is anything to send.

    Without a live consent for follow-ups there never is. Who begins gets the sequence as it is now; whoever
    `stays` in their revision, as it is there.
    """
    if not stays:
        quiz, revision = await _newest(work, quiz, revision, name)
    sequence, last_step = quiz.sequences[name], None
    left = await work.unit.enrolments.left_at(lead_id, quiz.quiz, name)
    if left is not None:
        last_step = left.last_step
        if left.revision != revision:
            before = (await work.quiz(quiz.quiz, left.revision)).sequences.get(name)
            last_step = carried_over(before.ids if before else (), sequence, last_step)
    first = sequence.after(last_step)
    if first is None or prospect.blocked_at is not None:
        return False
    if await work.unit.consents.live(prospect.id, "follow_ups", work.now) is None:
        await work.note("not_enrolled", prospect.id, lead=lead_id, reason="no consent")
        return False
    due = due_at(sequence, first, work.now, zone_of(quiz.timezone, prospect.timezone))
    await work.unit.enrolments.enrol(lead_id, prospect.id, quiz.quiz, revision, name, last_step, due, work.now)
    await let_speak(work, lead_id, prospect.id)
    await work.note("enrolled", prospect.id, lead=lead_id, sequence=name, due=due.isoformat())
    return True


async def let_speak(work: Work, lead_id: int, account: int) -> None:
    """Let one account of a person get follow-ups, of all whose leads are merged: nobody hears everything twice."""
    for other in await work.unit.merges.group(lead_id):
        enrolment = await work.unit.enrolments.last_of(other)
        if enrolment is not None and enrolment.ended_at is None and enrolment.prospect_id != account:
            prospect = await work.unit.prospects.by_id(enrolment.prospect_id)
            await stop_one(work, prospect, enrolment, EndReason.MERGED)


async def go_on_apart(work: Work, lead_id: int) -> None:
    """Let a lead that was parted from others go on with the sequence that ended when they were merged."""
    enrolment, lead = await work.unit.enrolments.last_of(lead_id), await work.unit.leads.by_id(lead_id)
    if enrolment is None or enrolment.end_reason != EndReason.MERGED or lead.closed_at is not None:
        return
    prospect = await work.unit.prospects.by_id(enrolment.prospect_id)
    quiz = await work.quiz(enrolment.quiz, enrolment.revision)
    await enrol(work, prospect, lead_id, quiz, enrolment.revision, enrolment.sequence, stays=True)


async def branch(work: Work, prospect: Prospect, enrolment: Enrolment, step: str, to: str) -> None:
    """Leave a sequence after a step, for another one of the same revision."""
    quiz = await work.quiz(enrolment.quiz, enrolment.revision)
    await work.unit.enrolments.end(enrolment.id, EndReason.BRANCHED, work.now, step)
    facts = {"sequence": enrolment.sequence, "step": step, "to": to}
    await work.note("branched", prospect.id, lead=enrolment.lead_id, **facts)
    await enrol(work, prospect, enrolment.lead_id, quiz, enrolment.revision, to, stays=True)


async def stop_follow_ups(work: Work, prospect: Prospect, reason: EndReason) -> None:
    """End every sequence of a person, and take back what already waits to be sent.

    Somebody who is handed off only leaves the sequences that are to end by it.
    """
    if reason is not EndReason.HANDED_OFF:
        await work.unit.enrolments.stop(prospect.id, reason, work.now)
        await work.unit.outbox.drop_follow_ups(prospect.telegram_id, work.now)
        await let_question_go(work, prospect, await work.unit.sessions.latest(prospect.id))
        return
    await work.unit.outbox.drop_broadcasts(prospect.telegram_id, work.now)  # a human has the chat now
    for enrolment in await work.unit.enrolments.active_of(prospect.id):
        sequence = (await work.quiz(enrolment.quiz, enrolment.revision)).sequences[enrolment.sequence]
        if StopOn.TAKEN in sequence.stop_on:
            await stop_one(work, prospect, enrolment, reason)


async def stop_one(work: Work, prospect: Prospect, enrolment: Enrolment, reason: EndReason) -> None:
    """End one sequence, and take back what of it already waits to be sent."""
    if await work.unit.enrolments.end(enrolment.id, reason, work.now):
        facts = {"sequence": enrolment.sequence, "reason": str(reason)}
        await work.note("sequence_ended", prospect.id, lead=enrolment.lead_id, **facts)
    await work.unit.outbox.drop_of(enrolment.id, prospect.telegram_id, work.now)
    latest, lead = await work.unit.sessions.latest(prospect.id), await work.unit.leads.by_id(enrolment.lead_id)
    if latest is not None and latest.id == lead.session_id:  # what another quiz's sequence asks stays open
        await let_question_go(work, prospect, latest)


async def _newest(work: Work, quiz: Quiz, revision: int, name: str) -> tuple[Quiz, int]:
    """Return the newest revision that has the sequence: what is begun now is begun as it is now."""
    number = await work.unit.quizzes.newest_number(quiz.quiz)
    if number is None or number == revision:
        return quiz, revision
    newest = await work.quiz(quiz.quiz, number)
    return (newest, number) if name in newest.sequences else (quiz, revision)
