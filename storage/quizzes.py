"""Quizzes: their immutable revisions with pictures and other files."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.collection import Collection
from storage.errors import RevisionMissingError
from storage.records import Picture, Revision, RevisionState
from storage.tables import MediaRow, QuizRow, RevisionRow


class Quizzes(Collection):
    """The revisions of every quiz of a bot: numbered in order, with gaps where a draft was not wanted."""

    def __init__(self, connection: AsyncConnection, bot_id: int) -> None:
        super().__init__(connection, bot_id)
        self._new: set[tuple[str, int]] = set()

    def is_settled(self, quiz: str, number: int) -> bool:
        """Tell whether a revision will stay: one of this very transaction may be taken back with it."""
        return (quiz, number) not in self._new

    async def publish(
        self, quiz: str, source: str, media: Mapping[str, bytes], now: datetime, *, again: bool = True
    ) -> Revision:
        """Make the document the quiz's newest revision; the same document again stays the revision it is.

        Without `again`, one that was ever published stays history: others came since, and are wanted.
        """
        newest, sha256 = await self.newest(quiz), fingerprint(source, media)
        if newest is not None and (
            newest.sha256 == sha256 or (not again and await self._was_published(quiz, sha256))
        ):
            return newest
        return await self._keep(quiz, source, media, now, None, now)

    async def draft(
        self, quiz: str, source: str, media: Mapping[str, bytes], by: int | None, now: datetime
    ) -> Revision:
        """Keep a document that is not open to prospects yet; its number is its own from now on."""
        return await self._keep(quiz, source, media, now, by, None)

    async def publish_draft(self, quiz: str, number: int, now: datetime) -> bool:
        """Open a draft to prospects; tell whether it was one, and newer than what they have."""
        newest = await self.newest(quiz)
        if newest is not None and newest.number > number:
            return False
        return await self._settle(quiz, number, state=RevisionState.PUBLISHED, published_at=now)

    async def discard(self, quiz: str, number: int) -> bool:
        """Put a draft aside for good; tell whether it was one."""
        return await self._settle(quiz, number, state=RevisionState.DISCARDED)

    async def publish_copy(self, quiz: str, number: int, by: int | None, now: datetime) -> Revision:
        """Publish an older revision's document once more, as the newest. Raises RevisionMissingError."""
        old = await self.revision(quiz, number)
        return await self._keep(quiz, old.source, await self.all_media(quiz, number), now, by, now)

    async def redraft(self, quiz: str, number: int, by: int, now: datetime) -> Revision:
        """Give a draft a number behind all others, for one that was overtaken. Raises RevisionMissingError."""
        old = await self.revision(quiz, number)
        await self.discard(quiz, number)
        return await self.draft(quiz, old.source, await self.all_media(quiz, number), by, now)

    async def newest(self, quiz: str) -> Revision | None:
        """Return the revision that new sessions start on."""
        row = (await self._connection.execute(_NEWEST, {"bot": self._bot_id, "quiz": quiz})).first()
        return _revision(row) if row else None

    async def newest_number(self, quiz: str) -> int | None:
        """Return the number of the revision that new sessions start on, without its document."""
        query = select(func.max(RevisionRow.number)).where(self._published(), RevisionRow.quiz == quiz)
        return await self._connection.scalar(query)

    async def same(self, quiz: str, source: str, media: Mapping[str, bytes]) -> Revision | None:
        """Return the newest published revision or the open draft that is exactly this document."""
        newest, sha256 = await self.newest(quiz), fingerprint(source, media)
        if newest is not None and newest.sha256 == sha256:
            return newest
        drafts = select(*_REVISION).where(
            self._ours(RevisionRow.bot_id),
            RevisionRow.quiz == quiz,
            RevisionRow.sha256 == sha256,
            RevisionRow.state == RevisionState.DRAFT,
            RevisionRow.number > (newest.number if newest else 0),
        )
        row = (await self._connection.execute(drafts.order_by(RevisionRow.number.desc()).limit(1))).first()
        return _revision(row) if row else None

    async def history(self, quiz: str) -> list[Revision]:
        """Return every revision of a quiz, the newest first."""
        query = select(*_REVISION).where(self._ours(RevisionRow.bot_id), RevisionRow.quiz == quiz)
        rows = await self._connection.execute(query.order_by(RevisionRow.number.desc()))
        return [_revision(row) for row in rows]

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
        return _revision(row)

    async def ids(self) -> list[str]:
        """Return the ids of all published quizzes."""
        query = select(RevisionRow.quiz).where(self._published()).group_by(RevisionRow.quiz)
        return list(await self._connection.scalars(query.order_by(func.min(RevisionRow.published_at))))

    async def from_the_chat(self) -> list[str]:
        """Return the ids of quizzes that an admin brought through the chat: no setting names them."""
        return list(await self._connection.scalars(_FROM_THE_CHAT, {"bot": self._bot_id}))

    async def paused_at(self, quiz: str) -> datetime | None:
        """Return since when a quiz takes no new sessions; None when it does."""
        return await self._connection.scalar(_PAUSED_AT, {"bot": self._bot_id, "quiz": quiz})

    async def pause(self, quiz: str, at: datetime | None) -> bool:
        """Let a quiz take no new sessions, or (with no moment) take them again; tell whether that is news."""
        if (await self.paused_at(quiz) is None) == (at is None):
            return False
        changed = await self._connection.execute(
            update(QuizRow).where(self._ours(QuizRow.bot_id), QuizRow.quiz == quiz).values(paused_at=at)
        )
        if not changed.rowcount:
            await self._add(QuizRow, quiz=quiz, paused_at=at)
        return True

    async def all_media(self, quiz: str, number: int) -> dict[str, bytes]:
        """Return every file of a revision, by its name."""
        query = select(MediaRow.name, MediaRow.content).where(
            self._ours(MediaRow.bot_id), MediaRow.quiz == quiz, MediaRow.number == number
        )
        return {str(name): bytes(content) for name, content in await self._connection.execute(query)}

    async def latest_media(self, quiz: str, name: str) -> Picture | None:
        """Return a file from the newest revision that has it, whatever became of that revision."""
        query = (
            select(MediaRow.content, RevisionRow.drafted_at)
            .join(RevisionRow, and_(RevisionRow.quiz == MediaRow.quiz, RevisionRow.number == MediaRow.number))
            .where(self._ours(MediaRow.bot_id), self._ours(RevisionRow.bot_id))
            .where(MediaRow.quiz == quiz, MediaRow.name == name)
        )
        row = (await self._connection.execute(query.order_by(MediaRow.number.desc()).limit(1))).first()
        return Picture(*row) if row else None

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

    async def _was_published(self, quiz: str, sha256: str) -> bool:
        query = select(RevisionRow.number).where(
            self._published(), RevisionRow.quiz == quiz, RevisionRow.sha256 == sha256
        )
        return (await self._connection.execute(query.limit(1))).first() is not None

    async def _keep(
        self,
        quiz: str,
        source: str,
        media: Mapping[str, bytes],
        now: datetime,
        by: int | None,
        published_at: datetime | None,
    ) -> Revision:
        last = select(func.max(RevisionRow.number)).where(self._ours(RevisionRow.bot_id), RevisionRow.quiz == quiz)
        state = RevisionState.PUBLISHED if published_at else RevisionState.DRAFT
        number = (await self._connection.scalar(last) or 0) + 1
        revision = Revision(quiz, number, source, fingerprint(source, media), state, by, now, published_at)
        await self._add(RevisionRow, **asdict(revision))
        self._new.add((quiz, number))
        for name, content in media.items():
            await self._add(MediaRow, quiz=quiz, number=number, name=name, content=content)
        return revision

    async def _settle(self, quiz: str, number: int, **values: object) -> bool:
        settled = await self._connection.execute(
            update(RevisionRow)
            .where(self._ours(RevisionRow.bot_id), RevisionRow.quiz == quiz, RevisionRow.number == number)
            .where(RevisionRow.state == RevisionState.DRAFT)
            .values(**values)
        )
        return bool(settled.rowcount)

    def _published(self) -> ColumnElement[bool]:
        return and_(self._ours(RevisionRow.bot_id), RevisionRow.state == RevisionState.PUBLISHED)

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
    RevisionRow.state,
    RevisionRow.drafted_by,
    RevisionRow.drafted_at,
    RevisionRow.published_at,
)
# Made once, because making a statement costs more than running it: these are part of every beginning.
_PUBLISHED = and_(RevisionRow.bot_id == bindparam("bot"), RevisionRow.state == RevisionState.PUBLISHED)
_NEWEST = (
    select(*_REVISION)
    .where(_PUBLISHED, RevisionRow.quiz == bindparam("quiz"))
    .order_by(RevisionRow.number.desc())
    .limit(literal_column("1"))
)
_FIRST = (
    select(RevisionRow.quiz, func.min(RevisionRow.number).label("number"))
    .where(_PUBLISHED)
    .group_by(RevisionRow.quiz)
    .subquery()
)
_FROM_THE_CHAT = (
    select(RevisionRow.quiz)
    .join(_FIRST, and_(RevisionRow.quiz == _FIRST.c.quiz, RevisionRow.number == _FIRST.c.number))
    .where(RevisionRow.bot_id == bindparam("bot"), RevisionRow.drafted_by.is_not(None))
    .order_by(RevisionRow.published_at)
)
_PAUSED_AT = select(QuizRow.paused_at).where(QuizRow.bot_id == bindparam("bot"), QuizRow.quiz == bindparam("quiz"))


def fingerprint(source: str, media: Mapping[str, bytes]) -> str:
    """Return what tells a document with its files from every other."""
    digest = hashlib.sha256(source.encode())
    for name in sorted(media):
        digest.update(name.encode() + hashlib.sha256(media[name]).digest())
    return digest.hexdigest()


def _revision(row: Sequence[Any]) -> Revision:
    quiz, number, source, sha256, state, *rest = row
    return Revision(quiz, number, source, sha256, RevisionState(state), *rest)
