"""A bot's line to Telegram, on aiogram.

aiogram's own polling confirms updates before they are stored, so we ask for updates ourselves.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, assert_never

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.session.base import BaseSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.exceptions import AiogramError, TelegramBadRequest
from aiogram.methods import Response, TelegramMethod
from aiogram.types import BotCommand, LinkPreviewOptions, Message, User

from bot.telegram.limits import ANSWER_WITHIN
from bot.telegram.port import BotIdentity, WebhookRefusedError, WebhookState
from bot.telegram.reading import Reader
from bot.telegram.refusals import HAS_NO_TEXT, NOT_TELEGRAMS
from bot.telegram.requests import (
    AnswerTap,
    EditText,
    FetchFile,
    File,
    Request,
    Result,
    SendAlbum,
    SendMail,
    SendMedia,
    SendText,
    Sent,
)
from bot.telegram.updates import ALLOWED_UPDATES, Incoming
from bot.telegram.with_aiogram import media
from bot.telegram.with_aiogram.errors import result_of, told
from bot.telegram.with_aiogram.markup import inline, keyboard, reply


class _GetRawUpdates(TelegramMethod[list[dict[str, Any]]]):
    """`getUpdates` that leaves every update as it came: one that cannot be read must not lose the others."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None = None
    limit: int = 100
    timeout: int = 0
    allowed_updates: tuple[str, ...] = ALLOWED_UPDATES


_PINNED = [Response[kind] for kind in (User, Message, bool, Message | bool, list[Message], list[dict[str, Any]])]  # type: ignore[valid-type]  # mypy takes kind for a variable
"""pydantic forgets a generic's classes when nobody holds them, and building one anew takes milliseconds."""


class AiogramMessenger:
    """A bot's line to Telegram, on aiogram. `server` is the Bot API's address; None: Telegram's own.

    `session` is another way there than aiogram's own over HTTP.
    """

    def __init__(self, token: str, server: str | None = None, session: BaseSession | None = None) -> None:
        api = {"api": TelegramAPIServer.from_base(server)} if server else {}
        self._bot = Bot(
            token,
            session=session or AiohttpSession(**api),  # type: ignore[arg-type]  # aiogram passes them on
            default=DefaultBotProperties(parse_mode=ParseMode.HTML),
        )
        self._reader = Reader(self._bot.id)

    async def identify(self) -> BotIdentity:
        """Ask who the bot is. Raises TelegramError."""
        with _telling():
            me = await self._bot.get_me(request_timeout=ANSWER_WITHIN)
        self._reader = Reader(me.id, me.username or "")
        return BotIdentity(me.id, me.username or "", me.first_name)

    async def receive(self, offset: int | None, timeout: int) -> list[tuple[int, str]]:  # noqa: ASYNC109 - its
        """Wait up to `timeout` seconds for updates; confirm all before `offset`. Raises TelegramError."""
        with _telling():
            updates = await self._bot(
                _GetRawUpdates(offset=offset, timeout=timeout), request_timeout=timeout + ANSWER_WITHIN
            )
        return [(int(update["update_id"]), json.dumps(update)) for update in updates]

    def read(self, body: str) -> Incoming | None:
        """Read an update's JSON; None for one that is nobody's doing."""
        return self._reader.read(body)

    async def perform(self, request: Request, message_id: int | None = None, files: Sequence[File] = ()) -> Result:
        """Carry out a request; every outcome is a value."""
        try:
            return await self._ask(request, message_id, files)
        except AiogramError as error:
            return result_of(error)

    async def announce(self, commands: Mapping[str, Mapping[str, str]]) -> None:
        """Set the command menu: command → description, by language; an empty language is for all others."""
        for language, described in commands.items():
            menu = [BotCommand(command=name, description=text) for name, text in described.items()]
            with _telling():
                await self._bot.set_my_commands(
                    menu, language_code=language or None, request_timeout=ANSWER_WITHIN
                )

    async def set_webhook(self, url: str, secret: str) -> None:
        """Let Telegram post updates to an address. Raises TelegramError."""
        allowed = list(ALLOWED_UPDATES)
        with _telling():
            try:
                await self._bot.set_webhook(
                    url, secret_token=secret, allowed_updates=allowed, request_timeout=ANSWER_WITHIN
                )
            except TelegramBadRequest as refused:
                raise WebhookRefusedError(refused.message.removeprefix("Bad Request: ")) from None

    async def webhook(self) -> WebhookState:
        """Ask where Telegram posts updates to, and how that goes. Raises TelegramError."""
        with _telling():
            found = await self._bot.get_webhook_info(request_timeout=ANSWER_WITHIN)
        return WebhookState(
            url=found.url,
            waiting=found.pending_update_count,
            allowed=tuple(found.allowed_updates or ()),
            last_error=found.last_error_message,
            last_error_at=found.last_error_date,
        )

    async def delete_webhook(self) -> None:
        """Let Telegram post nothing any more; what waits stays. Raises TelegramError."""
        with _telling():
            await self._bot.delete_webhook(drop_pending_updates=False, request_timeout=ANSWER_WITHIN)

    async def close(self) -> None:
        """Close every connection."""
        await self._bot.session.close()

    async def _ask(self, request: Request, message_id: int | None, files: Sequence[File]) -> Result:
        match request:
            case SendText():
                return await self._send_text(request)
            case SendMedia():
                return await media.send(self._bot, request, files)
            case SendAlbum():
                return await media.send_album(self._bot, request, files)
            case FetchFile():
                return await media.fetch(self._bot, request)
            case EditText():
                return await self._edit(request, request.message_id or message_id)
            case AnswerTap():
                await self._bot.answer_callback_query(
                    request.tap_id, request.text or None, request.alert, request_timeout=ANSWER_WITHIN
                )
                return Sent()
            case SendMail():
                return NOT_TELEGRAMS
            case _:
                assert_never(request)

    async def _send_text(self, request: SendText) -> Sent:
        sent = await self._bot.send_message(
            request.chat_id,
            request.html,
            reply_markup=inline(request.buttons) or keyboard(request.keyboard),
            link_preview_options=None if request.preview else LinkPreviewOptions(is_disabled=True),
            reply_parameters=reply(request.reply_to),
            request_timeout=ANSWER_WITHIN,
        )
        return Sent(sent.message_id)

    async def _edit(self, request: EditText, message_id: int | None) -> Sent:
        """Change a message's text; below a file it is a caption, which Telegram wants to be asked for by name."""
        chat_id, buttons = request.chat_id, inline(request.buttons)
        try:
            await self._bot.edit_message_text(
                request.html,
                chat_id=chat_id,
                message_id=message_id,
                reply_markup=buttons,
                request_timeout=ANSWER_WITHIN,
            )
        except TelegramBadRequest as refused:
            if HAS_NO_TEXT not in refused.message:
                raise
            await self._bot.edit_message_caption(
                chat_id=chat_id,
                message_id=message_id,
                caption=request.html,
                reply_markup=buttons,
                request_timeout=ANSWER_WITHIN,
            )
        return Sent(message_id)


@contextmanager
def _telling() -> Iterator[None]:
    """Say what goes wrong in the port's words."""
    try:
        yield
    except AiogramError as error:
        raise told(error) from error
