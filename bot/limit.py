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
"""What is added, a second, after a quiet while below a rate that was refused."""
MUCH_MORE = 1.5
"""How many times as fast it gets after a quiet while with nothing refused above."""
QUIET = 10
"""So many seconds' messages, one right after another, without a 429 are a quiet while."""
UNDER = 0.97
"""How near to a rate that was refused we come again."""
BELIEVED, LONGEST_BELIEVED = timedelta(minutes=1), timedelta(days=1)
"""How long a refused rate is believed, at first and at most: then it is tried again."""
ENOUGH = 100
"""With fewer messages taken below it a refused rate is not tried again: they would prove nothing."""
LONGER = 20
"""So many times as long as before it is believed when, tried again, it was refused again."""
ONE_REFUSAL = timedelta(seconds=2)
"""429s within this time are about the same messages: those that were under way together."""


@dataclass(frozen=True)
class Limit:
    """The rate that Telegram is believed to take, and the one that it did not take last.

    One 429 may have nothing to do with the rate, and many in a bad hour lower it to next to nothing. A true limit
    is what proves to be one: all is quiet below it, and it refuses again whenever it is tried. So what was refused
    is believed shortly, and the longer the oftener that was found so; what was refused elsewhere begins anew. And
    once it is taken after all, nothing is known any more, and the rate grows as fast as it fell.
    """

    rate: float
    """a second"""
    refused: float | None = None
    refused_at: datetime | None = None
    quiet: int = 0
    """messages since the rate changed, one right after another, that Telegram took"""
    taken: int = 0
    """messages like these since the last 429"""
    believed: timedelta = BELIEVED
    """how long it is believed that the refused rate is too much"""

    def lowered(self, now: datetime) -> Limit:
        """Return the limit after a 429: once, however many messages met it together."""
        if math.isinf(self.rate) or (self.refused_at is not None and abs(now - self.refused_at) < ONE_REFUSAL):
            return self
        again = self.refused_at is not None and abs(now - self.refused_at) < SOON
        rate = max(self.rate * (LESS if again else A_LITTLE_LESS), SLOWEST)
        return Limit(rate, self.rate, now, believed=self._believed_next(now))

    def kept(self, messages: int, highest: float, now: datetime) -> Limit:
        """Return the limit after messages at full pace: after a quiet while it is higher."""
        if self.refused is None and self.rate >= highest:
            return self
        counted = replace(self, quiet=self.quiet + messages, taken=self.taken + messages)
        if counted.quiet < QUIET * self.rate:
            return counted
        believed = counted.is_believed(now)
        if self.refused is None or (self.rate >= min(self.refused, highest) and not believed):
            return Limit(min(self.rate * MUCH_MORE, highest))
        top = min(highest, self.refused * UNDER) if believed else highest
        if self.rate >= top:
            return counted
        return replace(counted, rate=min(self.rate + min(MORE, self.rate * (1 - UNDER)), top), quiet=0)

    def within(self, highest: float) -> Limit:
        """Return the limit under a setting that may have changed since it was learned."""
        return self if self.rate <= highest else Limit(highest)

    def is_believed(self, now: datetime) -> bool:
        """Tell whether it is too early to try again what was refused."""
        if self.refused_at is None:
            return False
        age = abs(now - self.refused_at)
        return age < self.believed or (self.taken < ENOUGH and age < LONGEST_BELIEVED)

    def _believed_next(self, now: datetime) -> timedelta:
        """Return how long the present rate is believed to be too much, now that it was refused."""
        was_fine = self.quiet >= QUIET * self.rate  # a limit does not refuse what it took a while ago
        if self.refused is None or was_fine or self.rate < self.refused * A_LITTLE_LESS:
            return BELIEVED
        return self.believed if self.is_believed(now) else min(self.believed * LONGER, LONGEST_BELIEVED)


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
