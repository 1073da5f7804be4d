"""Writes down what a lead does, each deed once, with the points that the quiz gives for it."""

from __future__ import annotations

from bot.work import Work
from qualification.activity import earned, finished
from qualification.score import Entry
from storage.records import Lead, StoredSession


async def earn(
    work: Work, lead: Lead, revision: int, deed: Entry, once: str, session_id: int | None = None
) -> int | None:
    """Write a deed into the ledger and return the points it gave; None when it was there already.

    Deeds that give nothing are written too: under other rules they may count (`hotlead rescore`).
    """
    quiz = await work.quiz(lead.quiz, revision)
    entry, *cap = earned(quiz, deed, await work.unit.ledger.entries(lead))
    if not await work.unit.ledger.enter(lead, revision, [entry], session_id, once):
        return None
    await work.unit.ledger.enter(lead, revision, cap, session_id, once)
    return entry.points + sum(each.points for each in cap)


async def earn_by_finishing(work: Work, lead: Lead, stored: StoredSession) -> None:
    """Write down how long the whole quiz took; finishing once more after a changed answer is not counted."""
    session = stored.session
    if session.ended_at is not None:
        deed = finished(session.ended_at - session.started_at, work.now)
        await earn(work, lead, session.revision, deed, f"speed:{stored.id}", stored.id)
