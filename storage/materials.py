"""Materials: what managers send to leads, a link or a file, and whether it was opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from storage.collection import Collection
from storage.tables import MaterialRow, MaterialSentRow


@dataclass(frozen=True)
class Material:
    """A link or a file that managers send; its `kind` has its points in the quiz."""

    id: int
    title: str
    kind: str
    url: str | None
    file_id: int | None


@dataclass(frozen=True)
class SentMaterial:
    """A material that a manager sent to a lead."""

    id: int
    material: Material
    lead_id: int
    manager: int
    opened_at: datetime | None


class Materials(Collection):
    """The library, and what was sent from it."""

    async def add(
        self, title: str, kind: str, url: str | None, file_id: int | None, created_by: int, now: datetime
    ) -> int:
        """Put a material into the library; return its number."""
        return await self._add(
            MaterialRow, title=title, kind=kind, url=url, file_id=file_id, created_by=created_by, created_at=now
        )

    async def all(self) -> list[Material]:
        """Return what managers can send, by title."""
        query = select(*_MATERIAL).where(self._ours(MaterialRow.bot_id), MaterialRow.retired_at.is_(None))
        rows = await self._connection.execute(query.order_by(MaterialRow.title, MaterialRow.id))
        return [Material(*row) for row in rows]

    async def by_id(self, number: int) -> Material | None:
        """Return a material that can still be sent."""
        return next((each for each in await self.all() if each.id == number), None)

    async def retire(self, number: int, now: datetime) -> None:
        """Take a material out of the library; whoever has it can still open it."""
        await self._connection.execute(
            update(MaterialRow)
            .where(self._ours(MaterialRow.bot_id), MaterialRow.id == number, MaterialRow.retired_at.is_(None))
            .values(retired_at=now)
        )

    async def sent(self, material: Material, lead_id: int, manager: int, now: datetime) -> int:
        """Note that a manager sent a material to a lead; return the sending's number."""
        return await self._add(MaterialSentRow, material_id=material.id, lead_id=lead_id, manager=manager, at=now)

    async def sending(self, number: int) -> SentMaterial | None:
        """Return what a manager sent, by its number."""
        query = (
            select(
                MaterialSentRow.id,
                MaterialSentRow.lead_id,
                MaterialSentRow.manager,
                MaterialSentRow.opened_at,
                *_MATERIAL,
            )
            .join(MaterialRow, MaterialRow.id == MaterialSentRow.material_id)
            .where(self._ours(MaterialSentRow.bot_id), MaterialSentRow.id == number)
        )
        row = (await self._connection.execute(query)).first()
        return SentMaterial(row[0], Material(*row[4:]), *row[1:4]) if row else None

    async def opened(self, number: int, now: datetime) -> None:
        """Note when a sent material was opened first."""
        await self._connection.execute(
            update(MaterialSentRow)
            .where(self._ours(MaterialSentRow.bot_id), MaterialSentRow.id == number)
            .values(opened_at=now)
        )


_MATERIAL = (MaterialRow.id, MaterialRow.title, MaterialRow.kind, MaterialRow.url, MaterialRow.file_id)
