"""The buttons and keyboards of each kind of question: choices, ticks, ratings, a calendar, the way back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never
from zoneinfo import ZoneInfo

from bot.conversation.calendar import month_cells, time_cells
from bot.conversation.wording import Wording
from bot.follow_ups.buttons import no_more
from bot.telegram.callback_data import encode
from bot.telegram.requests import Buttons, ReplyKey, ReplyKeyboard, TapButton
from bot.telegram.taps import AnswerTapped
from bot.texts import catalogue_language
from dialogs.answers import Written
from dialogs.engine import reopenable
from dialogs.reading import picked_day, read_typed
from dialogs.session import Button, Session
from dialogs.steps import (
    ChoiceQuestion,
    CityQuestion,
    ConsentRequest,
    ContactRequest,
    DateQuestion,
    FileQuestion,
    NameQuestion,
    NumberQuestion,
    RatingQuestion,
    SeveralQuestion,
    TextQuestion,
    Waiting,
)
from dialogs.tapping import skippable
from dialogs.values import Text
from qualification.quiz import Quiz

IN_A_ROW = 5
"""Ratings and times that stand side by side without being cut off on a phone."""

Row = tuple[TapButton, ...]


@dataclass(frozen=True)
class Panel:
    """What stands below the open question of a session, at one moment."""

    quiz: Quiz
    session: Session
    session_id: int
    first_name: str
    now: datetime

    @property
    def words(self) -> Wording:
        """The system's texts in the session's language."""
        return Wording(self.quiz, self.session.language)

    def inline(self, step: Waiting) -> Buttons:
        """Return the rows of buttons; none where a keyboard stands in their place."""
        if has_keyboard(step):
            return ()
        if self.session.confirming:
            return (*self._about_code(step), *self._way(step))
        out = ((no_more(self.session.language),),) if self.session.finished else ()
        return (*self._own(step), *self._way(step), *out)

    def keyboard(self, step: Waiting) -> ReplyKeyboard | None:
        """Return the keyboard in place of the phone's own, for what only a key can send."""
        match step:
            case ContactRequest(contact="phone"):
                key, hint = ReplyKey(text=self.words.plain("phone.button"), asks="contact"), "phone.hint"
            case CityQuestion():
                key, hint = ReplyKey(text=self.words.plain("place.button"), asks="location"), "place.hint"
            case _:
                return None
        way = [ReplyKey(text=button.text) for row in self._way(step) for button in row]
        return ReplyKeyboard(keys=(key, *way), hint=self.words.plain(hint))

    def _way(self, step: Waiting) -> Buttons:
        """Back and skip, where there is something before, and where the step may be passed over."""
        way = []
        if reopenable(self.quiz, self.session):
            way.append(self._button(step, Button.BACK, self.words.plain("quiz.back")))
        if skippable(step) and not self.session.confirming:
            way.append(self._button(step, Button.SKIP, self.words.plain("quiz.skip")))
        return (tuple(way),) if way else ()

    def _own(self, step: Waiting) -> Buttons:
        match step:
            case ChoiceQuestion(choices=choices):
                return tuple((self._button(step, c.id, self._read(c.text)),) for c in choices)
            case SeveralQuestion():
                return self._ticks(step)
            case ConsentRequest():
                return tuple(
                    (self._button(step, word, consent_label(self.words, step, given=word == "yes")),)
                    for word in ("yes", "no")
                )
            case RatingQuestion(rating=scale):
                return _rows([self._button(step, str(n), str(n)) for n in range(1, scale.max + 1)])
            case DateQuestion():
                return self._calendar(step)
            case NameQuestion():
                return self._suggested(step)
            case NumberQuestion() | TextQuestion() | CityQuestion() | FileQuestion() | ContactRequest():
                return ()
            case _:
                assert_never(step)

    def _ticks(self, step: SeveralQuestion) -> Buttons:
        rows: list[Row] = []
        for choice in step.choices:
            ticked = choice.id in self.session.picked
            # The button says which way it goes, so that two quick taps on it are one.
            tap, mark = (f"-{choice.id}", "☑") if ticked else (f"+{choice.id}", "☐")
            rows.append((self._button(step, tap, f"{mark} {self._read(choice.text)}"),))
        if len(self.session.picked) >= step.least:
            count = f" ({len(self.session.picked)})" if self.session.picked else ""
            rows.append((self._button(step, Button.DONE, self.words.plain("quiz.done") + count),))
        return tuple(rows)

    def _suggested(self, step: NameQuestion) -> Buttons:
        usable = read_typed(self.quiz, step, self.session, self.first_name, self.now)
        if not isinstance(usable, Written):
            return ()
        return ((self._button(step, Button.SUGGESTED, usable.text),),)

    def _about_code(self, step: Waiting) -> Buttons:
        named = (
            (Button.CODE_AGAIN, "code.again"),
            (Button.OTHER_ADDRESS, "code.other_address"),
            (Button.UNCONFIRMED, "code.skip"),
        )
        return tuple((self._button(step, button, self.words.plain(key)),) for button, key in named)

    def _calendar(self, step: DateQuestion) -> Buttons:
        local = self.now.astimezone(ZoneInfo(self.quiz.timezone))
        language = catalogue_language(self.session.language)
        day = picked_day(self.session)
        if day is None:
            rows = month_cells(step.date, local, self.session.page, language)
            return tuple(tuple(self._button(step, tap, label) for label, tap in row) for row in rows)
        times = [self._button(step, tap, label) for label, tap in time_cells(step.date, day, local)]
        return (*_rows(times), (self._button(step, Button.DAYS, self.words.plain("quiz.other_day")),))

    def _button(self, step: Waiting, tap: str, label: str) -> TapButton:
        return TapButton(text=label, data=encode(AnswerTapped(self.session_id, step.id, tap)))

    def _read(self, text: Text) -> str:
        return self.quiz.read(text, self.session.language)


def has_keyboard(step: Waiting) -> bool:
    """Tell whether a question has a keyboard in place of the phone's own, and so no buttons below it."""
    return isinstance(step, CityQuestion) or (isinstance(step, ContactRequest) and step.contact == "phone")


def consent_label(words: Wording, step: ConsentRequest, *, given: bool) -> str:
    """Return the words on a consent's button."""
    label = step.yes if given else step.no
    return words.quiz.read(label, words.language) if label else words.plain(f"consent.{'yes' if given else 'no'}")


def _rows(buttons: list[TapButton]) -> Buttons:
    return tuple(tuple(buttons[at : at + IN_A_ROW]) for at in range(0, len(buttons), IN_A_ROW))
