"""What sources cost, as admins entered it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, delete, select

from qualification.costs import Cost
from storage.collection import Collection
from storage.tables import CostRow


@dataclass(frozen=True)
class StoredCost:
    """A cost with its number."""

    id: int
    cost: Cost


class Costs(Collection):
    """Every cost of a bot's sources."""

    async def enter(self, cost: Cost, entered_by: int, now: datetime) -> int:
        """Keep a cost; return its number."""
        return await self._add(
            CostRow,
            source=cost.source,
            amount=f"{cost.amount:f}",
            currency=cost.currency,
            since=cost.since,
            until=cost.until,
            entered_by=entered_by,
            at=now,
        )

    async def by_id(self, number: int) -> StoredCost | None:
        """Return a cost of this bot."""
        row = (await self._connection.execute(select(*_COST).where(self._one(number)))).first()
        return _stored(row) if row else None

    async def listed(self, limit: int, offset: int = 0) -> list[StoredCost]:
        """Return costs, those of the latest days first."""
        query = select(*_COST).where(self._ours(CostRow.bot_id)).order_by(CostRow.until.desc(), CostRow.id.desc())
        return [_stored(row) for row in await self._connection.execute(query.limit(limit).offset(offset))]

    async def between(self, since: datetime | None, until: datetime) -> list[Cost]:
        """Return the costs that a span has any part of."""
        query = select(*_COST).where(self._ours(CostRow.bot_id), CostRow.since < until)
        if since is not None:
            query = query.where(CostRow.until > since)
        return [_stored(row).cost for row in await self._connection.execute(query.order_by(CostRow.id))]

    async def remove(self, number: int) -> bool:
        """Remove a cost; tell whether it was still there."""
        gone = await self._connection.execute(delete(CostRow).where(self._one(number)).returning(CostRow.id))
        return gone.first() is not None

    def _one(self, number: int) -> ColumnElement[bool]:
        return self._ours(CostRow.bot_id) & (CostRow.id == number)


_COST = (CostRow.id, CostRow.source, CostRow.amount, CostRow.currency, CostRow.since, CostRow.until)


def _stored(row: Sequence[Any]) -> StoredCost:
    number, source, amount, currency, since, until = row
    return StoredCost(number, Cost(source, Decimal(amount), currency, since, until))
