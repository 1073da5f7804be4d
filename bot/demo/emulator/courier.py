"""Posts updates to the bot's webhook as Telegram does: each queue in its order, many queues at once."""

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from bot.demo.emulator.updates import Queue, Update, Updates

if TYPE_CHECKING:
    from aiohttp import ClientSession

SECRET = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
LONGEST_DELAY = 60
"""Seconds; between one and two of it lie between later tries. Source: tdlib/telegram-bot-api, WebhookActor."""
LONGEST_RETRY_AFTER = 3600
_PATIENCE = 60
_LOOK_AGAIN = 0.01
"""Real seconds after which the clock is looked at again, while a queue waits for it."""
_AN_HOUR = 3600.0


@dataclass(frozen=True)
class Webhook:
    """Where the bot wants its updates."""

    url: str
    secret: str = ""
    max_connections: int = 40


@dataclass(frozen=True)
class Delivery:
    """One try to deliver an update, and the status it was answered with; None when there was no answer."""

    at: datetime
    update_id: int
    status: int | None


@dataclass
class _Tries:
    """How often an update was tried in vain, and when it is tried again."""

    wakes_at: datetime
    delay: int = 1
    failed: int = 0


class Courier:
    """Delivers to the webhook, while there is one."""

    def __init__(self, now: Callable[[], datetime], updates: Updates) -> None:
        self._now = now
        self._updates = updates
        self._chance = Random(1)  # noqa: S311 - how long to wait is no secret
        self._task: asyncio.Task[None] | None = None
        self._closing: list[asyncio.Task[None]] = []
        self._tries: dict[int, _Tries] = {}
        self._under_way: set[Queue] = set()
        self.webhook: Webhook | None = None
        self.last_error: tuple[datetime, str] | None = None
        self.deliveries: list[Delivery] = []
        self.roads: dict[str, str] = {}
        """where a public address leads on this machine, as the proxy in front of a bot has it"""

    def set(self, webhook: Webhook | None) -> None:
        """Deliver there from now on; None: nowhere. The same as before changes nothing."""
        if webhook != self.webhook:
            self.close()
            self.webhook, self.last_error = webhook, None
            self._tries.clear()
            self.open()

    def open(self) -> None:
        """Deliver (again)."""
        if self.webhook is not None and self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run(self.webhook))

    def close(self) -> None:
        """Deliver nothing more."""
        if self._task is not None:
            self._task.cancel()
            self._closing.append(self._task)
            self._task = None

    async def closed(self) -> None:
        """Return when every connection is closed."""
        await asyncio.gather(*self._closing, return_exceptions=True)
        self._closing.clear()

    async def _run(self, webhook: Webhook) -> None:
        from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector  # noqa: PLC0415 - who polls needs none

        patience, lines = ClientTimeout(_PATIENCE), TCPConnector(limit=webhook.max_connections)
        self._under_way = set()
        jar = DummyCookieJar()
        async with (
            ClientSession(timeout=patience, connector=lines, cookie_jar=jar) as session,
            asyncio.TaskGroup() as deliveries,
        ):
            while True:
                for update in self._ready(webhook.max_connections):
                    self._under_way.add(update.queue)
                    deliveries.create_task(self._deliver(session, webhook, update))
                resting = any(tries.wakes_at > self._now() for tries in self._tries.values())
                await self._updates.arrived.heard(within=_LOOK_AGAIN if resting else _AN_HOUR)

    def _ready(self, most: int) -> Iterator[Update]:
        """Find what may go out: the first of each queue whose time has come."""
        now, seen = self._now(), set(self._under_way)
        pending = self._updates.pending
        self._tries = {update.id: tries for update in pending if (tries := self._tries.get(update.id))}
        for update in pending:
            if len(self._under_way) >= most:
                return
            if update.queue in seen:
                continue
            seen.add(update.queue)
            tries = self._tries.get(update.id)
            if tries is None or tries.wakes_at <= now:
                yield update

    async def _deliver(self, session: "ClientSession", webhook: Webhook, update: Update) -> None:
        status, problem, retry_after = await self._post(session, webhook, update)
        self.deliveries.append(Delivery(self._now(), update.id, status))
        if problem is None:
            self._updates.delivered(update)
            self._tries.pop(update.id, None)
        else:
            self.last_error = (self._now(), problem)
            self._try_later(update, retry_after)
        self._under_way.discard(update.queue)
        self._updates.arrived.ring()

    async def _post(
        self, session: "ClientSession", webhook: Webhook, update: Update
    ) -> tuple[int | None, str | None, int]:
        """Post an update; return the status, what went wrong in Telegram's words, and the seconds to wait."""
        from aiohttp import ClientError  # noqa: PLC0415

        address = self._way(webhook.url)
        if address is None:
            return None, "Failed to resolve host: Name or service not known", 0
        # What the proxy in front of a bot adds is in it: whoever comes this way comes from elsewhere.
        headers = {"Content-Type": "application/json", "X-Forwarded-For": "149.154.167.220"}
        if webhook.secret:
            headers[SECRET] = webhook.secret
        body = json.dumps(update.to_wire())
        try:
            async with session.post(address, data=body, headers=headers, allow_redirects=False) as answer:
                await answer.read()
        except TimeoutError:
            return None, "Read timeout expired", 0
        except (ClientError, OSError):
            return None, "Connection refused", 0
        if 200 <= answer.status <= 299:  # noqa: PLR2004 - HTTP's own
            return answer.status, None, 0
        wait = answer.headers.get("Retry-After", "")
        retry_after = min(int(wait), LONGEST_RETRY_AFTER) if wait.isdecimal() else 0
        return answer.status, f"Wrong response from the webhook: {answer.status} {answer.reason}", retry_after

    def _way(self, url: str) -> str | None:
        for public, local in self.roads.items():
            if url == public or url.startswith(f"{public}/"):
                return local + url.removeprefix(public)
        return None

    def _try_later(self, update: Update, retry_after: int) -> None:
        """Plan the next try; an update that would be too old by then is forgotten."""
        now = self._now()
        tries = self._tries.setdefault(update.id, _Tries(now))
        wait = retry_after
        if not retry_after and tries.failed:
            wait = tries.delay = min(self._chance.randint(LONGEST_DELAY, 2 * LONGEST_DELAY), tries.delay * 2)
        tries.failed += 1
        tries.wakes_at = now + timedelta(seconds=wait)
        if tries.wakes_at > update.expires:
            self._updates.delivered(update)
