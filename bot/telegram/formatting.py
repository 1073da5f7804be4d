"""A text with the formatting that its writer gave it: read from Telegram's entities, written as its HTML."""

from __future__ import annotations

import html
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from typing import Literal, get_args

from bot.telegram.wire import Entity

StyleKind = Literal[
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "code",
    "pre",
    "text_link",
    "blockquote",
    "expandable_blockquote",
]
"""Telegram's words for the formatting that is kept.

Links, mentions, hashtags and commands it finds in plain text by itself. A custom emoji stays the plain one that it
stands for: only some bots may send custom ones.
"""
KINDS = frozenset(get_args(StyleKind))
QUOTES = frozenset({"blockquote", "expandable_blockquote"})
"""Telegram shows no quote within a quote."""
MOST = 100
"""Entities of one message: Telegram takes no more, and looking at thousands would take seconds."""

LARGEST = 28_000
"""Bytes of a text's HTML. Telegram takes 32 KB of a message, which may say more than that text."""

_TAGS: dict[StyleKind, tuple[str, str]] = {
    "bold": ("<b>", "</b>"),
    "italic": ("<i>", "</i>"),
    "underline": ("<u>", "</u>"),
    "strikethrough": ("<s>", "</s>"),
    "spoiler": ("<tg-spoiler>", "</tg-spoiler>"),
    "code": ("<code>", "</code>"),
    "pre": ("<pre>", "</pre>"),
    "blockquote": ("<blockquote>", "</blockquote>"),
    "expandable_blockquote": ("<blockquote expandable>", "</blockquote>"),
}


@dataclass(frozen=True)
class Style:
    """How a part of a text looks, from one letter up to another; letters are Python's, not UTF-16's."""

    kind: StyleKind
    start: int
    end: int
    detail: str = ""
    """where a link leads, or the language of a block of code"""

    @property
    def tags(self) -> tuple[str, str]:
        """What stands before the part, and after it."""
        match self.kind:
            case "text_link":
                return f'<a href="{html.escape(self.detail)}">', "</a>"
            case "pre" if self.detail:
                return f'<pre><code class="language-{html.escape(self.detail)}">', "</code></pre>"
            case kind:
                return _TAGS[kind]


@dataclass(frozen=True)
class Formatted:
    """A text and its styles, in the order of their beginnings, an outer one before what stands within it."""

    text: str
    styles: tuple[Style, ...] = ()

    @property
    def html(self) -> str:
        """The text as Telegram's HTML, which is well formed whatever the styles are."""
        if not self.styles:
            return _escaped(self.text)
        edges = sorted(
            {0, len(self.text), *(place for style in self.styles for place in (style.start, style.end))}
        )
        written: list[str] = []
        opened: list[Style] = []
        waiting = list(reversed(self.styles))
        for here, there in pairwise(edges):
            beginning: list[Style] = []
            while waiting and waiting[-1].start <= here:
                beginning.append(waiting.pop())
            _turn(written, opened, here, beginning)
            written.append(_escaped(self.text[here:there]))
        _turn(written, opened, edges[-1], [])
        return "".join(written)

    @property
    def is_too_rich(self) -> bool:
        """Whether there is more formatting in it, or longer links, than Telegram takes in one message."""
        return len(self.html.encode("utf-8", "surrogatepass")) > LARGEST

    def stripped(self) -> Formatted:
        """Return it without white space around it, as Telegram does: what is formatted stays at the beginning."""
        first = min((style.start for style in self.styles), default=len(self.text))
        start = len(self.text) - len(self.text.lstrip())
        return self.part(min(start, first), len(self.text.rstrip()))

    def part(self, start: int, end: int) -> Formatted:
        """Return a part of it, with what its styles are there."""
        cut = (
            replace(style, start=max(style.start, start) - start, end=min(style.end, end) - start)
            for style in self.styles
        )
        return Formatted(self.text[start:end], tuple(style for style in cut if style.start < style.end))

    def shortened(self, length: int) -> Formatted:
        """Return it with so many letters at most."""
        if len(self.text) <= length:
            return self
        part = self.part(0, length - 1)
        return replace(part, text=f"{part.text}…")

    def replaced(self, pattern: re.Pattern[str], put: Callable[[re.Match[str]], str]) -> Formatted:
        """Put something else wherever a pattern is found; a style of a part of that becomes one of the whole."""
        found = list(pattern.finditer(self.text))
        if not found:
            return self
        pieces: list[str] = []
        places: list[tuple[int, int]] = []
        length = last = 0
        for match in found:
            before, inside = self.text[last : match.start()], put(match)
            pieces += (before, inside)
            places.append((length + len(before), length + len(before) + len(inside)))
            length, last = places[-1][1], match.end()
        pieces.append(self.text[last:])
        moves = _Moves([match.span() for match in found], places)
        moved = (replace(style, start=moves.start(style.start), end=moves.end(style.end)) for style in self.styles)
        return Formatted("".join(pieces), tuple(style for style in moved if style.start < style.end))


@dataclass(frozen=True)
class _Moves:
    """Where the letters of a text are once parts of it have become others; the parts stand in their order."""

    was: list[tuple[int, int]]
    now: list[tuple[int, int]]

    def start(self, place: int) -> int:
        """Return where a style begins that began at a place."""
        before = bisect_right(self.was, place, key=lambda part: part[0]) - 1
        if before < 0:
            return place
        end = self.was[before][1]
        return self.now[before][0] if place < end else place - end + self.now[before][1]

    def end(self, place: int) -> int:
        """Return where a style ends that ended at a place."""
        before = bisect_left(self.was, place, key=lambda part: part[0]) - 1
        if before < 0:
            return place
        return max(place - self.was[before][1], 0) + self.now[before][1]


def styles(text: str, entities: Iterable[Entity]) -> tuple[Style, ...]:
    """Return what is kept of a text's formatting. Nothing fails, whatever a broken client may have sent."""
    kept = tuple(islice((entity for entity in entities if entity.type in KINDS), MOST))
    if not kept:
        return ()
    # Telegram counts in UTF-16: a letter outside the basic plane has two units.
    letters = [place for place, letter in enumerate(text) for _ in range(1 + (letter > "\uffff"))]
    letters.append(len(text))

    def letter(unit: int) -> int:
        return letters[min(max(unit, 0), len(letters) - 1)]

    read = (
        Style(entity.type, letter(entity.offset), letter(entity.offset + entity.length), _detail(entity))  # type: ignore[arg-type]  # it is one of KINDS
        for entity in kept
    )
    sound = (style for style in read if style.start < style.end and (style.detail or style.kind != "text_link"))
    return tuple(sorted(dict.fromkeys(sound), key=lambda style: (style.start, -style.end)))


def _detail(entity: Entity) -> str:
    match entity.type:
        case "text_link":
            return entity.url or ""
        case "pre":
            return entity.language or ""
        case _:
            return ""


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)


def _turn(written: list[str], opened: list[Style], here: int, beginning: list[Style]) -> None:
    """Close what ends here, and open what begins; what has to be closed with it is opened again."""
    ending = next((place for place, style in enumerate(opened) if style.end <= here), len(opened))
    written += (style.tags[1] for style in reversed(opened[ending:]))
    beginning = [style for style in (*opened[ending:], *beginning) if style.end > here]
    del opened[ending:]
    written += (style.tags[0] for style in beginning)
    opened += beginning
