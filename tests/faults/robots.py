"""Prospects that answer by themselves: each answers every question once, whatever happens to the bot."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.demo.emulator import Message, NoSuchButton, Person
from bot.telegram.callback_data import decode
from bot.telegram.taps import AnswerTapped


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
    asked: list[str] = field(default_factory=list)
    """the steps in the order their questions were seen first"""
    _left: list[str] = field(default_factory=list)
    """the patterns of the newest question that are still to be tapped"""

    def start(self) -> None:
        """Come through a link."""
        self.person.starts("ads_oct")

    def look(self, chance: random.Random) -> bool:
        """Answer what is new in the chat; tell whether anything was done. A little chance, as with people."""
        if self._left:
            return chance.random() > 0.3 and self._tap_next(self.asked[-1])
        for message in self.person.messages:
            step = self._asks(message)
            if step is None or step in self.asked or chance.random() < 0.3:
                continue
            self.asked.append(step)
            self._answer(step)
            return True
        return False

    @property
    def done(self) -> bool:
        """Whether every question was seen, and answered to the last tap."""
        return set(self.asked) == set(self.answers) and not self._left

    def _asks(self, message: Message) -> str | None:
        if not message.from_bot:
            return None
        for tap, _ in _buttons(message):
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
                if tap.step == step and re.fullmatch(self._left[0], tap.choice):
                    try:
                        self.person.taps(data=data, message_id=message.id)
                    except NoSuchButton:
                        return False
                    self._left.pop(0)
                    return True
        return False


def _buttons(message: Message) -> list[tuple[AnswerTapped, str]]:
    found = [(decode(button.data or ""), button.data or "") for row in message.buttons for button in row]
    return [(tap, data) for tap, data in found if isinstance(tap, AnswerTapped)]
