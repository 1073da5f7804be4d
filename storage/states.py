"""States: what the bot, or the whole database, has to remember, by name."""

from __future__ import annotations

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.dialects.sqlite import insert

from storage.collection import Collection
from storage.tables import StateRow

EVERY_BOT = 0
"""The bot number of what holds for the whole database."""
KEYS, SEALED, BACKUP, HELD = "keys", "sealed", "backup", "held"
"""For the whole database: a value that only the right keys open; which columns are sealed throughout; when the
last backup was made; since when follow-ups are held."""


class States(Collection):
    """Names with their values, each at most once."""

    async def get(self, name: str) -> str | None:
        """Return what is remembered under a name."""
        query = select(StateRow.value).where(self._ours(StateRow.bot_id), StateRow.name == name)
        return await self._connection.scalar(query)

    async def put(self, name: str, value: str) -> None:
        """Remember something in place of what was remembered."""
        statement = insert(StateRow).values(bot_id=self._bot_id, name=name, value=value)
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=["bot_id", "name"], set_={"value": value})
        )

    async def forget(self, name: str) -> None:
        """Remember it no more."""
        await self._connection.execute(delete(StateRow).where(self._ours(StateRow.bot_id), StateRow.name == name))

    async def held(self) -> bool:
        """Tell whether follow-ups are held: after a restore, until the operator lets them go."""
        return bool(await self._connection.scalar(select(held())))


def held() -> ColumnElement[bool]:
    """The condition that follow-ups are held."""
    return exists().where(StateRow.bot_id == EVERY_BOT, StateRow.name == HELD)
