"""New messages from the bot, and the "typing" before them."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.demo.emulator import formatting, refusals
from bot.demo.emulator.chats import Chat
from bot.demo.emulator.markup import InlineKeyboard, ReplyKeyboard, read_markup
from bot.demo.emulator.messages import Media
from bot.demo.emulator.parameters import Parameters
from bot.demo.emulator.refusals import Refused
from bot.demo.emulator.world import World

_ACTIONS = {
    "choose_sticker",
    "find_location",
    "record_audio",
    "record_video",
    "record_video_note",
    "record_voice",
    "typing",
    "upload_audio",
    "upload_document",
    "upload_photo",
    "upload_video",
    "upload_video_note",
    "upload_voice",
}


def send_message(world: World, asked: Parameters) -> Any:
    """Send a text."""
    formatted = formatting.message_text(asked.text("text"), asked.text("parse_mode"), asked.values.get("entities"))
    return _send(world, asked, text=formatted.text, entities=formatted.entities)


def send_photo(world: World, asked: Parameters) -> Any:
    """Send a photo with a caption."""
    return _send_file(world, asked, "photo")


def send_video(world: World, asked: Parameters) -> Any:
    """Send a video with a caption."""
    return _send_file(world, asked, "video")


def send_document(world: World, asked: Parameters) -> Any:
    """Send a file with a caption."""
    return _send_file(world, asked, "document")


def send_voice(world: World, asked: Parameters) -> Any:
    """Send a voice message with a caption."""
    return _send_file(world, asked, "voice")


def send_audio(world: World, asked: Parameters) -> Any:
    """Send a piece of music with a caption."""
    return _send_file(world, asked, "audio")


def send_chat_action(world: World, asked: Parameters) -> bool:
    """Show that the bot is doing something."""
    action = asked.text("action").lower()
    if action not in _ACTIONS:
        raise Refused(refusals.CHAT_ACTION)
    chat = open_chat(world, asked)
    chat.action = action
    world.tell(chat, "action")
    return True


def _send_file(world: World, asked: Parameters, kind: str) -> Any:
    if asked.upload(kind) is None and not asked.text(kind):
        raise Refused(refusals.no_file(kind))
    formatted = formatting.caption(
        asked.text("caption"), asked.text("parse_mode"), asked.values.get("caption_entities")
    )
    media = _file(world, asked, kind)
    content = {kind: media, "text": formatted.text, "entities": formatted.entities}
    return _send(world, asked, **content)


def _file(world: World, asked: Parameters, kind: str) -> Media:
    if (upload := asked.upload(kind)) is not None:
        return world.files.keep(kind, upload)
    return world.files.given(kind, asked.text(kind))


def _send(world: World, asked: Parameters, **content: Any) -> Any:
    # In Telegram's order: what is wrong with the request is named before what is wrong with the chat.
    markup = read_markup(asked.values.get("reply_markup"))
    chat = open_chat(world, asked)
    if isinstance(markup, ReplyKeyboard) and not chat.private:
        if markup.asks_for_contact:
            raise Refused(refusals.CONTACT_IN_GROUP)
        if markup.asks_for_location:
            raise Refused(refusals.LOCATION_IN_GROUP)
    buttons = markup.rows if isinstance(markup, InlineKeyboard) else ()
    message = world.post(chat, world.bot, buttons=buttons, reply_to=replied_message(asked, chat), **content)
    chat.show(markup)
    world.tell(chat, "message", message.id)
    return world.to_wire(message)


def open_chat(world: World, asked: Parameters) -> Chat:
    """Return the chat that the bot may write to; raise Telegram's refusal."""
    chat = world.chat(asked.text("chat_id"))
    if (refusal := chat.refusal_to_send()) is not None:
        raise Refused(refusal)
    return chat


def replied_message(asked: Parameters, chat: Chat) -> int | None:
    """Return the message that is answered, if any."""
    reply = asked.mapping("reply_parameters")
    message_id = Parameters(reply).integer("message_id") or asked.integer("reply_to_message_id")
    if not message_id:
        return None
    if message_id in chat.messages:
        return message_id
    if reply.get("allow_sending_without_reply") or asked.flag("allow_sending_without_reply"):
        return None
    raise Refused(refusals.REPLY_NOT_FOUND)


METHODS: Mapping[str, Callable[[World, Parameters], Any]] = {
    "sendMessage": send_message,
    "sendPhoto": send_photo,
    "sendVideo": send_video,
    "sendDocument": send_document,
    "sendVoice": send_voice,
    "sendAudio": send_audio,
    "sendChatAction": send_chat_action,
}
