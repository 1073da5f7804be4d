"""Answers to taps, and questions about chats and files."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.demo.emulator import refusals, wire
from bot.demo.emulator.entities import utf16_length
from bot.demo.emulator.files import LARGEST_DOWNLOAD
from bot.demo.emulator.parameters import Parameters
from bot.demo.emulator.refusals import Refused
from bot.demo.emulator.world import World

_LONGEST_ANSWER = 200


def answer_callback_query(world: World, asked: Parameters) -> bool:
    """End the spinner of a tap, perhaps with a toast or an alert."""
    if utf16_length(asked.text("text")) > _LONGEST_ANSWER:
        raise Refused(refusals.ANSWER_TOO_LONG)
    world.answer_tap(asked.text("callback_query_id"), asked.text("text") or None, alert=asked.flag("show_alert"))
    return True


def get_chat(world: World, asked: Parameters) -> Any:
    """Describe a chat."""
    chat = world.chat(asked.text("chat_id"))
    limits = {"accent_color_id": 0, "max_reaction_count": 11}
    gifts = dict.fromkeys(
        ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"),
        True,
    )
    return wire.chat(chat) | limits | {"accepted_gift_types": gifts}


def get_file(world: World, asked: Parameters) -> Any:
    """Say where a file can be downloaded."""
    file_id = asked.text("file_id")
    if not file_id:
        raise Refused(refusals.required("file_id"))
    media = world.files.named(file_id)
    if media.content is None:
        raise Refused(refusals.FILE_GONE)
    if media.size > LARGEST_DOWNLOAD:
        raise Refused(refusals.FILE_TOO_BIG)
    return wire.file(media) | {"file_path": media.path}


METHODS: Mapping[str, Callable[[World, Parameters], Any]] = {
    "answerCallbackQuery": answer_callback_query,
    "getChat": get_chat,
    "getFile": get_file,
}
