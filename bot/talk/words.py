"""What is passed on, as the other side reads it: headed by who wrote it, in as many messages as it needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.hand_off.card import isolated, lead_name
from bot.telegram.updates import ContactReceived, FileReceived, Happening, LocationReceived, TextReceived
from bot.texts import Html, escaped
from storage.records import Lead, Prospect

MESSAGE_LENGTH, CAPTION_LENGTH = 4096, 1024
"""UTF-16 units of a message and of the words below a file. Source: Bot API, sendMessage and sendPhoto."""
CLIP = "📎 "


@dataclass(frozen=True)
class Said:
    """What somebody wrote or sent."""

    text: str
    file: FileReceived | None = None


def said(happening: Happening) -> Said | None:
    """Return what can be passed on of a message; None for what Telegram does not let bots copy."""
    match happening:
        case TextReceived(text=text):
            return Said(text)
        case FileReceived(caption=caption) as file:
            return Said(caption, file)
        case ContactReceived(phone=phone):
            return Said(f"📱 {phone}")
        case LocationReceived(latitude=latitude, longitude=longitude):
            return Said(f"📍 {latitude:.5f}, {longitude:.5f}")
        case _:
            return None


def head_for_manager(prospect: Prospect, lead: Lead) -> str:
    """Return who wrote, as the manager reads it."""
    return f"💬 <b>{escaped(isolated(prospect.first_name))}</b> · {lead_name(lead)}"


def head_for_prospect(manager: Prospect) -> str:
    """Return who wrote, as the prospect reads it."""
    return f"💬 <b>{escaped(isolated(manager.first_name))}</b>"


def worded(head: str, piece: str) -> Html:
    """Return one message: who wrote, and what."""
    return Html(f"{head}\n{escaped(piece)}" if piece else head)


def kept(piece: str, *, captioned: bool) -> str:
    """Return how a message stands in the history of the talk: a file is marked as one."""
    return f"{CLIP}{piece}".strip() if captioned else piece


def pieces(text: str, head: str, *, captioned: bool = False) -> list[str]:
    """Cut a text so that each piece fits into a message below its head; the first may be a caption."""
    taken = _units(head) + 1
    found = list(_cut(text, (CAPTION_LENGTH if captioned else MESSAGE_LENGTH) - taken, MESSAGE_LENGTH - taken))
    return found or [""]


def _cut(text: str, room: int, more: int) -> Iterator[str]:
    piece: list[str] = []
    used = 0
    for letter in text:
        size = _units(letter)
        if used + size > room:
            yield "".join(piece)
            piece, used, room = [], 0, more
        piece.append(letter)
        used += size
    if piece:
        yield "".join(piece)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
