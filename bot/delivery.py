"""Delivery: the only one that sends. Takes from the outbox, keeps the pace, writes back what came of it."""

from __future__ import annotations

import asyncio
import os
from bisect import insort
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.bell import Bell
from bot.limit import LIMIT, Floods, Limit
from bot.pace import Counted, Pace, Pacer
from bot.parcels import carries_files, gather, remember
from bot.settling import settle, settle_interrupted
from bot.telegram.port import Messenger
from bot.telegram.requests import (
    REQUEST,
    AnswerTap,
    EditText,
    FetchFile,
    File,
    Moved,
    Needless,
    NotSent,
    Refused,
    Request,
    Result,
    SendMail,
    Sent,
    Uneditable,
    Unreachable,
    Wait,
)
from bot.weighing import weight
from bot.work import Work, Workshop
from bot.worker import place_of
from storage.claims import EVERYBODY, Outlook
from storage.errors import DatabaseFailedError, SupersededError
from storage.messages import Queued

AT_ONCE = 32
"""Requests under way at the same time: a second's messages, should each take a second."""
AHEAD = timedelta(milliseconds=150)
"""How long before its moment a message may be claimed: no commit is to stand between that moment and the send."""
REFILLED_AT = 2
"""With fewer messages in hand more are claimed: several in one transaction, and the next is always there."""
LATE = timedelta(seconds=3)
"""Who holds a claimed message longer than that has slept: it is put back, and claimed anew if it still may be."""
UNCERTAIN = timedelta(milliseconds=100)
"""How long to wait before asking again whether it is certain that nobody else sends."""
LIMIT_KEPT = "limit"
"""Under this name is remembered what was learned about the bot's limit."""
LONG_AGO = timedelta(hours=1)
"""What was put in for a group before that was not sent in the last minute, as good as surely."""
LAST_WORDS = 1.5
"""Seconds that requests under way get to finish when the process stops."""

log = structlog.get_logger()


@dataclass(frozen=True, order=True)
class _Claimed:
    """A message in hand: the most urgent first, and of equals the one that was claimed first."""

    priority: int
    at: datetime
    number: int
    queued: Queued
    request: Request


@dataclass(eq=False)
class _Came:
    """What came of a message; `named` is whom a 429 is taken to mean."""

    queued: Queued
    request: Request
    result: Result
    named: int
    is_written: bool = False


