"""The inbox: updates of Telegram, kept before they are confirmed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from storage.collection import Collection
from storage.records import Received
from storage.tables import InboxRow

REMEMBERED = timedelta(hours=48)
"""How long a handled update is remembered, to know a repeat: twice as long as Telegram keeps it."""


class Inbox(Collection):
    """Updates, each handled once."""

    async def keep(self, updates: Iterable[tuple[int, str]], now: datetime) -> int:
        """Keep updates (update_id, JSON); return how many were new. A repeat changes nothing."""
        rows = [
            {
                "bot_id": self._bot_id,
                "update_id": number,
                "received_at": now,
                "body": body,
                "state": "waiting",
            }
            for number, body in updates
        ]
        if not rows:
            return 0
        statement = insert(InboxRow).values(rows).on_conflict_do_nothing(index_elements=["bot_id", "update_id"])
        return len((await self._connection.execute(statement.returning(InboxRow.id))).all())

    async def waiting(self, limit: int) -> list[Received]:
        """Return the oldest updates that are not handled yet, in the order they came."""
        rows = await self._connection.execute(
            select(InboxRow.id, InboxRow.update_id, InboxRow.received_at, InboxRow.body)
            .where(self._ours(InboxRow.bot_id), InboxRow.state == "waiting")
            .order_by(InboxRow.id)
            .limit(limit)
        )
        return [Received(*row) for row in rows]

    async def done(self, received: Received) -> None:
        """Note that the update was handled; its body is not needed any more."""
        await self._settle(received, state="done", body="")

    async def park(self, received: Received, error: str, telegram_id: int | None) -> None:
        """Put an update aside that cannot be handled, so that the chat goes on.

        Its body stays, so it is noted whose it is: it is erased with them.
        """
        await self._settle(received, state="parked", error=error, telegram_id=telegram_id)

    async def forget(self, now: datetime) -> None:
        """Forget handled updates that Telegram would not send again."""
        await self._connection.execute(
            delete(InboxRow).where(
                self._ours(InboxRow.bot_id), InboxRow.state == "done", InboxRow.received_at < now - REMEMBERED
            )
        )

    async def parked(self) -> int:
        """Return how many updates are put aside."""
        query = select(func.count()).where(self._ours(InboxRow.bot_id), InboxRow.state == "parked")
        return int(await self._connection.scalar(query) or 0)

    async def _settle(self, received: Received, **values: str | int | None) -> None:
        await self._connection.execute(update(InboxRow).where(InboxRow.id == received.id).values(**values))
