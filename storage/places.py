"""Places under a cap: how many are taken, and which leads wait for one, in the order of their turns."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, exists, func, or_, select, update
from sqlalchemy.orm import aliased

from storage.collection import Collection, claimed, earliest
from storage.leads import LEAD, lead_of
from storage.records import Lead
from storage.tables import HandOffRow, LeadRow

NEXT_PLACE = earliest(LeadRow.place_at)


class Places(Collection):
    """The places that managers have for new leads, and those who wait."""

    async def taken(self, quiz: str, since: datetime, elsewhere: str) -> int:
        """Count the leads of a quiz that were offered for the first time since then: each takes one place.

        Those that went to the team `elsewhere` took none.
        """
        earlier = aliased(HandOffRow)
        query = (
            select(func.count(HandOffRow.lead_id.distinct()))
            .join(LeadRow, LeadRow.id == HandOffRow.lead_id)
            .where(
                self._ours(HandOffRow.bot_id),
                HandOffRow.offered_at >= since,
                HandOffRow.team != elsewhere,
                LeadRow.quiz == quiz,
                ~exists().where(earlier.lead_id == HandOffRow.lead_id, earlier.offered_at < since),
            )
        )
        return int(await self._connection.scalar(query) or 0)

    async def wait(self, lead_id: int, since: datetime, place_at: datetime) -> None:
        """Let a lead wait for a place; who waits already keeps their turn."""
        waiting = func.coalesce(LeadRow.waiting_since, since, type_=LeadRow.waiting_since.type)
        await self._change(lead_id, waiting_since=waiting, place_at=place_at)

    async def stop_waiting(self, lead_id: int) -> None:
        """Let a lead wait for a place no more."""
        await self._change(lead_id, waiting_since=None, place_at=None)

    async def waiting(self, quiz: str | None = None) -> list[Lead]:
        """Return the leads that wait for a place, of one quiz or of all, in the order of their turns."""
        query = select(*LEAD).where(self._ours(LeadRow.bot_id), LeadRow.waiting_since.is_not(None))
        query = query if quiz is None else query.where(LeadRow.quiz == quiz)
        rows = await self._connection.execute(query.order_by(LeadRow.waiting_since, LeadRow.id))
        return [lead_of(row) for row in rows]

    async def ahead_of(self, lead: Lead) -> int:
        """Count those who wait for a place of the same quiz and came first."""
        query = select(func.count()).where(
            self._ours(LeadRow.bot_id), LeadRow.quiz == lead.quiz, LeadRow.waiting_since.is_not(None)
        )
        if lead.waiting_since is not None:
            earlier = LeadRow.waiting_since < lead.waiting_since
            query = query.where(
                or_(earlier, and_(LeadRow.waiting_since == lead.waiting_since, LeadRow.id < lead.id))
            )
        return int(await self._connection.scalar(query) or 0)

    async def due(self, now: datetime, limit: int) -> list[Lead]:
        """Return the leads for which to look for a place now, in the order of their turns."""
        query = select(*LEAD).where(self._ours(LeadRow.bot_id), LeadRow.place_at <= now)
        query = query.order_by(LeadRow.waiting_since, LeadRow.id).limit(limit)
        rows = await self._connection.execute(claimed(query, LeadRow))
        return [lead_of(row) for row in rows]

    async def postpone(self, lead_id: int, place_at: datetime) -> None:
        """Look for the lead's place later."""
        await self._change(lead_id, place_at=place_at)

    async def _change(self, lead_id: int, **values: object) -> None:
        await self._connection.execute(update(LeadRow).where(LeadRow.id == lead_id).values(**values))
