"""Merges: leads that left the same confirmed contact, suggested to be one person, merged and parted again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CTE, Select, bindparam, case, or_, select, update
from sqlalchemy.orm import aliased

from qualification.merging import MergeState
from storage.collection import Collection
from storage.columns import BIG
from storage.tables import LeadRow, MergeRow, ProspectRow
from storage.upserts import insert


def _merged_with() -> Select[int]:
    found = select(bindparam("lead", type_=BIG).label("lead")).cte("found", recursive=True)
    other = case((MergeRow.lead_id == found.c.lead, MergeRow.same_as), else_=MergeRow.lead_id)
    tied = or_(MergeRow.lead_id == found.c.lead, MergeRow.same_as == found.c.lead)
    further = select(other).join(found, tied).where(MergeRow.state == MergeState.MERGED)
    return select(found.union(further).c.lead)


MERGED_WITH = _merged_with()
"""Selects a `lead` and all that are merged with it, however many merges lie between; every card asks."""


def accounts_of_one(prospect: type[ProspectRow]) -> CTE:
    """Every `prospect` who is one person with a prospect of the statement around it, themselves included."""
    mine, theirs = aliased(LeadRow), aliased(LeadRow)
    found = select(prospect.id.label("prospect")).correlate(prospect).cte("accounts", recursive=True, nesting=True)
    tied = or_(MergeRow.lead_id == mine.id, MergeRow.same_as == mine.id)
    other = case((MergeRow.lead_id == mine.id, MergeRow.same_as), else_=MergeRow.lead_id)
    further = (
        select(theirs.prospect_id)
        .select_from(found)
        .join(mine, mine.prospect_id == found.c.prospect)
        .join(MergeRow, tied)
        .join(theirs, theirs.id == other)
        # «|| ''» keeps SQLite from making an index of its own, of all merges, for each statement.
        .where(MergeRow.state.concat("") == MergeState.MERGED)
    )
    return found.union(further)


@dataclass(frozen=True)
class Merge:
    """Two leads that may be one person: `lead_id` is the later one."""

    id: int
    lead_id: int
    same_as: int
    contact: str
    """the kind of contact that both left"""
    state: MergeState
    decided_by: int | None


class Merges(Collection):
    """Every two leads of a bot that were ever thought to be one person."""

    async def suggest(self, one: int, other: int, contact: str, now: datetime) -> Merge | None:
        """Suggest that two leads are one person; None when that was suggested before."""
        statement = (
            insert(MergeRow)
            .values(
                bot_id=self._bot_id,
                lead_id=max(one, other),
                same_as=min(one, other),
                contact=contact,
                state=MergeState.SUGGESTED,
                suggested_at=now,
            )
            .on_conflict_do_nothing(index_elements=["lead_id", "same_as"])
            .returning(*_MERGE)
        )
        row = (await self._connection.execute(statement)).first()
        return _merge(row) if row else None

    async def by_id(self, merge_id: int) -> Merge | None:
        """Return a merge of this bot."""
        query = select(*_MERGE).where(MergeRow.id == merge_id, self._ours(MergeRow.bot_id))
        row = (await self._connection.execute(query)).first()
        return _merge(row) if row else None

    async def decide(self, merge_id: int, decision: MergeState, who: int | None, now: datetime) -> None:
        """Keep what was decided; None for nobody: it came of itself."""
        await self._connection.execute(
            update(MergeRow).where(MergeRow.id == merge_id).values(state=decision, decided_by=who, decided_at=now)
        )

    async def merged(self, lead_id: int) -> list[Merge]:
        """Return the merges that tie a lead to others now."""
        either = or_(MergeRow.lead_id == lead_id, MergeRow.same_as == lead_id)
        query = select(*_MERGE).where(either, MergeRow.state == MergeState.MERGED).order_by(MergeRow.id)
        return [_merge(row) for row in await self._connection.execute(query)]

    async def group(self, lead_id: int) -> list[int]:
        """Return the leads that are one person with a lead, itself included, the oldest first."""
        return sorted(await self._connection.scalars(MERGED_WITH, {"lead": lead_id}))


_MERGE = (
    MergeRow.id,
    MergeRow.lead_id,
    MergeRow.same_as,
    MergeRow.contact,
    MergeRow.state,
    MergeRow.decided_by,
)


def _merge(row: Sequence[Any]) -> Merge:
    number, lead_id, same_as, contact, state, decided_by = row
    return Merge(number, lead_id, same_as, contact, MergeState(state), decided_by)
