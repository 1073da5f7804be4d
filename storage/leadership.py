"""Leadership: of several processes on one PostgreSQL, one at a time does what only one may do for a bot.

Whose duty it is holds an advisory lock in a session that serves nothing else, and says something in it twice a
second. The server itself ends a session that is silent for three seconds, whether its process died, hangs, or lost
the network: then the lock is free for the next. So no clocks of machines are compared, nothing is written while
all is well, and no right of a superuser is needed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from storage.errors import LeadershipLostError
from storage.failures import reason
from storage.postgresql import CONNECTING

SILENCE = 3.0
"""Seconds after which the server takes a silent session for dead. It counts from the end of a statement."""
PATIENCE = 2.0
"""Seconds that the server gets to answer; a network that swallows everything answers nothing."""


class Duty(StrEnum):
    """What one process at a time does for a bot."""

    RECEIVING = "receiving"
    TIMING = "timing"
    SENDING = "sending"
    MAILING = "mailing"
    NOTIFYING = "notifying"


@dataclass(frozen=True)
class Seat:
    """A duty for one bot: it is free, or one process has it."""

    duty: Duty
    bot_id: int

    @property
    def key(self) -> int:
        """The number of its advisory lock; 64 bits, so that no other lock has it."""
        digest = sha256(f"hotlead/{self.duty}/{self.bot_id}".encode()).digest()
        return int.from_bytes(digest[:8], "big", signed=True)


class Session:
    """A session that holds seats as long as it lives, and lives as long as it is heard."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._server_process: int | None = None

    async def beat(self, wanted: Sequence[Seat] = ()) -> list[Seat]:
        """Show that this process is awake, and try for seats; name those that it got. Raises LeadershipLostError.

        Not to be asked for a seat that it has: the server would count that.
        """
        tries = "".join(f", pg_try_advisory_lock({seat.key})" for seat in wanted)
        process, *got = await self._ask(f"SELECT pg_backend_pid(){tries}")
        if self._server_process not in {None, process}:
            raise LeadershipLostError("there is a connection pooler before the database that gives sessions away")
        self._server_process = process
        return [seat for seat, is_ours in zip(wanted, got, strict=True) if is_ours]

    async def give_up(self, seat: Seat) -> None:
        """Let another process have a seat. Raises LeadershipLostError."""
        await self._ask(f"SELECT pg_advisory_unlock({seat.key})")

    async def _ask(self, statement: str) -> Sequence[int]:
        try:
            async with asyncio.timeout(PATIENCE):
                return tuple((await self._connection.exec_driver_sql(statement)).one())
        except TimeoutError:
            raise LeadershipLostError(f"the database answered nothing in {PATIENCE:g} s") from None
        except (SQLAlchemyError, OSError) as error:
            raise LeadershipLostError(reason(error)) from None


class Leadership:
    """Opens sessions that hold seats."""

    def __init__(self, address: URL, silence: float = SILENCE) -> None:
        self._address = address
        self._silence = silence

    @asynccontextmanager
    async def session(self) -> AsyncIterator[Session]:
        """Open a session; its end gives up its seats. Raises LeadershipLostError without a way to the server."""
        engine = self._engine()
        connection = engine.connect()
        try:
            try:
                async with asyncio.timeout(CONNECTING):
                    await connection.start()
                    # Not among what is told when connecting: a pooler may keep that to itself.
                    await connection.exec_driver_sql(f"SET idle_session_timeout = {self._silence * 1000:.0f}")
            except (SQLAlchemyError, OSError) as error:
                raise LeadershipLostError(reason(error)) from None
            yield Session(connection)
        finally:
            # A session that is lost cannot say good-bye, and need not.
            with suppress(SQLAlchemyError, OSError):
                async with asyncio.timeout(PATIENCE):
                    await connection.close()
            await engine.dispose()

    def _engine(self) -> AsyncEngine:
        told = {"application_name": "hotlead leadership"}
        return create_async_engine(
            self._address,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args={"server_settings": told},
            hide_parameters=True,
        )
