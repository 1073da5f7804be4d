"""Timers: by the clock, hand-offs nobody took, follow-ups that are due, consents and data whose time is over."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.bell import Bell
from bot.follow_ups.sending import send_due
from bot.hand_off.offering import offer_due
from bot.privacy.keeping import let_go
from bot.privacy.withdrawing import expire
from bot.work import Workshop
from bot.worker import place_of
from storage.unit import Unit

BATCH = 64
POSTPONED = timedelta(hours=1)
"""How long something waits that failed: it must not keep the rest from being done."""

log = structlog.get_logger()


class Timers:
    """Does what is due. What waits are rows with a due time: a million of them cost no memory."""

    def __init__(self, workshop: Workshop, changed: Bell, committed: Callable[[], None]) -> None:
        self._workshop = workshop
        self._changed = changed
        self._committed = committed

    async def run(self) -> None:
        """Do what is due, for ever."""
        while True:
            if not await self.work_once():
                await self._changed.wait(self._workshop.clock, await self.next_due())

    async def next_due(self) -> datetime | None:
        """Return when there is something to do next."""
        async with self._workshop.view() as view:
            moments = (
                await view.hand_offs.next_due(),
                await view.enrolments.next_due(),
                await view.consents.next_end(),
                await view.prospects.next_end(),
            )
        return min((moment for moment in moments if moment is not None), default=None)

    async def work_once(self) -> int:
        """Do what is due now, up to a batch; return how much that was."""
        due = await self.next_due()
        if due is None or due > self._workshop.clock.now():
            return 0
        async with self._workshop.work() as work:
            unit, later = work.unit, work.now + POSTPONED
            # First what must not be used any more, then what would use it.
            people = await unit.prospects.kept_too_long(work.now, BATCH)
            for prospect_id in people:
                if not await self._try(unit, let_go(work, prospect_id), prospect=prospect_id):
                    await unit.prospects.keep_until(prospect_id, later)
            consents = await unit.consents.ends_due(work.now, BATCH)
            for consent in consents:
                if not await self._try(unit, expire(work, consent), consent=consent.id):
                    await unit.consents.postpone_end(consent.id, later)
            hand_offs = await unit.hand_offs.due(work.now, BATCH)
            for stored in hand_offs:
                if not await self._try(unit, offer_due(work, stored), hand_off=stored.id):
                    await unit.hand_offs.postpone(stored.id, later)
            enrolments = await unit.enrolments.due(work.now, BATCH)
            for enrolment in enrolments:
                if not await self._try(unit, send_due(work, enrolment), enrolment=enrolment.id):
                    await unit.enrolments.postpone(enrolment.id, later)
        self._committed()
        if people:
            log.info("kept_long_enough", people=len(people))
        return len(people) + len(consents) + len(hand_offs) + len(enrolments)

    @staticmethod
    async def _try(unit: Unit, doing: Coroutine[Any, Any, None], **what: int) -> bool:
        try:
            async with unit.attempt():
                await doing
        except Exception as error:  # noqa: BLE001 - one bad row must not stop the others
            log.error("timer_failed", error=place_of(error), **what)  # noqa: TRY400 - no texts in logs
            return False
        return True
