"""Codes sent by e-mail, to be typed back: when they went out, how often they were tried, which count."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, select, update

from storage.collection import Collection
from storage.records import StoredCode
from storage.tables import CodeRow


class Codes(Collection):
    """Every code of a bot; a question of a session has at most one that counts."""

    async def add(
        self,
        prospect_id: int,
        session_id: int,
        question: str,
        address: str,
        now: datetime,
        expires_at: datetime,
    ) -> int:
        """Make room for a code and return its number; an earlier one of the same question counts no more.

        `address` is its keyed fingerprint. The code's own is kept with `sealed`, for it depends on the number.
        """
        await self.settle(session_id, question, now)
        return await self._add(
            CodeRow,
            prospect_id=prospect_id,
            session_id=session_id,
            question=question,
            address=address,
            fingerprint="",
            sent_at=now,
            expires_at=expires_at,
            tries=0,
        )

    async def sealed(self, number: int, fingerprint: str) -> None:
        """Keep the keyed fingerprint of a code."""
        await self._connection.execute(update(CodeRow).where(CodeRow.id == number).values(fingerprint=fingerprint))

    async def open(self, session_id: int, question: str) -> StoredCode | None:
        """Return the code that counts, whether or not its time is over."""
        query = select(CodeRow.id, CodeRow.fingerprint, CodeRow.expires_at, CodeRow.tries)
        found = (await self._connection.execute(query.where(_open(session_id, question)))).first()
        return StoredCode(*found) if found else None

    async def tried(self, number: int) -> None:
        """Count a wrong try."""
        await self._connection.execute(update(CodeRow).where(CodeRow.id == number).values(tries=CodeRow.tries + 1))

    async def settle(self, session_id: int, question: str, now: datetime) -> None:
        """Let the code of a question count no more: it was typed back, replaced, or given up."""
        await self._connection.execute(update(CodeRow).where(_open(session_id, question)).values(settled_at=now))

    async def sent_to_prospect(self, prospect_id: int, since: datetime) -> list[datetime]:
        """Return when a prospect was sent codes after a moment, the oldest first."""
        return await self._sent(CodeRow.prospect_id == prospect_id, since)

    async def sent_to_address(self, address: str, since: datetime) -> list[datetime]:
        """Return when codes went to an address, given its keyed fingerprint, after a moment; the oldest first."""
        return await self._sent(and_(self._ours(CodeRow.bot_id), CodeRow.address == address), since)

    async def _sent(self, which: ColumnElement[bool], since: datetime) -> list[datetime]:
        query = select(CodeRow.sent_at).where(which, CodeRow.sent_at > since)
        return list(await self._connection.scalars(query.order_by(CodeRow.sent_at)))


def _open(session_id: int, question: str) -> ColumnElement[bool]:
    return and_(CodeRow.session_id == session_id, CodeRow.question == question, CodeRow.settled_at.is_(None))
