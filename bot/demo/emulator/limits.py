"""How fast a bot may send: the limits that Telegram documents."""

import math
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.demo.emulator.chats import Chat
from bot.demo.emulator.refusals import Refused, too_many_requests


@dataclass(frozen=True)
class Limits:
    """So many messages in such a time: for the whole bot, for one person, for one group."""

    per_second: int = 30
    burst_to_a_person: int = 3
    per_minute_to_a_group: int = 20


class FloodGate:
    """Counts what was sent and refuses what comes too fast; what is refused does not count."""

    def __init__(self, limits: Limits | None) -> None:
        self._limits = limits
        self._sent: dict[int | None, deque[datetime]] = {}

    def pass_through(self, chat: Chat | None, now: datetime, messages: int = 1) -> None:
        """Count messages (an album is several); raise the 429 that says how long to wait when there is no room."""
        if self._limits is None:
            return
        lanes: list[tuple[int | None, int, timedelta]] = []
        lanes.append((None, self._limits.per_second, timedelta(seconds=1)))
        if chat is not None and chat.private:
            # One a second on the average, and a few at once.
            burst = self._limits.burst_to_a_person
            lanes.append((chat.id, burst, timedelta(seconds=burst)))
        elif chat is not None:
            lanes.append((chat.id, self._limits.per_minute_to_a_group, timedelta(minutes=1)))
        wait = max(self._wait(*lane, now) for lane in lanes)
        if wait > timedelta(0):
            raise Refused(too_many_requests(math.ceil(wait.total_seconds())))
        for key, _, _ in lanes:
            self._sent[key].extend([now] * messages)

    def _wait(self, key: int | None, most: int, span: timedelta, now: datetime) -> timedelta:
        sent = self._sent.setdefault(key, deque())
        while sent and now - sent[0] >= span:
            sent.popleft()
        return sent[-most] + span - now if len(sent) >= most else timedelta(0)
