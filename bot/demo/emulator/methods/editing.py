"""Edits and deletions of messages that are there."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from bot.demo.emulator import formatting, refusals
from bot.demo.emulator.chats import Chat
from bot.demo.emulator.formatting import FormattedText
from bot.demo.emulator.markup import Buttons, InlineKeyboard, read_markup
from bot.demo.emulator.messages import Message
from bot.demo.emulator.parameters import Parameters
from bot.demo.emulator.refusals import Refused
from bot.demo.emulator.world import World

_DELETABLE_FOR = timedelta(hours=48)


def edit_message_text(world: World, asked: Parameters) -> Any:
    """Change the text; a keyboard that is not sent again goes away."""
    formatted = formatting.message_text(asked.text("text"), asked.text("parse_mode"), asked.values.get("entities"))
    buttons = _buttons(asked)
    chat, message = _own_message(world, asked)
    if message.media is not None:
        raise Refused(refusals.NO_TEXT_TO_EDIT)
    return _edit(world, chat, message, formatted, buttons)


def edit_message_caption(world: World, asked: Parameters) -> Any:
    """Change the caption under a photo or file."""
    formatted = formatting.caption(
        asked.text("caption"), asked.text("parse_mode"), asked.values.get("caption_entities")
    )
    buttons = _buttons(asked)
    chat, message = _own_message(world, asked)
    if not message.has_caption:
        raise Refused(refusals.NO_CAPTION_TO_EDIT)
    return _edit(world, chat, message, formatted, buttons)


def edit_message_reply_markup(world: World, asked: Parameters) -> Any:
    """Change the buttons only."""
    buttons = _buttons(asked)
    chat, message = _own_message(world, asked)
    shown = FormattedText(message.text, message.entities)
    return _edit(world, chat, message, shown, buttons)


def delete_message(world: World, asked: Parameters) -> bool:
    """Delete a message: the bot's own, or in a private chat the person's too."""
    chat = world.chat(asked.text("chat_id"))
    if (refusal := chat.refusal_to_edit()) is not None:
        raise Refused(refusal)
    message = chat.messages.get(asked.integer("message_id"))
    if message is None:
        raise Refused(refusals.DELETE_NOT_FOUND)
    if not message.from_bot and not chat.private:
        raise Refused(refusals.CANNOT_DELETE)
    if world.now() - message.at > _DELETABLE_FOR:
        raise Refused(refusals.CANNOT_DELETE_FOR_ALL)
    del chat.messages[message.id]
    world.tell(chat, "deleted", message.id)
    return True


def _own_message(world: World, asked: Parameters) -> tuple[Chat, Message]:
    chat = world.chat(asked.text("chat_id"))
    if (refusal := chat.refusal_to_edit()) is not None:
        raise Refused(refusal)
    if not asked.text("message_id"):
        raise Refused(refusals.MESSAGE_ID_MISSING)
    message = chat.messages.get(asked.integer("message_id"))
    if message is None:
        raise Refused(refusals.EDIT_NOT_FOUND)
    if not message.from_bot:
        raise Refused(refusals.CANNOT_EDIT)
    return chat, message


def _buttons(asked: Parameters) -> Buttons:
    markup = read_markup(asked.values.get("reply_markup"), inline_only=True)
    return markup.rows if isinstance(markup, InlineKeyboard) else ()


def _edit(world: World, chat: Chat, message: Message, shown: FormattedText, buttons: Buttons) -> Any:
    if (message.text, message.entities, message.buttons) == (shown.text, shown.entities, buttons):
        raise Refused(refusals.NOT_MODIFIED)
    edited = world.edit(chat, message, text=shown.text, entities=shown.entities, buttons=buttons)
    return world.to_wire(edited)


METHODS: Mapping[str, Callable[[World, Parameters], Any]] = {
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
}
