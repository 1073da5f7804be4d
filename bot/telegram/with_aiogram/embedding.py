"""Hotlead as a router of somebody's aiogram dispatcher: it takes what their own handlers did not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from aiogram import Bot, Router
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.dispatcher.event.bases import CancelHandler
from aiogram.types import TelegramObject, Update

from bot.embedding import Embedded, NotKeptError
from bot.settings import Settings
from bot.telegram.with_aiogram.messenger import AiogramMessenger
from bot.web.receiving import PATIENCE


def _all(_update: Update) -> bool:
    return True


class NotConfirmedError(CancelHandler):
    """An update that must not be confirmed. aiogram's own class: no handler of errors may call it handled."""


def hotlead_router(
    settings: Settings | None = None, takes: Callable[[Update], bool] = _all, patience: float = PATIENCE
) -> Router:
    """Return a router to include after all others; it starts and stops with the dispatcher.

    Without `settings` they are read from the environment. `takes` may leave updates to others. What comes by
    webhook, and is not on the disk after `patience` seconds, is refused: Telegram brings it again.
    """
    embedded = Embedded(settings)
    router = Router(name="hotlead")

    async def start(bot: Bot) -> None:
        await embedded.start(AiogramMessenger(bot.token, session=_like(bot)))

    async def stop() -> None:
        await embedded.stop()

    async def is_ours(_event: TelegramObject, event_update: Update) -> bool | dict[str, Any]:
        body = event_update.model_dump_json(by_alias=True, exclude_unset=True, exclude_none=True)
        with _unconfirmed():
            return {"body": body} if takes(event_update) and embedded.takes(body) else False

    async def keep(_event: TelegramObject, event_update: Update, body: str, bots: Sequence[Bot] = ()) -> None:
        # Only polling names its bots. It confirms what fails, too; by webhook aiogram says yes after 55 seconds.
        with _unconfirmed():
            await embedded.take(event_update.update_id, body, None if bots else patience)

    router.startup.register(start)
    router.shutdown.register(stop)
    for observer in (router.message, router.edited_message, router.callback_query, router.my_chat_member):
        observer.register(keep, is_ours)
    return router


def _like(bot: Bot) -> AiohttpSession:
    """Return connections of our own to where theirs go: a middleware that repeats requests would repeat ours."""
    proxy = bot.session.proxy if isinstance(bot.session, AiohttpSession) else None
    return AiohttpSession(proxy=proxy, api=bot.session.api)


@contextmanager
def _unconfirmed() -> Iterator[None]:
    try:
        yield
    except NotKeptError as error:
        raise NotConfirmedError(str(error)) from None
