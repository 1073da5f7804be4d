"""Keyboards: what a bot may attach to a message, read as strictly as Telegram reads it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.demo.emulator import links, refusals
from bot.demo.emulator.refusals import Refused, bad_request, button_link_invalid, button_unreadable

_LONGEST_DATA = 64
_OTHER_ACTIONS = {
    "callback_game",
    "copy_text",
    "login_url",
    "pay",
    "switch_inline_query",
    "switch_inline_query_chosen_chat",
    "switch_inline_query_current_chat",
    "web_app",
}


@dataclass(frozen=True)
class Button:
    """A button under a message."""

    text: str
    data: str | None = None
    url: str | None = None
    further: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def to_wire(self) -> dict[str, Any]:
        """Return the button as a Bot API object."""
        own = {"text": self.text, "callback_data": self.data, "url": self.url}
        return {name: value for name, value in own.items() if value is not None} | dict(self.further)


Buttons = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True)
class KeyButton:
    """A button of a reply keyboard: it says its text, or shares something."""

    text: str
    request_contact: bool = False
    request_location: bool = False


@dataclass(frozen=True)
class InlineKeyboard:
    """Buttons that stay under their message."""

    rows: Buttons


@dataclass(frozen=True)
class ReplyKeyboard:
    """Buttons in place of the phone's keyboard."""

    rows: tuple[tuple[KeyButton, ...], ...]
    one_time: bool = False
    placeholder: str | None = None

    @property
    def asks_for_contact(self) -> bool:
        """Whether one of the keys shares the phone number."""
        return any(key.request_contact for row in self.rows for key in row)

    @property
    def asks_for_location(self) -> bool:
        """Whether one of the keys shares the place."""
        return any(key.request_location for row in self.rows for key in row)


@dataclass(frozen=True)
class KeyboardRemoval:
    """Takes a reply keyboard away."""


@dataclass(frozen=True)
class ForcedReply:
    """Opens an answer to the message."""


Markup = InlineKeyboard | ReplyKeyboard | KeyboardRemoval | ForcedReply


def read_markup(raw: Any, *, inline_only: bool = False) -> Markup | None:
    """Return the keyboard in the parameter `reply_markup`; raise the refusal of one that is wrong."""
    if raw is None or raw == "":
        return None
    try:
        markup = json.loads(raw) if isinstance(raw, str) else raw
    except ValueError:
        raise Refused(refusals.MARKUP_JSON) from None
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise Refused(refusals.MARKUP_OBJECT)
    read = _read(markup)
    if inline_only and read is not None and not isinstance(read, InlineKeyboard):
        raise Refused(refusals.INLINE_EXPECTED)
    return read


def _read(markup: dict[str, Any]) -> Markup | None:
    if "inline_keyboard" in markup:
        rows = _rows(markup["inline_keyboard"], "inline_keyboard", "InlineKeyboardMarkup")
        buttons = tuple(tuple(_button(item) for item in row) for row in rows)
        return InlineKeyboard(tuple(row for row in buttons if row))
    if "keyboard" in markup:
        rows = _rows(markup["keyboard"], "keyboard", "ReplyKeyboardMarkup")
        keys = tuple(tuple(_key(item) for item in row) for row in rows)
        placeholder = markup.get("input_field_placeholder")
        return ReplyKeyboard(tuple(row for row in keys if row), bool(markup.get("one_time_keyboard")), placeholder)
    if markup.get("remove_keyboard"):
        return KeyboardRemoval()
    return ForcedReply() if markup.get("force_reply") else None


def _rows(rows: Any, name: str, owner: str) -> list[list[Any]]:
    if not isinstance(rows, list):
        raise Refused(bad_request(f'field "{name}" of the {owner} must be of type Array'))
    if not all(isinstance(row, list) for row in rows):
        raise Refused(bad_request(f'field "{name}" of the {owner} must be an Array of Arrays'))
    return rows


def _button(item: Any) -> Button:
    if not isinstance(item, dict):
        raise Refused(button_unreadable("InlineKeyboardButton must be an Object"))
    text = _string(item, "text")
    if text is None:
        raise Refused(button_unreadable('Can\'t find field "text"'))
    url, data = _string(item, "url"), _string(item, "callback_data")
    further = {name: value for name, value in item.items() if name not in {"text", "url", "callback_data"}}
    if url is None and data is None and not _OTHER_ACTIONS & further.keys():
        raise Refused(refusals.BUTTON_TYPE)
    if not text.strip():
        raise Refused(refusals.BUTTON_TEXT)
    if url is not None and (fault := links.fault_of(url)):
        raise Refused(button_link_invalid("URL", url, fault))
    if data is not None and not 0 < len(data.encode()) <= _LONGEST_DATA:
        raise Refused(refusals.BUTTON_DATA)
    _check_web_app(further.get("web_app"))
    return Button(text, data, url, further)


def _check_web_app(web_app: Any) -> None:
    if web_app is None:
        return
    if not isinstance(web_app, dict):
        raise Refused(button_unreadable('Field "web_app" must be of type Object'))
    url = _string(web_app, "url") or ""
    fault = links.fault_of(url) or (None if url.startswith("https://") else "Only HTTPS links are allowed")
    if fault:
        raise Refused(button_link_invalid("Web App URL", url, fault))


def _string(item: dict[str, Any], name: str) -> str | None:
    value = item.get(name)
    if name in item and not isinstance(value, str):
        # Telegram takes a number for a string, but no null, object or list.
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        raise Refused(button_unreadable(f'Field "{name}" must be of type String'))
    return value


def _key(item: Any) -> KeyButton:
    if isinstance(item, str):
        item = {"text": item}
    if not isinstance(item, dict) or not isinstance(item.get("text"), str):
        raise Refused(bad_request("can't parse keyboard button: KeyboardButton must be an Object"))
    if not item["text"].strip():
        raise Refused(refusals.KEY_TEXT)
    return KeyButton(item["text"], bool(item.get("request_contact")), bool(item.get("request_location")))
