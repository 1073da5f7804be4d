"""Albums: up to ten files in one request, each a message of its own, shown as one."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.demo.emulator import formatting, refusals
from bot.demo.emulator.formatting import FormattedText
from bot.demo.emulator.messages import Media
from bot.demo.emulator.methods.sending import open_chat, replied_message
from bot.demo.emulator.parameters import ATTACHED, Parameters
from bot.demo.emulator.refusals import Refused, album_part_refused, media_unreadable, required
from bot.demo.emulator.world import World

MOST = 10
_KINDS = ("photo", "video", "document", "audio")
_ALONE = {"document": refusals.ALBUM_OF_DOCUMENTS, "audio": refusals.ALBUM_OF_AUDIO}
"""Kinds that share an album with their own kind only."""


def send_media_group(world: World, asked: Parameters) -> Any:
    """Send an album; a refused part sends nothing, and one file alone is an ordinary message."""
    parts = _parts(asked)
    chat = open_chat(world, asked)
    if not parts:
        raise Refused(refusals.ALBUM_EMPTY)
    if len(parts) > MOST:
        raise Refused(refusals.ALBUM_TOO_LONG)
    kinds = {str(part.values["type"]) for part, _ in parts}
    for kind, refusal in _ALONE.items():
        if kind in kinds and len(kinds) > 1:
            raise Refused(refusal)
    replied = replied_message(asked, chat)
    files = [_file(world, part, place) for place, (part, _) in enumerate(parts, start=1)]
    album = world.new_album() if len(parts) > 1 else None
    sent = []
    for file, (_, shown) in zip(files, parts, strict=True):
        content = {file.kind: file, "text": shown.text, "entities": shown.entities}
        message = world.post(chat, world.bot, album=album, reply_to=replied, **content)
        world.tell(chat, "message", message.id)
        sent.append(world.to_wire(message))
    return sent


def _parts(asked: Parameters) -> list[tuple[Parameters, FormattedText]]:
    if not asked.text("media"):
        raise Refused(required("media"))
    items = asked.items("media")
    if items is None:
        raise Refused(refusals.ALBUM_ARRAY if asked.holds_json("media") else refusals.ALBUM_JSON)
    return [_part(item, asked) for item in items]


def _part(item: Any, asked: Parameters) -> tuple[Parameters, FormattedText]:
    """Read one part in Telegram's order: its caption, its file, its type."""
    if not isinstance(item, dict):
        raise Refused(media_unreadable("expected an Object"))
    part = Parameters(item, asked.uploads)
    shown = _caption(part)
    named = part.text("media")
    if not named or (named.startswith(ATTACHED) and part.upload("media") is None):
        raise Refused(media_unreadable("media not found"))
    kind = part.text("type")
    if kind == "animation":
        raise Refused(media_unreadable('type "animation" can\'t be used in sendMediaGroup'))
    if kind not in _KINDS:
        raise Refused(media_unreadable(f'type "{kind}" is unsupported'))
    return part, shown


def _caption(part: Parameters) -> FormattedText:
    return formatting.caption(part.text("caption"), part.text("parse_mode"), part.values.get("caption_entities"))


def _file(world: World, part: Parameters, place: int) -> Media:
    kind = part.text("type")
    if (upload := part.upload("media")) is not None:
        return world.files.keep(kind, upload)
    try:
        return world.files.given(kind, part.text("media"))
    except Refused as refused:
        detail = refused.refusal.description.removeprefix("Bad Request: ")
        raise Refused(album_part_refused(place, detail[:1].upper() + detail[1:])) from None


METHODS: Mapping[str, Callable[[World, Parameters], Any]] = {"sendMediaGroup": send_media_group}
