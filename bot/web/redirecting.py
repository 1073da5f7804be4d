"""`/r/<token>`: leads to where the link was made for, and notes that its person opened it."""

from __future__ import annotations

import asyncio

import structlog

from bot.bell import Bell
from bot.tracking.destinations import destination
from bot.tracking.errors import UnsafeDestinationError
from bot.tracking.tokens import PATH, TOKEN, fingerprint_of
from bot.web.asking import Answer, Asked
from bot.web.pages import gone, later
from bot.web.robots import is_person
from bot.work import Workshop
from bot.worker import place_of
from storage.errors import DatabaseFailedError
from storage.tracking import TrackedLink

PATIENCE = 1.0
"""Seconds that a person waits until their opening is on disk; then they are led on, and it is written later."""
LAST_WORDS = 2.0
"""Seconds that openings get to be written when the process stops."""
MOST = 1000
"""Openings on their way to the disk; when there are more, the disk is what is wrong."""

log = structlog.get_logger()


class Redirects:
    """Leads people on. The destination is only ever the stored one; nothing in a request can change it."""

    def __init__(self, workshop: Workshop, due: Bell) -> None:
        """`due` wakes who counts openings."""
        self._workshop = workshop
        self._due = due
        self._under_way: dict[int, asyncio.Task[None]] = {}

    async def answer(self, asked: Asked) -> Answer:
        """Lead on to where a token stands for."""
        username, token = self._workshop.setup.username, asked.path.removeprefix(PATH)
        if not TOKEN.fullmatch(token):
            return gone(asked, username)
        try:
            link, news = await self._find(token)
        except (DatabaseFailedError, TimeoutError) as error:
            log.error("link_not_looked_up", reason=str(error) or "it took too long")  # noqa: TRY400 - one line
            return later(asked, username)
        if link is None:
            return gone(asked, username)
        try:
            leads_to = destination(link.url)  # whoever could write into the database could write anything there
        except UnsafeDestinationError:
            log.error("unsafe_destination", tracked_link=link.id)  # noqa: TRY400 - one line
            return gone(asked, username)
        if news and is_person(asked):
            await self._note(link)
        return Answer(302, headers={"Location": leads_to, "X-Robots-Tag": "noindex, nofollow"})

    async def finish(self) -> None:
        """Let openings that are on their way to the disk get there."""
        if self._under_way:
            await asyncio.wait(list(self._under_way.values()), timeout=LAST_WORDS)
        for task in (left := list(self._under_way.values())):
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _find(self, token: str) -> tuple[TrackedLink | None, bool]:
        """Return the link, and whether its opening would be news."""
        fingerprint = fingerprint_of(token, self._workshop.setup.fingerprint)
        async with asyncio.timeout(LAST_WORDS), self._workshop.view() as view:
            link = await view.tracked_links.by_fingerprint(fingerprint)
            return link, link is not None and await view.tracked_links.tells_something(link)

    async def _note(self, link: TrackedLink) -> None:
        """Note an opening; the person is led on whether the database takes it or not."""
        if link.id not in self._under_way:
            if len(self._under_way) >= MOST:
                log.error("opening_not_noted", tracked_link=link.id, reason="too many wait for the disk")
                return
            task = asyncio.create_task(self._write(link.id))
            self._under_way[link.id] = task
            task.add_done_callback(lambda _: self._under_way.pop(link.id, None))
        await asyncio.wait([self._under_way[link.id]], timeout=PATIENCE)

    async def _write(self, number: int) -> None:
        try:
            async with self._workshop.work() as work:
                await work.unit.tracked_links.opened(number, work.now)
        except DatabaseFailedError as error:
            log.error("opening_not_noted", tracked_link=number, reason=str(error))  # noqa: TRY400 - one line
        except Exception as error:  # noqa: BLE001 - whatever it is, the person is led on
            log.error("opening_not_noted", tracked_link=number, error=place_of(error))  # noqa: TRY400 - no texts in logs
        else:
            self._due.ring()
