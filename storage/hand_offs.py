"""Hand-offs: hot leads on their way to a manager, and the cards that managers see of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from qualification.handoff import HandOff, Outcome, Phase, Reach
from storage.collection import Collection, claimed, earliest
from storage.columns import BIG
from storage.errors import DatabaseBusyError
from storage.merges import MERGED_WITH
from storage.messages import Card, Fate, Kind
from storage.records import StoredHandOff
from storage.tables import HandOffRow, LeadRow, OutboxRow
from storage.turns import Turns


def _nobody_writes() -> ColumnElement[bool]:
    """The condition that no owner is writing: the talk of a lead that is on offer again has none."""
    return or_(HandOffRow.talking_since.is_(None), HandOffRow.phase == Phase.OFFERED)


NEXT_CALL = earliest(HandOffRow.call_at)
NEXT_OFFER = earliest(HandOffRow.due_at, _nobody_writes())


class HandOffs(Collection):
    """Every hand-off; a lead has at most one that is not closed."""

    def __init__(self, connection: AsyncConnection, bot_id: int, turns: Turns) -> None:
        super().__init__(connection, bot_id)
        self._turns = turns

    async def add(self, lead_id: int, team: str, hand_off: HandOff) -> StoredHandOff:
        """Keep a new hand-off. Raises DatabaseBusyError when there is one meanwhile."""
        if await self._turns.alone_in_office() and await self.open_of(lead_id) is not None:
            raise DatabaseBusyError
        number = await self._add(HandOffRow, lead_id=lead_id, team=team, **_values(hand_off))
        return StoredHandOff(number, lead_id, team, hand_off)

    async def save(self, stored: StoredHandOff, hand_off: HandOff) -> StoredHandOff:
        """Keep the hand-off's new state. Raises DatabaseBusyError when it is not any more as it was read."""
        if await self._turns.alone_in_office() and await self.by_id(stored.id) != stored:
            raise DatabaseBusyError
        await self._turns.alone_with_lead(stored.lead_id)
        await self._connection.execute(
            update(HandOffRow).where(HandOffRow.id == stored.id).values(**_values(hand_off))
        )
        return StoredHandOff(stored.id, stored.lead_id, stored.team, hand_off)

    async def measured(self, hand_off_id: int, seconds: int) -> None:
        """Keep the working time until the first contact; the first stays the first."""
        await self._connection.execute(
            update(HandOffRow)
            .where(HandOffRow.id == hand_off_id, HandOffRow.worked_seconds.is_(None))
            .values(worked_seconds=seconds)
        )

    async def postpone(self, hand_off_id: int, due_at: datetime) -> None:
        """Look at the hand-off again later."""
        await self._connection.execute(
            update(HandOffRow).where(HandOffRow.id == hand_off_id).values(due_at=due_at)
        )

    async def by_id(self, hand_off_id: int) -> StoredHandOff | None:
        """Return a hand-off of this bot."""
        query = select(*_HAND_OFF).where(HandOffRow.id == hand_off_id, self._ours(HandOffRow.bot_id))
        row = (await self._connection.execute(query)).first()
        return _stored(row) if row else None

    async def open_of(self, lead_id: int) -> StoredHandOff | None:
        """Return the hand-off that is not closed: the lead's own, or that of a lead it is merged with."""
        row = (await self._connection.execute(_OPEN_OF, {"lead": lead_id})).first()
        return _stored(row) if row else None

    async def all_of(self, leads: Iterable[int]) -> list[StoredHandOff]:
        """Return every hand-off of some leads, the oldest first."""
        query = select(*_HAND_OFF).where(HandOffRow.lead_id.in_(list(leads))).order_by(HandOffRow.id)
        return [_stored(row) for row in await self._connection.execute(query)]

    async def due(self, now: datetime, limit: int) -> list[StoredHandOff]:
        """Return hand-offs whose wait is over, the longest first; of those of one morning the oldest first.

        While its owner is writing to the lead, nothing is over.
        """
        query = select(*_HAND_OFF).where(self._ours(HandOffRow.bot_id), HandOffRow.due_at <= now, _nobody_writes())
        order = (HandOffRow.due_at, HandOffRow.offered_at, HandOffRow.id)
        rows = await self._connection.execute(claimed(query.order_by(*order).limit(limit), HandOffRow))
        return [_stored(row) for row in rows]

    async def next_due(self) -> datetime | None:
        """Return when the next wait is over."""
        return await self._connection.scalar(NEXT_OFFER, {"bot": self._bot_id})

    async def offered_only_to(self, telegram_id: int) -> list[StoredHandOff]:
        """Return what is offered to one member alone now, the oldest first."""
        theirs = and_(HandOffRow.phase == Phase.OFFERED, HandOffRow.offered_to == telegram_id)
        return await self._open(theirs)

    async def taken_by(self, telegram_id: int) -> list[StoredHandOff]:
        """Return what a member has taken and not closed yet, the oldest first."""
        return await self._open(HandOffRow.taken_by == telegram_id)

    async def loads(self) -> dict[int, int]:
        """Count the open leads of each member: those they took, and those that wait for their answer alone."""
        whose = func.coalesce(HandOffRow.taken_by, HandOffRow.offered_to)
        query = select(whose, func.count()).where(
            self._ours(HandOffRow.bot_id), HandOffRow.closed_at.is_(None), whose.is_not(None)
        )
        return {row[0]: row[1] for row in await self._connection.execute(query.group_by(whose))}

    async def latest_of(self, lead_id: int) -> StoredHandOff | None:
        """Return the lead's newest hand-off, open or closed."""
        query = select(*_HAND_OFF).where(HandOffRow.lead_id == lead_id).order_by(HandOffRow.id.desc())
        row = (await self._connection.execute(query.limit(1))).first()
        return _stored(row) if row else None

    async def untaken(self) -> list[StoredHandOff]:
        """Return the hand-offs that nobody has taken, the oldest first."""
        return await self._open(HandOffRow.phase == Phase.OFFERED)

    async def talking_with(self, prospect_id: int) -> StoredHandOff | None:
        """Return the hand-off in which a human has the prospect's chat; of several the newest talk."""
        row = (await self._connection.execute(_TALKING_WITH, {"prospect": prospect_id})).first()
        return _stored(row) if row else None

    async def about(self, chat_id: int, message_id: int) -> StoredHandOff | None:
        """Return the hand-off that a message in a manager's chat is about: its card, or what stands below it."""
        query = select(OutboxRow.hand_off_id).where(
            self._ours(OutboxRow.bot_id),
            OutboxRow.chat_id == chat_id,
            OutboxRow.message_id == message_id,
            OutboxRow.hand_off_id.is_not(None),
        )
        number = await self._connection.scalar(query.limit(1))
        return await self.by_id(number) if number is not None else None

    async def calls_due(self, now: datetime, limit: int) -> list[StoredHandOff]:
        """Return hand-offs whose manager wants to be reminded now, the longest first."""
        query = select(*_HAND_OFF).where(self._ours(HandOffRow.bot_id), HandOffRow.call_at <= now)
        rows = await self._connection.execute(claimed(query.order_by(HandOffRow.call_at).limit(limit), HandOffRow))
        return [_stored(row) for row in rows]

    async def postpone_call(self, hand_off_id: int, call_at: datetime) -> None:
        """Remind the manager later."""
        await self._connection.execute(
            update(HandOffRow).where(HandOffRow.id == hand_off_id).values(call_at=call_at)
        )

    async def cards(self, hand_off_id: int) -> list[Card]:
        """Return a hand-off's cards that were or will be sent."""
        alive = OutboxRow.state.in_((Fate.WAITING, Fate.SENDING, Fate.SENT))
        return await self._cards(_CARDS.where(OutboxRow.hand_off_id == hand_off_id, alive))

    async def cards_about(self, prospect_id: int) -> list[Card]:
        """Return the cards of a prospect's leads that managers have, or are getting, and all that stands below."""
        theirs = (
            select(HandOffRow.id)
            .join(LeadRow, LeadRow.id == HandOffRow.lead_id)
            .where(LeadRow.prospect_id == prospect_id)
        )
        out = or_(OutboxRow.state == Fate.SENDING, OutboxRow.message_id.is_not(None))
        return await self._cards(_SAID.where(OutboxRow.hand_off_id.in_(theirs), out))

    async def _open(self, which: ColumnElement[bool]) -> list[StoredHandOff]:
        query = select(*_HAND_OFF).where(self._ours(HandOffRow.bot_id), HandOffRow.closed_at.is_(None), which)
        rows = await self._connection.execute(query.order_by(HandOffRow.offered_at, HandOffRow.id))
        return [_stored(row) for row in rows]

    async def _cards(self, query: Select[int, int, int | None]) -> list[Card]:
        return [Card(*row) for row in await self._connection.execute(query.order_by(OutboxRow.id))]


