"""The screen: everything that the page shows, as one document of sections; a section is sent when it changed."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal

from bot.demo.emulator import KeyButton, Location, Media, Message
from bot.demo.phones import Phone, is_aside
from bot.demo.show import Show
from bot.demo.strip import Teller
from bot.texts import LANGUAGES, day_and_time, language_name, plain
from qualification.quiz import Quiz

KILO = 1024
SHOWN = 80
"""Messages of a chat that the page gets."""
PAGE = "demo.page."
PAGE_TEXTS = (
    "demo.page.lead",
    "demo.page.local",
    "demo.page.play.hot",
    "demo.page.play.warm",
    "demo.page.play.unfit",
    "demo.page.short.hot",
    "demo.page.short.warm",
    "demo.page.short.unfit",
    "demo.page.restart",
    "demo.page.quiz",
    "demo.page.language",
    "demo.page.role.prospect",
    "demo.page.role.manager",
    "demo.page.role.admin",
    "demo.page.hint.prospect",
    "demo.page.hint.manager",
    "demo.page.hint.admin",
    "demo.page.bot",
    "demo.page.start",
    "demo.page.empty",
    "demo.page.message",
    "demo.page.send",
    "demo.page.newer",
    "demo.page.edited",
    "demo.page.chat",
    "demo.page.clock",
    "demo.page.hour",
    "demo.page.day",
    "demo.page.next",
    "demo.page.planned",
    "demo.page.planned.none",
    "demo.page.planned.still",
    "demo.page.story",
    "demo.page.story.tab",
    "demo.page.story.empty",
    "demo.page.lost",
    "demo.page.link",
    "demo.page.place",
    "demo.page.file.video",
    "demo.page.file.voice",
    "demo.page.file.audio",
    "demo.page.file.sticker",
    "demo.page.file.save",
)
"""The words of the page itself; its script knows them without their first part."""
Section = Any
"""JSON."""

_DEEP_LINK = re.compile(r"/start \S+")


class Screen:
    """Describes a show for the page."""

    def __init__(self, show: Show) -> None:
        self._show = show
        self._media: dict[str, Media] = {}

    def sections(self) -> dict[str, Section]:
        """Return all that the page shows now."""
        show = self._show
        language, quiz = show.language, show.stage.quizzes[show.quiz]
        names = {"name": show.prospect.person.first_name, "manager": show.manager.person.first_name}
        teller = Teller(language, quiz.timezone, names["manager"])
        return {
            "texts": _texts(language),
            "choices": {
                "language": language,
                "languages": [{"id": code, "title": language_name(code)} for code in LANGUAGES],
                "quiz": show.quiz,
                "quizzes": [
                    {"id": id_, "title": each.read(each.title, language)}
                    for id_, each in show.stage.quizzes.items()
                ],
            },
            "play": {
                "playing": show.playing,
                "focus": show.focus,
                "told": plain(language, show.told, **names),
            },
            "clock": {
                "ahead": round(show.stage.moved.total_seconds() * 1000),
                "offset": _offset(show.stage.clock.now(), quiz.timezone),
            },
            "planned": self._planned(language, quiz),
            "story": teller.lines(show.chronicle.happenings),
            **{role: self._phone(phone, quiz) for role, phone in show.phones.items()},
        }

    def media(self, file_id: str) -> Media | None:
        """Return a file that a message on the screen has."""
        return self._media.get(file_id)

    def _planned(self, language: str, quiz: Quiz) -> Section:
        planned = self._show.planned
        if planned is None:
            return None
        name = planned.who.first_name if planned.who else ""
        key = "demo.planned.hand_off" if planned.number is None else "demo.planned.follow_up"
        return {
            "what": plain(language, key, name=name, number=planned.number, of=planned.of),
            "when": day_and_time(language, planned.at, quiz.timezone),
        }

    def _phone(self, phone: Phone, quiz: Quiz) -> Section:
        language = self._show.language
        messages = phone.person.messages[-SHOWN:]
        zone = ZoneInfo(quiz.timezone)
        return {
            "person": phone.person.id,
            "name": phone.person.first_name,
            "bot": quiz.controller.name,
            "messages": [self._album(shown, zone) for shown in _together(messages)],
            "days": {
                day.isoformat(): _day(day, language)
                for day in sorted({message.at.astimezone(zone).date() for message in messages})
            },
            "keys": [[{"text": key.text, "asks": _asks(key)} for key in row] for row in phone.person.keyboard],
            "busy": [list(button) for button in phone.busy],
            "finger": list(phone.finger) if phone.finger else None,
            "draft": phone.draft,
            "toast": {"number": phone.toast.number, "text": phone.toast.text} if phone.toast else None,
        }

    def _album(self, messages: Sequence[Message], zone: ZoneInfo) -> Section:
        """Return messages that are shown as one: the photos of an album, and their captions below them."""
        shown = [self._message(message, zone) for message in messages]
        photos = [photo for each in shown for photo in each["photos"]]
        html = "\n".join(each["html"] for each in shown if each["html"])
        return shown[0] | {"photos": photos, "html": html}

    def _file(self, media: Media) -> Section:
        return {
            "kind": media.kind,
            "name": media.name,
            "size": _size(media.size, self._show.language),
            "link": f"/media/{media.file_id}" if media.kind == "document" and media.content else None,
        }

    def _message(self, message: Message, zone: ZoneInfo) -> Section:
        at, media = message.at.astimezone(zone), message.media
        if media is not None:
            self._media[media.file_id] = media
        return {
            "id": message.id,
            "mine": not message.from_bot,
            # Telegram shows a deep link's payload to nobody.
            "html": "/start" if _DEEP_LINK.fullmatch(message.text) else message.html,
            "time": at.strftime("%H:%M"),
            "day": at.date().isoformat(),
            "edited": message.edited_at is not None and not message.from_bot,
            "photos": [f"/media/{message.photo.file_id}"] if message.photo else [],
            "file": self._file(media) if media is not None and message.photo is None else None,
            "place": _place(message.location) if message.location else None,
            "contact": {"name": message.contact.first_name, "phone": message.contact.phone}
            if message.contact
            else None,
            "buttons": [
                [{"text": b.text, "data": b.data, "url": b.url, "aside": is_aside(b.data)} for b in row]
                for row in message.buttons
            ],
        }


def _together(messages: Sequence[Message]) -> Iterator[tuple[Message, ...]]:
    """Part a chat into what is shown as one: an album's messages follow each other."""
    for _, parts in groupby(messages, key=lambda message: message.album or str(message.id)):
        yield tuple(parts)


def _asks(key: KeyButton) -> str | None:
    if key.request_location:
        return "place"
    return "phone" if key.request_contact else None


def _size(size: int, language: str) -> str:
    """Say how long a file is: «12 KB», «1,4 MB»."""
    if size < KILO * KILO:
        return f"{format_decimal(math.ceil(size / KILO), locale=language)} KB"
    return f"{format_decimal(size / KILO / KILO, '0.#', locale=language)} MB"


def _place(place: Location) -> Section:
    return {"name": place.title, "at": f"{place.latitude:.4f}, {place.longitude:.4f}"}


def _offset(moment: datetime, timezone: str) -> int:
    """Return by how many minutes local time is ahead of UTC."""
    offset = moment.astimezone(ZoneInfo(timezone)).utcoffset()
    return int(offset.total_seconds() // 60) if offset else 0


@lru_cache
def _texts(language: str) -> dict[str, str]:
    # The script fills in what only it knows.
    return {key.removeprefix(PAGE): plain(language, key, link="{link}", name="{name}") for key in PAGE_TEXTS}


@lru_cache
def _day(day: date, language: str) -> str:
    return format_date(day, "d MMMM", locale=language)
