"""The show: three phones on a stage, what a visitor of the page does with them, and the play that runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog

from bot.demo.changes import Changes
from bot.demo.chronicle import Chronicle
from bot.demo.emulator import Change, Emulator
from bot.demo.phones import CannotDoError, Phone
from bot.demo.player import OutOfStepError, Player, Tempo
from bot.demo.plays import Ending, play
from bot.demo.schedule import Planned, follow_up_due, planned_next
from bot.demo.stage import QUIZZES, Stage
from bot.texts import LANGUAGES

SOURCE = "demo"
log = structlog.get_logger()


class Show:
    """All that the page shows, and all that can be done there."""

    def __init__(self, stage: Stage, language: str, tempo: Tempo) -> None:
        self.stage = stage
        self.language = language
        self.quiz = QUIZZES[0]
        self.changes = Changes()
        self.chronicle = Chronicle(stage)
        self.planned: Planned | None = None
        self.playing: Ending | None = None
        self.told = "demo.tell.begin"
        """the key of the sentence that explains what is to be seen"""
        self.focus = ""
        """the role whose phone is worth looking at"""
        cast = stage.cast
        self._prospect = Phone("prospect", cast.new_prospect(language), self.changes.ring)
        self._manager = Phone("manager", cast.manager, self.changes.ring)
        self._admin = Phone("admin", cast.admin, self.changes.ring)
        self.phones: Mapping[str, Phone] = {
            phone.role: phone for phone in (self._prospect, self._manager, self._admin)
        }
        self._tempo = tempo
        self._turn = asyncio.Lock()
        """one thing after another: two clicks at once must not start two plays"""
        self._task: asyncio.Task[None] | None = None
        self._unread = asyncio.Event()

    # What a player needs ---------------------------------------------------------------------------

    @property
    def emulator(self) -> Emulator:
        """Where the people are."""
        return self.stage.emulator

    @property
    def prospect(self) -> Phone:
        """The prospect's phone."""
        return self._prospect

    @property
    def manager(self) -> Phone:
        """The manager's phone."""
        return self._manager

    def tell(self, text: str) -> None:
        """Explain what is to be seen."""
        self.told = text
        self.changes.ring()

    def look_at(self, phone: Phone) -> None:
        """Draw attention to a phone."""
        if self.focus != phone.role:
            self.focus = phone.role
            self.changes.ring()

    def start(self) -> None:
        """Press START on the prospect's phone: a deep link names the quiz and the source."""
        self._prospect.person.starts(f"{self.quiz}--{SOURCE}")
        self.changes.ring()

    async def skip_to_follow_up(self) -> bool:
        """Move the clock to the prospect's next follow-up; tell whether there is one."""
        due = await follow_up_due(self.stage, self._prospect.person)
        if due is not None:
            self.move_clock(due - self.stage.clock.now())
        return due is not None

    # What a visitor does ---------------------------------------------------------------------------

    async def press_start(self, role: str) -> None:
        """Press START on a phone; the prospect's carries the deep link."""
        async with self._turn:
            await self._touch(role)
            if role == "prospect":
                self.start()
            else:
                self.phones[role].person.starts()

    async def tap(self, role: str, message_id: int, button: str) -> None:
        """Tap a button below a message."""
        async with self._turn:
            await self._touch(role)
            self.phones[role].tap(message_id, button)

    async def say(self, role: str, text: str) -> None:
        """Send a text from a phone, or press the key that has it."""
        async with self._turn:
            await self._touch(role)
            self.phones[role].say(text)

    async def play(self, ending: Ending) -> None:
        """Play with a new prospect; a play that runs is stopped."""
        async with self._turn:
            await self._fresh_prospect()
            self.playing = ending
            self._task = asyncio.create_task(self._play(ending), name=f"play {ending}")
            self.changes.ring()

    async def restart(self) -> None:
        """Bring a new prospect in, with an empty chat."""
        async with self._turn:
            await self._fresh_prospect()
            self.tell("demo.tell.begin")

    async def choose(self, quiz: str, language: str) -> None:
        """Choose the quiz and the language; a new prospect begins with them."""
        if quiz not in self.stage.quizzes or language not in LANGUAGES:
            raise CannotDoError(f"there is no quiz {quiz!r} in {language!r}")
        speaks_anew = language != self.language
        self.quiz, self.language = quiz, language
        if speaks_anew:
            # The bot learns a person's language from their next message, as everywhere in Telegram.
            self.stage.cast.speak(language)
            self.greet()
        await self.restart()

    async def skip(self) -> bool:
        """Move the clock to what is scheduled next; tell whether there was anything.

        Where it is about an earlier prospect, their chat is shown: something is going to happen there.
        """
        async with self._turn:
            async with self.stage.view() as view:
                planned = await planned_next(self.stage, view)
            if planned is None:
                return False
            who = planned.who
            if who is not None and who is not self._prospect.person and self.playing is None:
                self._prospect.show(who)
            self.move_clock(planned.at - self.stage.clock.now())
            return True

    def move_clock(self, by: timedelta) -> None:
        """Move the clock ahead."""
        self.stage.move(max(by, timedelta(0)))
        self.chronicle.note("clock_moved", self.stage.clock.now())
        self._unread.set()
        self.changes.ring()

    def greet(self) -> None:
        """Let the staff press START, so that the bot may write to them, in their language."""
        self._manager.person.starts()
        self._admin.person.starts()

    # Behind the scenes -----------------------------------------------------------------------------

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Keep the show up to date while it is open."""
        leave = self.stage.emulator.on_change(self._seen)
        reading = asyncio.create_task(self._keep_reading(), name="chronicle")
        self.greet()
        try:
            yield
        finally:
            leave()
            await self._stop_playing()
            reading.cancel()
            await asyncio.wait([reading])

    def _seen(self, _change: Change) -> None:
        self._unread.set()
        self.changes.ring()

    async def _keep_reading(self) -> None:
        """Read the journal after every visible change: what people see has been committed before."""
        while True:
            await self._unread.wait()
            self._unread.clear()
            # One view of both, shown at once: a plan never goes before the line that tells why.
            async with self.stage.view() as view:
                planned = await planned_next(self.stage, view)
                news = await self.chronicle.read(view)
                if news or planned != self.planned:
                    self.planned = planned
                    self.changes.ring()

    async def _touch(self, role: str) -> None:
        """Let a visitor's own finger on the prospect's phone stop the play: it is their story now."""
        if role == "prospect" and self.playing is not None:
            await self._stop_playing()
            self.chronicle.note("play_stopped", self.stage.clock.now())
            self.tell("demo.tell.yours")
        elif role == "prospect" and self.told == "demo.tell.begin":
            self.tell("demo.tell.yours")

    async def _fresh_prospect(self) -> None:
        await self._stop_playing()
        person = self._prospect.person
        if person.messages or person.language != self.language:
            self._prospect.show(self.stage.cast.new_prospect(self.language))
        self.focus = ""
        self.changes.ring()

    async def _play(self, ending: Ending) -> None:
        try:
            await Player(self, self._tempo).perform(play(self.quiz, ending))
        except OutOfStepError as way:
            log.info("play_out_of_step", reason=str(way))
            self.chronicle.note("out_of_step", self.stage.clock.now())
            self.tell("demo.tell.yours")
        finally:
            self.playing, self.focus = None, ""
            self.changes.ring()

    async def _stop_playing(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])
