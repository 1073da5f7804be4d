"""Hotlead as a handler of somebody's PTB application: it takes what their own handlers did not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from telegram import Update
from telegram.ext import Application, BaseHandler

from bot.embedding import Embedded
from bot.settings import Settings
from bot.telegram.with_ptb.messenger import PtbMessenger

AnyApplication = Application[Any, Any, Any, Any, Any, Any]


_at_work: ContextVar[object] = ContextVar("at_work", default=None)
"""what a task got from the queue last: `task_done` does not say what is done"""


def _all(_update: Update) -> bool:
    return True


class HotleadHandler(BaseHandler[Update, Any, None]):
    """A handler to add after all others of its group; `start` and `stop` are the application's hooks.

    Without `settings` they are read from the environment. `takes` may leave updates to others.
    """

    __slots__ = ("_embedded", "_takes")

    def __init__(self, settings: Settings | None = None, takes: Callable[[Update], bool] = _all) -> None:
        super().__init__(self._nothing, block=True)  # whatever the bot's defaults: else nobody waits for the disk
        self._embedded = Embedded(settings)
        self._takes = takes

    async def start(self, application: AnyApplication) -> None:
        """Start on the application's bot: for `post_init`. Raises SettingsError, StorageError, TelegramError."""
        token = application.bot.token
        server = application.bot.base_url.partition(f"/bot{token}")[0]
        await self._embedded.start(PtbMessenger(token, server))

    async def stop(self, _application: AnyApplication) -> None:
        """Stop: for `post_shutdown`."""
        await self._embedded.stop()

    def check_update(self, update: object) -> str | None:
        """Return the update's JSON if it is for us."""
        if not isinstance(update, Update) or not self._takes(update):
            return None
        body = update.to_json()
        return body if self._embedded.takes(body) else None

    async def handle_update(self, update: Update, _application: AnyApplication, check_result: Any, _: Any) -> None:
        """Keep an update; when this returns it is on the disk."""
        await self._embedded.take(update.update_id, check_result)

    async def _nothing(self, _update: Update, _context: Any) -> None:
        """Stand in for the callback that every handler has; an update of ours goes to the inbox."""


class ConfirmedQueue(asyncio.Queue[object]):
    """A queue for `update_queue` that lets an update be confirmed to Telegram only after it was handled.

    PTB's own confirms what it has put into the queue: what a killed process had not handled by then is lost.
    """

    def __init__(self) -> None:
        super().__init__()
        self._handled: dict[int, asyncio.Future[None]] = {}

    async def put(self, item: object) -> None:
        """Put an update and wait until it is handled; whatever else is put is not waited for.

        An update that waits already is not put again: Telegram repeats what it gets no answer for.
        """
        if not isinstance(item, Update):
            await super().put(item)
            return
        handled = self._handled.get(item.update_id)
        if handled is None:
            handled = self._handled[item.update_id] = asyncio.get_running_loop().create_future()
            await super().put(item)
        await asyncio.shield(handled)  # others may wait for it too

    async def get(self) -> object:
        """Get an update, and remember in which context: the task that handles it is made there."""
        item = await super().get()
        _at_work.set(item)
        return item

    def task_done(self) -> None:
        """Let those go on who wait for what this task has handled."""
        super().task_done()
        item = _at_work.get()
        if isinstance(item, Update) and (handled := self._handled.pop(item.update_id, None)) is not None:
            handled.set_result(None)
