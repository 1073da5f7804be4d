"""Makes the tables of leads that were ordered, beside everything else, and sends each as a document."""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO

import structlog

from bot.insight.access import may_export
from bot.leads.ordering import tell
from bot.leads.table import AT_ONCE, Table
from bot.teams.roster import house_timezone
from bot.telegram.requests import FileMedia, SendMedia
from bot.texts import count, day_and_time, say
from bot.work import Work, Workshop
from bot.worker import place_of
from storage.errors import DatabaseBusyError, DatabaseFailedError
from storage.files import LEADS
from storage.records import Action, KeptFile, Prospect

LARGEST = 50_000_000
"""Bytes of a document that a bot can send. Source: Bot API, sendDocument."""

log = structlog.get_logger()


@dataclass
class _Making:
    """A table on its way, and for which order."""

    file: int
    table: Table
    content: BytesIO = field(default_factory=BytesIO, repr=False)

    @property
    def size(self) -> int:
        return self.content.tell()


class Exporting:
    """Makes the tables that were ordered, one after another: a look at some leads, then others have their turn.

    Only an order is kept until its table is whole: a process that ends in between leaves it to the next one.
    """

    def __init__(self, workshop: Workshop, *, largest: int = LARGEST, at_once: int = AT_ONCE) -> None:
        """No table is to have more bytes than `largest`; each look is at so many leads `at_once`."""
        self._workshop = workshop
        self._largest = largest
        self._at_once = at_once
        self._making: _Making | None = None

    async def go_on(self, ordered: KeptFile) -> None:
        """Go on with a table; when it is whole, put it into the outbox. Raises DatabaseFailedError."""
        try:
            await self._go_on(ordered)
        except DatabaseFailedError:
            raise
        except Exception as error:  # noqa: BLE001 - a table that cannot be made must not stop what is due
            log.error("export_failed", file=ordered.id, error=place_of(error))  # noqa: TRY400 - no texts in logs
            await self._give_up(ordered, "leads.failed")

    async def _go_on(self, ordered: KeptFile) -> None:
        making = self._making
        if making is None or making.file != ordered.id:
            making = self._making = await self._begin(ordered)
        async with self._workshop.view() as view:
            rows = await making.table.more(view)
        if rows is None:
            await self._hand_over(ordered, making)
        elif making.size + len(rows) > self._largest:
            await self._give_up(ordered, "leads.too_large")
        else:
            making.content.write(rows)

    async def _begin(self, ordered: KeptFile) -> _Making:
        async with self._workshop.work() as work:
            person = await _who_ordered(work, ordered)
            language, zone = work.language_of(person), await house_timezone(work)
        table = Table(self._workshop.library, language, zone, work.now, at_once=self._at_once)
        return _Making(ordered.id, table)

    async def _hand_over(self, ordered: KeptFile, making: _Making) -> None:
        """Send a table that is whole; one for which the disk has no room must not hold up all else."""
        try:
            await self._send(ordered, making)
        except DatabaseBusyError:
            raise
        except DatabaseFailedError as error:
            log.error("export_failed", file=ordered.id, error=str(error))  # noqa: TRY400 - one line
            await self._give_up(ordered, "leads.failed")
        self._making = None

    async def _send(self, ordered: KeptFile, making: _Making) -> None:
        """Put a table into the outbox for who ordered it, if they may have it still."""
        async with self._workshop.work() as work:
            person = await _who_ordered(work, ordered)
            if person is None or await making.table.is_outdated(work.unit):
                return  # nobody waits for it, or it begins anew
            if not await may_export(work, person.telegram_id):
                await work.unit.files.remove(ordered.id)
                return
            await work.unit.files.arrived(ordered.id, making.content.getvalue(), work.now)
            await work.unit.files.handled(ordered.id, work.now)
            leads, language = making.table.leads, making.table.language
            await work.unit.audit.note(person.telegram_id, Action.EXPORT, LEADS, work.now, leads=leads)
            moment = day_and_time(language, making.table.now, making.table.timezone)
            text = say(language, "leads.file", leads=count(language, "insight.leads", leads), moment=moment)
            media = FileMedia(number=ordered.id)
            request = SendMedia(chat_id=person.telegram_id, html=text, kind="document", media=media)
            await work.send(request, forget=True)

    async def _give_up(self, ordered: KeptFile, why: str) -> None:
        """Say why there is no table; the order is done with."""
        self._making = None
        async with self._workshop.work() as work:
            person = await _who_ordered(work, ordered)
            if person is not None:
                await work.unit.files.remove(ordered.id)
                await tell(work, person, why)


async def _who_ordered(work: Work, ordered: KeptFile) -> Prospect | None:
    """Return who waits for a table; None when nobody does: they are gone, or another process was quicker."""
    await work.unit.alone_in_office()
    if ordered.prospect_id is None or not await work.unit.files.is_to_handle(ordered.id):
        return None
    return await work.unit.prospects.by_id(ordered.prospect_id)
