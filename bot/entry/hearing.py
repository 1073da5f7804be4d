"""«Where did you hear of us»: the answer becomes the source of who came without one."""

from __future__ import annotations

from bot.entry.sources import SAID, is_known
from bot.work import Work
from dialogs.answers import Answer, Choice
from dialogs.steps import ChoiceQuestion, End, Say, Waiting
from storage.records import Prospect, StoredSession


async def heard(
    work: Work, prospect: Prospect, stored: StoredSession, step: Say | Waiting | End, answer: Answer
) -> StoredSession:
    """Keep what the prospect said about where they heard of us, if that was the question; return the session.

    A link tells more than a memory: what is known from one is not replaced.
    """
    if not isinstance(step, ChoiceQuestion) or not step.heard_from or not isinstance(answer, Choice):
        return stored
    before = stored.source
    if is_known(before) and not str(before).startswith(SAID):
        return stored
    source = f"{SAID}{answer.choice}"
    await work.unit.prospects.told_source(prospect.id, before, source)
    return await work.unit.sessions.came_from(stored, source)
