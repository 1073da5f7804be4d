"""The second driver: the real bot, which talks through a framework and HTTP to an emulated Telegram."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.clock import StandingClock
from bot.demo.emulator import Change, Emulator, Message, Person, Tap, typed
from bot.mail.port import Postman
from bot.main import Hotlead, build
from bot.pace import Pace
from bot.receivers.port import Courier
from bot.registration import Registration
from bot.settings import Settings
from bot.work import Work
from storage.database import Database
from storage.unit import Unit
from tests.keys import a_keyring
from tests.scenarios.actor import PHONE, Actor
from tests.scenarios.chat import Chat, Line, What
from tests.scenarios.combination import CHOICE
from tests.scenarios.idleness import FileReader, Reader, ServerReader
from tests.scenarios.lines import Reading, close, line_to, plainly
from tests.scenarios.quick import QUICK
from tests.scenarios.stories import Story, walk

AT_ONCE = Pace(bot=math.inf, chat=math.inf, group=math.inf)
"""No waiting between messages: the clock stands still unless a scenario moves it."""
PATIENCE = 30
"""Seconds in which the bot must have done all there is to do; it needs a hundredth of that."""
LOOK_AGAIN = 0.003
FIRST_UPDATE = 1000
_ONLY_ON_PAGES = ' rel="noopener noreferrer" target="_blank"'
"""What a link of the emulator's page has, and none in a chat."""
WEBHOOKS_AT = "https://hooks.acme.example"
ANNA, BORIS, MAX, VERA, ADA = 7_000_000_001, 7_000_000_002, 2, 4, 3
PHONES = {BORIS: "+380672345678"}
"""Whoever has a phone of their own: to the bot the same number, confirmed twice, may be one person."""


class Guest(Actor):
    """Somebody with a phone in the emulated Telegram: what no engine can play happens here."""

    def __init__(self, chat: Chat, person: Person, house: House) -> None:
        super().__init__(chat, _HttpPhone(person, house))
        self.person = person
        self._house = house

    async def starts(self, payload: str = "") -> None:
        """Press Start, perhaps after a deep link."""
        self.chat.did(f": /start {payload}".rstrip())
        self.person.starts(payload)
        await self._house.quiet()

    async def goes_through(self, story: Story, language: str = "en", *, until: str | None = None) -> None:
        """Press Start and go a story's way, without looking closely at what the bot says."""
        await self.starts(QUICK if story.quiz == QUICK else "")
        await walk(self, story, language, until=until)
        self.skims()

    async def does(self, doing: str, act: Callable[[Person], object]) -> None:
        """Do anything that a phone can do."""
        self.chat.did(f" {doing}")
        act(self.person)
        await self._house.quiet()

    async def writes(self, markup: str) -> None:
        """Say something formatted, as phones offer it: here it is written down in HTML."""
        self.chat.did(f": {markup}")
        self.person.says(typed(markup))
        await self._house.quiet()

    def sees_formatted(self, *fragments: str, buttons: list[str] | None = None) -> Line:
        """Expect the next thing to be a new message in which these words are formatted so."""
        line = self.sees(buttons=buttons)
        for fragment in fragments:
            if fragment not in line.html:
                self.chat.fail(f"expected {fragment!r} in {line.html!r}")
        return line

    async def sends_file(self, name: str, content: str | bytes, caption: str = "") -> None:
        """Send a file, with a caption or without."""
        body = content.encode() if isinstance(content, str) else content
        words = f", «{caption}»" if caption else ""
        await self.does(f"sends the file {name}{words}", lambda person: person.sends_document(name, body, caption))

    async def sends_photo(self, caption: str = "") -> None:
        """Send a photo, with a caption or without."""
        await self.does(f"sends a photo, «{caption}»", lambda person: person.sends_photo(caption=caption))

    async def replies(self, to: str, text: str) -> None:
        """Reply to the newest message that has these words."""
        number = self.message(to)
        await self.does(f" replies to «{to}»: {text}", lambda person: person.says(text, reply_to=number))

    async def replies_with(self, to: str, what: str, act: Callable[[Person, int], object]) -> None:
        """Reply with anything that a phone can send."""
        number = self.message(to)
        await self.does(f"replies to «{to}» with {what}", lambda person: act(person, number))

    async def edits(self, words: str, text: str) -> None:
        """Change the newest own message that has these words."""
        number = self.message(words, own=True)
        await self.does(f"edits «{words}»: {text}", lambda person: person.edits(number, text))

    def message(self, words: str, *, own: bool = False) -> int:
        """Return the newest message that has these words."""
        for message in reversed(self.person.messages):
            if words in message.text and (not own or not message.from_bot):
                return message.id
        return self.chat.fail(f"there is no message with {words!r}")

    async def taps_data(self, data: str) -> Tap:
        """Send made-up callback data, as a modified Telegram client can, from under the newest message."""
        self.chat.did(f" sends callback data {data!r}")
        newest = next(message for message in reversed(self.person.messages) if message.from_bot)
        world, chat = self._house.emulator._world, self.person._chat  # no honest phone can do this
        tap = world.tap(chat, newest, self.person.account, data)
        await self._house.quiet()
        self.notices(tap)
        return tap

    def sees_one_reply(self, *fragments: str) -> None:
        """See what a burst is met with, and nothing else.

        By polling it comes in one batch. A webhook gets a chat's messages one by one: each may be answered.
        """
        self.sees(*fragments)
        while self._house.receive == "webhook" and self.chat.unseen:
            self.sees(*fragments)
        self.sees_nothing()

    async def taps_unanswered(self, label: str) -> None:
        """Tap a button whose spinner may run on: Telegram lets the bot not answer now."""
        self.chat.did(f" taps: [{label}]")
        self.person.taps(label)
        await self._house.quiet()

    async def taps_old(self, label: str, message_id: int) -> None:
        """Tap a button of one certain message, however old."""
        self.chat.did(f" taps: [{label}] of an old message")
        tap = self.person.taps(label, message_id=message_id)
        await self._house.quiet()
        self.notices(tap)

    def labels_on_screen(self) -> list[str]:
        """Return every button in the chat as it stands now."""
        return [b.text for message in self.person.messages for row in message.buttons for b in row]

    def button_data(self, label: str) -> str:
        """Return what stands behind a button."""
        return self.button(label)[1]

    def button(self, label: str) -> tuple[int, str]:
        """Return the newest message that has the button, and what stands behind the button."""
        for message in reversed(self.person.messages):
            for button in (button for row in message.buttons for button in row):
                if button.text == label and button.data is not None:
                    return message.id, button.data
        return self.chat.fail(f"there is no button {label!r}")

    def notices(self, tap: Tap) -> None:
        """See the end of a tap's spinner, and what the bot said along with it."""
        if not tap.answered:
            self.chat.fail("the spinner of a tap never ended")
        if tap.text:
            self.chat.add(Line(What.FLOATING, tap.text))


