"""Files on their way out, uploaded once and then named by Telegram; and in, fetched when somebody sent one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import SendAudio, SendDocument, SendPhoto, SendVideo, SendVoice, TelegramMethod
from aiogram.types import BufferedInputFile, InputMediaPhoto, Message
from aiohttp import ClientConnectorError, ClientError, ClientResponseError

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
from bot.telegram.with_aiogram.markup import inline, reply

SENDING: Final[Mapping[FileKind, type[TelegramMethod[Message]]]] = {
    "photo": SendPhoto,
    "video": SendVideo,
    "document": SendDocument,
    "voice": SendVoice,
    "audio": SendAudio,
}

Attempt = Callable[[Sequence[File], int], Awaitable[Sent]]


async def send(bot: Bot, request: SendMedia, files: Sequence[File]) -> Result:
    """Send one file. Raises AiogramError."""
    if not files:
        return FILE_MISSING

    async def attempt(given: Sequence[File], seconds: int) -> Sent:
        sending = SENDING[request.kind](
            chat_id=request.chat_id,
            caption=request.html or None,
            reply_markup=inline(request.buttons),
            reply_parameters=reply(request.reply_to),
            **{request.kind: _given(given[0])},
        )
        sent = await bot(sending, request_timeout=seconds)
        return Sent(sent.message_id, _file_ids([sent], request.kind))

    return await _named_or_anew(attempt, files)


async def send_album(bot: Bot, request: SendAlbum, files: Sequence[File]) -> Result:
    """Send photos as one album; the first one's number stands for all. Raises AiogramError."""
    if not files:
        return FILES_MISSING
    captions = [*request.captions, *("" for _ in files)]

    async def attempt(given: Sequence[File], seconds: int) -> Sent:
        photos = [
            InputMediaPhoto(media=_given(file), caption=caption or None)
            for file, caption in zip(given, captions, strict=False)
        ]
        sent = await bot.send_media_group(request.chat_id, [*photos], request_timeout=seconds)
        return Sent(sent[0].message_id, _file_ids(sent, "photo"))

    return await _named_or_anew(attempt, files)


async def fetch(bot: Bot, request: FetchFile) -> Result:
    """Bring a file's bytes. Raises AiogramError; never an error of HTTP, whose text holds the token."""
    found = await bot.get_file(request.file_id, request_timeout=NAMED_WITHIN)
    if found.file_path is None or (found.file_size or 0) > LARGEST_DOWNLOAD:
        return FILE_TOO_BIG
    try:
        stream = await bot.download_file(found.file_path, timeout=MOVED_WITHIN)
    except ClientResponseError as error:
        return not_downloaded(error.status)
    except ClientConnectorError:
        return NotSent(NO_CONNECTION)
    except (ClientError, TimeoutError, OSError):
        return Unknown(DOWNLOAD_BROKE)
    return Sent(content=stream.read() if stream else b"")


async def _named_or_anew(attempt: Attempt, files: Sequence[File]) -> Sent:
    """Send files by the names that Telegram gave them; upload them all when it has forgotten one."""
    try:
        return await attempt(files, NAMED_WITHIN if all(file.file_id for file in files) else MOVED_WITHIN)
    except TelegramBadRequest as refused:
        renamed = any(file.file_id for file in files) and all(file.content for file in files)
        if not renamed or not is_stale_file(refused.message):
            raise
    return await attempt([File(file.name, file.content) for file in files], MOVED_WITHIN)


def _given(file: File) -> str | BufferedInputFile:
    return file.file_id or BufferedInputFile(file.content, file.name)


def _file_ids(messages: Sequence[Message], kind: str) -> tuple[str, ...]:
    """Return Telegram's names for the files; none if one became another kind (a silent video is an animation)."""
    found: list[str] = []
    for message in messages:
        part = getattr(message, kind)
        if not part:
            return ()
        found.append(part[-1].file_id if kind == "photo" else part.file_id)
    return tuple(found)
