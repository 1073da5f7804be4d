"""When the next message may go: arithmetic on moments, and nothing else."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.limit import Limit

MARGIN = 0.02
"""How much longer than a second we take for a second's messages: on the way to Telegram their distances change.

30 a second become 29.4, and a message may be 20 ms faster than the one a second before without a 429.
"""
CATCHING_UP = 4
"""A quarter of a second's messages may be made good at once when the process could not run in time."""
BUSY = 0.5
"""Part of the pace from which on a 429 is rather about the bot than about one chat."""
LATEST = timedelta(milliseconds=250)
"""Nothing is taken to be later than that on its way: what is not answered for long must not stop the others."""
ANSWERS = 64
"""Of so many answers the fastest tells how long a message takes that nothing holds up."""
QUICK = timedelta(milliseconds=50)
"""How long that is as long as nothing is known: the first messages of a process are slow, all of them."""
SEVERAL = 3
"""So many messages in a second may have been too many, whatever was believed."""


@dataclass(frozen=True)
class Pace:
    """What Telegram takes at most; we stay a little under it.

    Source: core.telegram.org/bots/faq, «about 30 messages per second», «avoid sending more than one message per
    second» in a chat but «short bursts», «20 messages per minute to the same group».
    """

    bot: float = 30.0
    """a second, all chats together: never more, whatever is learned"""
    chat: float = 1.0
    """a second, in one person's chat, after a short burst"""
    chat_burst: int = 5
    group: float = 20.0
    """a minute, in one group"""


@dataclass
class Counted:
    """A message that was counted; `at` is put right should it leave, or arrive, later than it was let go."""

    at: datetime


