"""The talk between managers and leads: every message that the bot passed on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.collection import Collection
from storage.hand_offs import HandOffs
from storage.records import StoredHandOff
from storage.tables import LeadRow, OutboxRow, TalkRow


@dataclass(frozen=True)
class Passed:
    """A message that was passed on: where it was written, and the outbox row that brought it to the other side."""

    id: int
    lead_id: int
    hand_off_id: int
    from_manager: bool
    chat_id: int
    message_id: int | None
    copy_id: int | None
    text: str
    at: datetime


@dataclass(frozen=True)
class Copy:
    """A passed message's copy on the other side; `message_id` is None until it is sent."""

    number: int
    chat_id: int
    message_id: int | None


class Talk(Collection):
    """What managers and leads wrote to each other."""

    def __init__(self, connection: AsyncConnection, bot_id: int, hand_offs: HandOffs) -> None:
        super().__init__(connection, bot_id)
        self._hand_offs = hand_offs

    async def passed(
        self,
        lead_id: int,
        hand_off_id: int,
        *,
        from_manager: bool,
        chat_id: int,
        message_id: int | None,
        copy_id: int,
        text: str,
        now: datetime,
    ) -> None:
        """Keep a message that is passed on."""
        await self._add(
            TalkRow,
            lead_id=lead_id,
            hand_off_id=hand_off_id,
            from_manager=from_manager,
            chat_id=chat_id,
            message_id=message_id,
            copy_id=copy_id,
            text=text,
            at=now,
        )

    async def written(self, chat_id: int, message_id: int) -> list[Passed]:
        """Return what became of a message that somebody wrote; a long one has several pieces."""
        return await self._some(TalkRow.chat_id == chat_id, TalkRow.message_id == message_id)

    async def answered(self, prospect_id: int, chat_id: int, message_id: int) -> StoredHandOff | None:
        """Return the hand-off whose manager wrote the message that a prospect replies to; it must be open."""
        query = (
            select(TalkRow.hand_off_id)
            .join(LeadRow, LeadRow.id == TalkRow.lead_id)
            .join(OutboxRow, OutboxRow.id == TalkRow.copy_id)
            .where(
                self._ours(LeadRow.bot_id),
                LeadRow.prospect_id == prospect_id,
                TalkRow.from_manager,
                OutboxRow.chat_id == chat_id,
                OutboxRow.message_id == message_id,
            )
        )
        number = await self._connection.scalar(query.limit(1))
        found = await self._hand_offs.by_id(number) if number is not None else None
        return found if found is not None and found.state.closed_at is None else None

    async def carried_by(self, copy_id: int) -> Passed | None:
        """Return the message that an outbox row brings to the other side."""
        found = await self._some(TalkRow.copy_id == copy_id)
        return found[0] if found else None

    async def copy(self, passed: Passed) -> Copy | None:
        """Return a message's copy on the other side."""
        query = select(OutboxRow.id, OutboxRow.chat_id, OutboxRow.message_id).where(OutboxRow.id == passed.copy_id)
        row = (await self._connection.execute(query)).first()
        return Copy(*row) if row else None

    async def changed(self, passed_id: int, text: str) -> None:
        """Keep how a message reads after it was edited."""
        await self._connection.execute(update(TalkRow).where(TalkRow.id == passed_id).values(text=text))

    async def last(self, lead_id: int, limit: int) -> list[Passed]:
        """Return a lead's last messages, the oldest of them first."""
        query = select(*_PASSED).where(self._ours(TalkRow.bot_id), TalkRow.lead_id == lead_id)
        rows = await self._connection.execute(query.order_by(TalkRow.id.desc()).limit(limit))
        return [_passed(row) for row in rows][::-1]

    async def of(self, prospect_id: int) -> list[Passed]:
        """Return everything that was passed on between a prospect and managers."""
        leads = select(LeadRow.id).where(LeadRow.prospect_id == prospect_id)
        return await self._some(TalkRow.lead_id.in_(leads))

    async def count(self, lead_id: int) -> int:
        """Return how many messages were passed on."""
        query = select(func.count()).select_from(TalkRow).where(TalkRow.lead_id == lead_id)
        return int(await self._connection.scalar(query) or 0)

    async def _some(self, *which: Any) -> list[Passed]:
        query = select(*_PASSED).where(self._ours(TalkRow.bot_id), *which).order_by(TalkRow.id)
        return [_passed(row) for row in await self._connection.execute(query)]


_PASSED = (
    TalkRow.id,
    TalkRow.lead_id,
    TalkRow.hand_off_id,
    TalkRow.from_manager,
    TalkRow.chat_id,
    TalkRow.message_id,
    TalkRow.copy_id,
    TalkRow.text,
    TalkRow.at,
)


def _passed(row: Sequence[Any]) -> Passed:
    return Passed(*row)
