"""The sites of several bots at one address: each gets what is its own, and who watches sees all of them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import structlog

from bot.bell import Bell
from bot.clock import Clock
from bot.tracking.tokens import PATH, TOKEN, fingerprint_of
from bot.watching.metrics import CONTENT_TYPE, of_bots, of_machine, of_stopped, written
from bot.web.admission import Admission
from bot.web.asking import Answer, Asked
from bot.web.pages import gone, later
from bot.web.receiving import PATH as WEBHOOKS
from bot.web.redirecting import Redirects
from bot.web.site import ROBOTS, Site
from bot.work import Workshop
from storage.database import Database
from storage.errors import DatabaseFailedError
from storage.tracking import whose

WEBHOOK = re.compile(re.escape(WEBHOOKS) + r"([0-9]{1,19})(?:/.*)?")
"""A path that belongs to one bot."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Present:
    """The bots of a process at one moment."""

    names: Mapping[int, str]
    """every bot that the database serves, with its @name"""
    sites: Mapping[int, Site]
    """of those that run"""
    stopped: Mapping[int, str] = field(default_factory=dict)
    """why the others do not; one that was paused is none of them"""


class Sites:
    """Answers what the web asks of any of the bots."""

    def __init__(
        self,
        present: Callable[[], Present],
        resting: Callable[[int], Workshop],
        database: Database,
        clock: Clock,
        admission: Admission,
        room: Callable[[], int | None],
    ) -> None:
        """`resting` opens the workshop of a bot that does not run: links that it has sent still lead on."""
        self._present = present
        self._resting = resting
        self._database = database
        self._clock = clock
        self._admission = admission
        self._room = room
        self._started_at = clock.now()
        self._redirects: dict[int, Redirects] = {}

    async def answer(self, asked: Asked) -> Answer:
        """Answer a request; with a single bot that runs, exactly as that bot does."""
        present = self._present()
        if len(present.names) == 1 and present.sites.keys() == present.names.keys():
            return await next(iter(present.sites.values())).answer(asked)
        match asked.path:
            case path if path.startswith(PATH):
                return await self._led_on(asked, present)
            case path if found := WEBHOOK.fullmatch(path):
                return await self._handed_over(int(found[1]), asked, present)
            case "/robots.txt":
                return Answer(200, ROBOTS)
            case "/health" if self._admission.lets_in(asked):
                return await self._health(present)
            case "/metrics" if self._admission.lets_in(asked):
                return self._admission.refusal(asked) or await self._metrics(present)
            case _:
                return gone(asked, "")

    async def finish(self) -> None:
        """Let openings of links of bots that do not run get to the disk; those that run look after theirs."""
        for redirects in self._redirects.values():
            await redirects.finish()

    async def _led_on(self, asked: Asked, present: Present) -> Answer:
        token = asked.path.removeprefix(PATH)
        if not TOKEN.fullmatch(token):
            return gone(asked, "")
        fingerprint = fingerprint_of(token, self._database.keyring.fingerprint)
        try:
            async with self._database.look() as connection:
                bot_id = await whose(connection, fingerprint, present.names)
        except DatabaseFailedError as error:
            log.error("link_not_looked_up", reason=str(error))  # noqa: TRY400 - one line
            return later(asked, "")
        if bot_id is None:
            return gone(asked, "")
        if bot_id in present.sites:
            return await present.sites[bot_id].answer(asked)
        if bot_id not in self._redirects:  # its openings wait in the database until it runs again
            self._redirects[bot_id] = Redirects(self._resting(bot_id), Bell())
        return await self._redirects[bot_id].answer(asked)

    async def _handed_over(self, bot_id: int, asked: Asked, present: Present) -> Answer:
        if bot_id in present.sites:
            return await present.sites[bot_id].answer(asked)
        # Telegram keeps what it could not hand over, and comes again.
        return later(asked, "") if bot_id in present.names else gone(asked, "")

    async def _health(self, present: Present) -> Answer:
        """Tell of every bot. One that cannot run is told of, and is no reason to start the others anew."""
        found = {present.names[bot_id]: await site.health() for bot_id, site in present.sites.items()}
        problems = [f"{name}: {problem}" for name, health in found.items() for problem in health.problems]
        stopped = {present.names[bot_id]: reason for bot_id, reason in present.stopped.items()}
        if stopped and not found:
            problems.append("no bot runs")
        told = {
            "ok": not problems,
            "problems": problems,
            "bots": {name: health.as_told() for name, health in found.items()},
            "stopped": stopped,
        }
        return Answer(503 if problems else 200, json.dumps(told) + "\n", "application/json")

    async def _metrics(self, present: Present) -> Answer:
        measured = {
            present.names[bot_id].removeprefix("@"): await site.metrics() for bot_id, site in present.sites.items()
        }
        stopped = [present.names[bot_id].removeprefix("@") for bot_id in present.stopped]
        machine = of_machine(self._started_at, self._room())
        return Answer(200, written((*of_bots(measured), *of_stopped(stopped), *machine)), CONTENT_TYPE)
