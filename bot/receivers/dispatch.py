"""The dispatch: takes notices to their receivers, beside the messages to Telegram, never in their way."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import assert_never

import structlog

from bot.bell import Bell
from bot.insight.alarms import receiver_gone
from bot.receivers.guard import host_of
from bot.receivers.port import Answered, Courier, CourierResult, Unanswered
from bot.receivers.schedule import LONGEST_REST, pause_after
from bot.receivers.signing import signed
from bot.work import Work, Workshop
from bot.worker import place_of
from storage.errors import DatabaseFailedError
from storage.notices import Notice
from storage.receivers import NoticeState

AT_ONCE = 8
"""Receivers that are asked at the same time; each gets one notice after another, in their order."""
LOOK_EVERY = timedelta(seconds=5)
"""How often it is looked whether a command put something in: that is another process, and rings no bell."""
TIDYING = timedelta(hours=1)
LAST_WORDS = 1.5
"""Seconds that what is under way gets to arrive when the process stops."""
TAKEN, REDIRECTS, GONE, ASKS_FOR_REST = range(200, 300), range(300, 400), 410, (429, 503)

log = structlog.get_logger()


class Dispatch:
    """Sends notices; has its own loop, and a receiver that is slow or down holds no other up."""

    def __init__(self, courier: Courier, workshop: Workshop, waiting: Bell) -> None:
        self._courier = courier
        self._workshop = workshop
        self._clock = workshop.clock
        self._waiting = waiting
        self._under_way: dict[int, asyncio.Task[None]] = {}
        """what is being sent, by receiver"""
        self._tidied_at: datetime | None = None

    async def run(self) -> None:
        """Send for ever. What was being sent when the last process ended is sent again, under its old id."""
        async with self._workshop.work() as work:
            await work.unit.notices.take_back()
        try:
            while True:
                await self._tidy()
                next_notice = await self._send_some()
                look_at = self._clock.now() + LOOK_EVERY
                await self._waiting.wait(self._clock, min(next_notice or look_at, look_at))
        finally:
            await self._finish()

    async def _tidy(self) -> None:
        now = self._clock.now()
        if self._tidied_at is None or now - self._tidied_at > TIDYING:
            self._tidied_at = now
            async with self._workshop.work() as work:
                await work.unit.notices.forget(now)
                await work.unit.receivers.forget_old_secrets(now)

    async def _send_some(self) -> datetime | None:
        """Start what may be sent now; return when the next one may be, if nobody rings before."""
        async with self._workshop.view() as view:
            outlook = await view.notices.outlook()
        now = self._clock.now()
        free = {receiver: due for receiver, due in outlook.items() if receiver not in self._under_way}
        ready = sorted((each for each in free if free[each] <= now), key=free.__getitem__)
        room = ready[: AT_ONCE - len(self._under_way)]
        if room:
            async with self._workshop.work() as work:
                claimed = [await work.unit.notices.claim(receiver, work.now) for receiver in room]
            for notice in claimed:
                if notice is not None:
                    self._start(notice)
        return min((due for due in free.values() if due > now), default=None)

    def _start(self, notice: Notice) -> None:
        task = asyncio.create_task(self._deliver(notice))
        self._under_way[notice.receiver_id] = task
        task.add_done_callback(lambda ended: self._landed(notice.receiver_id, ended))

    async def _deliver(self, notice: Notice) -> None:
        result = await self._posted(notice)
        while (failed := await self._written_down(notice, result)) is not None:
            await self._workshop.wait_after(failed)

    async def _posted(self, notice: Notice) -> CourierResult:
        body = notice.body.encode()
        try:
            now = self._clock.now()
            headers = signed(notice.public_id, body, now, *notice.secrets(now))
            return await self._courier.post(notice.url, body, headers)
        except Exception as error:  # noqa: BLE001 - one that cannot even be made must not stop the others
            log.error("notice_failed", notice=notice.public_id, error=place_of(error))  # noqa: TRY400 - no address
            return Unanswered(type(error).__name__)

    async def _written_down(self, notice: Notice, result: CourierResult) -> DatabaseFailedError | None:
        """Write back what came of a try; return the error when the database did not take it."""
        try:
            async with self._workshop.work() as work:
                await self._settle(work, notice, result)
        except DatabaseFailedError as error:
            log.error("fate_not_written", notice=notice.public_id, reason=str(error))  # noqa: TRY400 - one line
            return error
        return None

    async def _settle(self, work: Work, notice: Notice, result: CourierResult) -> None:
        match result:
            case Answered(status=status) if status in TAKEN:
                await work.unit.notices.settle(notice, NoticeState.DELIVERED, f"HTTP {status}", work.now)
                await work.unit.receivers.reached(notice.receiver_id, f"HTTP {status}", work.now)
            case Answered(status=status) if status == GONE:
                await self._leave_alone(work, notice)
            case Answered(status=status, rest=rest):
                asked = min(rest, LONGEST_REST) if rest and status in ASKS_FOR_REST else None
                redirects = ", a redirect: those are not followed" if status in REDIRECTS else ""
                await self._try_later(work, notice, f"HTTP {status}{redirects}", asked)
            case Unanswered(reason=reason):
                await self._try_later(work, notice, reason, None)
            case _:
                assert_never(result)

    async def _try_later(self, work: Work, notice: Notice, why: str, rest: timedelta | None) -> None:
        """Let a notice be sent again, not before the receiver wants to hear anything; or give it up."""
        pause = pause_after(notice.attempts, self._workshop.chance)
        rests_until = work.now + rest if rest is not None else None
        if pause is None:
            still_ours = await work.unit.notices.settle(notice, NoticeState.GIVEN_UP, why, work.now)
        else:
            again = max(work.now + pause, rests_until or work.now)
            still_ours = await work.unit.notices.put_off(notice, why, again)
        if still_ours:
            await work.unit.receivers.failed(notice.receiver_id, why, work.now, rests_until)
        event = "notice_given_up" if pause is None else "notice_not_delivered"
        log.warning(event, notice=notice.public_id, receiver=notice.receiver_id, reason=why)

    async def _leave_alone(self, work: Work, notice: Notice) -> None:
        """Pause a receiver that wants no more, and tell the admins, once."""
        why = f"HTTP {GONE}"
        await work.unit.notices.settle(notice, NoticeState.GIVEN_UP, why, work.now)
        receiver = await work.unit.receivers.find(notice.receiver_id)
        if receiver is None or receiver.is_gone:
            return
        await work.unit.receivers.failed(receiver.id, why, work.now, None)
        await work.unit.receivers.pause(receiver.id, work.now, is_gone=True)
        await receiver_gone(work, receiver.id, host_of(receiver.url))
        log.warning("receiver_gone", receiver=receiver.id)

    def _landed(self, receiver: int, task: asyncio.Task[None]) -> None:
        del self._under_way[receiver]
        if not task.cancelled() and task.exception() is not None:
            log.error("dispatch_failed", error=place_of(task.exception() or RuntimeError()))
        self._waiting.ring()

    async def _finish(self) -> None:
        """Let what is under way arrive, so that nobody gets it twice."""
        under_way = list(self._under_way.values())
        if under_way:
            await asyncio.wait(under_way, timeout=LAST_WORDS)
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
