"""Quizzes: their immutable revisions with pictures and other files."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select, update

from storage.collection import Collection
from storage.errors import RevisionMissingError
from storage.records import Revision
from storage.tables import MediaRow, RevisionRow


class Quizzes(Collection):
    """The revisions of every quiz of a bot."""

    async def publish(self, quiz: str, source: str, media: Mapping[str, bytes], now: datetime) -> Revision:
        """Make the document the quiz's newest revision; the same document again stays the revision it is."""
        digest = hashlib.sha256(source.encode())
        for name in sorted(media):
            digest.update(name.encode() + hashlib.sha256(media[name]).digest())
        newest = await self.newest(quiz)
        if newest is not None and newest.sha256 == digest.hexdigest():
            return newest
        revision = Revision(quiz, newest.number + 1 if newest else 1, source, digest.hexdigest(), now)
        await self._add(
            RevisionRow,
            quiz=quiz,
            number=revision.number,
            state="published",
            sha256=revision.sha256,
            source=source,
            drafted_at=now,
            published_at=now,
        )
        for name, content in media.items():
            await self._add(MediaRow, quiz=quiz, number=revision.number, name=name, content=content)
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

    async def media(self, quiz: str, number: int, name: str) -> tuple[bytes, str | None] | None:
        """Return a file's bytes and Telegram's name for it, if it was sent before."""
        query = select(MediaRow.content, MediaRow.file_id).where(self._media(quiz, number, name))
        row = (await self._connection.execute(query)).first()
        return (row[0], row[1]) if row else None

    async def remember_file(self, quiz: str, number: int, name: str, file_id: str) -> None:
        """Keep Telegram's name for a file, so that it is uploaded once."""
        await self._connection.execute(
            update(MediaRow).where(self._media(quiz, number, name)).values(file_id=file_id)
        )

    def _media(self, quiz: str, number: int, name: str) -> ColumnElement[bool]:
        return and_(
            self._ours(MediaRow.bot_id),
            MediaRow.quiz == quiz,
            MediaRow.number == number,
            MediaRow.name == name,
        )


_REVISION = (
    RevisionRow.quiz,
    RevisionRow.number,
    RevisionRow.source,
    RevisionRow.sha256,
    RevisionRow.published_at,
)
