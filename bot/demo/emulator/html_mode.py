"""Telegram's HTML parse mode, with its errors and their byte offsets, after `parse_html` of tdlib."""

import re
from dataclasses import dataclass, field

from bot.demo.emulator import links
from bot.demo.emulator.entities import Entity, in_order, utf16_length
from bot.demo.emulator.refusals import Refused, cannot_parse_entities

_SIMPLE = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
}
_TAGS = {*_SIMPLE, "a", "code", "pre", "blockquote", "tg-emoji"}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_CHARACTER = re.compile(
    r"&(?:#x(?P<hex>[0-9A-Fa-f]{1,6})(?![0-9A-Fa-f])|#(?P<decimal>[0-9]{1,7})(?![0-9])|(?P<name>[A-Za-z]+));?"
)
_SPACE = " \t\r\n\0\v"
_HIGHEST = 0x10FFFF
_USER_LINK = re.compile(r"tg:(?://)?user\?id=(\d+)", re.IGNORECASE)


@dataclass
class _Tag:
    name: str
    argument: str
    offset: int
    begins: int


@dataclass
class _Reader:
    source: str
    position: int = 0
    text: list[str] = field(default_factory=list)
    length: int = 0
    open_tags: list[_Tag] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)

    def fail(self, detail: str, at: int | None = None) -> Refused:
        if at is not None:
            detail += f" at byte offset {len(self.source[:at].encode())}"
        return Refused(cannot_parse_entities(detail))

    @property
    def here(self) -> str:
        """The character to be read; empty at the end."""
        return self.source[self.position : self.position + 1]

    def skip_spaces(self) -> None:
        while self.here and self.here in _SPACE:
            self.position += 1

    def read_until(self, stops: str) -> str:
        begin = self.position
        while self.here and self.here not in stops:
            self.position += 1
        return self.source[begin : self.position]

    def append(self, piece: str) -> None:
        self.text.append(piece)
        self.length += utf16_length(piece)


def parse_html(source: str) -> tuple[str, tuple[Entity, ...]]:
    """Return the plain text and its entities; raise Telegram's refusal where the markup is wrong."""
    reader = _Reader(source)
    while reader.here:
        if reader.here == "&":
            reader.append(_character(reader))
        elif reader.here != "<":
            reader.append(reader.read_until("&<"))
        elif source.startswith("</", reader.position):
            _end_tag(reader)
        else:
            _start_tag(reader)
    if reader.open_tags:
        name = reader.open_tags[-1].name
        raise reader.fail(f'Can\'t find end tag corresponding to start tag "{name}"')
    return "".join(reader.text), in_order(
        Entity(e.type, e.offset, e.length) if e.type == "code" else e for e in reader.entities
    )


def _character(reader: _Reader) -> str:
    found = _CHARACTER.match(reader.source, reader.position)
    decoded = _decoded(found) if found else None
    # Whatever is no known character reference stays as it was written.
    reader.position = found.end() if found and decoded else reader.position + 1
    return decoded or "&"


def _decoded(found: re.Match[str]) -> str | None:
    if found["name"]:
        return _NAMED.get(found["name"])
    code = int(found["hex"], 16) if found["hex"] else int(found["decimal"])
    surrogate = 0xD800 <= code <= 0xDFFF  # noqa: PLR2004  (Unicode's own bounds)
    return chr(code) if 0 < code < _HIGHEST and not surrogate else None


def _start_tag(reader: _Reader) -> None:
    begin = reader.position
    reader.position += 1
    name = reader.read_until(_SPACE + ">").lower()
    if not reader.here:
        raise reader.fail("Unclosed start tag", begin)
    if name not in _TAGS:
        raise reader.fail(f'Unsupported start tag "{name}"', begin)
    argument = ""
    while reader.here != ">":
        reader.skip_spaces()
        if reader.here == ">":
            break
        attribute, value = _attribute(reader, name, begin)
        found = _argument(name, attribute, value)
        argument = argument if found is None else found
    if name == "span" and argument != "spoiler":
        raise reader.fail('Tag "span" must have class "tg-spoiler"', begin)
    reader.position += 1
    reader.open_tags.append(_Tag(name, argument, reader.length, len(reader.text)))


