"""Plays a play: presses the real buttons on the phones, slowly enough to be followed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol, assert_never

from bot.demo.cast import spoken
from bot.demo.emulator import Emulator
from bot.demo.phones import START, CannotDoError, Meant, Phone, is_aside
from bot.demo.plays import (
    Act,
    Choose,
    GetCard,
    Handle,
    Hear,
    OpenMaterial,
    PassOver,
    PickTime,
    Play,
    ShareContact,
    Skip,
    Start,
    Tell,
    Tick,
    Write,
)
from bot.telegram import taps
from dialogs.session import Button

PATIENCE = 10.0
"""Real seconds to wait for the bot before a play gives up."""
BRIEF = 2.0
"""Real seconds to wait for a button that a visitor may have pressed already."""


class OutOfStepError(Exception):
    """The chat has taken another way than the play."""


@dataclass(frozen=True)
class Tempo:
    """Real seconds between the moves of a play; tests play with none."""

    step: float = 0.62
    """from one tap to the next, however long the bot took to answer"""
    looking: float = 0.18
    """at least, from the moment when a button is there"""
    tapping: float = 0.22
    """while the finger lies on the button"""
    ticking: float = 0.38
    """from one tap to the next below one question: nothing new has to be read"""
    reading: float = 1.0
    """the pauses that the plays themselves ask for, times this"""


AT_ONCE = Tempo(0, 0, 0, 0, 0)


class Scene(Protocol):
    """What a player needs of the show."""

    @property
    def emulator(self) -> Emulator:
        """Where the people are."""
        ...

    @property
    def prospect(self) -> Phone:
        """The prospect's phone."""
        ...

    @property
    def manager(self) -> Phone:
        """The manager's phone."""
        ...

    def tell(self, text: str) -> None:
        """Explain what is to be seen."""
        ...

    def look_at(self, phone: Phone) -> None:
        """Draw attention to a phone."""
        ...

    def start(self) -> None:
        """Press START on the prospect's phone."""
        ...

    async def skip_to_follow_up(self) -> bool:
        """Move the clock to the prospect's next follow-up; tell whether there is one."""
        ...


