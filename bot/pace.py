"""How fast Telegram lets a bot send, and when the next message may go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Pace:
    """Messages a second: of the whole bot, and in one chat after a short burst.

    Source: core.telegram.org/bots/faq, «about 30 a second», «more than one a second in a chat»; a little
    under the first, because clocks and networks jitter. Groups (20 a minute) get no messages from us yet.
    """

    bot: float = 28.0
    chat: float = 1.0
    chat_burst: int = 5


class Pacer:
    """Keeps to a pace by the generic cell rate algorithm (ITU-T I.371): one moment a chat, one for all."""

    def __init__(self, pace: Pace) -> None:
        self._between = timedelta(seconds=1 / pace.bot)
        self._between_in_chat = timedelta(seconds=1 / pace.chat)
        self._tolerance = self._between_in_chat * (pace.chat_burst - 1)
        self._bot_next: datetime | None = None
        self._chat_next: dict[int, datetime] = {}

    def ready(self, now: datetime) -> bool:
        """Tell whether the bot may send a message now."""
        return self._bot_next is None or self._bot_next <= now

    def held(self, now: datetime) -> set[int]:
        """Name the chats that have to wait; those that need not any more are forgotten."""
        self._chat_next = {chat: at for chat, at in self._chat_next.items() if at > now}
        return {chat for chat, at in self._chat_next.items() if at - self._tolerance > now}

    def spend(self, chat: int | None, now: datetime, messages: int = 1) -> None:
        """Count messages (an album is several); `chat` is None for what does not count in a chat, as an edit."""
        self._bot_next = max(self._bot_next or now, now) + self._between * messages
        if chat is not None:
            self._chat_next[chat] = max(self._chat_next.get(chat, now), now) + self._between_in_chat * messages

    def next_release(self, now: datetime) -> datetime | None:
        """Return when the bot, or the next chat that waits, may send again."""
        moments = [at - self._tolerance for at in self._chat_next.values() if at - self._tolerance > now]
        if self._bot_next is not None and self._bot_next > now:
            return self._bot_next
        return min(moments, default=None)
