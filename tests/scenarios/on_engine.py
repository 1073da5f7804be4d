"""The first driver: the pure engine, in milliseconds."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from bot.conversation.showing import Shown
from bot.publishing import load_file, quiz_path
from bot.rehearsal import Rehearsal, as_text, labels
from bot.telegram.callback_data import decode
from bot.telegram.requests import (
    EditText,
    RemoveKeyboard,
    ReplyKey,
    ReplyKeyboard,
    SendAlbum,
    SendMedia,
    SendText,
    TapButton,
)
from bot.telegram.taps import AnswerTapped
from bot.texts import plain, say
from dialogs.session import ContactShared, Event, Over, Repeated, Stale, Tapped, Typed
from qualification.quiz import Quiz
from tests.scenarios.actor import PHONE, Actor
from tests.scenarios.chat import Chat, Line, What
from tests.scenarios.quick import QUICK, quick_quiz

MONDAY_NOON = datetime(2026, 3, 2, 10, tzinfo=UTC)
"""In Kyiv, where the quizzes that ship live."""


@cache
def quiz_named(name: str) -> Quiz:
    """Return a quiz that ships, or the short one."""
    path = quick_quiz() if name == QUICK else quiz_path(name)
    assert path is not None
    return load_file(path).quiz


def on_engine(quiz: str, language: str, name: str = "Anna") -> Actor:
    """Return somebody who talks to the engine."""
    chat = Chat(name, [])
    return Actor(chat, _EnginePhone(chat, Rehearsal(quiz_named(quiz), language, name, MONDAY_NOON)))


class _EnginePhone:
    def __init__(self, chat: Chat, walk: Rehearsal) -> None:
        self._chat = chat
        self._walk = walk

    async def write(self, text: str) -> None:
        if text.startswith("/start"):
            self._show(self._walk.begin())
        else:
            self._happen(Typed(text))

    async def tap(self, label: str) -> None:
        self._happen(self._button(label))

    async def share_own_phone(self) -> None:
        self._happen(ContactShared(PHONE, own=True))

    def _button(self, label: str) -> Tapped:
        for asked in reversed(self._walk.asked):
            for button in (button for row in asked.buttons for button in row):
                tap = decode(button.data) if isinstance(button, TapButton) else None
                if button.text == label and isinstance(tap, AnswerTapped):
                    return Tapped(tap.step, tap.choice, text=self._walk.first_name)
        return self._chat.fail(f"there is no button {label!r}")

    def _happen(self, event: Event) -> None:
        outcome, shown = self._walk.happen(event)
        language = self._walk.language
        self._show(shown)
        match outcome, event:
            case Repeated(), _:
                self._chat.add(Line(What.FLOATING, plain(language, "tap.repeated")))
            case Stale(), _:
                self._chat.add(Line(What.FLOATING, plain(language, "tap.stale")))
            case Over(), Tapped():
                self._chat.add(Line(What.FLOATING, plain(language, "tap.over")))
            case Over(), _:
                self._chat.add(Line(What.MESSAGE, say(language, "chat.over")))

    def _show(self, shown: list[Shown]) -> None:
        for request in shown:
            if isinstance(request, SendAlbum):
                captions = (*request.captions, *[""] * len(request.media))
                for media, caption in zip(request.media, captions, strict=False):
                    self._chat.add(Line(What.MESSAGE, caption, picture=media.name))
                continue
            what = What.EDIT if isinstance(request, EditText) else What.MESSAGE
            rows = () if isinstance(request, SendMedia | SendAlbum) else request.buttons
            buttons = tuple(tuple(button.text for button in row) for row in rows)
            assert [label for row in buttons for label in row] == labels(request)
            picture = request.name if isinstance(request, SendMedia) else None
            self._chat.add(Line(what, as_text(request), buttons, _keyboard(request), picture))


def _keyboard(request: Shown) -> str | None:
    match request:
        case SendText(keyboard=ReplyKeyboard(keys=(ReplyKey(text=text), *_))):
            return text
        case SendText(keyboard=RemoveKeyboard()):
            return ""
        case _:
            return None
