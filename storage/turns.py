"""Turns: what two processes must not do at the same time is done by who took the turn, until its unit ends.

SQLite has one writer, so there everybody always has every turn. On PostgreSQL a turn is an advisory lock of the
transaction: it ends with it, however that ends. Whoever waits for the office may hold people's turns, so nobody
ever waits for a person's: who does not get it at once leaves it, or begins anew. So no two wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ARRAY, BigInteger, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.collection import Collection
from storage.errors import DatabaseBusyError
from storage.postgresql import is_postgresql

_FREE = text(
    "SELECT person FROM unnest(:people) AS person"
    " WHERE pg_try_advisory_xact_lock(hashtextextended('hotlead:' || :bot || ':' || person, 0)) LIMIT :most"
).bindparams(bindparam("people", type_=ARRAY(BigInteger)), bindparam("bot", type_=BigInteger))
_FREE_PROSPECTS = text(
    "SELECT id, telegram_id FROM prospects WHERE id = ANY(:prospects)"
    " AND pg_try_advisory_xact_lock(hashtextextended('hotlead:' || bot_id || ':' || telegram_id, 0))"
).bindparams(bindparam("prospects", type_=ARRAY(BigInteger)))
_WHOSE = text("SELECT prospect_id FROM leads WHERE id = :lead").bindparams(bindparam("lead", type_=BigInteger))
_OFFICE = text("SELECT pg_advisory_xact_lock(hashtextextended('hotlead:' || :bot || '\\:office', 0))").bindparams(
    bindparam("bot", type_=BigInteger)
)


class Turns(Collection):
    """Turns with people, each by their Telegram id, and with the office, where the team's work is shared out."""

    def __init__(self, connection: AsyncConnection, bot_id: int) -> None:
        super().__init__(connection, bot_id)
        self.are_shared = is_postgresql(connection)
        """whether anybody else can work at the same time"""
        self._people: set[int] = set()
        self._has_office = False

    async def take(self, people: Iterable[int], most: int | None = None) -> set[int]:
        """Take the turns of these people that nobody has, in this order, at most so many; return whose."""
        asked = list(dict.fromkeys(people))
        if not self.are_shared:
            return set(asked[:most])
        new = [person for person in asked if person not in self._people]
        if new:
            values = {"people": new, "bot": self._bot_id, "most": len(new) if most is None else most}
            self._people.update(await self._connection.scalars(_FREE, values))
        return self._people.intersection(asked)

    async def take_prospects(self, numbers: Iterable[int]) -> set[int]:
        """Take the turns of these prospects that nobody has; return whose, by their numbers."""
        asked = set(numbers)
        if not self.are_shared or not asked:
            return asked
        rows = (await self._connection.execute(_FREE_PROSPECTS, {"prospects": sorted(asked)})).all()
        self._people.update(telegram_id for _, telegram_id in rows)
        return {number for number, _ in rows}

    async def alone_with(self, *people: int) -> None:
        """Take people's turns. Raises DatabaseBusyError when somebody else has one of them."""
        if await self.take(people) != set(people):
            raise DatabaseBusyError

    async def alone_with_prospect(self, number: int) -> None:
        """Take the turn of a prospect. Raises DatabaseBusyError when somebody else has it."""
        if not await self.take_prospects((number,)):
            raise DatabaseBusyError

    async def alone_with_lead(self, number: int) -> None:
        """Take the turn of the prospect whose lead it is. Raises DatabaseBusyError when somebody else has it."""
        if self.are_shared:
            prospect = await self._connection.scalar(_WHOSE, {"lead": number})
            if prospect is not None:
                await self.alone_with_prospect(prospect)

    async def alone_in_office(self) -> bool:
        """Wait for the turn of the office; tell whether it is news: what was read of the team may be old."""
        if not self.are_shared or self._has_office:
            return False
        await self._connection.execute(_OFFICE, {"bot": self._bot_id})
        self._has_office = True
        return True

    def kept(self) -> tuple[set[int], bool]:
        """Return what is held now, for `give_back`."""
        return set(self._people), self._has_office

    def give_back(self, kept: tuple[set[int], bool]) -> None:
        """Keep no more than this: turns that were taken since went with what was taken back."""
        self._people, self._has_office = kept
