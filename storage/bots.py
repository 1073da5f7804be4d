"""Bots that the database keeps: sealed tokens, who works there, which quizzes run, who is paused."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, RowMapping, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.states import EVERY_BOT
from storage.tables import BotRow, StateRow


@dataclass(frozen=True)
class KnownBot:
    """What may be told of a bot to anybody who can read the database: everything but its token."""

    id: int
    username: str
    quizzes: tuple[str, ...] = ()
    managers: tuple[int, ...] = ()
    admins: tuple[int, ...] = ()
    language: str | None = None
    pace: float | None = None
    paused_at: datetime | None = None


@dataclass(frozen=True)
class KeptBot(KnownBot):
    """A bot with its token, ready to be run."""

    token: str = field(default="", repr=False)


class Bots:
    """Every bot that the database keeps; unlike a collection it is no bot's own."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def all(self) -> list[KeptBot]:
        """Return the bots with their tokens, who was added first first. Raises KeysError."""
        query = select(*_KNOWN, BotRow.token).order_by(BotRow.added_at, BotRow.id)
        rows = (await self._connection.execute(query)).mappings()
        return [KeptBot(**_known(row), token=row["token"]) for row in rows]

    async def known(self) -> list[KnownBot]:
        """Return the bots without their tokens: for that no key is needed."""
        rows = (await self._connection.execute(select(*_KNOWN).order_by(BotRow.added_at, BotRow.id))).mappings()
        return [KnownBot(**_known(row)) for row in rows]

    async def keep(self, bot: KeptBot, now: datetime) -> bool:
        """Keep a bot, or what changed of one that is kept; tell whether it is new. It stays paused if it was."""
        values = {
            "username": bot.username,
            "token": bot.token,
            "quizzes": json.dumps(bot.quizzes),
            "managers": json.dumps(bot.managers),
            "admins": json.dumps(bot.admins),
            "language": bot.language,
            "pace": bot.pace,
        }
        if await self._change(bot.id, **values):
            return False
        await self._connection.execute(insert(BotRow).values(id=bot.id, added_at=now, **values))
        return True

    async def pause(self, bot_id: int, since: datetime | None) -> None:
        """Let a bot neither receive nor send, while what waits for it waits; or (None) let it go on."""
        await self._change(bot_id, paused_at=since)

    async def _change(self, bot_id: int, **values: Any) -> bool:
        result = await self._connection.execute(update(BotRow).where(BotRow.id == bot_id).values(**values))
        return isinstance(result, CursorResult) and result.rowcount > 0


async def bots_with(connection: AsyncConnection, state: str) -> dict[int, str]:
    """Return what every bot remembers under a name."""
    query = select(StateRow.bot_id, StateRow.value).where(StateRow.name == state, StateRow.bot_id != EVERY_BOT)
    rows = await connection.execute(query.order_by(StateRow.bot_id))
    return {row.bot_id: row.value for row in rows}


_KNOWN = (
    BotRow.id,
    BotRow.username,
    BotRow.quizzes,
    BotRow.managers,
    BotRow.admins,
    BotRow.language,
    BotRow.pace,
    BotRow.paused_at,
)


def _known(row: RowMapping) -> dict[str, Any]:
    lists = {name: tuple(json.loads(row[name])) for name in ("quizzes", "managers", "admins")}
    return {column.key: row[column.key] for column in _KNOWN} | lists
