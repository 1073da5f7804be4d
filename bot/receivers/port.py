"""The port: all that the product needs of the way to a receiver, and what may come of a try."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol


@dataclass(frozen=True)
class Answered:
    """The receiver answered."""

    status: int
    rest: timedelta | None = None
    """how long it asked to be left alone"""


@dataclass(frozen=True)
class Unanswered:
    """It did not, or was not even asked; the reason names no address, which may hold a secret."""

    reason: str


CourierResult = Answered | Unanswered
"""What may come of a try."""


class Courier(Protocol):
    """The way to receivers."""

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> CourierResult:
        """Post a body to an address, once: no redirect is followed. What comes of it is a value."""
        ...
