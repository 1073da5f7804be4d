"""Hotlead inside somebody else's bot: their framework receives updates, our parts run in their event loop."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from functools import partial

import structlog

from bot.clock import FlowingClock
from bot.commands.running import courier_for, postman_for
from bot.logs import set_up_own_logs
from bot.main import Hotlead, build
from bot.opening import open_database
from bot.settings import Settings, SettingsError, read_settings
from bot.telegram.port import Messenger
from bot.watching import machine
from storage.database import file_of
from storage.errors import DatabaseFailedError
from storage.lock import locked

log = structlog.get_logger()


class NotKeptError(Exception):
    """An update is not on the disk: confirmed to Telegram now, it would be lost."""


class Embedded:
    """A bot's worker, timers and delivery, for a bot whose updates somebody else receives.

    The settings are those of `hotlead run`. The token and the way of receiving are the bot's own.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings
        self._clock = FlowingClock()
        self._hotlead: Hotlead | None = None
        self._open = AsyncExitStack()

    async def start(self, messenger: Messenger) -> None:
        """Start on a line to Telegram, which is ours from now on.

        Raises SettingsError, StorageError, TelegramError, and what a quiz that cannot be used raises.
        """
        if not structlog.is_configured():
            set_up_own_logs()
        try:
            self._hotlead = await self._built(messenger)
        except BaseException:
            await self._open.aclose()
            raise
        running = asyncio.create_task(self._hotlead.run(receive=False), name="hotlead")
        running.add_done_callback(_ended)
        self._open.push_async_callback(_cancelled, running)

    async def stop(self) -> None:
        """Stop: what is left to do is done after the next start."""
        self._hotlead = None
        await self._open.aclose()

    def takes(self, body: str) -> bool:
        """Tell whether an update is for us: of what is done in groups, only what concerns the bot.

        Raises NotKeptError before the start and after the stop: who said no then would confirm what is ours. (PTB
        confirms what fails, too: there Hotlead has to stop last.)
        """
        try:
            return self._running.messenger.read(body) is not None
        except ValueError:
            return True  # it is put aside, and the admins are told

    async def take(self, update_id: int, body: str, patience: float | None = None) -> None:
        """Keep an update; when this returns it is on the disk, and may be confirmed to Telegram.

        A database that fails is waited for, however long it takes, or for `patience` seconds by somebody who
        can let Telegram bring the update again. Raises NotKeptError.
        """
        try:
            async with asyncio.timeout(patience):
                await self._keep(update_id, body)
        except TimeoutError:
            raise NotKeptError(f"the database did not take the update within {patience} seconds") from None

    async def _keep(self, update_id: int, body: str) -> None:
        while True:
            hotlead = self._running
            try:
                await hotlead.take([(update_id, body)])
            except DatabaseFailedError as error:
                hotlead.pulse.database_failed()
                log.error("database_failed", part="take", reason=str(error))  # noqa: TRY400 - one line
                await hotlead.workshop.wait_after(error)
            else:
                return

    @property
    def _running(self) -> Hotlead:
        if self._hotlead is None:
            raise NotKeptError("Hotlead does not run: its start-up hook was not called, or it was stopped")
        return self._hotlead

    async def _built(self, messenger: Messenger) -> Hotlead:
        self._open.push_async_callback(messenger.close)
        settings = self._settings or read_settings()
        settings = settings.model_copy(update={"receive": "polling"})  # no second door for updates beside theirs
        if not settings.quiz:
            raise SettingsError("HOTLEAD_QUIZ is missing; name a quiz file, or the id of a published quiz")
        file = file_of(settings.database_address)
        self._open.enter_context(locked(file))
        database = await open_database(settings)
        self._open.push_async_callback(database.close)
        postman = postman_for(settings, self._clock)
        courier = courier_for(settings, self._clock)
        room = partial(machine.room, file)
        return await build(settings, self._clock, messenger, database, postman=postman, courier=courier, room=room)


def _ended(running: asyncio.Task[None]) -> None:
    if not running.cancelled() and (error := running.exception()) is not None:
        log.error("hotlead_stopped", error=type(error).__name__, reason="updates are kept until the next start")


async def _cancelled(running: asyncio.Task[None]) -> None:
    running.cancel()
    await asyncio.wait([running])
