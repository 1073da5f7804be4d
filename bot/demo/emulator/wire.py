"""The Bot API's JSON of accounts, chats, files and messages."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.demo.emulator.chats import Account, Chat
from bot.demo.emulator.messages import Contact, Media, Message

Wire = dict[str, Any]
_PHOTO_SIDE = 512


def unix(moment: datetime) -> int:
    """Return the moment as Telegram writes it."""
    return int(moment.timestamp())


def _present(**fields: Any) -> Wire:
    return {name: value for name, value in fields.items() if value is not None}


def user(account: Account) -> Wire:
    """Return a User."""
    return _present(
        id=account.id,
        is_bot=account.is_bot,
        first_name=account.first_name,
        last_name=account.last_name,
        username=account.username,
        language_code=account.language,
    )


def chat(of: Chat) -> Wire:
    """Return a Chat."""
    person = of.account
    if person is None:
        return {"id": of.id, "type": of.kind, "title": of.title}
    return _present(
        id=of.id,
        type=of.kind,
        first_name=person.first_name,
        last_name=person.last_name,
        username=person.username,
    )


def file(media: Media) -> Wire:
    """Return the fields that every kind of file has."""
    return {"file_id": media.file_id, "file_unique_id": media.unique_id, "file_size": media.size}


def message(of: Message, where: Chat, accounts: Mapping[int, Account]) -> Wire:
    """Return a Message; only an inline keyboard is ever part of it."""
    wire: Wire = {
        "message_id": of.id,
        "from": user(accounts[of.sender_id]),
        "chat": chat(where),
        "date": unix(of.at),
    }
    if of.edited_at is not None:
        wire["edit_date"] = unix(of.edited_at)
    if of.forwarded:
        origin = {"type": "hidden_user", "sender_user_name": "Somebody", "date": unix(of.at)}
        wire["forward_origin"] = origin
    if of.reply_to is not None and (replied := where.messages.get(of.reply_to)) is not None:
        # Telegram shows one step back only.
        wire["reply_to_message"] = message(replace(replied, reply_to=None), where, accounts)
    wire |= _content(of) | _text(of)
    if of.buttons:
        wire["reply_markup"] = {"inline_keyboard": [[b.to_wire() for b in row] for row in of.buttons]}
    return wire


def _text(of: Message) -> Wire:
    if not of.text:
        return {}
    captioned = of.media is not None
    wire: Wire = {"caption" if captioned else "text": of.text}
    if of.entities:
        wire["caption_entities" if captioned else "entities"] = [e.to_wire() for e in of.entities]
    return wire


def _content(of: Message) -> Wire:
    if of.photo is not None:
        return {"photo": [file(of.photo) | {"width": _PHOTO_SIDE, "height": _PHOTO_SIDE}]}
    if of.document is not None:
        name = {"file_name": of.document.name, "mime_type": of.document.content_type}
        return {"document": file(of.document) | name}
    if of.voice is not None:
        return {"voice": file(of.voice) | {"duration": 2, "mime_type": of.voice.content_type}}
    if of.sticker is not None:
        shape = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        return {"sticker": file(of.sticker) | shape}
    if of.contact is not None:
        return {"contact": _contact(of.contact)}
    if of.location is not None:
        return {"location": {"latitude": of.location.latitude, "longitude": of.location.longitude}}
    return {}


def _contact(contact: Contact) -> Wire:
    return _present(
        phone_number=contact.phone,
        first_name=contact.first_name,
        last_name=contact.last_name,
        user_id=contact.user_id,
    )
