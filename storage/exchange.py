"""The exchange: tells other processes on one PostgreSQL database that there is work, and hears it from them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

CHANNEL = "hotlead"
_NOTIFY = text("SELECT pg_notify(:channel, :said)").bindparams(bindparam("channel", CHANNEL))


class Exchange:
    """A line to the other processes, for as long as its connection lives."""

    def __init__(self, connection: AsyncConnection, heard: Callable[[int, str], None]) -> None:
        """The connection begins no transactions; `heard` is told a bot's number and which bell is to ring."""
        self._connection = connection
        self._heard = heard
        self._raw: Any = None
        self._own = 0
        self._lost = asyncio.Event()

    async def open(self) -> None:
        """Begin to listen."""
        self._raw = (await self._connection.get_raw_connection()).driver_connection
        self._own = self._raw.get_server_pid()
        self._raw.add_termination_listener(lambda _: self._lost.set())
        await self._raw.add_listener(CHANNEL, self._received)

    async def close(self) -> None:
        """Listen no more: the connection may be used for something else."""
        # Who was cancelled while it spoke has lost the connection, and SQLAlchemy would not give out the driver's.
        if not self._raw.is_closed():
            await self._raw.remove_listener(CHANNEL, self._received)

    async def tell(self, bot_id: int, bells: str) -> None:
        """Let these bells ring in every other process."""
        await self._connection.execute(_NOTIFY, {"said": f"{bot_id} {bells}"})

    async def lost(self) -> None:
        """Return when the line is lost."""
        await self._lost.wait()

    def _received(self, _connection: object, sender: int, _channel: str, said: str) -> None:
        number, _, bells = said.partition(" ")
        if sender != self._own and number.isdecimal():
            self._heard(int(number), bells)