class Player:
    """Plays one play in a scene."""

    def __init__(self, scene: Scene, tempo: Tempo) -> None:
        self._scene = scene
        self._tempo = tempo
        self._done = scene.prospect.newest
        """the prospect has dealt with all messages up to this one"""
        self._before = scene.manager.newest
        """the manager's newest message when the play began"""
        self._loop = asyncio.get_running_loop()
        self._acted_at = self._loop.time()

    async def perform(self, play: Play) -> None:
        """Perform all acts. Raises OutOfStepError when the chat takes another way."""
        try:
            for act in play:
                await self._perform(act)
        except CannotDoError as unable:
            raise OutOfStepError(str(unable)) from unable
        finally:
            self._scene.prospect.calm_down()
            self._scene.manager.calm_down()

    async def _perform(self, act: Act) -> None:
        scene, prospect, manager = self._scene, self._scene.prospect, self._scene.manager
        match act:
            case Tell(text=text, seconds=seconds):
                scene.tell(text)
                await asyncio.sleep(seconds * self._tempo.reading)
            case Start():
                scene.look_at(prospect)
                await self._point_at(prospect, *START)
                scene.start()
            case Choose(step=step, choice=choice):
                await self._tap(prospect, _answers(step, choice), self._done)
            case Tick(step=step, choices=choices):
                await self._tap_below_one_question(step, *(f"\\+{choice}" for choice in choices), r"\.done")
            case PickTime(step=step):
                await self._tap_below_one_question(step, r"\d{8}", r"\d{4}")
            case PassOver(step=step):
                await self._tap(prospect, _answers(step, Button.SKIP), self._done)
            case Write(text=text):
                person = prospect.person
                await self._write(text.format(username=person.account.username, **spoken(person.language)))
            case ShareContact():
                await self._until(lambda: bool(prospect.person.keyboard))
                key = prospect.person.keyboard[0][0].text
                await self._point_at(prospect, 0, key)
                prospect.say(key)
                self._done = prospect.newest
            case Hear():
                await self._until(lambda: _heard(prospect, self._done))
            case OpenMaterial():
                await self._tap(prospect, _is_material, self._done)
            case Skip():
                if not await scene.skip_to_follow_up():
                    raise OutOfStepError("no follow-up is planned")
                scene.look_at(prospect)
                await self._until(lambda: prospect.find(_is_material, self._done) is not None)
            case GetCard():
                await self._until(lambda: _heard(manager, self._before))
                scene.look_at(manager)
            case Handle(action=action):
                await self._handle(action)
            case _:
                assert_never(act)

    async def _write(self, text: str) -> None:
        """Type a text, once the bot has asked for one: its newest message offers no answers then."""
        prospect = self._scene.prospect
        self._scene.look_at(prospect)
        await self._until(lambda: _heard(prospect, self._done) and _asks_for_words(prospect))
        await self._think()
        prospect.type(text)
        await asyncio.sleep(self._tempo.tapping)
        prospect.type("")
        prospect.say(text)
        self._acted_at = self._loop.time()
        self._done = prospect.newest

    async def _handle(self, action: taps.CardAction) -> None:
        """Let the manager tap a card; when a visitor was quicker, the button does not come, or comes no more."""
        manager = self._scene.manager
        with suppress(OutOfStepError, CannotDoError):
            await self._until(lambda: manager.find(_moves(action), self._before) is not None, BRIEF)
            await self._tap(manager, _moves(action), self._before)

    async def _tap_below_one_question(self, step: str, *choices: str) -> None:
        """Tap what fits these patterns, one after another; the question stays where it is, and looks different."""
        asked = self._done
        pace = self._tempo.step
        for choice in choices:
            await self._tap(self._scene.prospect, _answers_like(step, choice), asked, pace)
            pace = self._tempo.ticking

    async def _tap(self, phone: Phone, meant: Meant, after: int, pace: float | None = None) -> None:
        self._scene.look_at(phone)
        await self._until(lambda: phone.find(meant, after) is not None)
        found = phone.find(meant, after)
        if found is None:
            raise OutOfStepError("the button is gone")
        message, button = found
        await self._point_at(phone, message.id, button.data or "", pace)
        if phone is self._scene.prospect:
            self._done = message.id
        phone.tap(message.id, button.data or "")

    async def _point_at(self, phone: Phone, message_id: int, button: str, pace: float | None = None) -> None:
        """Let people see which button is going to be pressed."""
        await self._think(pace)
        phone.point_at(message_id, button)
        await asyncio.sleep(self._tempo.tapping)
        phone.calm_down()
        self._acted_at = self._loop.time()

    async def _think(self, pace: float | None = None) -> None:
        """Keep the pace of somebody who reads: the bot's own speed shall not be seen in it."""
        since = self._loop.time() - self._acted_at
        step = self._tempo.step if pace is None else pace
        await asyncio.sleep(max(self._tempo.looking, step - self._tempo.tapping - since))

    async def _until(self, so: Callable[[], bool], within: float = PATIENCE) -> None:
        try:
            await self._scene.emulator.wait_for(so, within)
        except AssertionError as late:
            raise OutOfStepError("the bot did not do what the play expects") from late


def _heard(phone: Phone, after: int) -> bool:
    return any(message.from_bot and message.id > after for message in phone.person.messages[-3:])


def _asks_for_words(phone: Phone) -> bool:
    """Tell whether the newest message has no buttons but those that any question has: back, skip, a suggestion."""
    return all(is_aside(button.data) for row in phone.person.messages[-1].buttons for button in row)


def _answers(step: str, choice: str) -> Meant:
    return lambda tap: isinstance(tap, taps.AnswerTapped) and (tap.step, tap.choice) == (step, choice)


def _answers_like(step: str, pattern: str) -> Meant:
    return lambda tap: (
        isinstance(tap, taps.AnswerTapped) and tap.step == step and bool(re.fullmatch(pattern, tap.choice))
    )


def _moves(action: taps.CardAction) -> Meant:
    return lambda tap: isinstance(tap, taps.CardTapped) and tap.action is action


def _is_material(tap: taps.Tap) -> bool:
    return isinstance(tap, taps.TrackedTapped)
