"""Reads what Telegram tells: an update's JSON as a happening of the product."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from bot.telegram.formatting import styles
from bot.telegram.updates import (
    BotBlocked,
    BotUnblocked,
    CalledInGroup,
    ContactReceived,
    FileReceived,
    GroupMoved,
    Happening,
    Incoming,
    LeftGroup,
    LocationReceived,
    MessageEdited,
    OtherReceived,
    Person,
    TapReceived,
    TextReceived,
)
from bot.telegram.wire import Entity, MembershipChange, Message, Tap, Update, User

LONGEST_NAME = 120
LONGEST_TEXT = 4096
"""Letters of a message. Telegram sends no more, and looking at each letter of millions would take seconds."""
CALLS = ("/start", "/help", "/team_here")
"""Commands that need not name the bot: every bot knows the first two, and no other one the last."""

_UNREADABLE = re.compile("[\0\ud800-\udfff]")
"""What JSON lets through, and neither databases nor Telegram take back: NUL and half characters."""


class Reader:
    """Reads the updates of one bot; without its username it does not know when a group mentions it."""

    def __init__(self, bot_id: int, username: str = "") -> None:
        self._bot_id = bot_id
        self._username = username.casefold()

    def read(self, body: str) -> Incoming | None:
        """Read an update's JSON; None for one that is nobody's doing. Raises ValueError."""
        update = Update.model_validate(_readable(json.loads(body)))
        happened = self._happened(update)
        if happened is None:
            return None
        user, happening = happened
        person = Person(user.id, user.first_name, user.username, user.language_code)
        message = update.message or update.edited_message
        if message is None:
            return Incoming(update.update_id, person, happening)
        replied = message.reply_to_message
        reply_to = replied.message_id if replied else None
        return Incoming(update.update_id, person, happening, message.message_id, reply_to)

    def _happened(self, update: Update) -> tuple[User, Happening] | None:
        tap, member = update.callback_query, update.my_chat_member
        if update.message is not None:
            return self._written(update.message)
        if update.edited_message is not None:
            return _edited(update.edited_message)
        if tap is not None:
            return _tapped(tap)
        return _membership(member) if member is not None else None

    def _written(self, message: Message) -> tuple[User, Happening] | None:
        sender = message.from_user
        if message.chat.private:
            return (sender, _said(message, sender)) if sender is not None else None
        if message.chat.group and not message.is_automatic_forward and self._is_called(message):
            command, argument = self._command(message)
            title = message.chat.title or ""
            return _caller(message), CalledInGroup(message.chat.id, title, command, argument)
        moved = _moved(message) if message.chat.group else None
        return (_caller(message), moved) if moved is not None else None

    def _command(self, message: Message) -> tuple[str, str]:
        """Return the command that a message begins with, without the bot's name, and what stands after it."""
        text = message.text or ""
        first = next((each for each in message.entities if each.offset == 0), None)
        if first is None or first.type != "bot_command":
            return "", ""
        words = first.within(text)
        return words[1:].partition("@")[0].casefold(), text[len(words) :].strip()

    def _is_called(self, message: Message) -> bool:
        text = message.text or message.caption or ""
        entities = message.entities or message.caption_entities
        return any(self._calls(entity, entity.within(text).casefold()) for entity in entities)

    def _calls(self, entity: Entity, words: str) -> bool:
        match entity.type:
            case "bot_command":
                _, named, whose = words.partition("@")
                return whose == self._username if named else words in CALLS
            case "mention":
                return words.removeprefix("@") == self._username
            case "text_mention":
                return entity.user is not None and entity.user.id == self._bot_id
            case _:
                return False


def _caller(message: Message) -> User:
    """Return who wrote in a group. An anonymous admin, or a channel, has no account of its own there."""
    return message.from_user or User(id=message.chat.id, first_name="")


def _moved(message: Message) -> GroupMoved | None:
    """Return where a group went: Telegram says it in the old chat and in the new one."""
    if message.migrate_to_chat_id is not None:
        return GroupMoved(message.chat.id, message.migrate_to_chat_id)
    if message.migrate_from_chat_id is not None:
        return GroupMoved(message.migrate_from_chat_id, message.chat.id)
    return None


