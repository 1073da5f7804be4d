"""Files outside any quiz: what prospects sent, exports on their way out, pictures that were drawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, null, select, update

from storage.collection import Collection
from storage.records import KeptFile, Picture
from storage.tables import FileRow


class Files(Collection):
    """Every file of a bot, with its bytes once they are here."""

    async def keep(
        self,
        purpose: str,
        name: str,
        mime: str,
        now: datetime,
        *,
        content: bytes | None = None,
        file_id: str | None = None,
        size: int = 0,
        prospect_id: int | None = None,
        session_id: int | None = None,
        question: str | None = None,
    ) -> int:
        """Keep a file, with its bytes or with Telegram's name for it; return its number."""
        return await self._add(
            FileRow,
            prospect_id=prospect_id,
            session_id=session_id,
            question=question,
            purpose=purpose,
            name=name,
            mime=mime,
            size=len(content) if content is not None else size,
            content=content,
            file_id=file_id,
            created_at=now,
            arrived_at=now if content is not None else None,
            handled_at=now if content is not None else None,
        )

    async def by_id(self, number: int) -> KeptFile | None:
        """Return a file of this bot."""
        query = select(*_FILE).where(self._one(number))
        row = (await self._connection.execute(query)).first()
        return _kept(row) if row else None

    async def of_session(self, session_id: int) -> list[KeptFile]:
        """Return the files that were sent in a session, without their bytes."""
        columns = [null() if column is FileRow.content else column for column in _FILE]
        query = select(*columns).where(self._ours(FileRow.bot_id), FileRow.session_id == session_id)
        return [_kept(row) for row in await self._connection.execute(query.order_by(FileRow.id))]

    async def of_name(self, purpose: str, name: str, prospect_id: int | None) -> int | None:
        """Return the number of a file that was kept before under this name for the prospect, or for nobody."""
        query = select(FileRow.id).where(
            self._ours(FileRow.bot_id),
            FileRow.prospect_id.is_not_distinct_from(prospect_id),
            FileRow.purpose == purpose,
            FileRow.name == name,
        )
        number: int | None = await self._connection.scalar(query.order_by(FileRow.id.desc()).limit(1))
        return number

    async def sent_by(self, prospect_id: int) -> list[KeptFile]:
        """Return the files that a prospect sent."""
        return await self._of(prospect_id, FileRow.purpose != "export")

    async def exports_for(self, prospect_id: int) -> list[KeptFile]:
        """Return the exports that are on their way to a prospect."""
        return await self._of(prospect_id, FileRow.purpose == "export")

    async def arrived(self, number: int, content: bytes, now: datetime) -> None:
        """Keep the bytes that were fetched."""
        await self._connection.execute(
            update(FileRow).where(self._one(number)).values(content=content, size=len(content), arrived_at=now)
        )

    async def will_not_come(self, number: int, now: datetime) -> None:
        """Note that the bytes cannot be fetched: whoever waits finds the file without content, and says so."""
        await self._connection.execute(update(FileRow).where(self._one(number)).values(arrived_at=now))

    async def named(self, number: int, file_id: str) -> None:
        """Keep Telegram's name for a file that was sent."""
        await self._connection.execute(update(FileRow).where(self._one(number)).values(file_id=file_id))

    async def to_handle(self, limit: int) -> list[KeptFile]:
        """Return files that somebody waits for, the oldest first: those whose bytes came, or never will."""
        query = select(*_FILE).where(
            self._ours(FileRow.bot_id), FileRow.arrived_at.is_not(None), FileRow.handled_at.is_(None)
        )
        rows = await self._connection.execute(query.order_by(FileRow.id).limit(limit))
        return [_kept(row) for row in rows]

    async def picture(self, name: str) -> Picture | None:
        """Return the newest picture of that name which an admin sent for a quiz to come."""
        query = select(FileRow.id, FileRow.content, FileRow.created_at).where(
            self._ours(FileRow.bot_id),
            FileRow.purpose == "quiz",
            FileRow.name == name,
            FileRow.content.is_not(None),
            FileRow.handled_at.is_not(None),
        )
        row = (await self._connection.execute(query.order_by(FileRow.id.desc()).limit(1))).first()
        return Picture(row[1] or b"", row[2], row[0]) if row else None

    async def drop(self, number: int) -> None:
        """Remove a file whose bytes are kept elsewhere now, or are of no use."""
        await self._connection.execute(delete(FileRow).where(self._one(number)))

    async def handled(self, number: int, now: datetime) -> None:
        """Note that what waited for the bytes was done."""
        await self._connection.execute(update(FileRow).where(self._one(number)).values(handled_at=now))

    async def remove(self, number: int) -> None:
        """Remove a file that has done its service."""
        await self._connection.execute(delete(FileRow).where(self._one(number)))

    async def _of(self, prospect_id: int, which: ColumnElement[bool]) -> list[KeptFile]:
        query = select(*_FILE).where(self._ours(FileRow.bot_id), FileRow.prospect_id == prospect_id, which)
        return [_kept(row) for row in await self._connection.execute(query.order_by(FileRow.id))]

    def _one(self, number: int) -> ColumnElement[bool]:
        return and_(self._ours(FileRow.bot_id), FileRow.id == number)


_FILE = (
    FileRow.id,
    FileRow.prospect_id,
    FileRow.session_id,
    FileRow.question,
    FileRow.purpose,
    FileRow.name,
    FileRow.mime,
    FileRow.size,
    FileRow.content,
    FileRow.file_id,
)


def _kept(row: Sequence[Any]) -> KeptFile:
    return KeptFile(*row)
