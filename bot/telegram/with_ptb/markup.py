"""Buttons and keyboards, as Telegram takes them."""

from __future__ import annotations

from typing import assert_never

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)

from bot.telegram.requests import Buttons, LinkButton, RemoveKeyboard, ReplyKey, ReplyKeyboard, TapButton


def inline(buttons: Buttons) -> InlineKeyboardMarkup | None:
    """Return the rows of buttons below a message."""
    if not buttons:
        return None
    return InlineKeyboardMarkup([[_button(button) for button in row] for row in buttons])


def reply(message_id: int | None) -> ReplyParameters | None:
    """Return what lets a message stand as a reply; it is sent all the same if the other one is gone."""
    if message_id is None:
        return None
    return ReplyParameters(message_id=message_id, allow_sending_without_reply=True)


def keyboard(
    wanted: ReplyKeyboard | RemoveKeyboard | None,
) -> ReplyKeyboardMarkup | ReplyKeyboardRemove | None:
    """Return the keyboard in place of the phone's own, or what takes it away."""
    match wanted:
        case ReplyKeyboard(keys=keys, hint=hint):
            return ReplyKeyboardMarkup(
                [[_key(key)] for key in keys],
                resize_keyboard=True,
                one_time_keyboard=True,
                input_field_placeholder=hint or None,
            )
        case RemoveKeyboard():
            return ReplyKeyboardRemove()
        case None:
            return None


def _button(button: TapButton | LinkButton) -> InlineKeyboardButton:
    match button:
        case TapButton(text=text, data=data):
            return InlineKeyboardButton(text=text, callback_data=data)
        case LinkButton(text=text, url=url):
            return InlineKeyboardButton(text=text, url=url)
        case _:
            assert_never(button)


def _key(key: ReplyKey) -> KeyboardButton:
    return KeyboardButton(
        text=key.text,
        request_contact=key.asks == "contact" or None,
        request_location=key.asks == "location" or None,
    )
