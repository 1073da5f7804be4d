"""`hotlead message`: the whole life of one message, for whoever asks what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import typer

from bot.commands.choosing import bot_database
from bot.telegram.requests import (
    REQUEST,
    AnswerTap,
    EditText,
    FetchFile,
    Request,
    SendAlbum,
    SendMail,
    SendMedia,
    SendText,
)
from storage.errors import StorageError
from storage.messages import Fate, Kind, Life
from storage.outbox import ERASED
from storage.unit import Unit

KINDS = {
    Kind.HAND_OFF: "for a manager",
    Kind.DIALOG: "of a conversation",
    Kind.FOLLOW_UP: "a follow-up",
    Kind.BROADCAST: "of a broadcast",
    Kind.TAP: "the answer to a tap",
    Kind.FILE: "a file to fetch",
    Kind.MAIL: "an e-mail",
}
FATES = {
    Fate.WAITING: "waits",
    Fate.SENDING: "is being sent",
    Fate.SENT: "sent",
    Fate.REFUSED: "refused",
    Fate.UNKNOWN: "unknown: it may have arrived, and is not sent again",
    Fate.DROPPED: "taken back before it was sent",
}


class NoSuchMessageError(StorageError):
    """There is no message with this number; numbers stand in the log as `outbox`."""


async def show_message(number: int, *, with_text: bool, bot: str | None = None) -> None:
    """Print all that is known about a message of the outbox. Raises NoSuchMessageError."""
    async with bot_database(bot) as (database, bot_id), database.view(bot_id) as unit:
        life = await unit.outbox.life(number)
        if life is None:
            raise NoSuchMessageError(f"there is no message {number}; numbers stand in the log as `outbox`")
        recipient = await _recipient(unit, life)
    typer.echo(f"message {number}, {KINDS[life.kind]}: {FATES[life.fate]}")
    for name, value in _lines(life, recipient):
        typer.echo(f"  {name:13}{value}")
    if with_text:
        typer.echo(f"\n{_text(life)}")


async def _recipient(unit: Unit, life: Life) -> str:
    """Say who it is for by a number that means something here only."""
    if life.chat_id < 0:
        return "a group"
    person = await unit.prospects.by_telegram_id(life.chat_id)
    return f"prospect {person.id}" if person else "somebody unknown"


def _lines(life: Life, recipient: str) -> Iterator[tuple[str, str]]:
    yield "for", recipient
    yield "put in", _moment(life.created_at)
    if life.attempts:
        taken = f", {_moment(life.claimed_at)}" if life.claimed_at else ""
        yield "attempts", f"{life.attempts}{taken if life.attempts == 1 else taken.replace(', ', ', the last ')}"
    if life.fate is Fate.WAITING:
        yield "not before", _moment(life.not_before)
    if life.refusal is not None:
        yield "heard" if life.fate is not Fate.SENT else "heard before", life.refusal
    if life.settled_at is not None:
        yield "settled", _moment(life.settled_at)
    about = {
        "as message": life.message_id,
        "changes": life.edits,
        "hand-off": life.hand_off_id,
        "enrolment": life.enrolment_id,
        "consent": life.consent_id,
    }
    for name, number in about.items():
        if number is not None:
            yield name, f"message {number}" if name == "changes" else str(number)


def _text(life: Life) -> str:
    if life.request in (ERASED, "{}"):
        return "Its text is gone."
    return _words(REQUEST.validate_json(life.request)) or "It has no text."


def _words(request: Request) -> str:
    match request:
        case SendText(html=words) | SendMedia(html=words) | EditText(html=words):
            return words
        case SendAlbum(captions=captions):
            return "\n".join(captions)
        case AnswerTap(text=words) | SendMail(text=words):
            return words
        case FetchFile():
            return ""


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
