"""The site: which address leads to what, and who may see how the bot is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hmac import compare_digest
from urllib.parse import urlsplit

from bot.tracking.tokens import PATH
from bot.watching.health import Nurse
from bot.watching.metrics import CONTENT_TYPE, of_database, of_process, written
from bot.watching.pulse import Pulse
from bot.web.asking import Answer, Asked
from bot.web.pages import gone
from bot.web.receiving import PATH as WEBHOOKS
from bot.web.receiving import Door
from bot.web.redirecting import Redirects
from bot.work import Workshop
from storage.errors import DatabaseFailedError

FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
"""What proxies add: such a request came from elsewhere."""
ROBOTS = "User-agent: *\nDisallow: /\n"


class Site:
    """Answers what the web asks."""

    def __init__(
        self,
        workshop: Workshop,
        pulse: Pulse,
        redirects: Redirects,
        room: Callable[[], int | None],
        token: str | None = None,
        doors: Mapping[int, Door] | None = None,
    ) -> None:
        """`token` is what somebody has to show who wants to see metrics; `doors` take each bot's updates."""
        self._workshop = workshop
        self._pulse = pulse
        self._redirects = redirects
        self._room = room
        self._token = token
        self._doors = {f"{WEBHOOKS}{bot_id}": door for bot_id, door in (doors or {}).items()}
        self._nurse = Nurse(workshop, pulse)
        self._public = urlsplit(workshop.setup.public_url or "").netloc.lower()

    async def answer(self, asked: Asked) -> Answer:
        """Answer a request."""
        match asked.path:
            case path if path.startswith(PATH):
                return await self._redirects.answer(asked)
            case path if path in self._doors:
                return await self._doors[path].answer(asked)
            case "/robots.txt":
                return Answer(200, ROBOTS)
            case "/health" if self._shows_token(asked) or not self._from_elsewhere(asked):
                health = await self._nurse.health()
                return Answer(200 if health.is_well else 503, health.as_json(), "application/json")
            case "/metrics" if self._shows_token(asked) or not self._from_elsewhere(asked):
                if self._token is not None and not self._shows_token(asked):
                    return Answer(
                        401, "HOTLEAD_METRICS_TOKEN is needed.\n", headers={"WWW-Authenticate": "Bearer"}
                    )
                return Answer(200, await self._metrics(), CONTENT_TYPE)
            case _:
                return gone(asked, self._workshop.setup.username)

    async def _metrics(self) -> str:
        now = self._workshop.clock.now()
        told = written(of_process(self._pulse, await self._nurse.health(), now, self._room()))
        try:
            async with self._workshop.view() as view:
                return told + written(of_database(await view.vitals.read(now), now))
        except DatabaseFailedError:
            return told

    def _from_elsewhere(self, asked: Asked) -> bool:
        """Tell whether it came through the public address: how the bot is, is not the public's to know."""
        host = asked.headers.get("host", "").lower()
        return bool(self._public and host == self._public) or any(name in asked.headers for name in FORWARDED)

    def _shows_token(self, asked: Asked) -> bool:
        if self._token is None:
            return False
        shown = asked.headers.get("authorization", "").encode("utf-8", "surrogateescape")
        return compare_digest(shown, f"Bearer {self._token}".encode())
