"""What Telegram brings, put into the inbox; and whether it was out of reach for so long that something is lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from bot.conversation.silence import RECENTLY
from bot.insight.alarms import gap
from bot.work import Workshop

TAPS_ARE_KEPT = timedelta(seconds=150)
"""After so long Telegram forgets a tap that nobody fetched. Source: tdlib/telegram-bot-api."""
HEARTBEAT = timedelta(seconds=60)
"""How often it is written down that Telegram is in reach."""
CATCHING_UP = timedelta(seconds=10)
"""Time for what was written during an outage, before open questions are asked again."""
TELEGRAM_KEEPS = timedelta(hours=24)
"""How long Telegram keeps what people wrote. Source: Bot API, getting updates."""
HEARD = "heard_from_telegram"

log = structlog.get_logger()


class Arrivals:
    """Puts updates into the inbox. Whoever receives them confirms to Telegram only what this has kept."""

    def __init__(
        self, workshop: Workshop, received: Callable[[], None], committed: Callable[[], None] = lambda: None
    ) -> None:
        """`received` wakes who handles updates; `committed` wakes the others, when there is work for them."""
        self._workshop = workshop
        self._received = received
        self._committed = committed
        self._written_at: datetime | None = None
        self.heard_at: datetime | None = None
        """until when Telegram is known to have been in reach, in this run"""

    async def keep(self, updates: Sequence[tuple[int, str]]) -> None:
        """Commit updates to the inbox; this says nothing of how long Telegram was out of reach."""
        async with self._workshop.work() as work:
            await work.unit.inbox.keep(updates, work.now)
        self._received()

    async def in_reach(self, since: datetime, updates: Sequence[tuple[int, str]] = ()) -> None:
        """Note that Telegram is in reach, and commit what it brought.

        `since` is until when the silence lasted: when it was long, questions are asked again.
        """
        written = self._written_at is not None and self._workshop.clock.now() - self._written_at < HEARTBEAT
        if not updates and written and self.heard_lately(since):
            self.heard_at = self._workshop.clock.now()
            return
        was_out = False
        async with self._workshop.work() as work:
            heard_at = self.heard_at or await work.unit.states.moment(HEARD)
            await work.unit.inbox.keep(updates, work.now)
            if heard_at is not None and since - heard_at > TAPS_ARE_KEPT:
                was_out = True
                # Taps during an outage are lost. What was written is not: it is handled first.
                asked = await work.unit.sessions.ask_after_outage(heard_at - RECENTLY, work.now + CATCHING_UP)
                await work.note("outage", None, seconds=int((since - heard_at).total_seconds()), asked=asked)
                log.warning("was_out_of_reach", since=heard_at.isoformat(), questions_asked_again=asked)
                if since - heard_at > TELEGRAM_KEEPS:
                    await gap(work, heard_at, since, since - TELEGRAM_KEEPS)
            if not written:
                await work.unit.states.keep_moment(HEARD, work.now)
                self._written_at = work.now
        # After the commit: a clock that is put forward meanwhile is no outage.
        self.heard_at = self._workshop.clock.now()
        self._received()
        if was_out:  # else there is nothing new but for the worker
            self._committed()

    def heard_lately(self, at: datetime) -> bool:
        """Tell whether Telegram was heard so lately that no tap can be lost yet."""
        return self.heard_at is not None and at - self.heard_at <= TAPS_ARE_KEPT
