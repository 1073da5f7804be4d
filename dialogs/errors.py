"""The exceptions of this package: a class's docstring is its default message."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialogs.problems import Problem


class DialogsError(Exception):
    """Something went wrong with a quiz or a session."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or type(self).__doc__)


class QuizRefusedError(DialogsError):
    """The quiz document has errors; nothing of it was used."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class SessionMismatchError(DialogsError):
    """The session belongs to another quiz or revision; load the one it started on."""
