"""Files on their way out, uploaded once and then named by Telegram; and in, fetched when somebody sent one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import assert_never

from telegram import Bot, InputFile, InputMediaPhoto, Message
from telegram.constants import ParseMode
from telegram.error import NetworkError

from bot.telegram.limits import LARGEST_DOWNLOAD, MOVED_WITHIN, NAMED_WITHIN
from bot.telegram.refusals import (
    DOWNLOAD_BROKE,
    FILE_MISSING,
    FILE_TOO_BIG,
    FILES_MISSING,
    NO_CONNECTION,
    is_stale_file,
    not_downloaded,
)
from bot.telegram.requests import FetchFile, File, FileKind, NotSent, Result, SendAlbum, SendMedia, Sent, Unknown
from bot.telegram.with_ptb.errors import NEVER_LEFT
from bot.telegram.with_ptb.line import AnsweredError
from bot.telegram.with_ptb.markup import inline, reply

Sending = Callable[..., Awaitable[Message]]
Attempt = Callable[[Sequence[File], int], Awaitable[Sent]]


async def send(bot: Bot, request: SendMedia, files: Sequence[File]) -> Result:
    """Send one file. Raises PTB's TelegramError."""
    if not files:
        return FILE_MISSING
    sending = _sending(bot, request.kind)

    async def attempt(given: Sequence[File], seconds: int) -> Sent:
        sent = await sending(
            request.chat_id,
            _given(given[0]),
            caption=request.html or None,
            parse_mode=ParseMode.HTML,
            reply_markup=inline(request.buttons),
            reply_parameters=reply(request.reply_to),
            read_timeout=seconds,
        )
        return Sent(sent.message_id, _file_ids([sent], request.kind))

    return await _named_or_anew(attempt, files)


async def send_album(bot: Bot, request: SendAlbum, files: Sequence[File]) -> Result:
    """Send photos as one album; the first one's number stands for all. Raises PTB's TelegramError."""
    if not files:
        return FILES_MISSING
    captions = [*request.captions, *("" for _ in files)]

    async def attempt(given: Sequence[File], seconds: int) -> Sent:
        photos = [
            InputMediaPhoto(_given(file, attach=True), caption=caption or None, parse_mode=ParseMode.HTML)
            for file, caption in zip(given, captions, strict=False)
        ]
        sent = await bot.send_media_group(request.chat_id, photos, read_timeout=seconds)
        return Sent(sent[0].message_id, _file_ids(sent, "photo"))

    return await _named_or_anew(attempt, files)


async def fetch(bot: Bot, request: FetchFile) -> Result:
    """Bring a file's bytes. Raises PTB's TelegramError."""
    found = await bot.get_file(request.file_id)
    if found.file_path is None or (found.file_size or 0) > LARGEST_DOWNLOAD:
        return FILE_TOO_BIG
    try:
        content = await found.download_as_bytearray(read_timeout=MOVED_WITHIN)
    except AnsweredError as error:
        return not_downloaded(error.status)
    except NetworkError as error:
        return NotSent(NO_CONNECTION) if isinstance(error.__cause__, NEVER_LEFT) else Unknown(DOWNLOAD_BROKE)
    return Sent(content=bytes(content))


async def _named_or_anew(attempt: Attempt, files: Sequence[File]) -> Sent:
    """Send files by the names that Telegram gave them; upload them all when it has forgotten one."""
    try:
        return await attempt(files, NAMED_WITHIN if all(file.file_id for file in files) else MOVED_WITHIN)
    except AnsweredError as refused:
        renamed = any(file.file_id for file in files) and all(file.content for file in files)
        if not renamed or not is_stale_file(refused.description):
            raise
    return await attempt([File(file.name, file.content) for file in files], MOVED_WITHIN)


def _sending(bot: Bot, kind: FileKind) -> Sending:
    match kind:
        case "photo":
            return bot.send_photo
        case "video":
            return bot.send_video
        case "document":
            return bot.send_document
        case "voice":
            return bot.send_voice
        case "audio":
            return bot.send_audio
        case _:
            assert_never(kind)


def _given(file: File, *, attach: bool = False) -> str | InputFile:
    return file.file_id or InputFile(file.content, filename=file.name, attach=attach)


def _file_ids(messages: Sequence[Message], kind: FileKind) -> tuple[str, ...]:
    """Return Telegram's names for the files; none if one became another kind (a silent video is an animation)."""
    found: list[str] = []
    for message in messages:
        part = getattr(message, kind)
        if not part:
            return ()
        found.append(part[-1].file_id if kind == "photo" else part.file_id)
    return tuple(found)
