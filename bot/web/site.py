"""The site: which address leads to what, and who may see how the bot is."""

from __future__ import annotations

from collections.abc import Callable

from bot.tracking.tokens import PATH
from bot.watching.health import Health, Nurse
from bot.watching.metrics import CONTENT_TYPE, Metric, of_database, of_machine, of_process, written
from bot.watching.pulse import Pulse
from bot.web.admission import Admission
from bot.web.asking import Answer, Asked
from bot.web.pages import gone
from bot.web.receiving import Door, path_of
from bot.web.redirecting import Redirects
from bot.work import Workshop
from storage.errors import DatabaseFailedError

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
        door: Door | None = None,
    ) -> None:
        """`token` is what somebody has to show who wants to see metrics; the `door` takes the bot's updates."""
        self._workshop = workshop
        self._pulse = pulse
        self._redirects = redirects
        self._room = room
        self._door, self._door_at = door, path_of(workshop.bot_id)
        self._admission = Admission(workshop.setup.public_url, token)
        self._nurse = Nurse(workshop, pulse)

    async def answer(self, asked: Asked) -> Answer:
        """Answer a request."""
        match asked.path:
            case path if path.startswith(PATH):
                return await self._redirects.answer(asked)
            case path if path == self._door_at and self._door is not None:
                return await self._door.answer(asked)
            case "/robots.txt":
                return Answer(200, ROBOTS)
            case "/health" if self._admission.lets_in(asked):
                health = await self.health()
                return Answer(200 if health.is_well else 503, health.as_json(), "application/json")
            case "/metrics" if self._admission.lets_in(asked):
                refusal = self._admission.refusal(asked)
                if refusal is not None:
                    return refusal
                machine = of_machine(self._pulse.started_at, self._room())
                return Answer(200, written((*await self.metrics(), *machine)), CONTENT_TYPE)
            case _:
                return gone(asked, self._workshop.setup.username)

    async def finish(self) -> None:
        """Let openings and updates that are on their way to the disk get there."""
        await self._redirects.finish()
        if self._door is not None:
            await self._door.finish()

    async def health(self) -> Health:
        """Return how the bot is."""
        return await self._nurse.health()

    async def metrics(self) -> list[Metric]:
        """Measure the bot; what the database knows is left out while it is away."""
        now = self._workshop.clock.now()
        told = list(of_process(self._pulse, await self.health(), now))
        try:
            async with self._workshop.view() as view:
                told += of_database(await view.vitals.read(now), now)
        except DatabaseFailedError:
            pass
        return told
