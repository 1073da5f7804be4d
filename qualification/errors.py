"""The exceptions of this package: a class's docstring is its default message."""


class QualificationError(Exception):
    """Something went wrong while qualifying a lead."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or type(self).__doc__)


class TooManyPathsError(QualificationError):
    """The quiz has too many paths to look at them all."""


class IllegalHistoryError(QualificationError):
    """A lead's moves do not follow from one another."""
