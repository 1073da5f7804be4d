"""Published quizzes: immutable revisions with their pictures."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select, update

from storage.collection import Collection
from storage.errors import RevisionMissingError
from storage.records import Revision
from storage.tables import PictureRow, RevisionRow


class Quizzes(Collection):
    """The revisions of every quiz of a bot."""

    async def publish(self, quiz: str, source: str, pictures: Mapping[str, bytes], now: datetime) -> Revision:
        """Make the document the quiz's newest revision; the same document again stays the revision it is."""
        digest = hashlib.sha256(source.encode())
        for name in sorted(pictures):
            digest.update(name.encode() + hashlib.sha256(pictures[name]).digest())
        newest = await self.newest(quiz)
        if newest is not None and newest.sha256 == digest.hexdigest():
            return newest
        revision = Revision(quiz, newest.number + 1 if newest else 1, source, digest.hexdigest(), now)
        await self._add(
            RevisionRow,
            quiz=quiz,
            number=revision.number,
            sha256=revision.sha256,
            source=source,
            published_at=now,
        )
        for name, content in pictures.items():
            await self._add(PictureRow, quiz=quiz, number=revision.number, name=name, content=content)
        return revision

    async def newest(self, quiz: str) -> Revision | None:
        """Return the revision that new sessions start on."""
        query = (
            select(*_REVISION)
            .where(self._ours(RevisionRow.bot_id), RevisionRow.quiz == quiz)
            .order_by(RevisionRow.number.desc())
            .limit(1)
        )
        row = (await self._connection.execute(query)).first()
        return Revision(*row) if row else None

    async def revision(self, quiz: str, number: int) -> Revision:
        """Return one revision. Raises RevisionMissingError."""
        query = select(*_REVISION).where(
            self._ours(RevisionRow.bot_id), RevisionRow.quiz == quiz, RevisionRow.number == number
        )
        row = (await self._connection.execute(query)).first()
        if row is None:
            error = RevisionMissingError()
            error.add_note(f"quiz {quiz!r}, revision {number}")
            raise error
        return Revision(*row)

    async def ids(self) -> list[str]:
        """Return the ids of all published quizzes."""
        query = select(RevisionRow.quiz).where(self._ours(RevisionRow.bot_id)).group_by(RevisionRow.quiz)
        return list(await self._connection.scalars(query.order_by(func.min(RevisionRow.published_at))))

    async def picture(self, quiz: str, number: int, name: str) -> tuple[bytes, str | None] | None:
        """Return a picture's bytes and Telegram's name for it, if it was sent before."""
        query = select(PictureRow.content, PictureRow.file_id).where(self._picture(quiz, number, name))
        row = (await self._connection.execute(query)).first()
        return (row[0], row[1]) if row else None

    async def remember_file(self, quiz: str, number: int, name: str, file_id: str) -> None:
        """Keep Telegram's name for a picture, so that it is uploaded once."""
        await self._connection.execute(
            update(PictureRow).where(self._picture(quiz, number, name)).values(file_id=file_id)
        )

    def _picture(self, quiz: str, number: int, name: str) -> ColumnElement[bool]:
        return and_(
            self._ours(PictureRow.bot_id),
            PictureRow.quiz == quiz,
            PictureRow.number == number,
            PictureRow.name == name,
        )


_REVISION = (
    RevisionRow.quiz,
    RevisionRow.number,
    RevisionRow.source,
    RevisionRow.sha256,
    RevisionRow.published_at,
)