def in_talk(bot_id: Any, prospect_id: Any) -> ColumnElement[bool]:
    """The condition that a human has a prospect's chat: no clock writes into it meanwhile."""
    return exists().where(
        and_(
            LeadRow.bot_id == bot_id,
            LeadRow.prospect_id == prospect_id,
            HandOffRow.lead_id == LeadRow.id,
            HandOffRow.closed_at.is_(None),
            HandOffRow.talking_since.is_not(None),
        )
    )


_SAID = select(OutboxRow.id, OutboxRow.chat_id, OutboxRow.message_id).where(OutboxRow.edits.is_(None))
_CARDS = _SAID.where(OutboxRow.kind == Kind.HAND_OFF)
_STATE = (
    HandOffRow.phase,
    HandOffRow.offered_at,
    HandOffRow.round,
    HandOffRow.due_at,
    HandOffRow.taken_by,
    HandOffRow.taken_at,
    HandOffRow.contacted_at,
    HandOffRow.closed_at,
    HandOffRow.outcome,
    HandOffRow.lost_reason,
    HandOffRow.reach,
    HandOffRow.offered_to,
    HandOffRow.tried,
    HandOffRow.counted_from,
    HandOffRow.call_at,
    HandOffRow.talking_since,
    HandOffRow.amount,
    HandOffRow.currency,
)
_HAND_OFF = (HandOffRow.id, HandOffRow.lead_id, HandOffRow.team, *_STATE)
# Made once, because making a statement costs more than running it: these are part of every turn, or card.
_OPEN_OF = (
    select(*_HAND_OFF)
    .where(HandOffRow.lead_id.in_(MERGED_WITH), HandOffRow.closed_at.is_(None))
    .order_by(case((HandOffRow.lead_id == bindparam("lead", type_=BIG), 0), else_=1), HandOffRow.id)
    .limit(literal_column("1"))
)
_TALKING_WITH = (
    select(*_HAND_OFF)
    .join(LeadRow, LeadRow.id == HandOffRow.lead_id)
    .where(
        LeadRow.prospect_id == bindparam("prospect"),
        HandOffRow.talking_since.is_not(None),
        HandOffRow.closed_at.is_(None),
    )
    .order_by(HandOffRow.talking_since.desc())
    .limit(literal_column("1"))
)


def _values(hand_off: HandOff) -> dict[str, object]:
    values = {column.key: getattr(hand_off, column.key) for column in _STATE}
    return {**values, "tried": json.dumps(hand_off.tried)}


def _stored(row: Sequence[Any]) -> StoredHandOff:
    state: dict[str, Any] = dict(zip((column.key for column in _STATE), row[3:], strict=True))
    state["phase"] = Phase(state["phase"])
    state["reach"], state["tried"] = Reach(state["reach"]), tuple(json.loads(state["tried"]))
    state["outcome"] = Outcome(state["outcome"]) if state["outcome"] else None
    return StoredHandOff(row[0], row[1], row[2], HandOff(**state))
