"""Notes: what those who work here wrote down about a lead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from storage.collection import Collection
from storage.tables import LeadRow, NoteRow


@dataclass(frozen=True)
class Note:
    """A note; `author` is a Telegram id."""

    author: int
    text: str
    at: datetime


class Notes(Collection):
    """Every note, by its lead."""

    async def add(self, lead_id: int, author: int, text: str, now: datetime) -> None:
        """Keep a note."""
        await self._add(NoteRow, lead_id=lead_id, author=author, text=text, at=now)

    async def last(self, lead_id: int, limit: int) -> list[Note]:
        """Return a lead's last notes, the oldest of them first."""
        query = select(NoteRow.author, NoteRow.text, NoteRow.at).where(
            self._ours(NoteRow.bot_id), NoteRow.lead_id == lead_id
        )
        rows = await self._connection.execute(query.order_by(NoteRow.id.desc()).limit(limit))
        return [Note(*row) for row in rows][::-1]

    async def about(self, prospect_id: int) -> list[Note]:
        """Return every note about a prospect, the oldest first."""
        leads = select(LeadRow.id).where(LeadRow.prospect_id == prospect_id)
        query = select(NoteRow.author, NoteRow.text, NoteRow.at).where(NoteRow.lead_id.in_(leads))
        return [Note(*row) for row in await self._connection.execute(query.order_by(NoteRow.id))]