def _attribute(reader: _Reader, tag: str, begin: int) -> tuple[str, str | None]:
    attribute = reader.read_until(_SPACE + "=>/\"'")
    if not attribute:
        raise reader.fail(f'Empty attribute name in the tag "{tag}"', begin)
    reader.skip_spaces()
    if reader.here != "=":
        if not reader.here:
            raise reader.fail(f'Unclosed start tag "{tag}"', begin)
        return attribute, None
    reader.position += 1
    reader.skip_spaces()
    if not reader.here:
        raise reader.fail(f'Unclosed start tag "{tag}"', begin)
    value = _quoted(reader) if reader.here in "'\"" else _name_token(reader)
    if not reader.here:
        raise reader.fail("Unclosed start tag", begin)
    return attribute, value


def _quoted(reader: _Reader) -> str:
    quote = reader.here
    reader.position += 1
    pieces: list[str] = []
    while reader.here and reader.here != quote:
        pieces.append(_character(reader) if reader.here == "&" else reader.read_until(f"&{quote}"))
    reader.position += 1
    return "".join(pieces)


def _name_token(reader: _Reader) -> str:
    begin = reader.position
    found = re.compile(r"[A-Za-z0-9.-]*").match(reader.source, begin)
    reader.position = found.end() if found else begin
    if reader.here not in _SPACE + ">":
        raise reader.fail("Unexpected end of name token", begin)
    return reader.source[begin : reader.position].lower()


def _argument(tag: str, attribute: str, value: str | None) -> str | None:
    """Return what the tag keeps of this attribute; None for nothing."""
    if (tag, attribute) == ("blockquote", "expandable"):
        return "1"
    if value is None:
        return None
    if (tag, attribute) in {("a", "href"), ("tg-emoji", "emoji-id")}:
        return value
    prefix = {("code", "class"): "language-", ("span", "class"): "tg-"}.get((tag, attribute))
    return value[len(prefix) :] if prefix and value.startswith(prefix) else None


def _end_tag(reader: _Reader) -> None:
    begin = reader.position
    if not reader.open_tags:
        raise reader.fail("Unexpected end tag", begin)
    reader.position += 2
    name = reader.read_until(_SPACE + ">").lower()
    reader.skip_spaces()
    if reader.here != ">":
        raise reader.fail("Unclosed end tag", begin)
    reader.position += 1
    tag = reader.open_tags[-1]
    if name and name != tag.name:
        raise reader.fail(
            f"Unmatched end tag at byte offset {len(reader.source[:begin].encode())}, "
            f'expected "</{tag.name}>", found "</{name}>"'
        )
    if reader.length > tag.offset:
        _finish(reader, tag)
    reader.open_tags.pop()


def _finish(reader: _Reader, tag: _Tag) -> None:
    length = reader.length - tag.offset
    last = reader.entities[-1] if reader.entities else None
    same_span = last is not None and (last.offset, last.length) == (tag.offset, length)
    match tag.name:
        case "a":
            entity = _link(tag.argument or "".join(reader.text[tag.begins :]), tag.offset, length)
        case "tg-emoji":
            if not tag.argument.isdecimal() or int(tag.argument) == 0:
                raise reader.fail("Invalid custom emoji identifier specified")
            entity = Entity("custom_emoji", tag.offset, length, custom_emoji_id=tag.argument)
        case "pre" if last and same_span and last.type == "code" and last.language:
            entity = Entity("pre", tag.offset, length, language=last.language)
            reader.entities.pop()
        case "code" if last and same_span and last.type == "pre" and tag.argument:
            entity = Entity("pre", tag.offset, length, language=tag.argument)
            reader.entities.pop()
        case "code":
            entity = Entity("code", tag.offset, length, language=tag.argument or None)
        case "blockquote":
            kind = "expandable_blockquote" if tag.argument else "blockquote"
            entity = Entity(kind, tag.offset, length)
        case name:
            entity = Entity(_SIMPLE.get(name, name), tag.offset, length)
    if entity is not None:
        reader.entities.append(entity)


def _link(target: str, offset: int, length: int) -> Entity | None:
    if person := _USER_LINK.fullmatch(target):
        return Entity("text_mention", offset, length, user_id=int(person[1]))
    link = links.checked(target)
    return Entity("text_link", offset, length, url=link) if link else None
