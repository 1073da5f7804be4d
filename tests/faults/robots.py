"""Prospects that answer by themselves: each answers every question once, whatever happens to the bot."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.demo.emulator import Message, NoSuchButton, Person
from bot.telegram.callback_data import decode
from bot.telegram.taps import AnswerTapped, ContinueTapped, Tap

IMPATIENCE = 0.3
"""How likely somebody who came back and sees no offer to go on presses Start once more."""


@dataclass(frozen=True)
class Taps:
    """Patterns of the buttons that answer a question, one after another: ticks and Done, a day and a time."""

    patterns: tuple[str, ...]
    kept: str
    """what must stand in the answer that is kept"""


@dataclass
class Robot:
    """A prospect with their answers by step: a choice to tap, several taps, a text to type, a phone to share."""

    person: Person
    answers: Mapping[str, str | Taps]
    typed: Mapping[str, str]
    """words of a question that is answered by typing → the step it belongs to"""
    stays_at: str | None = None
    """the question at which they lay the phone aside"""
    asked: list[str] = field(default_factory=list)
    """the steps in the order their questions were seen first"""
    began: bool = False
    _left: list[str] = field(default_factory=list)
    """the patterns of the newest question that are still to be tapped"""
    _back_since: int | None = None
    """the newest message when they came back, until they have gone on"""

    def start(self) -> None:
        """Come through a link."""
        self.began = True
        self.person.starts("ads_oct")

    def leave(self) -> None:
        """Block the bot, in the middle of whatever it is."""
        self.person.blocks()

    def come_back(self) -> None:
        """Let the bot write again, and press Start to go on."""
        self._back_since = max(message.id for message in self.person.messages)
        self.person.starts()

    def look(self, chance: random.Random) -> bool:
        """Answer what is new in the chat; tell whether anything was done. A little chance, as with people."""
        if not self.began or self.person.account.blocked or chance.random() < 0.3:
            return False
        if self._back_since is not None and not self._goes_on(chance):
            return False
        if self._left:
            return self._tap_next(self.asked[-1])
        for message in self.person.messages:
            step = self._asks(message)
            if step is None or step in self.asked:
                continue
            self.asked.append(step)
            if step != self.stays_at:
                self._answer(step)
            return True
        return False

    @property
    def done(self) -> bool:
        """Whether every question was seen, and answered to the last tap."""
        return set(self.asked) == set(self.answers) and not self._left

    @property
    def rests(self) -> bool:
        """Whether they will do nothing more: all is answered, or they have laid the phone aside."""
        return self.done or (self.stays_at is not None and self.stays_at in self.asked)

    @property
    def on_screen(self) -> str | None:
        """The step whose question is the newest in the chat."""
        steps = (self._asks(message) for message in reversed(self.person.messages))
        return next((step for step in steps if step is not None), None)

    def _goes_on(self, chance: random.Random) -> bool:
        """See whether the bot answered Start: with its question, or with an offer to go on, which is taken."""
        news = [m for m in self.person.messages if m.from_bot and m.id > (self._back_since or 0)]
        for message in news:
            for tap, data in _buttons(message):
                if isinstance(tap, ContinueTapped) and not tap.anew:
                    self.person.taps(data=data, message_id=message.id)
                    self._back_since = None
                    return False
        if any(self._asks(message) for message in news):
            self._back_since = None
            return True
        if chance.random() < IMPATIENCE / 100:
            self.person.starts()
        return False

    def _asks(self, message: Message) -> str | None:
        if not message.from_bot:
            return None
        for tap, _ in _buttons(message):
            if isinstance(tap, AnswerTapped):
                return tap.step
        return next((step for words, step in self.typed.items() if words in message.text), None)

    def _answer(self, step: str) -> None:
        answer = self.answers[step]
        match answer:
            case Taps(patterns=patterns):
                self._left = list(patterns)
                self._tap_next(step)
            case "share":
                self.person.shares_contact()
            case _ if step in self.typed.values():
                self.person.says(answer)
            case _:
                self._left = [re.escape(answer)]
                self._tap_next(step)

    def _tap_next(self, step: str) -> bool:
        """Tap the next button where it stands now: a question may have been asked anew meanwhile."""
        for message in reversed(self.person.messages):
            for tap, data in _buttons(message):
                if isinstance(tap, AnswerTapped) and tap.step == step and re.fullmatch(self._left[0], tap.choice):
                    try:
                        self.person.taps(data=data, message_id=message.id)
                    except NoSuchButton:
                        return False
                    self._left.pop(0)
                    return True
        return False


def _buttons(message: Message) -> list[tuple[Tap | None, str]]:
    return [(decode(button.data or ""), button.data or "") for row in message.buttons for button in row]


def answers_are_kept(robots: Iterable[Robot], kept: Mapping[int, Mapping[str, str]]) -> None:
    """See that everybody's answers are there, in the order in which they were asked and given."""
    for robot in robots:
        assert list(kept[robot.person.id]) == list(robot.answers), "a question was skipped or an answer lost"
        assert robot.asked == list(robot.answers), "questions came in another order"
        for step, given in robot.answers.items():
            expected = (
                given.kept if isinstance(given, Taps) else {"yes": "true", "share": "+380"}.get(given, given)
            )
            assert expected in kept[robot.person.id][step].replace(" ", "")
