"""Tells whether the bot has anything left to do, so that no scenario waits longer than it must, or less."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import asyncpg  # type: ignore[import-untyped]  # it says no types
from sqlalchemy.engine import make_url

LEFT = {
    "updates in the inbox": "SELECT count(*) FROM inbox WHERE state = 'waiting'",
    "requests under way": "SELECT count(*) FROM outbox WHERE state = 'sending'",
    "requests that may be sent": """
        SELECT count(*) FROM outbox AS mine
        WHERE state = 'waiting' AND not_before <= :now
        AND NOT EXISTS (SELECT 1 FROM pauses
            WHERE bot_id = mine.bot_id AND chat_id IN (0, mine.chat_id) AND until > :now
        )
        AND (kind IN ('tap', 'file', 'mail') OR NOT EXISTS (
            SELECT 1 FROM outbox AS earlier
            WHERE earlier.bot_id = mine.bot_id AND earlier.chat_id = mine.chat_id AND earlier.id < mine.id
            AND earlier.kind NOT IN ('tap', 'file', 'mail')
            AND earlier.state IN ('waiting', 'sending')
        ))""",
    "notices to receivers": """
        SELECT count(*) FROM notices
        WHERE (state = 'sending' OR state = 'waiting' AND due_at <= :now)
        AND receiver_id IN (SELECT id FROM receivers WHERE paused_at IS NULL
            AND (rests_until IS NULL OR rests_until <= :now))""",
    "files to handle": "SELECT count(*) FROM files WHERE arrived_at IS NOT NULL AND handled_at IS NULL",
    "hand-offs that are due": """
        SELECT count(*) FROM hand_offs WHERE due_at <= :now AND (talking_since IS NULL OR phase = 'offered')""",
    "calls that are due": "SELECT count(*) FROM hand_offs WHERE call_at <= :now",
    "consents that are over": "SELECT count(*) FROM consent_ends WHERE due_at <= :now",
    "people kept too long": """
        SELECT count(*) FROM prospects
        WHERE keep_until <= :now AND NOT EXISTS (SELECT 1 FROM states WHERE bot_id = 0 AND name = 'held')""",
    "openings to count": "SELECT count(*) FROM tracked_links WHERE due_at <= :now",
    "leads whose place is due": "SELECT count(*) FROM leads WHERE place_at <= :now",
    "frozen leads that are due": """
        SELECT count(*) FROM leads
        WHERE frozen_until <= :now AND NOT EXISTS (SELECT 1 FROM states WHERE bot_id = 0 AND name = 'held')""",
    "sessions whose silence is due": """
        SELECT count(*) FROM sessions AS mine WHERE due_at <= :now AND NOT EXISTS (
            SELECT 1 FROM hand_offs JOIN leads ON leads.id = hand_offs.lead_id
            WHERE leads.prospect_id = mine.prospect_id
            AND hand_offs.talking_since IS NOT NULL AND hand_offs.closed_at IS NULL
        )""",
    "broadcasts that are due": """
        SELECT count(*) FROM broadcasts
        WHERE due_at <= :now AND NOT EXISTS (SELECT 1 FROM states WHERE bot_id = 0 AND name = 'held')""",
    "follow-ups that are due": """
        SELECT count(*) FROM enrolments AS mine
        WHERE due_at <= :now AND NOT EXISTS (SELECT 1 FROM states WHERE bot_id = 0 AND name = 'held')
        AND NOT EXISTS (
            SELECT 1 FROM hand_offs JOIN leads ON leads.id = hand_offs.lead_id
            WHERE leads.prospect_id = mine.prospect_id
            AND hand_offs.talking_since IS NOT NULL AND hand_offs.closed_at IS NULL
        )""",
}
"""What keeps the bot busy. All of it is asked in one statement, so that it is one moment of the database."""


@cache
def _question(resting: tuple[int, ...]) -> str:
    """Ask about every bot but those that are resting."""
    others = f"WHERE bot_id NOT IN ({', '.join(map(str, resting or (0,)))}) AND "
    return "SELECT " + ", ".join(f"({re.sub('WHERE ', others, query, count=1)})" for query in LEFT.values())


class Reader(Protocol):
    """Looks into the bot's database from outside: a thousand times faster than through the bot's own engine."""

    async def left_to_do(self, now: datetime, resting: Iterable[int] = ()) -> dict[str, int]:
        """Return what there is still to do at this moment, but for bots that are resting."""
        ...

    async def close(self) -> None:
        """Look no more."""
        ...


class FileReader:
    """Looks into a SQLite file."""

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(file)

    async def left_to_do(self, now: datetime, resting: Iterable[int] = ()) -> dict[str, int]:
        moment = now.replace(tzinfo=None).isoformat(" ", "microseconds")
        return _named(self._connection.execute(_question(tuple(resting)), {"now": moment}).fetchone())

    async def close(self) -> None:
        self._connection.close()


class ServerReader:
    """Looks into a PostgreSQL database."""

    def __init__(self, connection: asyncpg.Connection[Any]) -> None:
        self._connection = connection
        self._asking = asyncio.Lock()  # several may look at the same time, and a connection answers one

    @classmethod
    async def open(cls, address: str) -> ServerReader:
        """Connect to the database at an address."""
        url = make_url(address)
        return cls(await asyncpg.connect(user=url.username, database=url.database, host=str(url.query["host"])))

    async def left_to_do(self, now: datetime, resting: Iterable[int] = ()) -> dict[str, int]:
        question = re.sub(r":now\b", "CAST($1 AS timestamptz)", _question(tuple(resting)))
        async with self._asking:
            return _named(await self._connection.fetchrow(question, now))

    async def close(self) -> None:
        await self._connection.close()


def _named(counts: Any) -> dict[str, int]:
    return {what: count for what, count in zip(LEFT, counts, strict=True) if count}
