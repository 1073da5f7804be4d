"""Files of requests: brought from storage before they are sent, known by name afterwards, kept when fetched."""

from __future__ import annotations

from datetime import datetime

from bot.telegram.requests import (
    FetchFile,
    File,
    FileMedia,
    MediaSource,
    Request,
    RevisionMedia,
    SendAlbum,
    SendMedia,
    SendText,
    Sent,
)
from storage.unit import Unit


def carries_files(request: Request) -> bool:
    """Tell whether a request has files to bring."""
    return bool(_sources(request))


async def gather(unit: Unit, request: Request) -> tuple[Request, tuple[File, ...]]:
    """Return a request with its files. Where a file is missing only the words are sent: they matter more."""
    sources = _sources(request)
    if not sources:
        return request, ()
    files = [await _file(unit, source) for source in sources]
    there = tuple(file for file in files if file is not None)
    if len(there) < len(files):
        return _in_words(request), ()
    return request, there


async def remember(unit: Unit, request: Request, sent: Sent, now: datetime) -> None:
    """Keep a file that was fetched, and Telegram's names for files that were sent: each is uploaded once."""
    if isinstance(request, FetchFile):
        await unit.files.arrived(request.number, sent.content or b"", now)
    for source, file_id in zip(_sources(request), sent.file_ids, strict=False):
        match source:
            case RevisionMedia(quiz=quiz, revision=revision, name=name):
                await unit.quizzes.remember_file(quiz, revision, name, file_id)
            case FileMedia(number=number):
                await unit.files.named(number, file_id)


async def dispose(unit: Unit, request: Request) -> None:
    """Remove what was kept only to be sent with a request whose fate is known."""
    for source in _sources(request):
        if isinstance(source, FileMedia):
            await unit.files.dispose(source.number)


def _sources(request: Request) -> tuple[MediaSource, ...]:
    match request:
        case SendMedia(media=media):
            return (media,)
        case SendAlbum(media=media):
            return media
        case _:
            return ()


async def _file(unit: Unit, source: MediaSource) -> File | None:
    match source:
        case RevisionMedia(quiz=quiz, revision=revision, name=name):
            found = await unit.quizzes.media(quiz, revision, name)
            return File(name, *found) if found else None
        case FileMedia(number=number, anew=anew):
            kept = await unit.files.by_id(number)
            if kept is None or (anew and kept.content is None):
                return None
            return File(kept.name, kept.content or b"", None if anew else kept.file_id)


def _in_words(request: Request) -> SendText:
    match request:
        case SendMedia():
            words = request.html or "…"
            return SendText(
                chat_id=request.chat_id, html=words, buttons=request.buttons, reply_to=request.reply_to
            )
        case SendAlbum():
            return SendText(chat_id=request.chat_id, html="\n".join(request.captions) or "…")
        case _:
            raise TypeError(f"{request.method} carries no files")
