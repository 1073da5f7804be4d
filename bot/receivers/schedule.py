"""When a notice that a receiver did not take is sent again: over three days, and then no more."""

from __future__ import annotations

from datetime import timedelta
from random import Random

PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""Those that Standard Webhooks advises."""
JITTER = 0.2
"""A pause is up to so much longer: what failed together need not come back together."""
LONGEST_REST = timedelta(days=1)
"""A receiver that asks for more silence than that has a fault, or we would give up before it is over."""


def pause_after(attempts: int, chance: Random) -> timedelta | None:
    """Return how long to wait after so many tries; None when that was the last."""
    if attempts > len(PAUSES):
        return None
    return PAUSES[attempts - 1] * (1 + JITTER * chance.random())
