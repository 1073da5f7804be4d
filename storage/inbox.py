"""The inbox: updates of Telegram, kept before they are confirmed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, delete, func, literal_column, select, update

from storage.collection import Collection
from storage.messages import Received
from storage.tables import InboxRow
from storage.upserts import insert

REMEMBERED = timedelta(hours=48)
"""How long a handled update is remembered, to know a repeat: twice as long as Telegram keeps it."""
IS_PARKED: ColumnElement[bool] = InboxRow.state == literal_column("'parked'")
"""Written out, as the index has it that holds these rows only."""

# Made once, because making a statement costs more than running it: these are part of every turn.
_KEEP = insert(InboxRow).on_conflict_do_nothing(index_elements=["bot_id", "update_id"]).returning(InboxRow.id)
_WAITING = (
    select(InboxRow.id, InboxRow.update_id, InboxRow.received_at, InboxRow.body)
    .where(InboxRow.bot_id == bindparam("bot"), InboxRow.state == literal_column("'waiting'"))
    .order_by(InboxRow.id)
    .limit(bindparam("most"))
)


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
        return len((await self._connection.execute(_KEEP, rows)).all())

    async def waiting(self, limit: int) -> list[Received]:
        """Return the oldest updates that are not handled yet, in the order they came."""
        rows = await self._connection.execute(_WAITING, {"bot": self._bot_id, "most": limit})
        return [Received(*row) for row in rows]

    async def done(self, handled: Iterable[Received]) -> None:
        """Note that updates were handled; their bodies are not needed any more."""
        numbers = [received.id for received in handled]
        if numbers:
            theirs = InboxRow.id.in_(numbers)
            await self._connection.execute(update(InboxRow).where(theirs).values(state="done", body=""))

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
