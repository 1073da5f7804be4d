"""The two libraries that real bots use, behind one face: what the emulator says must suit both."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self

import aiogram
import telegram
from aiogram import exceptions as aiogram_errors
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import (
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
)
from telegram import error as ptb_errors

Rows = Sequence[Sequence[tuple[str, str]]]

# What each library calls the kinds of refusal.
AIOGRAM_ERRORS: dict[str, type[Exception]] = {
    "bad request": aiogram_errors.TelegramBadRequest,
    "forbidden": aiogram_errors.TelegramForbiddenError,
    "flood": aiogram_errors.TelegramRetryAfter,
    "migrated": aiogram_errors.TelegramMigrateToChat,
    "unauthorized": aiogram_errors.TelegramUnauthorizedError,
    "conflict": aiogram_errors.TelegramConflictError,
    "server": aiogram_errors.TelegramServerError,
    "gateway": aiogram_errors.ClientDecodeError,
    "network": aiogram_errors.TelegramNetworkError,
}
PTB_ERRORS: dict[str, type[Exception]] = {
    "bad request": ptb_errors.BadRequest,
    "forbidden": ptb_errors.Forbidden,
    "flood": ptb_errors.RetryAfter,
    "migrated": ptb_errors.ChatMigrated,
    "unauthorized": ptb_errors.InvalidToken,
    "conflict": ptb_errors.Conflict,
    "server": ptb_errors.NetworkError,
    "gateway": ptb_errors.NetworkError,
    "network": ptb_errors.NetworkError,
}


@dataclass(frozen=True)
class Seen:
    """What a library made of an update."""

    id: int
    text: str | None = None
    tap: str | None = None
    data: str | None = None
    language: str | None = None
    contact_of: int | None = None


class Client(Protocol):
    """What the contract tests ask of a library."""

    errors: dict[str, type[Exception]]

    async def username(self) -> str: ...
    async def send(self, chat: int, text: str, *, buttons: Rows = (), html: bool = False) -> int: ...
    async def ask_contact(self, chat: int, text: str, key: str) -> int: ...
    async def edit(self, chat: int, message: int, text: str, *, buttons: Rows = ()) -> None: ...
    async def delete(self, chat: int, message: int) -> None: ...
    async def photo(self, chat: int, photo: bytes | str, caption: str = "") -> str: ...
    async def document(self, chat: int, name: str, content: bytes) -> str: ...
    async def send_file(self, chat: int, kind: str, file: bytes | str, *, buttons: Rows = ()) -> str: ...
    async def album(self, chat: int, photos: Sequence[bytes | str], captions: Sequence[str]) -> list[str]: ...
    async def ask_place(self, chat: int, text: str, key: str) -> int: ...
    async def download(self, file_id: str) -> bytes: ...
    async def updates(self, offset: int = 0, seconds: int = 0) -> list[Seen]: ...
    async def answer(self, tap: str, text: str | None = None, *, alert: bool = False) -> None: ...
    async def type_in(self, chat: int, action: str = "typing") -> None: ...
    def retry_after(self, error: BaseException) -> float: ...
    def migrated_to(self, error: BaseException) -> int: ...


class AiogramClient:
    errors = AIOGRAM_ERRORS

    def __init__(self, token: str, address: str) -> None:
        session = AiohttpSession(api=TelegramAPIServer.from_base(address))
        self.bot = aiogram.Bot(token, session=session)
        self._session = session

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # aiogram's own `close` sleeps a quarter of a second for TLS, which is not spoken here.
        await (await self._session.create_session()).close()

    async def username(self) -> str:
        return (await self.bot.get_me()).username or ""

    async def send(self, chat: int, text: str, *, buttons: Rows = (), html: bool = False) -> int:
        mode = "HTML" if html else None
        sent = await self.bot.send_message(chat, text, parse_mode=mode, reply_markup=self._inline(buttons))
        assert sent.text is not None
        return sent.message_id

    async def ask_contact(self, chat: int, text: str, key: str) -> int:
        keyboard = ReplyKeyboardMarkup(
            keyboard=[[KeyboardButton(text=key, request_contact=True)]], one_time_keyboard=True
        )
        return (await self.bot.send_message(chat, text, reply_markup=keyboard)).message_id

    async def edit(self, chat: int, message: int, text: str, *, buttons: Rows = ()) -> None:
        await self.bot.edit_message_text(
            text, chat_id=chat, message_id=message, reply_markup=self._inline(buttons)
        )

    async def delete(self, chat: int, message: int) -> None:
        await self.bot.delete_message(chat, message)

    async def photo(self, chat: int, photo: bytes | str, caption: str = "") -> str:
        given = BufferedInputFile(photo, "chair.png") if isinstance(photo, bytes) else photo
        sent = await self.bot.send_photo(chat, given, caption=caption)
        assert sent.photo
        return sent.photo[-1].file_id

    async def document(self, chat: int, name: str, content: bytes) -> str:
        sent = await self.bot.send_document(chat, BufferedInputFile(content, name))
        assert sent.document
        return sent.document.file_id

    async def send_file(self, chat: int, kind: str, file: bytes | str, *, buttons: Rows = ()) -> str:
        given = BufferedInputFile(file, "file.bin") if isinstance(file, bytes) else file
        sends = getattr(self.bot, f"send_{kind}")
        sent = await sends(chat, given, caption="A file", reply_markup=self._inline(buttons))
        return str(getattr(sent, kind).file_id)

    async def album(self, chat: int, photos: Sequence[bytes | str], captions: Sequence[str]) -> list[str]:
        media = [
            aiogram.types.InputMediaPhoto(
                media=BufferedInputFile(photo, "chair.png") if isinstance(photo, bytes) else photo, caption=caption
            )
            for photo, caption in zip(photos, captions, strict=True)
        ]
        sent = await self.bot.send_media_group(chat, [*media])
        assert len({message.media_group_id for message in sent}) == 1
        return [message.photo[-1].file_id for message in sent if message.photo]

    async def ask_place(self, chat: int, text: str, key: str) -> int:
        keyboard = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text=key, request_location=True)]])
        return (await self.bot.send_message(chat, text, reply_markup=keyboard)).message_id

    async def download(self, file_id: str) -> bytes:
        content = await self.bot.download(file_id)
        assert content is not None
        return content.read()

    async def updates(self, offset: int = 0, seconds: int = 0) -> list[Seen]:
        return [_seen(update) for update in await self.bot.get_updates(offset=offset, timeout=seconds)]

    async def answer(self, tap: str, text: str | None = None, *, alert: bool = False) -> None:
        await self.bot.answer_callback_query(tap, text, show_alert=alert)

    async def type_in(self, chat: int, action: str = "typing") -> None:
        await self.bot.send_chat_action(chat, action)

    def retry_after(self, error: BaseException) -> float:
        assert isinstance(error, aiogram_errors.TelegramRetryAfter)
        return error.retry_after

    def migrated_to(self, error: BaseException) -> int:
        assert isinstance(error, aiogram_errors.TelegramMigrateToChat)
        return error.migrate_to_chat_id

    def _inline(self, rows: Rows) -> InlineKeyboardMarkup | None:
        buttons = [[InlineKeyboardButton(text=text, callback_data=data) for text, data in row] for row in rows]
        return InlineKeyboardMarkup(inline_keyboard=buttons) if buttons else None


class PtbClient:
    errors = PTB_ERRORS

    def __init__(self, token: str, address: str) -> None:
        self.bot = telegram.Bot(token, base_url=f"{address}/bot", base_file_url=f"{address}/file/bot")

    async def __aenter__(self) -> Self:
        # Only the connections: `initialize` of the bot itself would call getMe, which some tests count.
        for request in self.bot._request:
            await request.initialize()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for request in self.bot._request:
            await request.shutdown()

    async def username(self) -> str:
        return (await self.bot.get_me()).username or ""

    async def send(self, chat: int, text: str, *, buttons: Rows = (), html: bool = False) -> int:
        mode = "HTML" if html else None
        sent = await self.bot.send_message(chat, text, parse_mode=mode, reply_markup=self._inline(buttons))
        assert sent.text is not None
        return sent.message_id

    async def ask_contact(self, chat: int, text: str, key: str) -> int:
        keyboard = telegram.ReplyKeyboardMarkup(
            [[telegram.KeyboardButton(key, request_contact=True)]], one_time_keyboard=True
        )
        return (await self.bot.send_message(chat, text, reply_markup=keyboard)).message_id

    async def edit(self, chat: int, message: int, text: str, *, buttons: Rows = ()) -> None:
        await self.bot.edit_message_text(text, chat, message, reply_markup=self._inline(buttons))

    async def delete(self, chat: int, message: int) -> None:
        await self.bot.delete_message(chat, message)

    async def photo(self, chat: int, photo: bytes | str, caption: str = "") -> str:
        sent = await self.bot.send_photo(chat, photo, caption=caption)
        return sent.photo[-1].file_id

    async def document(self, chat: int, name: str, content: bytes) -> str:
        sent = await self.bot.send_document(chat, content, filename=name)
        assert sent.document
        return sent.document.file_id

    async def send_file(self, chat: int, kind: str, file: bytes | str, *, buttons: Rows = ()) -> str:
        sends = getattr(self.bot, f"send_{kind}")
        sent = await sends(chat, file, caption="A file", filename="file.bin", reply_markup=self._inline(buttons))
        return str(getattr(sent, kind).file_id)

    async def album(self, chat: int, photos: Sequence[bytes | str], captions: Sequence[str]) -> list[str]:
        pairs = zip(photos, captions, strict=True)
        media = [telegram.InputMediaPhoto(photo, caption=caption) for photo, caption in pairs]
        sent = await self.bot.send_media_group(chat, media)
        assert len({message.media_group_id for message in sent}) == 1
        return [message.photo[-1].file_id for message in sent]

    async def ask_place(self, chat: int, text: str, key: str) -> int:
        keyboard = telegram.ReplyKeyboardMarkup([[telegram.KeyboardButton(key, request_location=True)]])
        return (await self.bot.send_message(chat, text, reply_markup=keyboard)).message_id

    async def download(self, file_id: str) -> bytes:
        file = await self.bot.get_file(file_id)
        return bytes(await file.download_as_bytearray())

    async def updates(self, offset: int = 0, seconds: int = 0) -> list[Seen]:
        return [_seen(update) for update in await self.bot.get_updates(offset=offset, timeout=seconds)]

    async def answer(self, tap: str, text: str | None = None, *, alert: bool = False) -> None:
        await self.bot.answer_callback_query(tap, text, show_alert=alert)

    async def type_in(self, chat: int, action: str = "typing") -> None:
        await self.bot.send_chat_action(chat, action)

    def retry_after(self, error: BaseException) -> float:
        assert isinstance(error, ptb_errors.RetryAfter)
        return error._retry_after.total_seconds()

    def migrated_to(self, error: BaseException) -> int:
        assert isinstance(error, ptb_errors.ChatMigrated)
        return error.new_chat_id

    def _inline(self, rows: Rows) -> telegram.InlineKeyboardMarkup | None:
        buttons = [[telegram.InlineKeyboardButton(text, callback_data=data) for text, data in row] for row in rows]
        return telegram.InlineKeyboardMarkup(buttons) if buttons else None


def _seen(update: Any) -> Seen:
    """Read an update: the two libraries use the same names, which are the Bot API's."""
    message = update.message or update.edited_message
    if update.callback_query is not None:
        query = update.callback_query
        return Seen(update.update_id, tap=query.id, data=query.data, language=query.from_user.language_code)
    if message is None:
        return Seen(update.update_id)
    contact = message.contact
    return Seen(
        update.update_id,
        text=message.text,
        language=message.from_user.language_code,
        contact_of=contact.user_id if contact else None,
    )
