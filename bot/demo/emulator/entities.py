"""Formatting inside a text: spans counted, as Telegram counts, in UTF-16 code units."""

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.demo.emulator import links

_TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "spoiler": "tg-spoiler",
    "blockquote": "blockquote",
    "expandable_blockquote": "blockquote",
}

_QUOTES = frozenset({"blockquote", "expandable_blockquote"})
_CODE = frozenset({"code", "pre"})
_LINKS = frozenset({"text_link", "text_mention"})


def utf16_length(text: str) -> int:
    """Return how long `text` is for Telegram: an emoji outside the basic plane counts twice."""
    return len(text) + sum(character > "\uffff" for character in text)


@dataclass(frozen=True)
class Entity:
    """One formatted span of a text."""

    type: str
    offset: int
    length: int
    url: str | None = None
    language: str | None = None
    custom_emoji_id: str | None = None
    user_id: int | None = None

    @property
    def end(self) -> int:
        """The offset just after the span."""
        return self.offset + self.length

    def to_wire(self) -> dict[str, Any]:
        """Return the entity as a Bot API object."""
        wire: dict[str, Any] = {"type": self.type, "offset": self.offset, "length": self.length}
        if self.user_id is not None:
            wire["user"] = {"id": self.user_id, "is_bot": False, "first_name": ""}
        for name in ("url", "language", "custom_emoji_id"):
            if (value := getattr(self, name)) is not None:
                wire[name] = value
        return wire


def in_order(entities: Iterable[Entity]) -> tuple[Entity, ...]:
    """Return the entities as Telegram sorts them: by offset, outer before inner."""
    return tuple(sorted(entities, key=lambda entity: (entity.offset, -entity.length)))


def allowed(entities: Iterable[Entity]) -> tuple[Entity, ...]:
    """Leave out what Telegram drops without a word: a quote in a quote, a link in a link, anything in code."""
    kept: list[Entity] = []
    for entity in sorted(entities, key=lambda each: (each.offset, -each.length, each.type not in _QUOTES)):
        if not any(outer.end > entity.offset and _excludes(outer.type, entity.type) for outer in kept):
            kept.append(entity)
    return tuple(kept)


def _excludes(outer: str, inner: str) -> bool:
    if outer in _LINKS:
        return inner in _LINKS | _CODE
    return outer in _CODE or (outer in _QUOTES and inner in _QUOTES)


def as_html(text: str, entities: Sequence[Entity]) -> str:
    """Render a text with its entities as HTML that is safe to put into a page."""
    units = text.encode("utf-16-le")
    bounds = sorted({0, len(units) // 2, *(e.offset for e in entities), *(e.end for e in entities)})
    pieces: list[str] = []
    open_now: list[Entity] = []
    for position, following in zip(bounds, [*bounds[1:], None], strict=True):
        _close(pieces, open_now, position)
        for entity in in_order(e for e in entities if e.offset == position and e.length > 0):
            pieces.append(_tags(entity)[0])
            open_now.append(entity)
        if following is not None:
            piece = units[position * 2 : following * 2].decode("utf-16-le", errors="replace")
            pieces.append(html.escape(piece))
    return "".join(pieces)


def _close(pieces: list[str], open_now: list[Entity], position: int) -> None:
    ending = [index for index, entity in enumerate(open_now) if entity.end <= position]
    if not ending:
        return
    unwound = open_now[ending[0] :]
    pieces.extend(_tags(entity)[1] for entity in reversed(unwound))
    del open_now[ending[0] :]
    # Spans may overlap without nesting; what was closed too early is opened again.
    for entity in unwound:
        if entity.end > position:
            pieces.append(_tags(entity)[0])
            open_now.append(entity)


def _tags(entity: Entity) -> tuple[str, str]:
    if entity.type == "text_link" and entity.url and (link := links.checked(entity.url)):
        return f'<a href="{html.escape(link)}" rel="noopener noreferrer" target="_blank">', "</a>"
    if entity.type == "pre":
        if entity.language:
            return f'<pre><code class="language-{html.escape(entity.language)}">', "</code></pre>"
        return "<pre>", "</pre>"
    if entity.type == "expandable_blockquote":
        return "<blockquote expandable>", "</blockquote>"
    tag = _TAGS.get(entity.type)
    return (f"<{tag}>", f"</{tag}>") if tag else ("", "")
