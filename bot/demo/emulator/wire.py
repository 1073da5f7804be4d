"""The Bot API's JSON of accounts, chats, files and messages."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.demo.emulator.chats import Account, Chat
from bot.demo.emulator.messages import Contact, Location, Media, Message, Poll

Wire = dict[str, Any]
_PHOTO_SIDE, _SMALL_SIDE = 512, 90
_SECONDS = 2


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
        return _present(id=of.id, type=of.kind, title=of.title)
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
    if where.kind == "channel":
        del wire["from"]
    if of.signature is not None:
        wire["sender_chat"] = {"id": of.signature.chat_id, "type": of.signature.kind, "title": of.signature.title}
    if of.album is not None:
        wire["media_group_id"] = of.album
    if of.joined is not None:
        wire["new_chat_members"] = [user(accounts[of.joined])]
    wire |= _present(migrate_to_chat_id=of.moved_to, migrate_from_chat_id=of.moved_from)
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
        return {"photo": _sizes(of.photo)}
    if of.video is not None:
        return {"video": file(of.video) | _named(of.video) | _playing() | _side(_PHOTO_SIDE)}
    if of.document is not None:
        return {"document": file(of.document) | _named(of.document)}
    if of.voice is not None:
        return {"voice": file(of.voice) | _playing() | {"mime_type": of.voice.content_type}}
    if of.audio is not None:
        return {"audio": file(of.audio) | _named(of.audio) | _playing()}
    if of.sticker is not None:
        shape = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        return {"sticker": file(of.sticker) | shape}
    if of.contact is not None:
        return {"contact": _contact(of.contact)}
    if of.location is not None:
        return _place(of.location)
    if of.poll is not None:
        return {"poll": _poll(of.poll, of.id)}
    if of.dice is not None:
        return {"dice": {"emoji": of.dice.emoji, "value": of.dice.value}}
    if of.mini_app is not None:
        return {"web_app_data": {"button_text": of.mini_app.button, "data": of.mini_app.data}}
    return {}


def _sizes(photo: Media) -> list[Wire]:
    """Return a photo's sizes, the smallest first; the smallest has a name of its own, and cannot be sent."""
    small = {"file_id": f"{photo.file_id[:-4]}tiny", "file_unique_id": f"{photo.unique_id[:-4]}tiny"}
    small_size = small | {"file_size": min(photo.size, 1000)} | _side(_SMALL_SIDE)
    return [small_size, file(photo) | _side(_PHOTO_SIDE)]


def _side(length: int) -> Wire:
    return {"width": length, "height": length}


def _named(media: Media) -> Wire:
    return {"file_name": media.name, "mime_type": media.content_type}


def _playing() -> Wire:
    return {"duration": _SECONDS}


def _place(place: Location) -> Wire:
    point: Wire = {"latitude": place.latitude, "longitude": place.longitude}
    if place.live:
        point["live_period"] = 3600
    if not place.title:
        return {"location": point}
    # Telegram repeats a venue's place, for those who know nothing of venues.
    return {"location": point, "venue": {"location": point, "title": place.title, "address": place.address}}


def _poll(poll: Poll, number: int) -> Wire:
    options = [
        {"persistent_id": str(place), "text": text, "voter_count": 0} for place, text in enumerate(poll.options)
    ]
    return {
        "id": str(5_000_000_000_000_000_000 + number),
        "question": poll.question,
        "options": options,
        "total_voter_count": 0,
        "is_closed": False,
        "is_anonymous": True,
        "type": "regular",
        "allows_multiple_answers": False,
        "allows_revoting": False,
        "members_only": False,
    }


def _contact(contact: Contact) -> Wire:
    return _present(
        phone_number=contact.phone,
        first_name=contact.first_name,
        last_name=contact.last_name,
        user_id=contact.user_id,
    )
