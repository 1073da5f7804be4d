"""The inbox: updates of Telegram, kept before they are confirmed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, delete, func, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.collection import Collection
from storage.messages import Received
from storage.tables import InboxRow
from storage.turns import Turns
from storage.upserts import insert

REMEMBERED = timedelta(hours=48)
"""How long a handled update is remembered, to know a repeat: twice as long as Telegram keeps it."""
IS_PARKED: ColumnElement[bool] = InboxRow.state == literal_column("'parked'")
"""Written out, as the index has it that holds these rows only."""

NOBODY = 0
"""In place of a person: whose update it is could not be told. These are handled one after another too."""
LOOKED_AT = 4
"""How many times as many updates are looked through for people whose turn is free."""

# Made once, because making a statement costs more than running it: these are part of every turn.
_KEEP = insert(InboxRow).on_conflict_do_nothing(index_elements=["bot_id", "update_id"]).returning(InboxRow.id)
_WAITING = (
    select(InboxRow.id, InboxRow.update_id, InboxRow.received_at, InboxRow.body, InboxRow.telegram_id)
    .where(InboxRow.bot_id == bindparam("bot"), InboxRow.state == literal_column("'waiting'"))
    .order_by(InboxRow.id)
    .limit(bindparam("most"))
)
_PERSON = func.coalesce(InboxRow.telegram_id, NOBODY)
_WHO_WAITS = _WAITING.with_only_columns(_PERSON)
_THEIRS = _WAITING.where(_PERSON.in_(bindparam("people", expanding=True)))


class Inbox(Collection):
    """Updates, each handled once."""

    def __init__(self, connection: AsyncConnection, bot_id: int, turns: Turns) -> None:
        super().__init__(connection, bot_id)
        self._turns = turns

    async def keep(
        self,
        updates: Iterable[tuple[int, str]],
        now: datetime,
        whose: Callable[[str], int | None] = lambda _: None,
    ) -> int:
        """Keep updates (update_id, JSON); return how many were new. A repeat changes nothing.

        `whose` tells whom an update is from.
        """
        rows = [
            {
                "bot_id": self._bot_id,
                "update_id": number,
                "received_at": now,
                "body": body,
                "state": "waiting",
                "telegram_id": whose(body),
            }
            for number, body in updates
        ]
        if not rows:
            return 0
        return len((await self._connection.execute(_KEEP, rows)).all())

    async def waiting(self, limit: int) -> list[Received]:
        """Return the oldest updates that are not handled yet, in the order they came."""
        rows = await self._connection.execute(_WAITING, {"bot": self._bot_id, "most": limit})
        return [Received(*row) for row in rows]

    async def claim(self, limit: int) -> list[Received]:
        """Return the oldest updates of people whose turn it is here now, as `waiting` does, and keep their turns.

        The updates are read after the turns were taken: then what another process was handling is handled, and
        whatever came meanwhile is there. So each person's are handled in order, whichever process does it.
        """
        if not self._turns.are_shared:
            return await self.waiting(limit)
        looked = {"bot": self._bot_id, "most": limit * LOOKED_AT}
        people = await self._connection.scalars(_WHO_WAITS, looked)
        ours = await self._turns.take(people, limit)
        if not ours:
            return []
        values = {"bot": self._bot_id, "most": limit, "people": list(ours)}
        return [Received(*row) for row in await self._connection.execute(_THEIRS, values)]

    async def done(self, handled: Iterable[Received]) -> None:
        """Note that updates were handled; their bodies are not needed any more."""
        numbers = [received.id for received in handled]
        if numbers:
            theirs = InboxRow.id.in_(numbers)
            handled_now = update(InboxRow).where(theirs).values(state="done", body="", telegram_id=None)
            await self._connection.execute(handled_now)

    async def park(self, received: Received, error: str, telegram_id: int | None) -> None:
        """Put an update aside that cannot be handled, so that the chat goes on.

        Its body stays, so it is noted whose it is: it is erased with them.
        """
        await self._connection.execute(
            update(InboxRow)
            .where(InboxRow.id == received.id)
            .values(state="parked", error=error, telegram_id=telegram_id)
        )

    async def forget(self, now: datetime) -> None:
        """Forget handled updates that Telegram would not send again."""
        await self._connection.execute(
            delete(InboxRow).where(
                self._ours(InboxRow.bot_id), InboxRow.state == "done", InboxRow.received_at < now - REMEMBERED
            )
        )

    async def parked(self) -> int:
        """Return how many updates are put aside."""
        query = select(func.count()).where(self._ours(InboxRow.bot_id), IS_PARKED)
        return int(await self._connection.scalar(query) or 0)
