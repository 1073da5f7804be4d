"""The port on aiogram: its Bot for requests, its types to read updates; its dispatcher is not used.

aiogram's own polling confirms updates before they are stored, so we ask for updates ourselves.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, assert_never

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ChatMemberStatus, ChatType, ParseMode
from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import Response, TelegramMethod
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    Update,
    User,
)
from aiohttp import ClientConnectorError

from bot.telegram.port import (
    AnotherPollerError,
    BotIdentity,
    TelegramError,
    TokenRefusedError,
    TooFastError,
)
from bot.telegram.requests import (
    AnswerTap,
    Buttons,
    EditText,
    FetchFile,
    File,
    LinkButton,
    Needless,
    NotSent,
    Refused,
    RemoveKeyboard,
    ReplyKey,
    ReplyKeyboard,
    Request,
    Result,
    SendAlbum,
    SendMail,
    SendMedia,
    SendText,
    Sent,
    TapButton,
    Unknown,
    Unreachable,
    Wait,
)
from bot.telegram.updates import (
    BotBlocked,
    BotUnblocked,
    ContactReceived,
    FileReceived,
    Happening,
    Incoming,
    OtherReceived,
    Person,
    TapReceived,
    TextReceived,
)

ALLOWED_UPDATES = ["message", "callback_query", "my_chat_member"]
ANSWER_WITHIN = 20
"""Seconds to wait for the answer to a request before its fate is called unknown."""

NEEDLESS = (
    "message is not modified",
    "message to edit not found",
    "message can't be edited",
    "query is too old",
)
UNREACHABLE = ("chat not found",)


class _GetRawUpdates(TelegramMethod[list[dict[str, Any]]]):
    """`getUpdates` that leaves every update as it came: one that cannot be read must not lose the others."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None = None
    limit: int = 100
    timeout: int = 0
    allowed_updates: list[str] = ALLOWED_UPDATES


_PINNED = [Response[kind] for kind in (Message, bool, list[dict[str, Any]])]  # type: ignore[valid-type]  # mypy takes kind for a variable
"""pydantic forgets a generic's classes when nobody holds them, and building one anew takes milliseconds."""


class AiogramMessenger:
    """A bot's line to Telegram, on aiogram. `server` is the Bot API's address; None: Telegram's own."""

    def __init__(self, token: str, server: str | None = None) -> None:
        api = {"api": TelegramAPIServer.from_base(server)} if server else {}
        self._bot = Bot(
            token,
            session=AiohttpSession(**api),  # type: ignore[arg-type]  # aiogram passes them on
            default=DefaultBotProperties(parse_mode=ParseMode.HTML),
        )

    async def identify(self) -> BotIdentity:
        """Ask who the bot is. Raises TelegramError."""
        try:
            me = await self._bot.get_me(request_timeout=ANSWER_WITHIN)
        except AiogramError as error:
            raise _told(error) from error
        return BotIdentity(me.id, me.username or "", me.first_name)

    async def receive(self, offset: int | None, timeout: int) -> list[tuple[int, str]]:  # noqa: ASYNC109 - its
        """Wait up to `timeout` seconds for updates; confirm all before `offset`. Raises TelegramError."""
        try:
            updates = await self._bot(
                _GetRawUpdates(offset=offset, timeout=timeout), request_timeout=timeout + ANSWER_WITHIN
            )
        except AiogramError as error:
            raise _told(error) from error
        return [(int(update["update_id"]), json.dumps(update)) for update in updates]

    def read(self, body: str) -> Incoming | None:
        """Read an update's JSON; None for one that is nobody's doing in a private chat."""
        update = Update.model_validate_json(body)
        happened = _happened(update)
        if happened is None:
            return None
        user, happening = happened
        person = Person(user.id, user.first_name, user.username, user.language_code)
        return Incoming(update.update_id, person, happening)

    async def perform(self, request: Request, message_id: int | None = None, files: Sequence[File] = ()) -> Result:
        """Carry out a request; every outcome is a value."""
        try:
            return await self._ask(request, message_id, files)
        except AiogramError as error:
            return _result(error)

    async def announce(self, commands: Mapping[str, Mapping[str, str]]) -> None:
        """Set the command menu: command → description, by language; an empty language is for all others."""
        for language, described in commands.items():
            menu = [BotCommand(command=name, description=text) for name, text in described.items()]
            try:
                await self._bot.set_my_commands(
                    menu, language_code=language or None, request_timeout=ANSWER_WITHIN
                )
            except AiogramError as error:
                raise _told(error) from error

    async def close(self) -> None:
        """Close every connection."""
        await self._bot.session.close()

    async def _ask(self, request: Request, message_id: int | None, files: Sequence[File]) -> Sent | Refused:
        match request:
            case SendText():
                sent = await self._bot.send_message(
                    request.chat_id,
                    request.html,
                    reply_markup=_inline(request.buttons) or _keyboard(request.keyboard),
                    link_preview_options=None if request.preview else LinkPreviewOptions(is_disabled=True),
                    request_timeout=ANSWER_WITHIN,
                )
                return Sent(sent.message_id)
            case SendMedia():
                if not files:
                    return Refused("the file is missing")
                photo = files[0].file_id or BufferedInputFile(files[0].content, files[0].name)
                if request.kind == "document":
                    sent = await self._bot.send_document(
                        request.chat_id, photo, caption=request.html, request_timeout=ANSWER_WITHIN
                    )
                    return Sent(sent.message_id, (sent.document.file_id,) if sent.document else ())
                sent = await self._bot.send_photo(
                    request.chat_id, photo, caption=request.html, request_timeout=ANSWER_WITHIN
                )
                return Sent(sent.message_id, (sent.photo[-1].file_id,) if sent.photo else ())
            case FetchFile(file_id=file_id):
                found = await self._bot.get_file(file_id, request_timeout=ANSWER_WITHIN)
                fetched = await self._bot.download_file(found.file_path or "", timeout=ANSWER_WITHIN)
                return Sent(content=fetched.read() if fetched else b"")
            case SendAlbum() | SendMail():
                return Refused(f"{request.method} is not built yet")
            case EditText():
                await self._bot.edit_message_text(
                    request.html,
                    chat_id=request.chat_id,
                    message_id=request.message_id or message_id,
                    reply_markup=_inline(request.buttons),
                    request_timeout=ANSWER_WITHIN,
                )
                return Sent(request.message_id or message_id)
            case AnswerTap():
                await self._bot.answer_callback_query(
                    request.tap_id, request.text or None, request.alert, request_timeout=ANSWER_WITHIN
                )
                return Sent()
            case _:
                assert_never(request)


