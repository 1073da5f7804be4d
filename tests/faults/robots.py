"""Prospects that answer by themselves: each answers every question once, whatever happens to the bot."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.demo.emulator import Message, Person
from bot.telegram.taps import AnswerTapped, decode


@dataclass
class Robot:
    """A prospect with their answers by step: a choice to tap, a text to type, or a phone to share."""

    person: Person
    answers: Mapping[str, str]
    typed: Mapping[str, str]
    """words of a question that is answered by typing → the step it belongs to"""
    asked: list[str] = field(default_factory=list)
    """the steps in the order their questions were seen first"""

    def start(self) -> None:
        """Come through a link."""
        self.person.starts("ads_oct")

    def look(self, chance: random.Random) -> bool:
        """Answer what is new in the chat; tell whether anything was done. A little chance, as with people."""
        for message in self.person.messages:
            step = self._asks(message)
            if step is None or step in self.asked or chance.random() < 0.3:
                continue
            self.asked.append(step)
            self._answer(step, message)
            return True
        return False

    def _asks(self, message: Message) -> str | None:
        if not message.from_bot:
            return None
        for row in message.buttons:
            for button in row:
                tap = decode(button.data or "")
                if isinstance(tap, AnswerTapped):
                    return tap.step
        return next((step for words, step in self.typed.items() if words in message.text), None)

    def _answer(self, step: str, message: Message) -> None:
        answer = self.answers[step]
        if answer == "share":
            self.person.shares_contact()
        elif step in self.typed.values():
            self.person.says(answer)
        else:
            data = next(
                button.data
                for row in message.buttons
                for button in row
                if button.data and button.data.endswith(f":{step}:{answer}")
            )
            self.person.taps(data=data, message_id=message.id)
