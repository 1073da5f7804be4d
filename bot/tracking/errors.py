"""The exceptions of this package."""

from __future__ import annotations


class TrackingError(Exception):
    """A link cannot be tracked."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or type(self).__doc__)


class UnsafeDestinationError(TrackingError):
    """A tracked link leads to an https:// address and nowhere else."""
