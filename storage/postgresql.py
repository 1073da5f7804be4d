"""PostgreSQL: how its connections are made, so that many processes can work on one database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import URL, Connection, event, text
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

GONE = 1
"""Seconds after which a statement that waits ends when nobody waits for it any more: its process was killed."""
APPLICATION = "hotlead"
FROZEN = 3
"""Seconds after which a transaction in which nothing happens is taken back: whoever began it sleeps."""
CONNECTING, ANSWERING = 5, 60
"""Seconds to wait for a connection, and for an answer."""
CONNECTIONS, MORE = 10, 10
"""Connections that a process keeps, and how many more it opens when all are in use."""
STATEMENTS = 500
"""Prepared statements that each connection keeps: all of ours."""
_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended('hotlead:migrations', 0))")


def with_driver(url: URL) -> URL:
    """Return an address with the one driver that is used, whether it is named or not."""
    return url.set(drivername="postgresql+asyncpg") if url.drivername == "postgresql" else url


def options(application: str = APPLICATION) -> dict[str, Any]:
    """Return what an engine is made with; the server shows its connections under the name of the application."""
    settings = {
        "application_name": application,
        "client_connection_check_interval": str(GONE * 1000),
        "idle_in_transaction_session_timeout": str(FROZEN * 1000),
        "jit": "off",  # our statements are short: compiling one takes longer than running it
        "timezone": "UTC",
    }
    return {
        "pool_size": CONNECTIONS,
        "max_overflow": MORE,
        "pool_use_lifo": True,  # the fewer connections are used, the more of their statements are prepared
        "isolation_level": "READ COMMITTED",
        "connect_args": {
            "timeout": CONNECTING,
            "command_timeout": ANSWERING,
            "prepared_statement_cache_size": STATEMENTS,
            "server_settings": settings,
        },
    }


LOOKING = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
"""Options of a connection that only looks: it sees one moment of the database."""


def keep_connections_fresh(engine: AsyncEngine) -> None:
    """Give out no connection that is known to be closed; to ask the server each time would cost more."""

    @event.listens_for(engine.sync_engine, "checkout")
    def _look(connection: Any, _record: object, _proxy: object) -> None:
        if connection.driver_connection.is_closed():
            raise DisconnectionError


async def alone_while_migrating(connection: AsyncConnection) -> None:
    """Let one process at a time bring the tables up to date, until the end of its transaction."""
    await connection.execute(_ALONE)


def is_postgresql(connection: AsyncConnection | Connection | AsyncEngine) -> bool:
    """Tell whether it leads to PostgreSQL."""
    return connection.dialect.name == "postgresql"