class _HttpPhone:
    def __init__(self, person: Person, house: House) -> None:
        self._person = person
        self._house = house

    async def write(self, text: str) -> None:
        self._person.says(text)
        await self._house.quiet()

    async def tap(self, label: str) -> None:
        tap = self._person.taps(label)
        await self._house.quiet()
        self._house.guests[self._person.id].notices(tap)

    async def share_own_phone(self) -> None:
        keys = (key for row in self._person.keyboard for key in row)
        self._person.presses(next(key.text for key in keys if key.request_contact))
        await self._house.quiet()


class House:
    """The bot with all its people, over HTTP, on a database of its own and a clock that the test moves."""

    def __init__(self, folder: Path, start: datetime, reading: Reading = plainly) -> None:
        self.clock = StandingClock(start)
        self.emulator = Emulator(now=self.clock.now, first_update_id=FIRST_UPDATE)
        self.guests: dict[int, Guest] = {}
        self.app: Hotlead
        self.chats: list[Chat] = []
        self.settings: dict[str, Any] = {}
        self.pace = AT_ONCE
        self.receive = CHOICE.present.receive
        self.postman: Postman | None = None
        self.courier: Courier | None = None
        self._reading = reading
        self._keyboards: dict[int, object] = {}
        self._address = ""
        self._reader: Reader
        self._database: Database
        self.folder = folder
        self.file = folder / "hotlead.db"
        self.server: str | None = None
        """the address of its database, where that is not the file"""
        self._running: asyncio.Task[None] | None = None
        self.emulator.on_change(self._changed)

    def guest(
        self, number: int, name: str, *, language: str = "en", username: str | None = None, phone: str = ""
    ) -> Guest:
        """Let somebody in: they have a phone, and have not written to the bot yet."""
        phone = phone or PHONES.get(number, PHONE)
        person = self.emulator.person(number, first_name=name, language=language, username=username, phone=phone)
        self.guests[number] = Guest(Chat(name, self.chats), person, self)
        return self.guests[number]

    async def opens(self, address: str, **settings: Any) -> None:
        """Start the bot at an emulator's address."""
        self._address, self.settings = address, settings
        await self._start()

    @asynccontextmanager
    async def work(self) -> AsyncIterator[Work]:
        """Do a piece of work, as a part of the bot does for which there is no button."""
        async with self.app.workshop.work() as work:
            yield work
        self.app.delivery._outbox.ring()  # as every part does: else it goes out when something else wakes it

    def view(self) -> AbstractAsyncContextManager[Unit]:
        """Look into the bot's database."""
        return self._database.view(self.emulator.bot_id)

    async def closes(self) -> None:
        """Stop the bot as a signal does."""
        if self._running is None:
            return
        self._running.cancel()
        with suppress(asyncio.CancelledError):
            await self._running
        self._running = None
        await self._reader.close()
        await close(self.app.messenger)
        await self._database.close()

    async def restarts(self, **settings: Any) -> None:
        """Stop the bot and start it again on the same database."""
        await self.closes()
        self.settings |= settings
        await self._start()
        await self.quiet()

    async def restarts_after(self, **span: float) -> None:
        """Start the bot again after it was off for a while."""
        self.clock.move(timedelta(**span))
        updates = self.emulator._world.updates
        asked = updates._poll
        await self._start()
        if isinstance(self.app.intake, Registration):
            await self.quiet()
            return
        async with asyncio.timeout(PATIENCE):
            while updates._poll < asked + 4:  # each question counts twice; the second says that the first is kept
                await self.emulator._world.changed.heard(within=LOOK_AGAIN)
        await self.quiet()

    async def later(self, **span: float) -> None:
        """Let time pass, and the bot do what is due then."""
        self.clock.move(timedelta(**span))
        moment = f"{self.clock.now():%d.%m. %H:%M:%S} UTC"
        for chat in self.chats:
            chat.add(Line(What.TIME, moment))
        await self.quiet()

    async def recovers(self) -> None:
        """Let time pass, second by second, until the bot has nothing left to do."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PATIENCE
        while await self._left_to_do() and loop.time() < deadline:
            self.clock.move(timedelta(seconds=1))
            await self.emulator._world.changed.heard(within=LOOK_AGAIN)
        await self.quiet()

    async def quiet(self) -> None:
        """Return when the bot has nothing left to do until time passes or somebody writes."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PATIENCE
        while left := await self._left_to_do():
            if self._running is not None and self._running.done():
                await self._running
            if loop.time() > deadline:
                self.chats[0].fail(f"the bot is still busy after {PATIENCE} s: {left}")
            await self.emulator._world.changed.heard(within=LOOK_AGAIN)

    async def _left_to_do(self) -> dict[str, int]:
        # In this order: an update that is confirmed is in the inbox already.
        if pending := len(self.emulator._world.updates.pending):
            return {"updates at Telegram": pending}
        if isinstance(self.app.intake, Registration) and self.app.intake.next_look <= self.clock.now():
            return {"a look at the webhook": 1}
        if self.app.timers.watch.next_look <= self.clock.now():
            return {"a look whether all is well": 1}
        return await self._reader.left_to_do(self.clock.now())

    async def _start(self) -> None:
        self._database = await Database.open(self.server or f"sqlite+aiosqlite:///{self.file}", a_keyring())
        messenger = line_to(self._address, self.emulator.token, self._reading)
        settings = Settings(_env_file=None, data=self.folder, **(self.settings | self._received()))
        self.app = await build(
            settings,
            self.clock,
            messenger,
            self._database,
            self.pace,
            postman=self.postman,
            courier=self.courier,
        )
        self._reader = await ServerReader.open(self.server) if self.server else FileReader(self.file)
        self._running = asyncio.create_task(self.app.run())
        if isinstance(self.app.intake, Registration) and self.app.web is not None:
            await self.app.web.started.wait()
            self.emulator.lead(WEBHOOKS_AT, f"http://127.0.0.1:{self.app.web.port}")

    def _received(self) -> dict[str, Any]:
        """Return the settings for the way in which the scenarios receive updates."""
        if self.receive == "polling":
            return {}
        listen = self.settings.get("listen") or "127.0.0.1:0"
        return {"receive": "webhook", "webhook_url": WEBHOOKS_AT, "listen": listen}

    def _changed(self, change: Change) -> None:
        guest = self.guests.get(change.chat_id)
        message = guest.person._chat.messages.get(change.message_id or 0) if guest else None
        if guest is None or message is None or not message.from_bot or change.what not in ("message", "edited"):
            return
        what = What.EDIT if change.what == "edited" else What.MESSAGE
        keyboard = self._keyboard_change(guest) if what is What.MESSAGE else None
        replied = guest.person._chat.messages.get(message.reply_to or 0)
        guest.chat.add(_line(what, message, keyboard, replied.text if replied else ""))

    def _keyboard_change(self, guest: Guest) -> str | None:
        """Return the key that came up with a message; empty when the keyboard went away, None when it stayed."""
        before, now = self._keyboards.get(guest.person.id), guest.person._chat.keyboard
        self._keyboards[guest.person.id] = now
        if now is before:
            return None
        return now.rows[0][0].text if now else ""


def _line(what: What, message: Message, keyboard: str | None, under: str) -> Line:
    buttons = tuple(tuple(button.text for button in row) for row in message.buttons)
    picture = message.media.name if message.media else None
    html = message.html.replace(_ONLY_ON_PAGES, "")
    return Line(what, message.text, buttons, keyboard, picture, html=html, under=under)
