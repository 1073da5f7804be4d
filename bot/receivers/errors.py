"""The exceptions of this package."""

from __future__ import annotations


class ReceiverError(Exception):
    """Something cannot be done with a receiver."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or type(self).__doc__)


class ReceiverRefusedError(ReceiverError):
    """No notice may be sent to this address."""


class NoSuchReceiverError(ReceiverError):
    """There is no such receiver, or notice."""
