"""Intake by webhook: tells Telegram where to post updates, and looks from time to time whether they arrive."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.arrivals import Arrivals
from bot.clock import Clock
from bot.intake import FIRST_PAUSE, LONGEST_PAUSE, host_of
from bot.telegram.port import (
    Messenger,
    TelegramError,
    TokenRefusedError,
    TooFastError,
    WebhookRefusedError,
    WebhookState,
)
from bot.telegram.updates import ALLOWED_UPDATES
from bot.watching.pulse import Pulse, WebhookHealth
from storage.cipher import Fingerprint

LOOK_EVERY = timedelta(seconds=60)
LOOK_AGAIN = timedelta(seconds=10)
"""While something is wrong: after an outage nobody should wait long until their question is asked again."""
NOT_LET_IN = "401"
"""Telegram was told so when it showed a secret that is not ours: our address was registered with another one."""
MANY = 100
"""So many updates wait at Telegram, and more each time we look: we do not keep up."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Address:
    """Where Telegram posts a bot's updates, and what it shows there."""

    url: str
    secret: str

    def __repr__(self) -> str:
        return f"Address({self.url})"


def secret_of(given: str | None, fingerprint: Fingerprint, bot_id: int) -> str:
    """Return what Telegram must show at a bot's webhook; it is never empty.

    Without one in the settings it comes from the key file: the same after every restart and in every process of a
    fleet, and another one for each bot.
    """
    return given or fingerprint("webhook secret", str(bot_id))


class Registration:
    """Registers the webhook, and again when somebody took it away; says what Telegram says of it."""

    def __init__(
        self,
        messenger: Messenger,
        arrivals: Arrivals,
        pulse: Pulse,
        clock: Clock,
        address: Address,
        listening: asyncio.Event,
    ) -> None:
        """`listening` is set once the web server is there: before that nothing is registered."""
        self._messenger = messenger
        self._arrivals = arrivals
        self._pulse = pulse
        self._clock = clock
        self._address = address
        self._listening = listening
        self._registered = False
        self._taken_at: datetime | None = None
        self._known_error: datetime | None = None
        self._error: datetime | None = None
        self._error_seen_at = clock.now()
        self._was_fine = False
        self._troubled = True  # what was before we began, nobody knows
        self._waiting = 0
        pulse.webhook = WebhookHealth()
        self.next_look = clock.now()
        """when to look again"""

    async def run(self) -> None:
        """Look for ever. Raises TokenRefusedError, and WebhookRefusedError when the first address is not taken."""
        await self._listening.wait()
        pause = FIRST_PAUSE
        while True:
            try:
                await self._look()
                pause = FIRST_PAUSE
            except TokenRefusedError:
                raise
            except TelegramError as error:
                if isinstance(error, WebhookRefusedError) and not self._registered:
                    raise
                if isinstance(error, TooFastError):
                    pause = max(pause, timedelta(seconds=error.seconds))
                self._is_wrong(str(error))
                self.next_look = self._clock.now() + pause
                pause = min(pause * 2, LONGEST_PAUSE)
            await self._clock.sleep_until(self.next_look)

    async def take(self, updates: Sequence[tuple[int, str]]) -> None:
        """Commit what Telegram posted; after a trouble it is what proves that we are in reach again."""
        if self._troubled:
            await self._arrivals.in_reach(self._clock.now(), updates)
        else:
            await self._arrivals.keep(updates)
        self._taken_at = self._clock.now()
        self._pulse.heard()

    async def _look(self) -> None:
        """Ask Telegram how the webhook is; register it where it is not ours."""
        looked_at = self._clock.now()
        state = await self._messenger.webhook()
        erred = self._erred(state)
        not_let_in = erred and NOT_LET_IN in (state.last_error or "")
        if not self._registered or not self._is_ours(state) or not_let_in:
            await self._register(state)
            state = await self._messenger.webhook()
            self._known_error = state.last_error_at  # whatever it was, it was before
        problem = self._problem(state)
        if problem is not None:
            self._waiting = state.waiting
            self._is_wrong(problem)
            self.next_look = looked_at + LOOK_AGAIN
            return
        # Telegram says whether it could not reach us. If it could, a clock that was put forward is no outage.
        silent = self._troubled or erred or self._arrivals.heard_at is None
        await self._arrivals.in_reach(looked_at if silent else self._arrivals.heard_at or looked_at)
        if self._was_fine and self._troubled:
            log.info("webhook_works_again")
        if state.waiting > max(self._waiting, MANY):
            log.warning("webhook_falls_behind", waiting=state.waiting)
        self._waiting, self._troubled, self._was_fine = state.waiting, False, True
        self._known_error = state.last_error_at
        self._pulse.webhook = WebhookHealth(waiting=state.waiting)
        self._pulse.heard()
        self.next_look = looked_at + LOOK_EVERY

    async def _register(self, found: WebhookState) -> None:
        if found.url and found.url != self._address.url:
            log.warning("webhook_was_elsewhere", host=host_of(found.url), why="it is ours now")
        elif self._registered and not found.url:
            log.warning("webhook_was_taken_away", why="it is registered again; does another process poll?")
        elif self._registered:
            log.warning("webhook_was_changed", why="it is registered again; does another process use its address?")
        elif found.url and found.waiting:
            # After failures Telegram waits for up to two minutes; to a webhook that is new it delivers at once.
            await self._messenger.delete_webhook()
        await self._messenger.set_webhook(self._address.url, self._address.secret)
        log.info("webhook_registered", url=self._address.url, waiting=found.waiting)
        self._registered = True

    def _is_ours(self, state: WebhookState) -> bool:
        return state.url == self._address.url and set(state.allowed) == set(ALLOWED_UPDATES)

    def _erred(self, state: WebhookState) -> bool:
        """Tell whether Telegram failed to reach us since all was well; no clock is compared with Telegram's."""
        return state.last_error_at is not None and state.last_error_at != self._known_error

    def _problem(self, state: WebhookState) -> str | None:
        """Say what keeps updates from coming in now."""
        if state.url != self._address.url:
            return f"somebody set it to {host_of(state.url)}" if state.url else "somebody deleted it"
        if state.last_error_at is None or not self._erred(state):
            return None
        if state.last_error_at != self._error:
            self._error, self._error_seen_at = state.last_error_at, self._clock.now()
        # Nothing that waits proves nothing: a tap is forgotten after 150 seconds. An update that came does.
        since = min(self._error, self._error_seen_at)
        came_since = self._taken_at is not None and self._taken_at >= since
        return None if came_since else state.last_error or "Telegram cannot deliver"

    def _is_wrong(self, problem: str) -> None:
        self._troubled = True
        known = self._pulse.webhook
        since = known.since if known and known.since else self._clock.now()
        if known is None or known.problem != problem:
            log.warning("webhook_in_trouble", reason=problem, waiting=self._waiting)
        self._pulse.webhook = WebhookHealth(self._waiting, problem, since)
