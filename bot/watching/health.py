"""Whether the bot does its work right now: the database takes things, Telegram is heard, nothing stands still."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.roles import Role
from bot.watching.pulse import Pulse
from bot.work import Workshop
from storage.errors import DatabaseFailedError
from storage.vitals import Vitals

SILENT_AFTER = timedelta(seconds=90)
"""Telegram answers within half a minute when it is asked for updates, news or not."""
STANDS_AFTER = timedelta(seconds=60)
"""Work that could be done and is not, for so long, while nothing at all is done: somebody stands still."""
ASK_AGAIN = timedelta(seconds=5)
"""How long an answer is good for: a look at the health must not become the load."""
PATIENCE = 4.0
"""Seconds that the database gets to take one value."""
HEALTH = "health"


@dataclass(frozen=True)
class Health:
    """What is wrong now; nothing when all is well."""

    at: datetime
    problems: tuple[str, ...]
    heard_at: datetime | None

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def as_told(self) -> dict[str, Any]:
        """Tell it to a machine."""
        heard = (self.at - self.heard_at).total_seconds() if self.heard_at else None
        return {"ok": self.is_well, "problems": self.problems, "heard_from_telegram_seconds_ago": heard}

    def as_json(self) -> str:
        """Write it down for a machine."""
        return json.dumps(self.as_told()) + "\n"


class Nurse:
    """Looks how the bot is, at most every few seconds."""

    def __init__(self, workshop: Workshop, pulse: Pulse) -> None:
        self._workshop = workshop
        self._pulse = pulse
        self._known: Health | None = None
        self._stood_by_until = pulse.started_at
        self._looking = asyncio.Lock()

    async def health(self) -> Health:
        """Return how the bot is, as of a few seconds ago at most."""
        async with self._looking:
            now = self._workshop.clock.now()
            if self._known is None or not timedelta(0) <= now - self._known.at < ASK_AGAIN:
                self._known = await self._look(now)
            return self._known

    async def _look(self, now: datetime) -> Health:
        problems = []
        try:
            async with asyncio.timeout(PATIENCE):
                async with self._workshop.work() as work:
                    await work.unit.states.keep_moment(HEALTH, now)
                async with self._workshop.view() as view:
                    problems += standing(await view.vitals.read(now), self._pulse, now)
        except DatabaseFailedError:
            problems.append("the database cannot be written")
        except TimeoutError:
            problems.append(f"the database took nothing in {PATIENCE:g} s")
        if self._pulse.webhook is not None and self._pulse.webhook.problem is not None:
            problems.append(f"the webhook does not work: {self._pulse.webhook.problem}")
        if not self._pulse.does(Role.RECEIVE):
            self._stood_by_until = now
        if now - max(self._pulse.heard_at or self._stood_by_until, self._stood_by_until) > SILENT_AFTER:
            problems.append("Telegram is not heard")
        return Health(now, tuple(problems), self._pulse.heard_at)


def standing(vitals: Vitals, pulse: Pulse, now: datetime) -> list[str]:
    """Say what waits though this process could do it."""
    problems = []
    unhandled = vitals.inbox_since is not None and now - vitals.inbox_since > STANDS_AFTER
    if unhandled and pulse.does(Role.WORK):
        problems.append("updates are not handled")
    waits = pulse.does(Role.SEND) and vitals.outbox_since is not None and now - vitals.outbox_since > STANDS_AFTER
    if waits and (pulse.asked_at is None or now - pulse.asked_at > STANDS_AFTER):
        problems.append("messages are not sent")
    return problems
