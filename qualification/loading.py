"""Loads a whole quiz document with every check."""

from __future__ import annotations

from datetime import date

import dialogs.checks
import qualification.checks
from dialogs.errors import QuizRefusedError
from dialogs.loading import Draft, read
from qualification.quiz import Quiz


def examine(source: str, file: str, today: date | None = None) -> Draft[Quiz]:
    """Read a quiz file's text and check everything; never raises for what stands in it.

    Days that are over are reported only where `today` is known.
    """
    draft = read(source, file, Quiz)
    dialogs.checks.check(draft, today)
    qualification.checks.check(draft)
    draft.problems.sort(key=lambda problem: problem.line)
    return draft


def load(source: str, file: str) -> Quiz:
    """Return the quiz in a file's text. Raises QuizRefusedError with all problems when it has errors."""
    draft = examine(source, file)
    if draft.errors or draft.document is None:
        raise QuizRefusedError(draft.errors)
    return draft.document


def load_published(source: str, name: str) -> Quiz:
    """Return a quiz that was checked when it was published: nothing is checked again but its shape.

    Raises QuizRefusedError when not even that holds, as after a downgrade.
    """
    draft = read(source, name, Quiz)
    if draft.document is None:
        raise QuizRefusedError(draft.errors)
    return draft.document
