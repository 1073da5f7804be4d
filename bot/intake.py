"""Intake by polling: asks Telegram for updates and confirms them only after they are in the inbox."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import structlog

from bot.arrivals import Arrivals
from bot.clock import Clock
from bot.telegram.port import (
    AnotherPollerError,
    Messenger,
    TelegramError,
    TokenRefusedError,
    TooFastError,
)

LONG_POLL = 25
"""Seconds a request for updates may wait at Telegram; it allows 50."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=1), timedelta(seconds=30)
CONFLICT_PAUSE = timedelta(seconds=5)

log = structlog.get_logger()


class Intake:
    """Long polling with confirmation after the commit."""

    def __init__(self, messenger: Messenger, arrivals: Arrivals, clock: Clock) -> None:
        self._messenger = messenger
        self._arrivals = arrivals
        self._clock = clock
        self._begun = False

    async def run(self) -> None:
        """Receive for ever. Raises TokenRefusedError when Telegram does not know the bot any more."""
        offset: int | None = None
        pause = FIRST_PAUSE
        while True:
            asked_at = self._clock.now()
            try:  # after an outage nobody waits for the first answer longer than it takes
                lately = self._arrivals.heard_lately(asked_at)
                updates = await self._messenger.receive(offset, LONG_POLL if lately else 0)
            except TokenRefusedError:
                raise
            except TelegramError as error:
                if isinstance(error, AnotherPollerError) and await self._took_webhook_away():
                    continue
                if isinstance(error, TooFastError):
                    pause = max(pause, timedelta(seconds=error.seconds))
                log.warning("receiving_failed", reason=str(error), again_in=pause.total_seconds())
                await self._clock.sleep_until(self._clock.now() + pause)
                pause = min(
                    pause * 2,
                    CONFLICT_PAUSE if isinstance(error, AnotherPollerError) else LONGEST_PAUSE,
                )
                continue
            pause, self._begun = FIRST_PAUSE, True
            await self._arrivals.in_reach(asked_at, updates)
            # An offset confirms what is below it. Once that is done it is left out: after an idle week
            # Telegram numbers updates anew, and an old offset would confirm new updates unseen.
            offset = max(number for number, _ in updates) + 1 if updates else None

    async def _took_webhook_away(self) -> bool:
        """Delete a webhook that was left over when we began; tell whether there was one.

        One that is set later is somebody's doing: two who take turns at taking it away help nobody.
        """
        try:
            left = await self._messenger.webhook()
            if not left.url:
                return False
            if self._begun:
                remedy = "stop whoever set it; a restart deletes it"
                log.warning("webhook_was_set", host=host_of(left.url), remedy=remedy)
                return False
            await self._messenger.delete_webhook()
        except TelegramError:
            return False  # the same will be tried again after a pause
        self._begun = True
        log.warning("webhook_deleted", host=host_of(left.url), waiting=left.waiting, why="updates are polled now")
        return True


def host_of(address: str) -> str:
    """Return the host of somebody's webhook: the rest of such an address often holds the bot's token."""
    try:
        return urlsplit(address).hostname or "?"
    except ValueError:
        return "?"
