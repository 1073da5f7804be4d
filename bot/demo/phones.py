"""A phone of the demo: whose chat it shows, and what a finger is doing on it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from bot.demo.emulator import Button, Message, NoSuchButton, Person, Tap
from bot.telegram import taps
from bot.telegram.callback_data import decode
from dialogs.session import Button as Aside

ANSWERED_WITHIN = 15
"""Real seconds after which a spinner ends whether the bot answered or not."""

START = (0, "start")
"""The button of an empty chat, which belongs to no message."""

Meant = Callable[[taps.Tap], bool]
"""Tells whether a button means what one is looking for."""


class CannotDoError(Exception):
    """The phone cannot do this now."""


@dataclass(frozen=True)
class Toast:
    """What floats over a chat after a tap; numbered, so that each is shown once."""

    number: int
    text: str
    alert: bool


class Phone:
    """One of the three phones."""

    def __init__(self, role: str, person: Person, changed: Callable[[], None]) -> None:
        self.role = role
        self.person = person
        self.draft = ""
        """what is being typed by a play"""
        self.finger: tuple[int, str] | None = None
        """the button that a play is about to tap"""
        self.busy: list[tuple[int, str]] = []
        """buttons whose spinner is turning"""
        self.toast: Toast | None = None
        self._changed = changed
        self._toasts = 0
        self._settling: set[asyncio.Task[None]] = set()

    def show(self, person: Person) -> None:
        """Show another person's chat."""
        self.person = person
        self.busy = []
        self.calm_down()

    def calm_down(self) -> None:
        """Take the finger off the glass and clear what was being typed."""
        self.finger, self.draft = None, ""
        self._changed()

    def type(self, text: str) -> None:
        """Type without sending."""
        self.draft = text
        self._changed()

    def point_at(self, message_id: int, button: str) -> None:
        """Lay a finger on a button, without tapping it yet."""
        self.finger = (message_id, button)
        self._changed()

    def tap(self, message_id: int, data: str) -> Tap:
        """Tap a button. Raises CannotDoError when it is gone."""
        try:
            tap = self.person.taps(data=data, message_id=message_id)
        except (NoSuchButton, ValueError) as gone:
            raise CannotDoError(str(gone)) from gone
        self.busy.append((message_id, data))
        task = asyncio.create_task(self._settle(tap, self.person, (message_id, data)))
        self._settling.add(task)
        task.add_done_callback(self._settling.discard)
        self._changed()
        return tap

    def say(self, text: str) -> None:
        """Send a text, or press the key of the reply keyboard that has it."""
        try:
            if any(key.text == text for row in self.person.keyboard for key in row):
                self.person.presses(text)
            else:
                self.person.says(text)
        except ValueError as unable:
            raise CannotDoError(str(unable)) from unable
        self._changed()

    def find(self, meant: Meant, after: int = 0) -> tuple[Message, Button] | None:
        """Return the newest button that means this, in messages after number `after`."""
        for message in reversed(self.person.messages):
            if message.id <= after:
                break
            for button in (button for row in message.buttons for button in row):
                tap = decode(button.data) if button.data else None
                if tap is not None and meant(tap):
                    return message, button
        return None

    @property
    def newest(self) -> int:
        """The number of the newest message; 0 in an empty chat."""
        messages = self.person.messages
        return messages[-1].id if messages else 0

    async def _settle(self, tap: Tap, person: Person, button: tuple[int, str]) -> None:
        try:
            async with asyncio.timeout(ANSWERED_WITHIN):
                await tap.wait_answered(ANSWERED_WITHIN)
        except (TimeoutError, AssertionError):
            pass  # Telegram's own spinner ends some day as well
        if self.person is person:
            if button in self.busy:
                self.busy.remove(button)
            if tap.text:
                self._toasts += 1
                self.toast = Toast(self._toasts, tap.text, tap.alert)
        self._changed()


def is_aside(data: str | None) -> bool:
    """Tell whether a button is no answer but one that any question may have: back, skip, a suggestion."""
    tap = decode(data or "")
    return isinstance(tap, taps.AnswerTapped) and tap.choice in tuple(Aside)
