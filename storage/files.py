"""Files outside any quiz: what prospects sent, exports on their way out, pictures that were drawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, null, select, update

from storage.collection import Collection, earliest
from storage.records import KeptFile, Picture
from storage.tables import FileRow

LEADS = "leads"
"""The purpose of tables of leads that admins ask for."""
ON_ITS_WAY_OUT = ("export", "download", "chart", LEADS)
"""Purposes of files that are kept only until they are sent."""
FROM_THEM, FROM_US = "talk", "sent"
"""Purposes of files that went from a prospect to a manager, and from a manager to a prospect."""


NEXT_FILE = earliest(FileRow.arrived_at, FileRow.handled_at.is_(None))
"""What came is due at once."""


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

    async def order(self, purpose: str, name: str, mime: str, now: datetime, prospect_id: int) -> int:
        """Keep a file that is still to be made: whoever makes it finds it among those to handle."""
        ordered = {"purpose": purpose, "name": name, "mime": mime, "prospect_id": prospect_id}
        return await self._add(FileRow, **ordered, size=0, created_at=now, arrived_at=now)

    async def is_on_its_way(self, purpose: str, prospect_id: int) -> bool:
        """Tell whether a file of a purpose is being made for somebody, or sent to them."""
        theirs = (FileRow.purpose == purpose, FileRow.prospect_id == prospect_id)
        query = select(FileRow.id).where(self._ours(FileRow.bot_id), *theirs)
        return await self._connection.scalar(query.limit(1)) is not None

    async def by_id(self, number: int) -> KeptFile | None:
        """Return a file of this bot."""
        query = select(*_FILE).where(self._one(number))
        row = (await self._connection.execute(query)).first()
        return _kept(row) if row else None

    async def of_session(self, session_id: int) -> list[KeptFile]:
        """Return the files that were sent in a session, without their bytes."""
        query = select(*_WITHOUT_BYTES).where(self._ours(FileRow.bot_id), FileRow.session_id == session_id)
        return [_kept(row) for row in await self._connection.execute(query.order_by(FileRow.id))]

    async def of_name(self, purpose: str, name: str, prospect_id: int | None) -> int | None:
        """Return the number of a file that was kept before under this name for the prospect, or for nobody."""
        theirs = FileRow.prospect_id.is_not_distinct_from(prospect_id)
        return await self._newest_named(name, theirs, FileRow.purpose == purpose)

    async def sent_by(self, prospect_id: int) -> list[KeptFile]:
        """Return the files that a prospect sent."""
        return await self._of(prospect_id, FileRow.purpose.not_in((*ON_ITS_WAY_OUT, FROM_US)))

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
        """Return files that somebody waits for, the oldest first: those whose bytes came, or never will.

        Without their bytes: it is asked before every pause whether there are any.
        """
        query = select(*_WITHOUT_BYTES).where(
            self._ours(FileRow.bot_id), FileRow.arrived_at.is_not(None), FileRow.handled_at.is_(None)
        )
        rows = await self._connection.execute(query.order_by(FileRow.id).limit(limit))
        return [_kept(row) for row in rows]

    async def is_to_handle(self, number: int) -> bool:
        """Tell whether somebody waits for a file still."""
        query = select(FileRow.id).where(self._one(number), FileRow.handled_at.is_(None))
        return await self._connection.scalar(query) is not None

    async def picture(self, name: str) -> Picture | None:
        """Return the newest picture of that name which an admin sent for a quiz to come."""
        is_here = and_(FileRow.content.is_not(None), FileRow.handled_at.is_not(None))
        number = await self._newest_named(name, FileRow.purpose == "quiz", is_here)
        if number is None:
            return None
        query = select(FileRow.content, FileRow.created_at).where(self._one(number))
        content, at = (await self._connection.execute(query)).one()
        return Picture(content or b"", at, number)

    async def handled(self, number: int, now: datetime) -> None:
        """Note that what waited for the bytes was done."""
        await self._connection.execute(update(FileRow).where(self._one(number)).values(handled_at=now))

    async def remove(self, number: int) -> None:
        """Remove a file that has done its service, or is of none."""
        await self._connection.execute(delete(FileRow).where(self._one(number)))

    async def dispose(self, number: int) -> None:
        """Remove a file that was kept only to be sent; one that others get as well stays."""
        await self._connection.execute(
            delete(FileRow).where(self._one(number), FileRow.purpose.in_(ON_ITS_WAY_OUT))
        )

    async def _newest_named(self, name: str, *which: ColumnElement[bool]) -> int | None:
        """Return the number of the newest file of a name among some; names are sealed, so they are opened here."""
        query = select(FileRow.id, FileRow.name).where(self._ours(FileRow.bot_id), *which)
        for number, found in await self._connection.execute(query.order_by(FileRow.id.desc())):
            if found == name:
                return int(number)
        return None

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
_WITHOUT_BYTES = tuple(null() if column is FileRow.content else column for column in _FILE)


def _kept(row: Sequence[Any]) -> KeptFile:
    return KeptFile(*row)
