"""Hotlead: all of it, with a sealed SQLite file and synchronous=FULL, its delivery's pace let loose."""

from __future__ import annotations

import asyncio
import gc
from contextlib import suppress
from pathlib import Path
from typing import Any

import structlog

from benchmarks.contestants.aiogram_line import Line
from benchmarks.people import TOKEN, People
from bot.clock import FlowingClock
from bot.main import build
from bot.opening import open_database
from bot.pace import Pace
from bot.settings import Settings
from bot.telegram.with_aiogram import AiogramMessenger

QUIZ = Path(__file__).parent.parent / "quiz.yaml"
LET_LOOSE = float("inf")


async def run(people: People, folder: Path) -> asyncio.Task[None]:
    """Start the bot; cancelling the task stops it."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    settings = Settings(_env_file=None, data=folder, quiz=(str(QUIZ),), managers=(7,))
    database = await open_database(settings)
    line = Line(people)
    messenger = AiogramMessenger(TOKEN, session=line)
    hotlead = await build(settings, FlowingClock(), messenger, database, Pace(bot=LET_LOOSE, chat=LET_LOOSE))

    gc.collect()
    gc.freeze()  # as `hotlead run` does

    async def feed(update: dict[str, Any]) -> None:
        line.updates.put_nowait(update)

    async def live() -> None:
        try:
            with suppress(asyncio.CancelledError):
                await hotlead.run()
        finally:
            await database.close()

    people.feed = feed
    return asyncio.create_task(live())