class Pacer:
    """Spaces messages evenly, and never lets more into any second, or any group's minute, than the limit.

    The even distance, and that of a person's chat, is the generic cell rate algorithm (ITU-T I.371): one moment
    says all. Above it stands a window of the last second's messages, so that what is made good after a delay, or
    an album, breaks no limit either.
    """

    def __init__(self, pace: Pace, limit: Limit | None = None) -> None:
        self._pace = pace
        self._limit = limit or Limit(pace.bot)
        self._next: datetime | None = None
        self._recent: deque[Counted] = deque()
        self._took = deque([QUICK], maxlen=ANSWERS)
        self._between_in_chat = timedelta(seconds=1 / pace.chat)
        self._tolerance_in_chat = self._between_in_chat * (pace.chat_burst - 1)
        self._chat_next: dict[int, datetime] = {}
        self._groups: dict[int, deque[datetime]] = {}
        self._last: datetime | None = None

    @property
    def limit(self) -> Limit:
        """What is believed to be the bot's limit."""
        return self._limit

    @limit.setter
    def limit(self, limit: Limit) -> None:
        self._limit = limit.within(self._pace.bot)

    def moment(self, now: datetime, messages: int = 1) -> datetime:
        """Return when so many messages may go, all of them; a moment that has passed means now."""
        self._forget(now)
        return max(self._even(now, messages), self._room(now, messages))

    def slots(self, until: datetime, now: datetime, most: int) -> int:
        """Return how many messages may go until then, one by one; it counts up to `most`."""
        self._forget(now)
        first = max(self._next or now, now)
        number = 0
        while number < most:
            even = first + self._between * number - self._tolerance
            if max(even, self._room(now, number + 1)) > until:
                break
            number += 1
        return number

    def held(self, now: datetime) -> set[int]:
        """Name the chats that have to wait."""
        self._forget(now)
        people = {chat for chat, at in self._chat_next.items() if at - self._tolerance_in_chat > now}
        return people | {group for group, sent in self._groups.items() if self._group_release(sent) > now}

    def spend(self, chat: int | None, now: datetime, messages: int = 1) -> Counted:
        """Count messages (an album is several); `chat` is None for what does not count in a chat."""
        self._forget(now)
        counted = Counted(now)
        if self._recent and now - self._recent[-1].at <= self._between * 2:
            self._limit = self._limit.kept(messages, self._pace.bot, now)
        if (room := self._room(now, messages)) > self._even(now, messages):
            self._next = room + self._tolerance  # what a full window held back is not made good: no more bursts
        self._last = now
        self._next = max(self._next or now, now) + self._between * messages
        if math.isfinite(self._limit.rate):
            self._recent.extend([counted] * messages)
        if chat is not None and chat < 0:
            self.spend_in_group(chat, now, messages)
        elif chat is not None:
            self._chat_next[chat] = max(self._chat_next.get(chat, now), now) + self._between_in_chat * messages
        return counted

    def answered(self, counted: Counted, now: datetime) -> None:
        """Learn when a message arrived, at the latest: what took longer than others may have arrived later."""
        took = max(now - counted.at, timedelta(0))
        self._took.append(took)
        counted.at += min(took - min(self._took), LATEST)

    def spend_in_group(self, group: int, at: datetime, messages: int = 1) -> None:
        """Count what was written to a group, if only by the last process."""
        if math.isfinite(self._pace.group):
            self._groups.setdefault(group, deque()).extend([at] * messages)

    def refused(self, now: datetime) -> None:
        """Slow down: Telegram said that the bot sends too much. What came alone was not the pace's fault."""
        if self._last_second(now) >= min(SEVERAL, self._limit.rate):
            self._limit = self._limit.lowered(now)

    def is_busy(self, now: datetime) -> bool:
        """Tell whether the last second was at least half as full as it may be."""
        return self._last_second(now) >= BUSY * self._limit.rate

    def _last_second(self, now: datetime) -> int:
        return sum(1 for each in self._recent if now - each.at <= timedelta(seconds=1))

    def is_rested(self, chat: int, now: datetime) -> bool:
        """Tell whether a chat got nothing lately but one message: its own limit cannot be what a 429 is about."""
        if chat < 0:
            return len(self._groups.get(chat, ())) <= 1
        return self._chat_next.get(chat, now) - now <= self._between_in_chat

    def next_release(self, now: datetime) -> datetime | None:
        """Return when the next chat that waits may be written to again."""
        people = [at - self._tolerance_in_chat for at in self._chat_next.values()]
        groups = [self._group_release(sent) for sent in self._groups.values()]
        return min((at for at in people + groups if at > now), default=None)

    @property
    def _between(self) -> timedelta:
        return timedelta(seconds=(1 + MARGIN) / self._limit.rate)

    @property
    def _most(self) -> int:
        """How many messages a window holds."""
        return max(int(self._limit.rate), 1) if math.isfinite(self._limit.rate) else 0

    @property
    def _tolerance(self) -> timedelta:
        return (
            self._between * (self._limit.rate // CATCHING_UP) if math.isfinite(self._limit.rate) else timedelta(0)
        )

    def _even(self, now: datetime, messages: int) -> datetime:
        """Return when so many messages may go by their even distance."""
        if self._next is None:
            return now - self._tolerance
        return self._next + self._between * (messages - 1) - self._tolerance

    def _room(self, now: datetime, messages: int) -> datetime:
        """Return since when, or from when on, the last second's messages leave room for so many more."""
        leaving = len(self._recent) + messages - self._most - 1
        if not self._recent or leaving < 0:
            return now - self._tolerance
        last = self._recent[min(leaving, len(self._recent) - 1)]
        return last.at + self._between * self._most

    def _group_release(self, sent: deque[datetime]) -> datetime:
        most = int(self._pace.group)
        return sent[-most] + _MINUTE if len(sent) >= most else sent[-1] - _MINUTE

    def _forget(self, now: datetime) -> None:
        """Forget what holds nothing up any more; all of it, should the clock have been put back."""
        if self._last is not None and now < self._last - _MINUTE:
            self._next, self._last = None, None
            self._recent.clear()
            self._chat_next.clear()
            self._groups.clear()
        while len(self._recent) > self._most:
            self._recent.popleft()
        self._chat_next = {chat: at for chat, at in self._chat_next.items() if at > now}
        for group, sent in list(self._groups.items()):
            while sent and sent[0] + _MINUTE <= now:
                sent.popleft()
            if not sent:
                del self._groups[group]


_MINUTE = timedelta(minutes=1) * (1 + MARGIN)
