"""Intake: asks Telegram for updates and confirms them only after they are in the inbox."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.bell import Bell
from bot.conversation.silence import RECENTLY
from bot.insight.alarms import gap
from bot.telegram.port import (
    AnotherPollerError,
    Messenger,
    TelegramError,
    TokenRefusedError,
    TooFastError,
)
from bot.work import Workshop
from bot.worker import sender_of

LONG_POLL = 25
"""Seconds a request for updates may wait at Telegram; it allows 50."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=1), timedelta(seconds=30)
CONFLICT_PAUSE = timedelta(seconds=5)
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


class Intake:
    """Long polling with confirmation after the commit."""

    def __init__(
        self, messenger: Messenger, workshop: Workshop, inbox: Bell, committed: Callable[[], None] = lambda: None
    ) -> None:
        self._messenger = messenger
        self._workshop = workshop
        self._inbox = inbox
        self._committed = committed
        self._heard_at: datetime | None = None
        self._written_at: datetime | None = None

    async def run(self) -> None:
        """Receive for ever. Raises TokenRefusedError when Telegram does not know the bot any more."""
        offset: int | None = None
        pause = FIRST_PAUSE
        while True:
            asked_at = self._workshop.clock.now()
            try:  # after an outage nobody waits for the first answer longer than it takes
                updates = await self._messenger.receive(offset, LONG_POLL if self._in_reach(asked_at) else 0)
            except TokenRefusedError:
                raise
            except TelegramError as error:
                if isinstance(error, TooFastError):
                    pause = max(pause, timedelta(seconds=error.seconds))
                log.warning("receiving_failed", reason=str(error), again_in=pause.total_seconds())
                clock = self._workshop.clock
                await clock.sleep_until(clock.now() + pause)
                pause = min(
                    pause * 2,
                    CONFLICT_PAUSE if isinstance(error, AnotherPollerError) else LONGEST_PAUSE,
                )
                continue
            pause = FIRST_PAUSE
            await self._keep(updates, asked_at)
            # An offset confirms what is below it. Once that is done it is left out: after an idle week
            # Telegram numbers updates anew, and an old offset would confirm new updates unseen.
            offset = max(number for number, _ in updates) + 1 if updates else None

    async def _keep(self, updates: list[tuple[int, str]], asked_at: datetime) -> None:
        """Keep what was received, and notice when Telegram was out of reach for long."""
        written = self._written_at is not None and self._workshop.clock.now() - self._written_at < HEARTBEAT
        if not updates and written and self._in_reach(asked_at):
            self._heard_at = self._workshop.clock.now()
            return
        async with self._workshop.work() as work:
            heard_at = self._heard_at or await work.unit.states.moment(HEARD)
            await work.unit.inbox.keep(updates, work.now, sender_of)
            if heard_at is not None and asked_at - heard_at > TAPS_ARE_KEPT:
                # Taps during an outage are lost. What was written is not: it is handled first.
                asked = await work.unit.sessions.ask_after_outage(heard_at - RECENTLY, work.now + CATCHING_UP)
                await work.note("outage", None, seconds=int((asked_at - heard_at).total_seconds()), asked=asked)
                log.warning("was_out_of_reach", since=heard_at.isoformat(), questions_asked_again=asked)
                if asked_at - heard_at > TELEGRAM_KEEPS:
                    await gap(work, heard_at, asked_at, asked_at - TELEGRAM_KEEPS)
            if not written:
                await work.unit.states.keep_moment(HEARD, work.now)
                self._written_at = work.now
        # After the commit: a clock that is put forward meanwhile is no outage.
        self._heard_at = self._workshop.clock.now()
        self._inbox.ring()
        self._committed()

    def _in_reach(self, at: datetime) -> bool:
        """Tell whether Telegram was heard so lately that no tap can be lost yet."""
        return self._heard_at is not None and at - self._heard_at <= TAPS_ARE_KEPT