class Delivery:
    """Sends what is in the outbox, the most urgent first, each chat's messages in order."""

    def __init__(
        self,
        messenger: Messenger,
        workshop: Workshop,
        pace: Pace,
        outbox: Bell,
        due: Callable[[], None] = lambda: None,
        leads: Callable[[], bool] | None = None,
    ) -> None:
        """`due` is called when the timers have to look: a file's bytes came, or a message is late.

        `leads` tells whether it is certain that nobody else sends; None where there are no others.
        """
        self._messenger = messenger
        self._workshop = workshop
        self._clock = workshop.clock
        self._pacer = Pacer(pace)
        self._kept_limit = self._pacer.limit
        self._floods = Floods()
        self._outbox = outbox
        self._due = due
        self._leads = leads
        self._sender = 0
        self._hand: list[_Claimed] = []
        self._under_way: dict[asyncio.Task[None], int] = {}
        self._tried: set[int] = set()
        """what was sent, or may have been, and is not written down yet"""
        self._came: list[_Came] = []
        self._committing = asyncio.Lock()
        self._is_unsure = False
        """whether something may have been claimed that is not in hand"""
        self._silent_until: datetime | None = None

    async def run(self) -> None:
        """Send for ever. Raises SupersededError when another sender took over."""
        await self._begin()
        try:
            while True:
                try:
                    moment = await self._step()
                except DatabaseFailedError as error:
                    # What is under way goes on: leaving now would make its fate unknown.
                    log.error("database_failed", part="Delivery", reason=str(error))  # noqa: TRY400 - one line
                    self._is_unsure = True
                    await self._workshop.wait_after(error)
                    continue
                if moment is None or moment > self._clock.now():
                    await self._outbox.wait(self._clock, moment)
        finally:
            await self._finish()

    async def _begin(self) -> None:
        """Become the sender; settle what the last one left; remember what it had learned."""
        self._hand = []
        async with self._workshop.work() as work:
            self._sender = await work.unit.outbox.take_over()
            if self._leads is not None:
                await work.note("took_over_sending", None, sender=self._sender, process=os.getpid())
            for queued in await work.unit.outbox.interrupted():
                await settle_interrupted(work, queued)
            kept = await work.unit.states.read(LIMIT_KEPT)
            written = await work.unit.outbox.written_to_groups(
                work.now - timedelta(minutes=1), work.now - LONG_AGO
            )
        if kept is not None:
            self._pacer.limit = self._kept_limit = LIMIT.validate_json(kept)
        for group, at in written:
            self._pacer.spend_in_group(group, at)

    async def _step(self) -> datetime | None:
        """Do what can be done now; return when to look again, if nobody rings before."""
        # One look, one moment: what is released between two readings of the clock would be lost.
        now = self._clock.now()
        if self._is_unsure:
            await self._put_back_orphans()
        is_halted = self._is_silent(now) or not self._is_sure()
        if self._hand and (is_halted or now - min(each.at for each in self._hand) > LATE):
            await self._put_back()
            return now
        if not self._is_sure():
            return now + UNCERTAIN
        seen = await self._claim(now)
        self._send(self._clock.now())
        return self._next_moment(now, seen)

    async def _claim(self, now: datetime) -> Outlook | None:
        """Take in hand what may be sent before long, if there is room; tell what is left, if that is known."""
        free = min(self._room, self._pacer.slots(now + AHEAD, now, AT_ONCE) - len(self._hand))
        if free <= 0 or self._is_silent(now):
            return None
        held = self._pacer.held(now)
        async with self._workshop.view() as view:
            outlook = await view.outbox.outlook(now, held)
        if not outlook.is_ready:
            return outlook
        async with self._workshop.work() as work:
            await work.unit.outbox.still_sends(self._sender)
            claimed = await work.unit.outbox.claim(now, free, held, self._sender)
            has_put_off = work.unit.outbox.has_put_off
        if has_put_off:
            self._due()
        at = self._clock.now()
        for queued in claimed:
            request = REQUEST.validate_json(queued.request)
            insort(self._hand, _Claimed(queued.priority, at, queued.id, queued, request))
        return None if len(claimed) == free else outlook

    @property
    def _room(self) -> int:
        """How many messages more may be taken in hand."""
        in_hand = len(self._hand)
        return AT_ONCE - len(self._under_way) - in_hand if in_hand < REFILLED_AT else 0

    def _send(self, now: datetime) -> None:
        """Let go what is in hand and whose moment has come."""
        while self._hand and self._is_sure() and not self._is_silent(now):
            first = self._hand[0]
            chat, messages = weight(first.request)
            if self._pacer.moment(now, messages) > now:
                return
            counted = self._pacer.spend(chat, now, messages)
            task = asyncio.create_task(self._deliver(self._hand.pop(0), counted))
            self._under_way[task] = first.number
            self._tried.add(first.number)
            task.add_done_callback(self._landed)

    def _next_moment(self, now: datetime, seen: Outlook | None) -> datetime | None:
        """Return when to look again after a look at `now`; None when only a ring can bring something."""
        if self._silent_until is not None and self._is_silent(now):
            return self._silent_until
        moments: list[datetime | None] = []
        if self._hand:
            moments.append(self._pacer.moment(now, weight(self._hand[0].request)[1]))
        if seen is not None:
            moments += [seen.next_moment, self._pacer.next_release(now)]
        elif self._room > 0:
            moments.append(self._pacer.moment(now, len(self._hand) + 1) - AHEAD)
        return min((moment for moment in moments if moment is not None), default=None)

    async def _deliver(self, claimed: _Claimed, counted: Counted) -> None:
        queued, request = claimed.queued, claimed.request
        try:
            result = await self._perform(queued, request, counted)
        except DatabaseFailedError as error:  # while a file was gathered: nothing has left this machine
            result = NotSent(str(error))
        except Exception as error:  # noqa: BLE001 - a request that cannot even be made must not stop the others
            log.error("request_failed", outbox=queued.id, error=place_of(error))  # noqa: TRY400 - no texts in logs
            result = Refused(type(error).__name__)
        if not isinstance(result, Sent | Needless | Uneditable):
            log.warning("not_delivered", outbox=queued.id, kind=queued.kind, result=type(result).__name__)
        named = self._heed(queued, request, result.seconds) if isinstance(result, Wait) else EVERYBODY
        await self._write_down(_Came(queued, request, result, named))

    async def _perform(self, queued: Queued, request: Request, counted: Counted) -> Result:
        """Carry out a request: the one place where the ways to Telegram and to other servers part."""
        files: tuple[File, ...] = ()
        match request:
            case EditText(message_id=None) if queued.edited_message is None:
                return Uneditable("the message to change was never sent")
            case SendMail():
                return Refused("no mail server is set up")
            case _ if carries_files(request):
                async with self._workshop.view() as view:
                    request, files = await gather(view, request)
        if not self._is_sure():
            return NotSent("another process may be sending")
        counted.at = self._clock.now()  # a busy process begins later than it was to, and Telegram counts from then
        result = await self._messenger.perform(request, queued.edited_message, files)
        self._pacer.answered(counted, self._clock.now())
        return result

    def _heed(self, queued: Queued, request: Request, seconds: float) -> int:
        """Decide at once whom a 429 names; should it be the bot, nothing more is sent from this moment on."""
        now = self._clock.now()
        chat = EVERYBODY if isinstance(request, AnswerTap | FetchFile) else queued.chat_id
        is_busy, is_rested = self._pacer.is_busy(now), self._pacer.is_rested(chat, now)
        named = self._floods.name(chat, now, is_busy=is_busy, is_rested=is_rested)
        if named == EVERYBODY:
            until = now + timedelta(seconds=seconds)
            self._silent_until = max(self._silent_until or until, until)
            self._pacer.refused(now)
        log.warning("too_many_requests", outbox=queued.id, seconds=seconds, everybody=named == EVERYBODY)
        return named

    async def _write_down(self, came: _Came) -> None:
        """Write back what came of a message, together with what else came while the last commit was under way."""
        self._came.append(came)
        async with self._committing:
            is_alone = False
            while not came.is_written:
                try:
                    await self._commit([came] if is_alone else list(self._came))
                except DatabaseFailedError as error:
                    log.error("fate_not_written", outbox=came.queued.id, reason=str(error))  # noqa: TRY400 - one line
                    await self._workshop.wait_after(error)
                except Exception:
                    if is_alone:  # nobody can write it: the next start takes its fate for unknown
                        self._came.remove(came)
                        raise
                    is_alone = True  # one that cannot be written down must not keep the others from it

    async def _commit(self, batch: list[_Came]) -> None:
        async with self._workshop.work() as work:
            if any(isinstance(came.result, Unreachable | Refused | Moved) for came in batch):
                await work.unit.alone_in_office()  # that may concern the team: a manager who is gone, a group
            held = await work.unit.outbox.held(self._sender, (came.queued.id for came in batch))
            for came in batch:
                if came.queued.id not in held:
                    log.error("stale_result", outbox=came.queued.id, result=type(came.result).__name__)
                    continue
                await settle(work, came.queued, came.request, came.result, came.named)
                if isinstance(came.result, Sent):
                    await remember(work.unit, came.request, came.result, work.now)
            limit = await self._keep_limit(work)
        self._kept_limit = limit
        for came in batch:
            came.is_written = True
            self._tried.discard(came.queued.id)
        self._came = [came for came in self._came if not came.is_written]
        if any(isinstance(came.request, FetchFile) for came in batch):
            self._due()

    async def _keep_limit(self, work: Work) -> Limit:
        """Write down what was learned about the limit, when it is something new; return what is kept now."""
        limit, kept = self._pacer.limit, self._kept_limit
        if (limit.rate, limit.refused_at) == (kept.rate, kept.refused_at):
            return kept
        await work.unit.states.keep(LIMIT_KEPT, LIMIT.dump_json(limit).decode())
        log.info("pace_changed", messages_a_second=round(limit.rate, 2))
        return limit

    async def _put_back(self) -> None:
        """Give back what is in hand and was not sent: what may be sent now is to be asked anew."""
        async with self._workshop.work() as work:
            await work.unit.outbox.still_sends(self._sender)
            for each in self._hand:
                await work.unit.outbox.release(each.number, work.now)
        self._hand = []

    async def _put_back_orphans(self) -> None:
        """Give back what was claimed although that seemed to have failed: nobody has it in hand, or tried it."""
        known = {*self._tried, *(each.number for each in self._hand)}
        async with self._workshop.work() as work:
            await work.unit.outbox.still_sends(self._sender)
            for queued in await work.unit.outbox.interrupted():
                if queued.id not in known:
                    await work.unit.outbox.release(queued.id, work.now)
        self._is_unsure = False

    def _is_sure(self) -> bool:
        return self._leads is None or self._leads()

    def _is_silent(self, now: datetime) -> bool:
        return self._silent_until is not None and self._silent_until > now

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._under_way.pop(task, None)
        if not task.cancelled() and task.exception() is not None:
            log.error("delivery_failed", error=place_of(task.exception() or RuntimeError()))
        self._outbox.ring()

    async def _finish(self) -> None:
        """Put back what was not tried, and let requests under way end, so that a restart need not repeat them."""
        with suppress(DatabaseFailedError, SupersededError):
            await self._put_back_orphans()  # a claim that was cut off may have been committed all the same
            if self._hand:
                await self._put_back()
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=LAST_WORDS)
        for task in (left := list(self._under_way)):
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
