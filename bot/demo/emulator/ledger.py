"""The record of everything that the emulator was asked and answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

_KEPT = 100_000


@dataclass(frozen=True)
class Call:
    """One request and its answer; `lost` when the answer never reached the bot."""

    number: int
    at: datetime
    method: str
    params: Mapping[str, Any]
    status: int
    answer: Any
    lost: bool = False


class Ledger:
    """Calls in the order in which they were answered; a demo that runs for months forgets the oldest."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self._number = 0

    def record(
        self,
        at: datetime,
        method: str,
        params: Mapping[str, Any],
        status: int,
        answer: Any,
        *,
        lost: bool,
    ) -> None:
        """Write one call down."""
        self._number += 1
        self.calls.append(Call(self._number, at, method, params, status, answer, lost))
        if len(self.calls) > 2 * _KEPT:
            del self.calls[:_KEPT]
