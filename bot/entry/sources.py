"""Sources by name: what a prospect said about where they come from, and how a source is shown to managers."""

from __future__ import annotations

from bot.texts import plain
from bot.work import Work
from dialogs.answers import Answer, Choice
from dialogs.document import ChoiceQuestion, Dialog
from storage.records import Prospect, StoredSession

UNKNOWN = "unknown"
"""Somebody came by a link that carries nothing of ours."""
REFERRAL = "referral"
"""Somebody came by another prospect's own link."""
SAID = "said:"
"""What the prospect said begins with this; no deep link can carry a colon."""


def is_known(source: str | None) -> bool:
    """Tell whether a source says anything: if not, the prospect is asked."""
    return source is not None and source != UNKNOWN


def heard_question(quiz: Dialog) -> ChoiceQuestion | None:
    """Return the question «where did you hear of us», if the quiz has one."""
    asked = (step for step in quiz.steps if isinstance(step, ChoiceQuestion) and step.heard_from)
    return next(asked, None)


async def heard(
    work: Work, prospect: Prospect, stored: StoredSession, step: object, answer: Answer
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


def source_name(quiz: Dialog, source: str, language: str) -> str:
    """Say a source in words that a manager understands."""
    if source == UNKNOWN:
        return plain(language, "source.unknown")
    if source == REFERRAL:
        return plain(language, "source.referral")
    question, chosen = heard_question(quiz), source.removeprefix(SAID)
    if source != chosen and question is not None and chosen in question.by_id:
        return plain(language, "source.said", what=quiz.read(question.by_id[chosen].text, language))
    return source
