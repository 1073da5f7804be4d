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

PATIENCE = 50
"""Milliseconds that somebody waits for a person's turn before looking whether there is something else to do."""

_FREE = text(
    "SELECT person FROM unnest(:people) AS person"
    " WHERE pg_try_advisory_xact_lock(hashtextextended('hotlead:' || :bot || ':' || person, 0)) LIMIT :most"
).bindparams(bindparam("people", type_=ARRAY(BigInteger)), bindparam("bot", type_=BigInteger))
_FREE_PROSPECT = text(
    "SELECT telegram_id,"
    " pg_try_advisory_xact_lock(hashtextextended('hotlead:' || bot_id || ':' || telegram_id, 0))"
    " FROM prospects WHERE id = :prospect"
).bindparams(bindparam("prospect", type_=BigInteger))
_WHOSE = text("SELECT prospect_id FROM leads WHERE id = :lead").bindparams(bindparam("lead", type_=BigInteger))
_WAIT = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('hotlead:' || :bot || ':' || CAST(:person AS bigint), 0))"
).bindparams(bindparam("bot", type_=BigInteger), bindparam("person", type_=BigInteger))
_PATIENCE = text(f"SET LOCAL lock_timeout = {PATIENCE}")
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

    async def wait_for(self, person: int) -> None:
        """Wait a moment for a person's turn, in a unit that holds nothing: whoever waits must be in nobody's way.

        Raises DatabaseBusyError when the moment is over.
        """
        if self.are_shared:
            await self._connection.execute(_PATIENCE)
            await self._connection.execute(_WAIT, {"bot": self._bot_id, "person": person})

    async def alone_with(self, person: int) -> None:
        """Take a person's turn. Raises DatabaseBusyError when somebody else has it."""
        if person not in await self.take((person,)):
            raise DatabaseBusyError(person=person)

    async def alone_with_prospect(self, number: int) -> None:
        """Take the turn of a prospect. Raises DatabaseBusyError when somebody else has it."""
        if not self.are_shared:
            return
        row = (await self._connection.execute(_FREE_PROSPECT, {"prospect": number})).first()
        if row is None:
            return  # who was erased has no turn
        person, is_ours = row
        if not is_ours:
            raise DatabaseBusyError(person=person)
        self._people.add(person)

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
