"""Intake: asks Telegram for updates and confirms them only after they are in the inbox."""

from __future__ import annotations

from datetime import timedelta

import structlog

from bot.bell import Bell
from bot.telegram.port import (
    AnotherPollerError,
    Messenger,
    TelegramError,
    TokenRefusedError,
    TooFastError,
)
from bot.work import Workshop

LONG_POLL = 25
"""Seconds a request for updates may wait at Telegram; it allows 50."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=1), timedelta(seconds=30)
CONFLICT_PAUSE = timedelta(seconds=5)

log = structlog.get_logger()


class Intake:
    """Long polling with confirmation after the commit."""

    def __init__(self, messenger: Messenger, workshop: Workshop, inbox: Bell) -> None:
        self._messenger = messenger
        self._workshop = workshop
        self._inbox = inbox

    async def run(self) -> None:
        """Receive for ever. Raises TokenRefusedError when Telegram does not know the bot any more."""
        offset: int | None = None
        pause = FIRST_PAUSE
        while True:
            try:
                updates = await self._messenger.receive(offset, LONG_POLL)
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
                    timedelta(seconds=5) if isinstance(error, AnotherPollerError) else LONGEST_PAUSE,
                )
                continue
            pause = FIRST_PAUSE
            if updates:
                async with self._workshop.work() as work:
                    await work.unit.inbox.keep(updates, work.now)
                self._inbox.ring()
            # An offset confirms what is below it. Once that is done it is left out: after an idle week
            # Telegram numbers updates anew, and an old offset would confirm new updates unseen.
            offset = max(number for number, _ in updates) + 1 if updates else None
