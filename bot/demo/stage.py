"""The stage of the demo: the emulator, a throwaway database, and the real bot that talks HTTP to it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.clock import FlowingClock
from bot.demo.cast import ADMIN_ID, MANAGER_ID, Cast
from bot.demo.emulator import Emulator
from bot.demo.serving import served
from bot.main import Hotlead, build
from bot.pace import Pace
from bot.settings import Framework, Settings
from bot.telegram import frameworks
from qualification.quiz import Quiz
from storage.cipher import Keyring
from storage.database import Database
from storage.unit import Unit

QUIZZES = ("office-furniture", "dance-school", "b2b-agency")
"""All of them run in one bot; a deep link's payload names which one a prospect meets."""


@dataclass
class Stage:
    """Everything that is running while the demo is on."""

    emulator: Emulator
    clock: FlowingClock
    hotlead: Hotlead
    cast: Cast
    quizzes: Mapping[str, Quiz]
    running: asyncio.Task[None]
    """the bot itself; it ends only when something is wrong"""
    moved: timedelta = timedelta(0)
    """how far the clock has been moved ahead of the wall"""

    def view(self) -> AbstractAsyncContextManager[Unit]:
        """Look into the bot's database."""
        return self.hotlead.workshop.view()

    def move(self, by: timedelta) -> None:
        """Move the clock ahead."""
        self.clock.move(by)
        self.moved += by


@asynccontextmanager
async def built(language: str, pace: Pace | None = None, framework: Framework = "aiogram") -> AsyncIterator[Stage]:
    """Build the stage, with the bot running on it; nothing of it is left afterwards. Raises SettingsError."""
    clock = FlowingClock()
    emulator = Emulator(now=clock.now, token=f"42424242:{secrets.token_urlsafe(26)}", bot_name="Hotlead")
    cast = Cast(emulator, language)
    with TemporaryDirectory(prefix="hotlead-demo-", ignore_cleanup_errors=True) as folder:
        async with served(emulator.app) as address:
            address_of_file = f"sqlite+aiosqlite:///{Path(folder) / 'throwaway.db'}"
            database = await Database.open(address_of_file, Keyring.fresh(secrets.token_bytes))
            messenger = frameworks.messenger(framework, emulator.token, address)
            try:
                hotlead = await build(_settings(Path(folder)), clock, messenger, database, pace)
                await hotlead.announce()
                quizzes = await _documents(hotlead)
                running = asyncio.create_task(hotlead.run(), name="hotlead")
                try:
                    yield Stage(emulator, clock, hotlead, cast, quizzes, running)
                finally:
                    running.cancel()
                    await asyncio.wait([running])
            finally:
                await messenger.close()
                await database.close()


def _settings(folder: Path) -> Settings:
    """Return settings of the demo's own: what else stands in the environment is for the real bot."""
    return Settings(
        _env_file=None,
        quiz=QUIZZES,
        managers=(MANAGER_ID,),
        admins=(ADMIN_ID,),
        language=None,
        bot_token=None,
        database=None,
        data=folder,
    )


async def _documents(hotlead: Hotlead) -> Mapping[str, Quiz]:
    """Return the quizzes out of the bot's own library, which has read them then: the first play need not wait."""
    workshop, found = hotlead.workshop, {}
    async with workshop.view() as view:
        for name in workshop.setup.quizzes:
            revision = await view.quizzes.newest(name)
            if revision is not None:
                found[name] = await workshop.library.quiz(view, name, revision.number)
    return found
