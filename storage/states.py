"""What the bot itself has to remember from one start to the next, by name."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, delete, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.collection import Collection
from storage.errors import MoveUnfinishedError
from storage.tables import StateRow
from storage.upserts import insert

EVERY_BOT = 0
"""The bot number of what holds for the whole database."""
USERNAME = "username"
"""A bot's own name: a command can write addresses without asking Telegram, after a restore too."""
KEYS, SEALED, BACKUP, HELD, MOVING = "keys", "sealed", "backup", "held", "moving"
"""For the whole database: a value that only the right keys open; which columns are sealed throughout; when the
last backup was made; since when follow-ups, and erasing by the clock, are held; that a move into it has begun."""


class States(Collection):
    """Small pieces of state of a bot; what a value means, who keeps it knows."""

    async def read(self, name: str) -> str | None:
        """Return what is remembered under the name."""
        found: str | None = await self._connection.scalar(_READ, {"bot": self._bot_id, "name": name})
        return found

    async def keep(self, name: str, value: str) -> None:
        """Remember a value; an earlier one under the same name is replaced."""
        statement = insert(StateRow).values(bot_id=self._bot_id, name=name, value=value)
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=["bot_id", "name"], set_={"value": value})
        )

    async def drop(self, name: str) -> bool:
        """Forget a value; tell whether there was one."""
        statement = delete(StateRow).where(self._ours(StateRow.bot_id), StateRow.name == name)
        return bool((await self._connection.execute(statement.returning(StateRow.name))).first())

    async def drop_all(self, beginning: str) -> None:
        """Forget every value whose name begins so."""
        theirs = StateRow.name.startswith(beginning, autoescape=True)
        await self._connection.execute(delete(StateRow).where(self._ours(StateRow.bot_id), theirs))

    async def moment(self, name: str) -> datetime | None:
        """Return a moment that is kept under a name."""
        value = await self.read(name)
        return datetime.fromisoformat(value) if value is not None else None

    async def keep_moment(self, name: str, moment: datetime) -> None:
        """Keep a moment."""
        await self.keep(name, moment.isoformat())

    async def held(self) -> bool:
        """Tell whether follow-ups are held, and erasing by the clock: after a restore, until the operator says so.

        Of an old backup many would be erased at once, and written into the list that the right one is read with.
        """
        return bool(await self._connection.scalar(select(held())))


def held() -> ColumnElement[bool]:
    """The condition that follow-ups, and erasing by the clock, are held."""
    return exists().where(StateRow.bot_id == EVERY_BOT, StateRow.name == HELD)


_READ = select(StateRow.value).where(StateRow.bot_id == bindparam("bot"), StateRow.name == bindparam("name"))
"""Made once, because making a statement costs more than running it: each turn reads."""


async def refuse_unfinished(connection: AsyncConnection) -> None:
    """Raise MoveUnfinishedError for a database that does not hold yet all that is being moved into it."""
    if await States(connection, EVERY_BOT).read(MOVING) is not None:
        raise MoveUnfinishedError
