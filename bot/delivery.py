"""Delivery: the only one that sends. Takes from the outbox, keeps the pace, writes back what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import assert_never

import structlog

from bot.bell import Bell
from bot.pace import Pace, Pacer
from bot.parcels import dispose, gather, remember
from bot.talk.mishaps import not_delivered
from bot.teams.presence import lost
from bot.telegram.port import Messenger
from bot.telegram.requests import (
    REQUEST,
    AnswerTap,
    EditText,
    FetchFile,
    Moved,
    Needless,
    NotSent,
    Refused,
    Request,
    Result,
    SendAlbum,
    SendMail,
    SendMedia,
    SendText,
    Sent,
    Uneditable,
    Unknown,
    Unreachable,
    Wait,
)
from bot.work import Work, Workshop
from bot.worker import place_of
from storage.enrolments import EndReason
from storage.errors import DatabaseFailedError
from storage.outbox import ERASED
from storage.records import Fate, Kind, Queued

AT_ONCE = 8
"""Requests under way at the same time."""
FETCHED_AT_MOST = 5
"""How often a download that breaks off is tried."""
SUPERGROUPS = -(10**12)
"""Ids of supergroups begin below this one. Source: core.telegram.org/api/bots/ids."""
LONGEST_PAUSE = timedelta(seconds=60)
DATABASE_PAUSE = timedelta(seconds=3)
LAST_WORDS = 1.5
"""Seconds that requests under way get to finish when the process stops."""

log = structlog.get_logger()


class Delivery:
    """Sends what is in the outbox, the most urgent first, each chat's messages in order."""

    def __init__(
        self,
        messenger: Messenger,
        workshop: Workshop,
        pace: Pace,
        outbox: Bell,
        fetched: Callable[[], None] = lambda: None,
    ) -> None:
        """`fetched` is called when the bytes of a file came, or when it is known that they will not."""
        self._messenger = messenger
        self._workshop = workshop
        self._clock = workshop.clock
        self._pacer = Pacer(pace)
        self._outbox = outbox
        self._fetched = fetched
        self._under_way: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Send for ever. What was being sent when the last process ended is settled first."""
        async with self._workshop.work() as work:
            for queued in await work.unit.outbox.interrupted():
                ended = Unknown("the process ended while it was being sent")
                if queued.request == ERASED:
                    await self._conclude(work, queued, Fate.UNKNOWN, refusal=ended.reason)
                else:
                    await self._settle(work, queued, REQUEST.validate_json(queued.request), ended)
        try:
            while True:
                # One look, one moment: what is released between two readings of the clock would be lost.
                now = self._clock.now()
                if not await self._send_some(now):
                    await self._outbox.wait(self._clock, await self._next_moment(now))
        finally:
            await self._finish()

    async def _send_some(self, now: datetime) -> bool:
        """Start what may be sent now; tell whether there was anything."""
        if not self._pacer.ready(now) or len(self._under_way) >= AT_ONCE:
            return False
        held = self._pacer.held(now)
        async with self._workshop.view() as view:
            if not await view.outbox.has_ready(now, held):
                return False
        async with self._workshop.work() as work:
            claimed = await work.unit.outbox.claim(now, 1, held)
        for queued in claimed:
            request = REQUEST.validate_json(queued.request)
            chat, messages = _weight(request)
            self._pacer.spend(chat, now, messages)
            task = asyncio.create_task(self._deliver(queued, request))
            self._under_way.add(task)
            task.add_done_callback(self._landed)
        return bool(claimed)

    async def _next_moment(self, now: datetime) -> datetime | None:
        """Return when to look again after a look at `now`, if nobody rings before."""
        if len(self._under_way) >= AT_ONCE:
            return None
        async with self._workshop.view() as view:
            waiting = await view.outbox.next_moment(now)
        moments = (waiting, self._pacer.next_release(now))
        return min((moment for moment in moments if moment is not None), default=None)

    async def _deliver(self, queued: Queued, request: Request) -> None:
        try:
            result = await self._perform(queued, request)
        except Exception as error:  # noqa: BLE001 - a request that cannot even be made must not stop the others
            log.error("request_failed", outbox=queued.id, error=place_of(error))  # noqa: TRY400 - no texts in logs
            result = Refused(type(error).__name__)
        if not isinstance(result, Sent | Needless | Uneditable):
            log.warning("not_delivered", outbox=queued.id, kind=queued.kind, result=type(result).__name__)
        while not await self._written_down(queued, request, result):
            await self._clock.sleep_until(self._clock.now() + DATABASE_PAUSE)

    async def _written_down(self, queued: Queued, request: Request, result: Result) -> bool:
        """Write back what came of a message; tell whether the database took it."""
        try:
            async with self._workshop.work() as work:
                await self._settle(work, queued, request, result)
                if isinstance(result, Sent):
                    await remember(work.unit, request, result, work.now)
        except DatabaseFailedError as error:
            log.error("fate_not_written", outbox=queued.id, reason=str(error))  # noqa: TRY400 - one line
            return False
        if isinstance(request, FetchFile):
            self._fetched()
        return True

    async def _perform(self, queued: Queued, request: Request) -> Result:
        """Carry out a request: the one place where the ways to Telegram and to other servers part."""
        match request:
            case EditText(message_id=None) if queued.edited_message is None:
                return Uneditable("the message to change was never sent")
            case SendMail():
                return Refused("no mail server is set up")
            case _:
                async with self._workshop.view() as view:
                    request, files = await gather(view, request)
                return await self._messenger.perform(request, queued.edited_message, files)

    async def _settle(self, work: Work, queued: Queued, request: Request, result: Result) -> None:
        """Write down what came of a message; what its class allows is put back to be sent again."""
        outbox, now = work.unit.outbox, work.now
        if isinstance(request, FetchFile) and isinstance(result, Refused | Unreachable | Needless):
            await work.unit.files.will_not_come(request.number, now)
        match result:
            case Sent(message_id=message_id):
                await self._conclude(work, queued, Fate.SENT, message_id)
                if isinstance(request, SendText) and queued.edits is not None and message_id is not None:
                    await outbox.replaced(queued.edits, message_id)
            case Uneditable(reason=reason) if isinstance(request, EditText) and request.buttons:
                # Somebody waits for these buttons: the message comes anew, in the edit's own place in the queue.
                anew = SendText(chat_id=request.chat_id, html=request.html, buttons=request.buttons)
                await outbox.retry(queued.id, now, REQUEST.dump_json(anew).decode())
            case Moved(chat_id=chat_id) if queued.chat_id > SUPERGROUPS and not isinstance(request, AnswerTap):
                await outbox.retry(queued.id, now)
                for number, body in await outbox.waiting_for(queued.chat_id):
                    moved = REQUEST.validate_json(body).model_copy(update={"chat_id": chat_id})
                    await outbox.redirect(number, chat_id, REQUEST.dump_json(moved).decode())
                await work.unit.members.moved(queued.chat_id, chat_id)
                await work.note("group_moved", None)
            case Moved():  # a supergroup moves nowhere: asking for ever would help nobody
                await self._conclude(work, queued, Fate.REFUSED, refusal="the chat moved")
            case Needless(reason=reason) | Uneditable(reason=reason):
                await self._conclude(work, queued, Fate.REFUSED, refusal=reason)
            case Refused(reason=reason):
                await self._conclude(work, queued, Fate.REFUSED, refusal=reason)
                await not_delivered(work, queued.id, reason)
            case Unreachable(reason=reason):
                await self._conclude(work, queued, Fate.REFUSED, refusal=reason)
                await not_delivered(work, queued.id, reason)
                await self._lost_touch(work, queued, reason)
            case Wait(seconds=seconds):
                # A 429 does not say whether it means the chat or the whole bot: silence obeys both.
                until = now + timedelta(seconds=seconds)
                await outbox.pause(0, until)
                await outbox.retry(queued.id, until)
            case NotSent():
                await outbox.retry(queued.id, now + _pause(queued.attempts))
            case Unknown(reason=reason) if isinstance(request, FetchFile) and queued.attempts >= FETCHED_AT_MOST:
                await self._settle(work, queued, request, Refused(reason))
            case Unknown(reason=reason):
                await self._settle_unknown(work, queued, request, reason)
            case _:
                assert_never(result)

    async def _conclude(
        self, work: Work, queued: Queued, fate: Fate, message_id: int | None = None, refusal: str | None = None
    ) -> None:
        """Write down a message's fate; one that is to be forgotten goes for good, with the files it carried."""
        if await work.unit.outbox.settle(queued.id, fate, work.now, message_id, refusal):
            work.unit.scrub_after = True
            if queued.request != ERASED:
                await dispose(work.unit, REQUEST.validate_json(queued.request))

    async def _settle_unknown(self, work: Work, queued: Queued, request: Request, reason: str) -> None:
        """Nobody knows whether it arrived: what rests on a consent is not repeated, else it is; a card says so."""
        if queued.kind in (Kind.FOLLOW_UP, Kind.BROADCAST, Kind.TAP):
            await self._conclude(work, queued, Fate.UNKNOWN, refusal=reason)
            return
        request = REQUEST.validate_json(queued.request)
        if isinstance(request, SendText) and request.repeat_mark:
            marked = {"html": f"{request.repeat_mark}\n\n{request.html}", "repeat_mark": ""}
            request = request.model_copy(update=marked)
        body = REQUEST.dump_json(request).decode()
        await work.unit.outbox.retry(queued.id, work.now + _pause(queued.attempts), body)

    async def _lost_touch(self, work: Work, queued: Queued, reason: str) -> None:
        """Stop all that waits for somebody who cannot be reached; a manager's silence is an alarm."""
        if not queued.chat_id:
            return  # what stands in no chat's queue says nothing about a person
        unit, now = work.unit, work.now
        await unit.outbox.drop_all(queued.chat_id, now)
        person = await unit.prospects.by_telegram_id(queued.chat_id)
        if person is not None:
            await unit.prospects.blocked(person.id, now)
            await unit.enrolments.stop(person.id, EndReason.BLOCKED, now)
        await lost(work, queued.chat_id, reason)

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("delivery_failed", error=place_of(task.exception() or RuntimeError()))
        self._outbox.ring()

    async def _finish(self) -> None:
        """Let requests under way end, so that a restart need not repeat them."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=LAST_WORDS)
        for task in (left := list(self._under_way)):
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)


def _weight(request: Request) -> tuple[int | None, int]:
    """Return in which chat a request counts as a message, and as how many."""
    match request:
        case SendText(chat_id=chat_id) | SendMedia(chat_id=chat_id):
            return chat_id, 1
        case SendAlbum(chat_id=chat_id, media=media):
            return chat_id, len(media)
        case _:
            return None, 1


def _pause(attempts: int) -> timedelta:
    return min(timedelta(seconds=2 ** min(attempts - 1, 6)), LONGEST_PAUSE)
