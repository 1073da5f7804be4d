"""Why leads are lost: the quiz's own list of reasons, or the one that everybody has."""

from __future__ import annotations

from bot.texts import plain
from qualification.handoff import WITHDRAWN
from qualification.quiz import Quiz

LOST_REASONS = ("price", "competitor", "silent", "no_need", "contact")
"""The reasons where a quiz names none."""


def lost_reasons(quiz: Quiz, language: str) -> dict[str, str]:
    """Return the reasons that a manager chooses from, by their ids, in the words of the buttons."""
    own = {reason.id: quiz.read(reason.text, language) for reason in quiz.routing.lost_reasons}
    return own or {reason: plain(language, f"lost.{reason}") for reason in LOST_REASONS}


def lost_text(quiz: Quiz, reason: str | None, language: str) -> str:
    """Say why a lead was lost; a reason that the quiz has no more is said in everybody's words, or by its id."""
    own = {each.id: each.text for each in quiz.routing.lost_reasons}
    if reason in own:
        return quiz.read(own[reason], language)
    return plain(language, f"lost.{reason}") if reason in (*LOST_REASONS, WITHDRAWN) else reason or "—"
