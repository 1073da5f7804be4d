"""The names of sources: what each means, and how it is shown to managers."""

from __future__ import annotations

from bot.texts import plain
from dialogs.document import Dialog
from dialogs.steps import ChoiceQuestion

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
