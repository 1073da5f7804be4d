"""Reads what a prospect sent instead of words: a contact card, a place, a file."""

from __future__ import annotations

from dialogs.answers import Answer, Attached, Contact, Place
from dialogs.document import Dialog
from dialogs.places import is_on_earth, zone_at
from dialogs.reading import read_sent_phone
from dialogs.session import ContactShared, FileSent, LocationShared, Refusal, SomethingElseSent
from dialogs.steps import (
    ChoiceQuestion,
    CityQuestion,
    ConsentRequest,
    ContactRequest,
    DateQuestion,
    FileQuestion,
    RatingQuestion,
    SeveralQuestion,
    Waiting,
)

_PICTURE, _DRAWING = "image/", "image/svg"
"""A drawing in SVG may carry scripts: it is a document, not a photo."""


def read_sent(
    dialog: Dialog, waiting: Waiting, event: ContactShared | LocationShared | FileSent | SomethingElseSent
) -> Answer | Refusal:
    """Read what was sent as the answer to the open question, or say what it wants instead."""
    match waiting, event:
        case ContactRequest(contact="phone"), ContactShared(phone=number, own=own):
            phone = read_sent_phone(number, dialog.region)
            return Contact(contact="phone", value=phone, verified=own) if phone else Refusal.NOT_A_PHONE
        case CityQuestion(), LocationShared(latitude=latitude, longitude=longitude):
            return _place(latitude, longitude)
        case FileQuestion(), FileSent():
            return _attached(waiting, event)
        case _:
            return _wanted(waiting)


def _place(latitude: float, longitude: float) -> Place | Refusal:
    if not is_on_earth(latitude, longitude):
        return Refusal.NOT_A_CITY
    # Two decimals are about a kilometre: enough for a time zone, too little for an address.
    north, east = round(latitude, 2), round(longitude, 2)
    name = f"{north:.2f}, {east:.2f}"
    return Place(name=name, timezone=zone_at(north, east), latitude=north, longitude=east)


def _attached(question: FileQuestion, sent: FileSent) -> Attached | Refusal:
    if not _types(sent) & set(question.file.types):
        return Refusal.WRONG_FILE_TYPE
    if sent.size > question.file.max_mb * 1024 * 1024:
        return Refusal.FILE_TOO_LARGE
    return Attached(type=sent.type, name=sent.name, mime=sent.mime, size=sent.size, file_id=sent.file_id)


def _types(sent: FileSent) -> set[str]:
    """Everything that a file is: a photo may come as a document, to keep its full size."""
    mime = sent.mime.casefold()
    types = {str(sent.type), mime.partition("/")[0] if mime.startswith(("video/", "audio/")) else ""}
    if mime == "application/pdf":
        types.add("pdf")
    if mime.startswith(_PICTURE) and not mime.startswith(_DRAWING):
        types.add("photo")
    return types


def _wanted(waiting: Waiting) -> Refusal:
    match waiting:
        case ConsentRequest() | ChoiceQuestion() | SeveralQuestion() | RatingQuestion():
            return Refusal.USE_BUTTONS
        case ContactRequest(contact="email"):
            return Refusal.NOT_AN_EMAIL
        case ContactRequest():
            return Refusal.NOT_A_PHONE
        case DateQuestion():
            return Refusal.NOT_A_DAY
        case CityQuestion():
            return Refusal.NOT_A_CITY
        case FileQuestion():
            return Refusal.NOT_A_FILE
        case _:
            return Refusal.NOT_TEXT