def _tapped(tap: Tap) -> tuple[User, Happening] | None:
    chat = tap.message.chat if tap.message else None
    where = tap.message.message_id if tap.message else None
    if chat is not None and chat.group:
        return tap.from_user, TapReceived(tap.id, tap.data or "", where, chat.id, chat.title or "")
    if chat is not None and not chat.private:
        return None
    return tap.from_user, TapReceived(tap.id, tap.data or "", where)


def _edited(message: Message) -> tuple[User, Happening] | None:
    # A place that is shared live is "edited" at every step.
    if not message.chat.private or message.from_user is None or message.location is not None:
        return None
    if message.text is not None:
        text = message.text[:LONGEST_TEXT]
        return message.from_user, MessageEdited(text, styles=styles(text, message.entities))
    caption = message.caption or ""
    kept = styles(caption, message.caption_entities)
    return message.from_user, MessageEdited(caption, captioned=True, styles=kept)


def _membership(member: MembershipChange) -> tuple[User, Happening] | None:
    before, now = member.old_chat_member, member.new_chat_member
    if member.chat.private:
        return member.from_user, BotBlocked() if now.gone else BotUnblocked()
    if not member.chat.group or before.gone is now.gone:
        return None
    if now.gone:
        return member.from_user, LeftGroup(member.chat.id)
    return member.from_user, CalledInGroup(member.chat.id, member.chat.title or "", brought=True)


def _said(message: Message, sender: User) -> Happening:
    forwarded = message.forward_origin is not None
    if message.contact is not None:
        own = message.contact.user_id == sender.id and not forwarded
        return ContactReceived(message.contact.phone_number, own)
    if message.location is not None:
        return LocationReceived(message.location.latitude, message.location.longitude, forwarded)
    if message.text is not None:
        text = message.text[:LONGEST_TEXT]
        return TextReceived(text, forwarded, styles(text, message.entities))
    file = _file(message, forwarded)
    return replace(file, styles=styles(file.caption, message.caption_entities)) if file else OtherReceived()


def _file(message: Message, forwarded: bool) -> FileReceived | None:  # noqa: FBT001 - what it became of is said once
    caption = message.caption or ""
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        size = largest.file_size or 0
        return FileReceived("photo", largest.file_id, "photo.jpg", "image/jpeg", size, caption, forwarded)
    if (voice := message.voice) is not None:
        mime, size = voice.mime_type or "audio/ogg", voice.file_size or 0
        return FileReceived("voice", voice.file_id, "voice.ogg", mime, size, caption, forwarded)
    if (video := message.video) is not None:
        name, mime = _name(video.file_name, "video.mp4"), video.mime_type or "video/mp4"
        return FileReceived("video", video.file_id, name, mime, video.file_size or 0, caption, forwarded)
    if (audio := message.audio) is not None:
        name, mime = _name(audio.file_name, "audio.mp3"), audio.mime_type or "audio/mpeg"
        return FileReceived("audio", audio.file_id, name, mime, audio.file_size or 0, caption, forwarded)
    if (document := message.document) is not None:
        name, mime = _name(document.file_name, "file"), document.mime_type or "application/octet-stream"
        return FileReceived("document", document.file_id, name, mime, document.file_size or 0, caption, forwarded)
    return None


def _name(given: str | None, otherwise: str) -> str:
    """Return a file's own name without folders: its sender chose it."""
    name = PurePosixPath((given or "").replace("\\", "/")).name
    clean = "".join(character for character in name if character.isprintable()).strip(" .")
    return clean[-LONGEST_NAME:] or otherwise


def _readable(value: Any) -> Any:
    match value:
        case str():
            return _UNREADABLE.sub("\ufffd", value)
        case dict():
            return {_readable(key): _readable(part) for key, part in value.items()}
        case list():
            return [_readable(part) for part in value]
        case _:
            return value