def _happened(update: Update) -> tuple[User, Happening] | None:
    message, tap, member = update.message, update.callback_query, update.my_chat_member
    if message is not None and message.chat.type == ChatType.PRIVATE and message.from_user is not None:
        return message.from_user, _said(message, message.from_user)
    if tap is not None and (tap.message is None or tap.message.chat.type == ChatType.PRIVATE):
        where = tap.message.message_id if tap.message else None
        return tap.from_user, TapReceived(tap.id, tap.data or "", where)
    if member is not None and member.chat.type == ChatType.PRIVATE:
        gone = member.new_chat_member.status in (ChatMemberStatus.KICKED, ChatMemberStatus.LEFT)
        return member.from_user, BotBlocked() if gone else BotUnblocked()
    return None


def _said(message: Message, sender: User) -> Happening:
    if message.contact is not None:
        own = message.contact.user_id == sender.id and message.forward_origin is None
        return ContactReceived(message.contact.phone_number, own)
    if message.text is not None:
        return TextReceived(message.text, forwarded=message.forward_origin is not None)
    forwarded = message.forward_origin is not None
    if message.document is not None:
        sent = message.document
        name, mime, size = sent.file_name or "", sent.mime_type or "", sent.file_size or 0
        return FileReceived("document", sent.file_id, name, mime, size, message.caption or "", forwarded)
    if message.photo:
        largest = message.photo[-1]
        size = largest.file_size or 0
        return FileReceived("photo", largest.file_id, "", "image/jpeg", size, message.caption or "", forwarded)
    return OtherReceived()


def _inline(buttons: Buttons) -> InlineKeyboardMarkup | None:
    if not buttons:
        return None
    return InlineKeyboardMarkup(inline_keyboard=[[_button(button) for button in row] for row in buttons])


def _button(button: TapButton | LinkButton) -> InlineKeyboardButton:
    match button:
        case TapButton(text=text, data=data):
            return InlineKeyboardButton(text=text, callback_data=data)
        case LinkButton(text=text, url=url):
            return InlineKeyboardButton(text=text, url=url)
        case _:
            assert_never(button)


def _keyboard(
    keyboard: ReplyKeyboard | RemoveKeyboard | None,
) -> ReplyKeyboardMarkup | ReplyKeyboardRemove | None:
    match keyboard:
        case ReplyKeyboard(keys=keys, hint=hint):
            return ReplyKeyboardMarkup(
                keyboard=[[_key(key)] for key in keys],
                resize_keyboard=True,
                one_time_keyboard=True,
                input_field_placeholder=hint or None,
            )
        case RemoveKeyboard():
            return ReplyKeyboardRemove(remove_keyboard=True)
        case None:
            return None


def _key(key: ReplyKey) -> KeyboardButton:
    return KeyboardButton(
        text=key.text,
        request_contact=key.asks == "contact" or None,
        request_location=key.asks == "location" or None,
    )


def _result(error: AiogramError) -> Result:
    match error:
        case TelegramRetryAfter(retry_after=seconds):
            return Wait(float(seconds))
        case TelegramForbiddenError(message=reason):
            return Unreachable(reason)
        case TelegramBadRequest(message=reason) if any(text in reason for text in NEEDLESS):
            return Needless(reason)
        case TelegramBadRequest(message=reason) if any(text in reason for text in UNREACHABLE):
            return Unreachable(reason)
        case TelegramServerError() | ClientDecodeError():
            return Unknown(type(error).__name__)
        case TelegramNetworkError() if isinstance(error.__cause__, ClientConnectorError):
            return NotSent("no connection to Telegram")
        case TelegramNetworkError():
            return Unknown("no answer from Telegram")
        case _:
            return Refused(getattr(error, "message", None) or type(error).__name__)


def _told(error: AiogramError) -> TelegramError:
    """Say what went wrong without the address: it holds the token."""
    match error:
        case TelegramUnauthorizedError() | TelegramNotFound():
            return TokenRefusedError()
        case TelegramConflictError():
            return AnotherPollerError()
        case TelegramRetryAfter(retry_after=seconds):
            return TooFastError(seconds)
        case TelegramNetworkError():
            return TelegramError("Telegram cannot be reached")
        case _:
            return TelegramError(f"Telegram answered with {type(error).__name__}")
