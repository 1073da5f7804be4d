"""Publishing, going back, pausing: the same for the command line and for admins in the chat.

In every function `by` is an admin's Telegram id; None is the operator.
"""

from __future__ import annotations

from datetime import datetime

from bot.publishing import NoSuchQuizError, QuizFile
from dialogs.problems import did_you_mean
from storage.records import Action, Revision, RevisionState
from storage.unit import Unit


class NoSuchRevisionError(NoSuchQuizError):
    """The quiz has no such revision, or it cannot be had."""


async def publish_file(unit: Unit, file: QuizFile, now: datetime, *, again: bool = True) -> tuple[Revision, bool]:
    """Publish a quiz file as the operator; return its revision, and whether that is a new one.

    Without `again`, a file that was ever published is not published once more.
    """
    quiz = file.quiz.quiz
    await unit.alone_in_office()
    before = await unit.quizzes.newest(quiz)
    revision = await unit.quizzes.publish(quiz, file.source, file.media, now, again=again)
    if before is not None and before.number == revision.number:
        return revision, False
    await unit.audit.note(None, Action.PUBLISH, quiz, now, revision=revision.number)
    return revision, True


async def revision_named(unit: Unit, quiz: str, number: int) -> Revision:
    """Return a revision that somebody named. Raises NoSuchQuizError, NoSuchRevisionError."""
    history = await history_of(unit, quiz)
    found = next((each for each in history if each.number == number), None)
    if found is None:
        there = ", ".join(str(each.number) for each in reversed(history))
        raise NoSuchRevisionError(f"quiz `{quiz}` has no revision {number}. There is: {there}.")
    return found


async def roll_back(unit: Unit, quiz: str, number: int, by: int | None, now: datetime) -> Revision:
    """Publish an older revision once more, as the newest: what is published never changes, so history goes on.

    Raises NoSuchQuizError, NoSuchRevisionError.
    """
    await unit.alone_in_office()
    old = await revision_named(unit, quiz, number)
    if old.state is not RevisionState.PUBLISHED:
        raise NoSuchRevisionError(f"revision {number} of `{quiz}` was never published ({old.state})")
    newest = await unit.quizzes.newest(quiz)
    if newest is not None and newest.sha256 == old.sha256:
        raise NoSuchRevisionError(f"revision {number} of `{quiz}` is what new sessions get already")
    revision = await unit.quizzes.publish_copy(quiz, number, by, now)
    await unit.audit.note(by, Action.ROLL_BACK, quiz, now, revision=revision.number, to=number)
    return revision


async def history_of(unit: Unit, quiz: str) -> list[Revision]:
    """Return every revision of a quiz, the newest first. Raises NoSuchQuizError."""
    history = await unit.quizzes.history(quiz)
    if not history:
        raise NoSuchQuizError(f"no quiz `{quiz}` was published. {did_you_mean(quiz, await unit.quizzes.ids())}")
    return history


def repeated(revision: Revision, history: list[Revision]) -> int | None:
    """Return the number of the first revision with the same content, if this one only repeats it."""
    same = [
        each.number
        for each in history
        if each.sha256 == revision.sha256
        and each.number < revision.number
        and each.state is RevisionState.PUBLISHED
    ]
    return min(same, default=None)
