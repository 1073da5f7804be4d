"""A text or caption as Telegram takes it: parsed, trimmed and measured."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.demo.emulator import links, refusals
from bot.demo.emulator.entities import Entity, allowed, in_order, utf16_length
from bot.demo.emulator.html_mode import parse_html
from bot.demo.emulator.refusals import Refusal, Refused

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
_BYTES_BEFORE_PARSING = 32768


@dataclass(frozen=True)
class FormattedText:
    """A plain text and the formatting over it."""

    text: str
    entities: tuple[Entity, ...] = ()


def message_text(raw: str, parse_mode: str, entities: Any) -> FormattedText:
    """Return what a message with this text shows; raise Telegram's refusal of a text it cannot take."""
    if not raw:
        raise Refused(refusals.TEXT_EMPTY)
    formatted = _parsed(raw, parse_mode, entities)
    if not formatted.text:
        raise Refused(refusals.TEXT_BLANK)
    return _measured(formatted, TEXT_LIMIT, refusals.TEXT_TOO_LONG)


def typed(markup: str) -> FormattedText:
    """Return what a phone sends, or a bot says, when a text is formatted like this HTML."""
    text, entities = parse_html(markup)
    return _trimmed(text, allowed(entities))


def caption(raw: str, parse_mode: str, entities: Any) -> FormattedText:
    """Return what a caption shows; it may be empty."""
    return _measured(_parsed(raw, parse_mode, entities), CAPTION_LIMIT, refusals.CAPTION_TOO_LONG)


def _measured(formatted: FormattedText, limit: int, refusal: Refusal) -> FormattedText:
    if utf16_length(formatted.text) > limit:
        raise Refused(refusal)
    return formatted


def _parsed(raw: str, parse_mode: str, entities: Any) -> FormattedText:
    if len(raw.encode("utf-8", errors="replace")) > _BYTES_BEFORE_PARSING:
        raise Refused(refusals.TEXT_OVER_32K)
    match parse_mode.lower():
        case "" | "none":
            return _trimmed(raw, allowed(_given(entities)))
        case "html":
            return typed(raw)
        case "markdown" | "markdownv2":
            raise Refused(refusals.MARKDOWN_NOT_EMULATED)
        case _:
            raise Refused(refusals.PARSE_MODE)


def _given(entities: Any) -> tuple[Entity, ...]:
    """Read the entities that a bot sends instead of markup."""
    if not entities:
        return ()
    try:
        items = json.loads(entities) if isinstance(entities, str) else entities
        read = [_entity(item) for item in items]
    except (ValueError, TypeError, KeyError, AttributeError):
        raise Refused(refusals.ENTITIES_JSON) from None
    return in_order(entity for entity in read if entity is not None)


def _entity(item: dict[str, Any]) -> Entity | None:
    if item["type"] == "text_link" and links.checked(item["url"]) is None:
        return None
    return Entity(
        type=item["type"],
        offset=int(item["offset"]),
        length=int(item["length"]),
        url=item.get("url"),
        language=item.get("language"),
        custom_emoji_id=item.get("custom_emoji_id"),
        user_id=item["user"]["id"] if "user" in item else None,
    )


def _trimmed(text: str, entities: Sequence[Entity]) -> FormattedText:
    """Drop the white space around a text, as Telegram does; entities move and shrink with it."""
    text = text.replace("\r", "").replace("\0", " ").rstrip()
    first = min((entity.offset for entity in entities), default=len(text))
    # Leading spaces inside of an entity stay: somebody formatted them on purpose.
    cut = min(len(text) - len(text.lstrip(" \n")), first)
    text = text[cut:]
    end = utf16_length(text)
    moved = (replace(entity, offset=entity.offset - cut) for entity in entities)
    shrunk = (replace(entity, length=min(entity.end, end) - entity.offset) for entity in moved)
    return FormattedText(text, tuple(entity for entity in shrunk if entity.length > 0))
