"""The post: takes e-mails from the outbox to the mail server, beside Telegram's messages, never in their way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import assert_never

import structlog

from bot.bell import Bell
from bot.mail.port import MailResult, Postman
from bot.telegram.requests import REQUEST, NotSent, Refused, SendMail, SendText, Sent, Unknown
from bot.work import Work, Workshop
from bot.worker import place_of
from storage.errors import DatabaseFailedError
from storage.messages import Fate, Queued

AT_ONCE = 4
"""E-mails under way at the same time."""
LONGEST_PAUSE = timedelta(seconds=60)
LAST_WORDS = 1.5
"""Seconds that e-mails under way get to arrive when the process stops."""

log = structlog.get_logger()


class Post:
    """Sends the outbox's e-mails; has its own loop, so that a slow mail server holds no chat up."""

    def __init__(
        self, postman: Postman | None, workshop: Workshop, waiting: Bell, committed: Callable[[], None]
    ) -> None:
        self._postman = postman
        self._workshop = workshop
        self._clock = workshop.clock
        self._waiting = waiting
        self._committed = committed
        self._under_way: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Send for ever. What was being sent when the last process ended is not repeated."""
        async with self._workshop.work() as work:
            for queued in await work.unit.outbox.interrupted_mail():
                await self._settle(work, queued, Unknown("the process ended while it was being sent"))
        try:
            while True:
                next_mail = await self._send_some()
                if next_mail is None or next_mail > self._clock.now():
                    await self._waiting.wait(self._clock, next_mail)
        finally:
            await self._finish()

    async def _send_some(self) -> datetime | None:
        """Start what may be sent now; return when to look again, if nobody rings before."""
        free = AT_ONCE - len(self._under_way)
        if not free:
            return None  # the one that lands first rings
        async with self._workshop.view() as view:
            next_mail = await view.outbox.next_mail()
        if next_mail is None or next_mail > self._clock.now():
            return next_mail
        async with self._workshop.work() as work:
            claimed = await work.unit.outbox.claim_mail(work.now, free)
        for queued in claimed:
            task = asyncio.create_task(self._deliver(queued))
            self._under_way.add(task)
            task.add_done_callback(self._landed)
        return next_mail

    async def _deliver(self, queued: Queued) -> None:
        result = await self._posted(queued)
        if not isinstance(result, Sent):
            kind, reason = type(result).__name__, result.reason
            log.warning("mail_not_delivered", outbox=queued.id, result=kind, reason=reason)
        while (failed := await self._written_down(queued, result)) is not None:
            await self._workshop.wait_after(failed)
        self._committed()

    async def _posted(self, queued: Queued) -> MailResult:
        if self._postman is None:
            return Refused("HOTLEAD_SMTP is not set")
        try:
            return await self._postman.send(_mail(queued))
        except Exception as error:  # noqa: BLE001 - a letter that cannot even be made must not stop the others
            log.error("mail_failed", outbox=queued.id, error=place_of(error))  # noqa: TRY400 - no addresses in logs
            return Refused(type(error).__name__)

    async def _written_down(self, queued: Queued, result: MailResult) -> DatabaseFailedError | None:
        """Write back what came of an e-mail; return the error when the database did not take it."""
        try:
            async with self._workshop.work() as work:
                await self._settle(work, queued, result)
        except DatabaseFailedError as error:
            log.error("fate_not_written", outbox=queued.id, reason=str(error))  # noqa: TRY400 - one line
            return error
        return None

    async def _settle(self, work: Work, queued: Queued, result: MailResult) -> None:
        """Write down what came of an e-mail; it is tried again only while nothing of it left this machine."""
        outbox, now = work.unit.outbox, work.now
        match result:
            case Sent():
                await outbox.settle(queued.id, Fate.SENT, now)
            case Unknown(reason=reason):
                await outbox.settle(queued.id, Fate.UNKNOWN, now, refusal=reason)
            case NotSent(reason=reason):
                again = now + _pause(queued.attempts)
                if again < _mail(queued).until:
                    await outbox.retry(queued.id, again)
                else:
                    await self._give_up(work, queued, reason)
            case Refused(reason=reason):
                await self._give_up(work, queued, reason)
            case _:
                assert_never(result)

    async def _give_up(self, work: Work, queued: Queued, reason: str) -> None:
        """Say in the chat that nothing will arrive, instead of letting somebody wait for it."""
        await work.unit.outbox.settle(queued.id, Fate.REFUSED, work.now, refusal=reason)
        if undelivered := _mail(queued).undelivered:
            await work.send(SendText(chat_id=queued.chat_id, html=undelivered))

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("post_failed", error=place_of(task.exception() or RuntimeError()))
        self._waiting.ring()

    async def _finish(self) -> None:
        """Let e-mails under way arrive, so that nobody has to ask for another."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=LAST_WORDS)
        for task in (left := list(self._under_way)):
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)


def _mail(queued: Queued) -> SendMail:
    request = REQUEST.validate_json(queued.request)
    if not isinstance(request, SendMail):
        raise TypeError(f"outbox row {queued.id} is no e-mail")
    return request


def _pause(attempts: int) -> timedelta:
    return min(timedelta(seconds=2 ** min(attempts - 1, 6)), LONGEST_PAUSE)
