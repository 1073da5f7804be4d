"""Hotlead: all of it, sealed, with synchronous=FULL or on PostgreSQL; only its delivery's pace is let loose."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import create_async_engine

from benchmarks.contestants.place import Place
from benchmarks.people import TOKEN, People
from benchmarks.wire import SECRET
from bot.clock import FlowingClock
from bot.main import build
from bot.opening import open_database
from bot.pace import Pace
from bot.settings import Settings
from qualification.score import Origin
from storage.tables import LeadRow, LedgerRow, ProspectRow

QUIZ = Path(__file__).parent.parent / "quiz.yaml"
LET_LOOSE = Pace(bot=float("inf"), chat=float("inf"))


def settings_in(place: Place) -> dict[str, str]:
    """Return the environment of a Hotlead in a place."""
    settings = {
        "BOT_TOKEN": TOKEN,
        "BOT_API": place.api,
        "DATA": str(place.folder),
        "DATABASE": place.database,
        "QUIZ": str(QUIZ),
        "MANAGERS": "7",
        "FRAMEWORK": place.framework,
    }
    if place.port:
        settings |= {
            "RECEIVE": "webhook",
            "PUBLIC_URL": "https://bench.example",
            "LISTEN": f"127.0.0.1:{place.port}",
            "WEBHOOK_SECRET": SECRET,
        }
    return {f"HOTLEAD_{name}": value for name, value in settings.items()}


async def run(people: People, folder: Path, database: str = "") -> asyncio.Task[None]:
    """Start the bot without sockets; cancelling the task stops it."""
    from benchmarks.contestants.aiogram_line import Line
    from bot.telegram.with_aiogram import AiogramMessenger

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    line = Line(people)
    settings = Settings(_env_file=None, data=folder, quiz=(str(QUIZ),), managers=(7,), database=database or None)
    opened = await open_database(settings)
    hotlead = await build(settings, FlowingClock(), AiogramMessenger(TOKEN, session=line), opened, LET_LOOSE)
    gc.collect()
    gc.freeze()  # as `hotlead run` does

    async def feed(update: dict[str, Any]) -> None:
        line.updates.put_nowait(update)

    async def live() -> None:
        try:
            with suppress(asyncio.CancelledError):
                await hotlead.run()
        finally:
            await opened.close()

    people.feed = feed
    return asyncio.create_task(live())


async def live(_place: Place) -> None:
    """Run over HTTP, by the settings of the environment: `hotlead run`, but for its pace."""
    from bot.commands.running import run_bot

    await run_bot(pace=LET_LOOSE)


_COUNTS = and_(LedgerRow.replaced_at.is_(None), LedgerRow.origin == Origin.ANSWER)


async def scores(folder: Path, database: str = "") -> Mapping[int, int]:
    """Return everybody's score as it is stored."""
    engine = create_async_engine(database or f"sqlite+aiosqlite:///{folder / 'hotlead.db'}")
    points = (
        select(ProspectRow.telegram_id, func.coalesce(func.sum(LedgerRow.points), 0))
        .join(LeadRow, LeadRow.prospect_id == ProspectRow.id)
        .outerjoin(LedgerRow, and_(LedgerRow.lead_id == LeadRow.id, _COUNTS))
        .group_by(ProspectRow.telegram_id)
    )
    try:
        async with engine.connect() as connection:
            return {person: int(score) for person, score in await connection.execute(points)}
    finally:
        await engine.dispose()
