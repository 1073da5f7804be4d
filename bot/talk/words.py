"""What is passed on, as the other side reads it: headed by who wrote it, in as many messages as it needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from bot.hand_off.card import isolated, lead_name
from bot.telegram.formatting import Formatted
from bot.telegram.updates import ContactReceived, FileReceived, Happening, LocationReceived, TextReceived
from bot.texts import Html, escaped
from storage.records import Lead, Prospect

MESSAGE_LENGTH, CAPTION_LENGTH = 4096, 1024
"""UTF-16 units of a message and of the words below a file. Source: Bot API, sendMessage and sendPhoto."""
CLIP = "📎 "


@dataclass(frozen=True)
class Said:
    """What somebody wrote or sent."""

    text: Formatted
    file: FileReceived | None = None


def said(happening: Happening) -> Said | None:
    """Return what can be passed on of a message; None for what Telegram does not let bots copy."""
    match happening:
        case TextReceived() as text:
            return Said(text.formatted)
        case FileReceived() as file:
            return Said(file.formatted, file)
        case ContactReceived(phone=phone):
            return Said(Formatted(f"📱 {phone}"))
        case LocationReceived(latitude=latitude, longitude=longitude):
            return Said(Formatted(f"📍 {latitude:.5f}, {longitude:.5f}"))
        case _:
            return None


def head_for_manager(prospect: Prospect, lead: Lead) -> str:
    """Return who wrote, as the manager reads it."""
    return f"💬 <b>{escaped(isolated(prospect.first_name))}</b> · {lead_name(lead)}"


def head_for_prospect(manager: Prospect) -> str:
    """Return who wrote, as the prospect reads it."""
    return f"💬 <b>{escaped(isolated(manager.first_name))}</b>"


def shown(text: Formatted, *, ours: bool) -> Formatted:
    """Return a text as the other side reads it: `ours`, a manager's, is formatted as they typed it."""
    # A prospect's is its letters alone: the words of a stranger's link can name one address and lead to another,
    # and staff would open it because it came from their own bot.
    return text if ours else Formatted(text.text)


def worded(head: str, piece: Formatted) -> Html:
    """Return one message: who wrote, and what."""
    return Html(f"{head}\n{piece.html}" if piece.text else head)


def kept(piece: str, *, captioned: bool) -> str:
    """Return how a message stands in the history of the talk: a file is marked as one."""
    return f"{CLIP}{piece}".strip() if captioned else piece


def pieces(text: Formatted, head: str, *, captioned: bool = False) -> list[Formatted]:
    """Cut a text so that each piece fits into a message below its head; the first may be a caption.

    What is formatted across a cut is so on both sides of it.
    """
    taken = _units(head) + 1
    room = (CAPTION_LENGTH if captioned else MESSAGE_LENGTH) - taken
    cuts = [0, *_cuts(text.text, room, MESSAGE_LENGTH - taken), len(text.text)]
    return [text.part(*ends) for ends in pairwise(cuts)]


def _cuts(text: str, room: int, more: int) -> Iterator[int]:
    used = 0
    for place, letter in enumerate(text):
        size = _units(letter)
        if used + size > room:
            yield place
            used, room = 0, more
        used += size


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
