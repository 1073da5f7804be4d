"""How many messages a second Telegram really takes, as far as its 429s tell: values, so that they can be kept."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pydantic import TypeAdapter

SLOWEST = 1.0
"""Slower than this nothing gets: a 429 names its own pause besides."""
A_LITTLE_LESS, LESS = 0.95, 0.8
"""What is left of the rate after a 429: a single one may be bad luck on the way, a second one soon is not."""
SOON = timedelta(minutes=1)
MORE = 0.5
"""What is added, a second, after a quiet while."""
QUIET = 10
"""So many seconds' messages, one right after another, without a 429 are a quiet while."""
UNDER = 0.97
"""How near to a rate that was refused we come again."""
REMEMBERED = timedelta(days=1)
"""How long a refused rate is believed: then it is tried again whether Telegram takes more."""
ONE_REFUSAL = timedelta(seconds=2)
"""429s within this time are about the same messages: those that were under way together."""


@dataclass(frozen=True)
class Limit:
    """The rate that Telegram is believed to take, and the one that it did not take last."""

    rate: float
    """a second"""
    refused: float | None = None
    refused_at: datetime | None = None
    quiet: int = 0
    """messages since the rate changed, one right after another, that Telegram took"""

    def lowered(self, now: datetime) -> Limit:
        """Return the limit after a 429: once, however many messages met it together."""
        if math.isinf(self.rate) or (self.refused_at is not None and abs(now - self.refused_at) < ONE_REFUSAL):
            return self
        again = self.refused_at is not None and abs(now - self.refused_at) < SOON
        return Limit(max(self.rate * (LESS if again else A_LITTLE_LESS), SLOWEST), self.rate, now)

    def kept(self, messages: int, highest: float, now: datetime) -> Limit:
        """Return the limit after messages at full pace: after a quiet while it is a little higher."""
        top = self._top(highest, now)
        if self.rate >= top:
            return self
        quiet = self.quiet + messages
        if quiet < QUIET * self.rate:
            return replace(self, quiet=quiet)
        return replace(self, rate=min(self.rate + MORE, top), quiet=0)

    def within(self, highest: float) -> Limit:
        """Return the limit under a setting that may have changed since it was learned."""
        return self if self.rate <= highest else Limit(highest)

    def _top(self, highest: float, now: datetime) -> float:
        if self.refused is None or self.refused_at is None or now - self.refused_at >= REMEMBERED:
            return highest
        return min(highest, self.refused * UNDER)


LIMIT: TypeAdapter[Limit] = TypeAdapter(Limit)
"""As which a limit is kept."""


class Floods:
    """Tells whom a 429 names: Telegram does not say whether it means the chat or the whole bot.

    The chat, if nothing speaks against it: silence in one chat costs little, and should it have been the bot,
    the next chat's 429 tells. The bot, when two chats meet one together, or when the bot was at its full pace
    and the chat was not: then its own limit cannot be meant.
    """

    def __init__(self) -> None:
        self._last: tuple[int, datetime] | None = None

    def name(self, chat: int, now: datetime, *, is_busy: bool, is_rested: bool) -> int:
        """Return the chat that is to be left alone, or 0 for all of them. What is in no chat names the bot."""
        together = self._last is not None and self._last[0] != chat and abs(now - self._last[1]) <= ONE_REFUSAL
        self._last = (chat, now)
        return 0 if chat == 0 or together or (is_busy and is_rested) else chat
