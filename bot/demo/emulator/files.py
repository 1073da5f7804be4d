"""The files that went through the bot: uploaded, sent by address, or sent by people."""

import base64
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from bot.demo.emulator import refusals
from bot.demo.emulator.messages import Media
from bot.demo.emulator.refusals import Refused, bad_request, photo_too_big

LARGEST_DOWNLOAD = 20 * 1024 * 1024
LARGEST_PHOTO = 10 * 1024 * 1024
_PREFIXES = {
    "photo": "AgACAgIAAx",
    "video": "BAACAgIAAx",
    "document": "BQACAgIAAx",
    "voice": "AwACAgIAAx",
    "audio": "CQACAgIAAx",
    "sticker": "CAACAgIAAx",
}
_FILE_ID = re.compile(r"(AgAC|BAAC|BQAC|AwAC|CQAC|CAAC)[A-Za-z0-9_-]{20,}")


@dataclass(frozen=True)
class Upload:
    """A file in the body of a request."""

    name: str
    content_type: str
    content: bytes

    def __repr__(self) -> str:
        return f"Upload({self.name!r}, {self.content_type!r}, {len(self.content)} bytes)"


class Files:
    """Every file of the bot, by file_id and by download path."""

    def __init__(self) -> None:
        self._by_id: dict[str, Media] = {}
        self._by_path: dict[str, Media] = {}
        self._kept = 0

    def keep(self, kind: str, upload: Upload) -> Media:
        """Store an uploaded file and give it an id."""
        if not upload.content:
            raise Refused(refusals.FILE_EMPTY)
        if kind == "photo" and len(upload.content) > LARGEST_PHOTO:
            raise Refused(photo_too_big(len(upload.content)))
        self._kept = number = self._kept + 1
        suffix = PurePosixPath(upload.name).suffix or mimetypes.guess_extension(upload.content_type) or ""
        media = Media(
            file_id=_new_id(kind, number),
            kind=kind,
            name=upload.name,
            content_type=upload.content_type,
            content=upload.content,
            path=f"{kind}s/file_{number}{suffix}",
        )
        return self._add(media)

    def link(self, kind: str, url: str) -> Media:
        """Give an id to a file that is known by its address only: the emulator fetches nothing."""
        name = url.split("?", 1)[0].rstrip("/").rpartition("/")[2]
        content_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        self._kept += 1
        return self._add(Media(_new_id(kind, self._kept), kind, name, content_type, url=url))

    def named(self, file_id: str) -> Media:
        """Return the file with this id; raise Telegram's refusal of a wrong one."""
        if file_id not in self._by_id:
            raise Refused(refusals.FILE_ID)
        return self._by_id[file_id]

    def at(self, path: str) -> Media | None:
        """Return the file to be downloaded from this path."""
        return self._by_path.get(path)

    def given(self, kind: str, value: str) -> Media:
        """Return the file that a bot names by an id or an address."""
        if value.lower().startswith(("http://", "https://")):
            return self.link(kind, value)
        if not _FILE_ID.fullmatch(value):
            raise Refused(refusals.FILE_URL)
        media = self.named(value)
        if media.kind != kind:
            used, wanted = media.kind.capitalize(), kind.capitalize()
            raise Refused(bad_request(f"can't use file of type {used} as {wanted}"))
        return media

    def forget(self) -> None:
        """Take no file_id any more that was given so far, as Telegram does one day."""
        self._by_id.clear()

    def _add(self, media: Media) -> Media:
        self._by_id[media.file_id] = media
        if media.path:
            self._by_path[media.path] = media
        return media


def _new_id(kind: str, number: int) -> str:
    digest = hashlib.sha256(f"{kind} {number}".encode()).digest()
    return _PREFIXES[kind] + base64.urlsafe_b64encode(digest).decode().rstrip("=")
