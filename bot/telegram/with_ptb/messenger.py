"""A bot's line to Telegram, on python-telegram-bot.

PTB's own Application confirms updates before they are stored, so we ask for updates ourselves.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import assert_never

from telegram import BotCommand, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import TelegramError as PtbError

from bot.telegram.port import BotIdentity, TelegramError, WebhookRefusedError, WebhookState
from bot.telegram.reading import Reader
from bot.telegram.refusals import GIBBERISH, HAS_NO_TEXT, NOT_TELEGRAMS
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
    Unknown,
)
from bot.telegram.updates import ALLOWED_UPDATES, Incoming
from bot.telegram.with_ptb import media
from bot.telegram.with_ptb.errors import MISREAD, result_of, told
from bot.telegram.with_ptb.line import AnsweredError, Discretion, Line, RawBot
from bot.telegram.with_ptb.markup import inline, keyboard, reply

TELEGRAM = "https://api.telegram.org"


class PtbMessenger:
    """A bot's line to Telegram, on PTB. `server` is the Bot API's address; None: Telegram's own."""

    def __init__(self, token: str, server: str | None = None) -> None:
        address = (server or TELEGRAM).rstrip("/")
        self._discretion = Discretion(token)
        self._discretion.begin()
        self._line = Line()
        self._bot = RawBot(
            token,
            base_url=f"{address}/bot",
            base_file_url=f"{address}/file/bot",
            request=self._line,
            get_updates_request=self._line,
        )
        self._reader = Reader(int(token.partition(":")[0]))

    async def identify(self) -> BotIdentity:
        """Ask who the bot is. Raises TelegramError."""
        with _telling():
            me = await self._bot.get_me()
            identity = BotIdentity(me.id, me.username or "", me.first_name)
        self._reader = Reader(identity.id, identity.username)
        return identity

    async def receive(self, offset: int | None, timeout: int) -> list[tuple[int, str]]:  # noqa: ASYNC109 - its
        """Wait up to `timeout` seconds for updates; confirm all before `offset`. Raises TelegramError."""
        with _telling():
            updates = await self._bot.raw_updates(offset, timeout)
            return [(int(update["update_id"]), json.dumps(update)) for update in updates]

    def read(self, body: str) -> Incoming | None:
        """Read an update's JSON; None for one that is nobody's doing."""
        return self._reader.read(body)

    async def perform(self, request: Request, message_id: int | None = None, files: Sequence[File] = ()) -> Result:
        """Carry out a request; every outcome is a value."""
        try:
            return await self._ask(request, message_id, files)
        except PtbError as error:
            return result_of(error)
        except MISREAD:
            return Unknown(GIBBERISH)

    async def announce(self, commands: Mapping[str, Mapping[str, str]]) -> None:
        """Set the command menu: command → description, by language; an empty language is for all others."""
        for language, described in commands.items():
            menu = [BotCommand(name, text) for name, text in described.items()]
            with _telling():
                await self._bot.set_my_commands(menu, language_code=language or None)

    async def set_webhook(self, url: str, secret: str) -> None:
        """Let Telegram post updates to an address. Raises TelegramError."""
        with _telling():
            try:
                await self._bot.set_webhook(url, secret_token=secret, allowed_updates=ALLOWED_UPDATES)
            except AnsweredError as refused:
                if refused.status != HTTPStatus.BAD_REQUEST:
                    raise
                raise WebhookRefusedError(refused.description.removeprefix("Bad Request: ")) from None

    async def webhook(self) -> WebhookState:
        """Ask where Telegram posts updates to, and how that goes. Raises TelegramError."""
        with _telling():
            found = await self._bot.get_webhook_info()
            return WebhookState(
                url=found.url,
                waiting=found.pending_update_count,
                allowed=tuple(found.allowed_updates),
                last_error=found.last_error_message,
                last_error_at=found.last_error_date,
            )

    async def delete_webhook(self) -> None:
        """Let Telegram post nothing any more; what waits stays. Raises TelegramError."""
        with _telling():
            await self._bot.delete_webhook(drop_pending_updates=False)

    async def close(self) -> None:
        """Close every connection."""
        await self._line.shutdown()
        self._discretion.end()

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
                await self._bot.answer_callback_query(request.tap_id, request.text or None, request.alert)
                return Sent()
            case SendMail():
                return NOT_TELEGRAMS
            case _:
                assert_never(request)

    async def _send_text(self, request: SendText) -> Sent:
        sent = await self._bot.send_message(
            request.chat_id,
            request.html,
            parse_mode=ParseMode.HTML,
            reply_markup=inline(request.buttons) or keyboard(request.keyboard),
            link_preview_options=None if request.preview else LinkPreviewOptions(is_disabled=True),
            reply_parameters=reply(request.reply_to),
        )
        return Sent(sent.message_id)

    async def _edit(self, request: EditText, message_id: int | None) -> Sent:
        """Change a message's text; below a file it is a caption, which Telegram wants to be asked for by name."""
        chat_id, buttons = request.chat_id, inline(request.buttons)
        try:
            await self._bot.edit_message_text(
                request.html, chat_id, message_id, parse_mode=ParseMode.HTML, reply_markup=buttons
            )
        except AnsweredError as refused:
            if HAS_NO_TEXT not in refused.description:
                raise
            await self._bot.edit_message_caption(
                chat_id, message_id, caption=request.html, parse_mode=ParseMode.HTML, reply_markup=buttons
            )
        return Sent(message_id)


@contextmanager
def _telling() -> Iterator[None]:
    """Say what goes wrong in the port's words."""
    try:
        yield
    except PtbError as error:
        raise told(error) from error
    except MISREAD:
        raise TelegramError(f"Telegram answered with {GIBBERISH}") from None
