"""The journal: what happened, in order, without anything personal."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import select

from storage.collection import Collection
from storage.records import JournalEntry
from storage.tables import JournalRow


class Journal(Collection):
    """Events of a bot, in the order they were committed."""

    async def note(self, event: str, prospect_id: int | None, now: datetime, **facts: str | int | None) -> None:
        """Write down that something happened; facts are ids, words and numbers only."""
        await self._add(
            JournalRow,
            prospect_id=prospect_id,
            at=now,
            event=event,
            facts=json.dumps(facts, ensure_ascii=False),
        )

    async def after(self, last: int, limit: int = 100) -> list[JournalEntry]:
        """Return the entries after number `last`, the oldest first."""
        query = (
            select(JournalRow.id, JournalRow.at, JournalRow.event, JournalRow.prospect_id, JournalRow.facts)
            .where(self._ours(JournalRow.bot_id), JournalRow.id > last)
            .order_by(JournalRow.id)
            .limit(limit)
        )
        rows = await self._connection.execute(query)
        return [JournalEntry(n, at, event, prospect, json.loads(facts)) for n, at, event, prospect, facts in rows]
