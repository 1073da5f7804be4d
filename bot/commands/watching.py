"""`hotlead status`: how the bot is, whether it runs or not."""

from __future__ import annotations

import json
from datetime import datetime

import typer

from bot.arrivals import HEARD
from bot.main import USERNAME
from bot.settings import read_settings
from bot.watching import machine
from bot.watching.pulse import PULSE, beat_in
from bot.watching.status import Status
from storage.database import file_of
from storage.errors import StorageError
from storage.glancing import bots_in, glance
from storage.unit import Unit


async def show_status(now: datetime, *, as_json: bool) -> None:
    """Print how every bot of the database is."""
    settings = read_settings()
    room = machine.room(file_of(settings.database_address))
    found = []
    async with glance(settings.database_address) as connection:
        for bot_id in await bots_in(connection):
            unit = Unit(connection, bot_id)
            if (username := await unit.states.read(USERNAME)) is None:
                continue
            found.append(
                Status(
                    username=username,
                    now=now,
                    vitals=await unit.vitals.read(now),
                    heard_at=await unit.states.moment(HEARD),
                    beat=beat_in(await unit.states.read(PULSE)),
                    room=room,
                )
            )
    if not found:
        raise StorageError("no bot has run on this database yet")
    if as_json:
        typer.echo(json.dumps([each.as_json() for each in found], indent=2, ensure_ascii=False))
        return
    for each in found:
        for line in each.lines():
            typer.echo(line)
