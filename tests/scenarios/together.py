"""Several bots in one process, each with its own people in an emulated Telegram of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from bot.clock import StandingClock
from bot.demo.emulator import Emulator
from bot.demo.serving import served
from bot.ensemble import Ensemble, Stand
from bot.main import Hotlead, publish
from bot.receivers.port import Courier
from bot.settings import Settings
from bot.telegram.port import Messenger
from storage.bots import Bots, KeptBot
from storage.database import Database
from tests.keys import a_keyring
from tests.scenarios.idleness import FileReader
from tests.scenarios.lines import close, line_to
from tests.scenarios.on_engine import MONDAY_NOON
from tests.scenarios.over_http import AT_ONCE, FIRST_UPDATE, LOOK_AGAIN, PATIENCE, House

SECRET = "AAH-secret_secret_secret_secret_sec"


class Room(House):
    """One bot of several: its people, its Telegram, and the database that all of them share."""

    def __init__(self, together: Together, number: int, username: str) -> None:
        super().__init__(together.folder, together.clock.now())
        self.together = together
        self.clock = together.clock
        self.chats = together.chats
        self.username = username
        self.token = f"{number}:{SECRET}"
        self.emulator = Emulator(
            now=self.clock.now, token=self.token, bot_username=username, first_update_id=FIRST_UPDATE
        )
        self.emulator.on_change(self._changed)

    @property
    def number(self) -> int:
        return self.emulator.bot_id

    @property
    def plays(self) -> bool:
        return self.number in self.together.ensemble.playing

    @property
    def app(self) -> Hotlead:  # type: ignore[override]  # a house has one that it started itself
        return self.together.ensemble.playing[self.number]

    async def later(self, **span: float) -> None:
        """Let time pass for everybody."""
        await self.together.later(**span)

    async def quiet(self) -> None:
        """Return when no bot has anything left to do."""
        await self.together.quiet()


class Together:
    """The bots of one process, on one database and one clock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "hotlead.db"
        self.clock = StandingClock(MONDAY_NOON)
        self.chats: list[Any] = []
        self.rooms: dict[int, Room] = {}
        self.addresses: dict[str, str] = {}
        self.database: Database
        self.ensemble: Ensemble
        self.courier: Courier | None = None
        self._running: asyncio.Task[None] | None = None
        self._reader: FileReader

    @asynccontextmanager
    async def telegram(self, number: int, username: str) -> AsyncIterator[Room]:
        """Let there be one more bot, which is in no process yet."""
        room = self.room(number, username)
        async with served(room.emulator.app) as self.addresses[str(number)]:
            yield room

    def room(self, number: int, username: str) -> Room:
        """Make a bot known to Telegram; it is in no process yet."""
        self.rooms[number] = Room(self, number, username)
        self.rooms[number]._database = self.database
        return self.rooms[number]

    async def adds(self, room: Room, quiz: str, **terms: Any) -> None:
        """Keep a bot in the database, as `hotlead bots add` does."""
        quizzes = await publish(self.database, room.number, (quiz,), self.clock)
        bot = KeptBot(id=room.number, username=room.username, quizzes=quizzes, token=room.token, **terms)
        async with self.database.transaction() as connection:
            await Bots(connection).keep(bot, self.clock.now())

    async def pauses(self, room: Room, *, resume: bool = False) -> None:
        """Pause a bot, or let it go on, as another process does: it is seen by the clock."""
        async with self.database.transaction() as connection:
            await Bots(connection).pause(room.number, None if resume else self.clock.now())
        self.clock.move(timedelta(seconds=3))
        await self.until(lambda: room.plays is resume)
        await self.quiet()

    async def starts(self, **settings: Any) -> None:
        """Start the process."""
        given = Settings(_env_file=None, data=self.folder, **settings)
        pace = settings.get("pace") or AT_ONCE
        stand = Stand(given, self.clock, self.database, self._line, courier=self.courier, pace=pace)
        self.ensemble = Ensemble(stand)
        self._running = asyncio.create_task(self.ensemble.run())

    async def stops(self) -> None:
        """Stop the process as a signal does."""
        if self._running is not None:
            self._running.cancel()
            with suppress(asyncio.CancelledError):
                await self._running
        self._running = None

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds; the clock stands meanwhile."""
        async with asyncio.timeout(PATIENCE):
            while not holds():
                await self._look_again()

    async def _look_again(self) -> None:
        if self._running is not None and self._running.done():
            running, self._running = self._running, None
            await running
        await asyncio.sleep(LOOK_AGAIN)

    async def comes_back(self, room: Room) -> None:
        """Let time pass until a bot runs again."""
        async with asyncio.timeout(PATIENCE):
            while not room.plays:
                self.clock.move(timedelta(seconds=1))
                await asyncio.sleep(LOOK_AGAIN)
        await self.quiet()

    async def all_play(self, *rooms: Room) -> None:
        await self.until(lambda: all(room.plays for room in rooms or self.rooms.values()))
        await self.quiet()

    async def later(self, **span: float) -> None:
        """Let time pass, and every bot do what is due then."""
        self.clock.move(timedelta(**span))
        await self.quiet()

    async def quiet(self) -> None:
        """Return when no bot that runs has anything left to do."""
        async with asyncio.timeout(PATIENCE):
            while await self._is_busy():
                await self._look_again()

    async def _is_busy(self) -> bool:
        for room in self.rooms.values():
            if room.plays and room.emulator._world.updates.pending:
                return True
            if room.plays and room.app.timers.watch.next_look <= self.clock.now():
                return True
        resting = (room.number for room in self.rooms.values() if not room.plays)
        return bool(await self._reader.left_to_do(self.clock.now(), resting))

    def _line(self, settings: Settings) -> Messenger:
        assert settings.bot_token is not None
        token = settings.bot_token.get_secret_value()
        number = int(token.partition(":")[0])
        return cast("Messenger", _Line(line_to(self.addresses[str(number)], token)))


class _Line:
    """A line that closes at once."""

    def __init__(self, line: Messenger) -> None:
        self._line = line

    async def close(self) -> None:
        await close(self._line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._line, name)


@asynccontextmanager
async def together(folder: Path, **bots: int) -> AsyncIterator[Together]:
    """Open a database and a Telegram for each of some bots: `acme_bot=71`. None of them runs yet."""
    company = Together(folder)
    company.database = await Database.open(f"sqlite+aiosqlite:///{company.file}", a_keyring())
    company._reader = FileReader(company.file)
    async with AsyncExitStack() as stack:
        for username, number in bots.items():
            await stack.enter_async_context(company.telegram(number, username))
        try:
            yield company
        finally:
            await company.stops()
            await company._reader.close()
            await company.database.close()
