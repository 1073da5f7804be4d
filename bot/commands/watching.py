"""`hotlead status`: how the bot is, whether it runs or not."""

from __future__ import annotations

import json
from datetime import datetime

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.arrivals import HEARD
from bot.commands.choosing import Candidate, candidates, chosen
from bot.ensemble import STOPPED
from bot.settings import Settings, read_settings
from bot.watching import machine
from bot.watching.pulse import PULSE, beat_in
from bot.watching.status import Status
from storage.bots import bots_with
from storage.database import file_of
from storage.errors import StorageError
from storage.glancing import glance
from storage.states import USERNAME
from storage.unit import Unit


async def show_status(now: datetime, *, as_json: bool, bot: str | None = None) -> None:
    """Print how every bot of the database is, or the one that is named."""
    settings = read_settings()
    room = machine.room(file_of(settings.database_address))
    async with glance(settings.database_address) as connection:
        bots = await _bots(connection, settings)
        if bot is not None:
            bots = [chosen(bot, bots)]
        found = [await _status(connection, each, now, room) for each in bots]
    if not found:
        raise StorageError("no bot has run on this database yet")
    if as_json:
        typer.echo(json.dumps([each.as_json() for each in found], indent=2, ensure_ascii=False))
        return
    for each in found:
        for line in each.lines():
            typer.echo(line)


async def _bots(connection: AsyncConnection, settings: Settings) -> list[Candidate]:
    """Return who has ever run here, and who was added."""
    known = {each.id: each for each in await candidates(connection, settings)}
    ran = {number: Candidate(number, name) for number, name in (await bots_with(connection, USERNAME)).items()}
    stopped = {number: Candidate(number, None) for number in await bots_with(connection, STOPPED)}
    found = stopped | ran | {number: each for number, each in known.items() if each.kept or number in ran}
    return [found[number] for number in sorted(found)]


async def _status(connection: AsyncConnection, bot: Candidate, now: datetime, room: int | None) -> Status:
    unit = Unit(connection, bot.id)
    return Status(
        username=bot.username or str(bot.id),
        now=now,
        vitals=await unit.vitals.read(now),
        heard_at=await unit.states.moment(HEARD),
        beat=beat_in(await unit.states.read(PULSE)),
        room=room,
        paused_at=bot.kept.paused_at if bot.kept else None,
        stopped=await unit.states.read(STOPPED),
    )
