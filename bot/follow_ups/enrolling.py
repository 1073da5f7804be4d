"""Enrols a lead into a sequence, if they agreed to follow-ups, until something ends it."""

from __future__ import annotations

from bot.work import Work
from qualification.quiz import Quiz
from qualification.sequences import due_at
from storage.enrolments import EndReason
from storage.records import Prospect


async def enrol(work: Work, prospect: Prospect, lead_id: int, quiz: Quiz, revision: int, sequence: str) -> bool:
    """Begin a sequence, or go on with it where the lead left it; tell whether there is anything to send.

    Without a live consent for follow-ups there never is.
    """
    last_step = await work.unit.enrolments.last_step(lead_id, quiz.quiz, sequence)
    first = quiz.follow_up_after(sequence, last_step)
    if first is None or prospect.blocked_at is not None:
        return False
    if await work.unit.consents.live(prospect.id, "follow_ups", work.now) is None:
        await work.note("not_enrolled", prospect.id, lead=lead_id, reason="no consent")
        return False
    due = due_at(first, work.now, quiz.timezone)
    await work.unit.enrolments.enrol(lead_id, prospect.id, quiz.quiz, revision, sequence, last_step, due, work.now)
    await work.note("enrolled", prospect.id, lead=lead_id, sequence=sequence, due=due.isoformat())
    return True


async def stop_follow_ups(work: Work, prospect: Prospect, reason: EndReason) -> None:
    """End every sequence of a person, and take back what already waits to be sent."""
    await work.unit.enrolments.stop(prospect.id, reason, work.now)
    await work.unit.outbox.drop_follow_ups(prospect.telegram_id, work.now)
