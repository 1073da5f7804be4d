"""The worker: takes updates from the inbox, in order, and commits all that comes of them together."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta

import structlog

from bot.bell import Bell
from bot.conversation.reception import receive
from bot.insight.alarms import parked
from bot.telegram.requests import SendText
from bot.telegram.updates import (
    BotBlocked,
    BotUnblocked,
    CalledInGroup,
    GroupMoved,
    Incoming,
    LeftGroup,
    TapReceived,
)
from bot.texts import say
from bot.work import Work, Workshop
from storage.errors import DatabaseBusyError, DatabaseFailedError
from storage.inbox import NOBODY, sender_of
from storage.messages import Received

BATCH = 64
"""Updates in one transaction: their one fsync is shared, and so is the wait for it."""
OF_ONE = 8
"""Of one person's so many at first, while others wait: who left thousands keeps nobody from being answered."""
TIDYING = timedelta(hours=1)
Left = dict[int | None, DatabaseBusyError]
"""Whose updates were left because another process is at work on what they need."""

log = structlog.get_logger()


class Worker:
    """Handles the inbox. One worker handles updates one after another, so each person's stay in order."""

    def __init__(
        self,
        workshop: Workshop,
        read: Callable[[str], Incoming | None],
        inbox: Bell,
        committed: Callable[[], None],
    ) -> None:
        self._workshop = workshop
        self._read = read
        self._inbox = inbox
        self._committed = committed
        self._tidied_at = workshop.clock.now()

    async def run(self) -> None:
        """Work for ever."""
        while True:
            if not await self.work_once():
                await self._inbox.wait(self._workshop.clock)

    async def work_once(self) -> int:
        """Handle what waits, up to a batch; return how many updates that were.

        While another process is at work on all that waits, that is 1: it is worth to look again.
        """
        async with self._workshop.view() as view:
            first = await view.inbox.waiting(1)
        if not first:
            return 0
        async with self._workshop.work() as work:
            batch = await work.unit.inbox.claim(BATCH, OF_ONE)
            handled, left = await self._handle_all(work, batch)
            await work.unit.inbox.done(handled)
            if work.now - self._tidied_at > TIDYING:
                self._tidied_at = work.now
                await work.unit.inbox.forget(work.now)
        self._committed()
        for busy in list(left.values())[:1]:
            await self._workshop.wait_after(busy)
        if not batch:  # all that waits is of people whose turn somebody else has
            await self._workshop.wait_after(DatabaseBusyError(person=first[0].telegram_id or NOBODY))
        return len(batch) or 1

    async def _handle_all(self, work: Work, batch: Iterable[Received]) -> tuple[list[Received], Left]:
        """Handle updates, each person's in order; return those that were handled, and whose were left."""
        handled: list[Received] = []
        left: Left = {}
        for received in batch:
            if received.telegram_id in left:
                continue  # in order, or not at all
            try:
                if await self._handle(work, received):
                    handled.append(received)
            except DatabaseBusyError as error:
                left[received.telegram_id] = error
            await asyncio.sleep(0)  # many people's updates are no reason to keep delivery and intake waiting
        return handled, left

    async def _handle(self, work: Work, received: Received) -> bool:
        """Handle one update; tell whether that was possible. One that fails is parked."""
        incoming = None
        try:
            async with work.unit.attempt():
                incoming = self._read(received.body)
                if incoming is not None:
                    await receive(work, incoming)
        except DatabaseFailedError:  # no fault of the update
            raise
        except Exception as error:  # noqa: BLE001 - one bad update must not stop everybody's chat
            await self._park(work, received, incoming, error)
            if incoming is not None:
                await self._apologise(work, incoming)
            return False
        return True

    @staticmethod
    async def _apologise(work: Work, incoming: Incoming) -> None:
        """Tell the person that it did not get through: silence would leave them stuck."""
        if isinstance(incoming.happening, BotBlocked | BotUnblocked | CalledInGroup | LeftGroup | GroupMoved):
            return
        work = replace(work, whose=incoming.person.id)
        if isinstance(incoming.happening, TapReceived):
            await work.answer_tap(incoming.happening.tap_id)
            if incoming.happening.group is not None:
                return  # who tapped there may have no chat with the bot
        person = await work.unit.prospects.by_telegram_id(incoming.person.id)
        text = say(person.speaks if person else incoming.person.language, "chat.trouble")
        await work.send_once(SendText(chat_id=incoming.person.id, html=text))

    async def _park(self, work: Work, received: Received, incoming: Incoming | None, error: Exception) -> None:
        """Put a failing update aside, tell the admins, and let the chat go on."""
        where = place_of(error)
        log.error("update_parked", update=received.update_id, error=where)
        telegram_id = incoming.person.id if incoming else sender_of(received.body)
        await work.unit.inbox.park(received, where, telegram_id)
        await work.note("parked", None, update=received.update_id, error=where)
        await parked(work, received.update_id, type(error).__name__)


def place_of(error: BaseException) -> str:
    """Say what kind of error it is and where it was raised: its own words may hold what somebody typed."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames[-4:]]
    return f"{type(error).__name__} at {' > '.join(places)}" if places else type(error).__name__
