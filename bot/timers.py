"""Timers: what is due by the clock, files whose bytes came, and files that are to be made."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog

from bot.administration.arrivals import QUIZ, examined, handle, tell_failure
from bot.bell import Bell
from bot.broadcasts.sending import broadcast_due
from bot.conversation.silence import silence_due
from bot.follow_ups.sending import send_due
from bot.hand_off.calling import call_due
from bot.hand_off.offering import offer_due
from bot.insight.alarms import Watch
from bot.leads.exporting import Exporting
from bot.privacy.keeping import let_go
from bot.privacy.withdrawing import expire
from bot.stages.freezing import thaw_due
from bot.stages.placing import place_due
from bot.tracking.opening import count
from bot.work import Work, Workshop
from bot.worker import place_of
from storage.broadcasts import Broadcast
from storage.errors import DatabaseBusyError, DatabaseFailedError
from storage.files import LEADS
from storage.records import (
    Enrolment,
    KeptFile,
    Lead,
    StoredConsent,
    StoredHandOff,
    StoredSession,
)
from storage.tracking import TrackedLink
from storage.unit import Unit

BATCH = 64
FILES = 4
"""Files in one go: each is held in memory while it is examined."""
POSTPONED = timedelta(hours=1)
"""How long something waits that failed: it must not keep the rest from being done."""
LOOK_FOR_RELEASE = timedelta(minutes=1)
"""How often to see whether held follow-ups were let go."""

Row = TypeVar("Row", StoredConsent, Lead, StoredHandOff, Enrolment, StoredSession, TrackedLink, Broadcast)

log = structlog.get_logger()


class Timers:
    """Does what is due. What waits are rows with a due time: a million of them cost no memory."""

    def __init__(self, workshop: Workshop, changed: Bell, committed: Callable[[], None], watch: Watch) -> None:
        self._workshop = workshop
        self._changed = changed
        self._committed = committed
        self.watch = watch
        self._exporting = Exporting(workshop)
        self._left: list[DatabaseBusyError] = []

    async def run(self) -> None:
        """Do what is due, for ever."""
        while True:
            due = await self.next_due()
            if due is not None and due <= self._workshop.clock.now():
                await self.do_due()
                for busy in self._left[:1]:
                    await self._workshop.wait_after(busy)
                self._left = []
            else:
                await self._changed.wait(self._workshop.clock, due)

    async def next_due(self) -> datetime | None:
        """Return when there is something to do next."""
        now = self._workshop.clock.now()  # before the look: what is let go after it is seen a minute from now
        async with self._workshop.view() as view:
            due, is_held = await view.agenda.next()
        release = now + LOOK_FOR_RELEASE if is_held else None  # another process lets them go
        moments = (self.watch.next_look, due, release)
        return min((moment for moment in moments if moment is not None), default=None)

    async def do_due(self) -> None:
        """Do what is due now, up to a batch."""
        await self._watched()
        await self._handle_files()
        async with self._workshop.work() as work:
            unit = work.unit
            await unit.alone_in_office()
            # First what must not be used any more, then what would use it.
            people = await unit.prospects.kept_too_long(work.now, BATCH)
            for prospect_id in people:
                if not await self._try(unit, _let_go(work, prospect_id), prospect=prospect_id):
                    await unit.prospects.keep_until(prospect_id, work.now + POSTPONED)
            ends = await unit.consents.ends_due(work.now, BATCH)
            await self._each("consent", ends, work, expire, unit.consents.postpone_end)
            waiting = await unit.places.due(work.now, BATCH)
            await self._each("lead", waiting, work, place_due, unit.places.postpone)
            frozen = await unit.leads.thaws_due(work.now, BATCH)
            await self._each("lead", frozen, work, thaw_due, unit.leads.postpone_thaw)
            untaken = await unit.hand_offs.due(work.now, BATCH)
            await self._each("hand_off", untaken, work, offer_due, unit.hand_offs.postpone)
            calls = await unit.hand_offs.calls_due(work.now, BATCH)
            await self._each("hand_off", calls, work, call_due, unit.hand_offs.postpone_call)
            opened = await unit.tracked_links.due(work.now, BATCH)
            await self._each("tracked_link", opened, work, count, unit.tracked_links.postpone)
            enrolments = await unit.enrolments.due(work.now, BATCH)
            await self._each("enrolment", enrolments, work, send_due, unit.enrolments.postpone)
            silent = await unit.sessions.due(work.now, BATCH)
            await self._each("session", silent, work, silence_due, unit.sessions.postpone)
            casts = await unit.broadcasts.due(work.now, BATCH)
            await self._each("broadcast", casts, work, broadcast_due, unit.broadcasts.postpone)
        self._committed()
        if people:
            log.info("kept_long_enough", people=len(people))

    async def _watched(self) -> None:
        """See whether all is well, and tell the admins if not."""
        try:
            await self.watch.look()
        except DatabaseFailedError:
            raise
        except Exception as error:  # noqa: BLE001 - an alarm that cannot be raised must not stop what is due
            log.error("watch_failed", error=place_of(error))  # noqa: TRY400 - no texts in logs

    async def _handle_files(self) -> None:
        """Handle files whose bytes came, or that are to be made; what takes long is done in no transaction."""
        async with self._workshop.view() as view:
            waiting = await view.files.to_handle(FILES)
            files = [await _to_examine(view, file) for file in waiting if file.purpose != LEADS]
        found = await asyncio.gather(*(examined(file) for file in files), return_exceptions=True)
        for file, examination in zip(files, found, strict=True):
            async with self._workshop.work() as work:
                await work.unit.alone_in_office()
                if file.id not in {each.id for each in await work.unit.files.to_handle(FILES)}:
                    continue  # another process was quicker
                if file.purpose != QUIZ:
                    await work.unit.files.handled(file.id, work.now)
                elif not await self._try(work.unit, handle(work, file, examination), file=file.id):
                    await tell_failure(work, file)
        for table in [file for file in waiting if file.purpose == LEADS][:1]:
            await self._exporting.go_on(table)

    async def _each(
        self,
        what: str,
        due: Iterable[Row],
        work: Work,
        doing: Callable[[Work, Row], Coroutine[Any, Any, None]],
        postpone: Callable[[int, datetime], Awaitable[None]],
    ) -> None:
        """Do what is due about each row; one that fails waits till later."""
        for row in due:
            if not await self._try(work.unit, _alone(work, row, doing), **{what: row.id}):
                await postpone(row.id, work.now + POSTPONED)

    async def _try(self, unit: Unit, doing: Coroutine[Any, Any, None], **what: int) -> bool:
        """Do what is due; tell whether it need not be postponed: it is done, or another process is at the same."""
        try:
            async with unit.attempt():
                await doing
        except DatabaseBusyError as error:
            self._left.append(error)
        except DatabaseFailedError:
            raise
        except Exception as error:  # noqa: BLE001 - one bad row must not stop the others
            log.error("timer_failed", error=place_of(error), **what)  # noqa: TRY400 - no texts in logs
            return False
        return True


async def _let_go(work: Work, prospect_id: int) -> None:
    await work.unit.turns.alone_with_prospect(prospect_id)
    await let_go(work, prospect_id)


async def _alone(work: Work, row: Row, doing: Callable[[Work, Row], Coroutine[Any, Any, None]]) -> None:
    """Do what is due about a row, unless another process is at work on the person whom it is about."""
    match row:
        case StoredHandOff(lead_id=lead_id):
            await work.unit.turns.alone_with_lead(lead_id)
        case StoredConsent():
            await work.unit.turns.alone_with_prospect(row.event.prospect_id)
        case Broadcast():
            pass
        case _:
            await work.unit.turns.alone_with_prospect(row.prospect_id)
    await doing(work, row)


async def _to_examine(view: Unit, file: KeptFile) -> KeptFile:
    """Return a file for a quiz with its bytes; into what prospects sent nobody looks here."""
    if file.purpose != QUIZ:
        return file
    return await view.files.by_id(file.id) or file
