"""Broadcasts: one message to many, and who has got it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, and_, case, delete, exists, func, insert, select, update

from dialogs.values import Hours
from qualification.segments import Segment
from storage.claims import IS_OPEN, OPEN
from storage.collection import Collection, claimed, earliest
from storage.messages import Fate
from storage.states import held
from storage.tables import BroadcastRow, OutboxRow, ProspectRow, RecipientRow, TrackedLinkRow


class BroadcastState(StrEnum):
    """Where a broadcast stands."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"


class Reached(StrEnum):
    """How a broadcast fared with one of its recipients."""

    LATER = "later"
    """their allowed hours have not begun"""
    WAITING = "waiting"
    SENT = "sent"
    BLOCKED = "blocked"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """nobody knows whether it arrived; it is not repeated"""
    DROPPED = "dropped"
    """not sent after all: they unsubscribed, or were taken in hand meanwhile"""


class Deed(StrEnum):
    """What a recipient did about it."""

    TAPPED = "tapped"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Broadcast:
    """One message to many; `content` is JSON that only `bot.broadcasts` reads."""

    id: int
    state: BroadcastState
    content: str
    segment: Segment
    hours: Hours | None
    created_by: int
    created_at: datetime
    begins_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    due_at: datetime | None
    cursor: int
    found_all: bool
    people: int
    busy: int
    counted_to: int | None
    view: str
    shown_in: int | None
    shown_to: int | None
    shown_at: datetime | None


@dataclass(frozen=True)
class Numbers:
    """How many of a broadcast's recipients met which fate, and did what."""

    by_fate: dict[Reached, int]
    tapped: int
    stopped: int

    def of(self, which: Reached | Deed) -> int:
        """Return how many met a fate, or did something."""
        match which:
            case Deed.TAPPED:
                return self.tapped
            case Deed.STOPPED:
                return self.stopped
            case _:
                return self.by_fate.get(which, 0)

    @property
    def all(self) -> int:
        """How many were found so far."""
        return sum(self.by_fate.values())


@dataclass(frozen=True)
class Placed:
    """Somebody for whom a broadcast was put into the outbox, or put off till their hours begin."""

    prospect_id: int
    outbox_id: int | None
    due_at: datetime | None = None


NEXT_BROADCAST = earliest(BroadcastRow.due_at, ~held())


class Broadcasts(Collection):
    """Every broadcast, with its recipients."""

    async def draft(self, content: str, admin: int, hours: Hours | None, view: str, now: datetime) -> int:
        """Keep a new draft, for everybody; return its number."""
        return await self._add(
            BroadcastRow,
            state=BroadcastState.DRAFT,
            content=content,
            segment=Segment().model_dump_json(),
            hours=str(hours) if hours else None,
            created_by=admin,
            created_at=now,
            view=view,
            cursor=0,
            found_all=False,
            people=0,
            busy=0,
        )

    async def by_id(self, number: int) -> Broadcast | None:
        """Return a broadcast of this bot."""
        query = select(*_BROADCAST).where(self._ours(BroadcastRow.bot_id), BroadcastRow.id == number)
        row = (await self._connection.execute(query)).first()
        return _broadcast(row) if row else None

    async def newest(self, limit: int) -> list[Broadcast]:
        """Return the broadcasts that were written last."""
        query = select(*_BROADCAST).where(self._ours(BroadcastRow.bot_id)).order_by(BroadcastRow.id.desc())
        return [_broadcast(row) for row in await self._connection.execute(query.limit(limit))]

    async def change(self, number: int, **values: object) -> Broadcast:
        """Keep what changed about a broadcast, by the names of its fields; return it as it is now."""
        kept = {name: _kept(value) for name, value in values.items()}
        changed = update(BroadcastRow).where(self._ours(BroadcastRow.bot_id), BroadcastRow.id == number)
        row = await self._connection.execute(changed.values(**kept).returning(*_BROADCAST))
        return _broadcast(row.one())

    async def remove(self, number: int) -> None:
        """Remove a draft: nobody has got it."""
        await self._connection.execute(
            delete(BroadcastRow).where(
                self._ours(BroadcastRow.bot_id),
                BroadcastRow.id == number,
                BroadcastRow.state == BroadcastState.DRAFT,
            )
        )

    # What is due --------------------------------------------------------------------------------------------

    async def due(self, now: datetime, limit: int) -> list[Broadcast]:
        """Return broadcasts about which something is to be done now; none while follow-ups are held."""
        query = select(*_BROADCAST).where(self._ours(BroadcastRow.bot_id), BroadcastRow.due_at <= now, ~held())
        rows = await self._connection.execute(
            claimed(query.order_by(BroadcastRow.due_at).limit(limit), BroadcastRow)
        )
        return [_broadcast(row) for row in rows]

    async def postpone(self, number: int, due_at: datetime) -> None:
        """Look at a broadcast again later."""
        await self.change(number, due_at=due_at)

    # Recipients ---------------------------------------------------------------------------------------------

    async def place(self, number: int, placed: Iterable[Placed]) -> None:
        """Write down for whom the message was put out, or put off. Nobody can be written down twice."""
        rows = [
            {
                "bot_id": self._bot_id,
                "broadcast_id": number,
                "prospect_id": each.prospect_id,
                "outbox_id": each.outbox_id,
                "fate": Reached.LATER if each.outbox_id is None else Reached.WAITING,
                "due_at": each.due_at,
            }
            for each in placed
        ]
        if rows:
            await self._connection.execute(insert(RecipientRow), rows)

    async def put_off_until(self, number: int) -> datetime | None:
        """Return when the hours of the first recipient begin who was put off."""
        query = select(RecipientRow.due_at).where(_of(number), RecipientRow.due_at.is_not(None))
        return await self._connection.scalar(query.order_by(RecipientRow.due_at).limit(1))

    async def due_recipients(self, number: int, now: datetime, limit: int) -> list[int]:
        """Return the people whose hours have begun, and let go of them: they are placed anew, or dropped."""
        query = select(RecipientRow.prospect_id).where(_of(number), RecipientRow.due_at <= now)
        people = list(await self._connection.scalars(query.order_by(RecipientRow.due_at).limit(limit)))
        await self._connection.execute(
            update(RecipientRow)
            .where(_of(number), RecipientRow.prospect_id.in_(people))
            .values(fate=Reached.DROPPED, due_at=None)
        )
        return people

    async def place_again(self, number: int, placed: Placed) -> None:
        """Write down that the message of somebody who was put off is out now, or put off once more."""
        fate = Reached.LATER if placed.outbox_id is None else Reached.WAITING
        await self._connection.execute(
            update(RecipientRow)
            .where(_of(number), RecipientRow.prospect_id == placed.prospect_id)
            .values(fate=fate, outbox_id=placed.outbox_id, due_at=placed.due_at)
        )

    async def settle(self, number: int) -> int:
        """Write down how the messages fared whose fate is known; return how many are still under way."""
        under_way = exists().where(OutboxRow.id == RecipientRow.outbox_id, OutboxRow.state.in_(OPEN))
        waiting = and_(_of(number), RecipientRow.fate == Reached.WAITING)
        has_left = and_(OutboxRow.state.in_((Fate.REFUSED, Fate.DROPPED)), ProspectRow.blocked_at.is_not(None))
        fate = (
            select(case((has_left, Reached.BLOCKED), else_=OutboxRow.state))
            .where(OutboxRow.id == RecipientRow.outbox_id, ProspectRow.id == RecipientRow.prospect_id)
            .correlate(RecipientRow)
            .scalar_subquery()
        )
        await self._connection.execute(
            update(RecipientRow).where(waiting, ~under_way).values(fate=func.coalesce(fate, Reached.UNKNOWN))
        )
        return int(await self._connection.scalar(select(func.count()).where(waiting)) or 0)

    async def take_back(self, number: int, now: datetime) -> None:
        """Take back what waits in the outbox, as if it had never been put there: its people are found again."""
        theirs = select(RecipientRow.outbox_id).where(_of(number), RecipientRow.fate == Reached.WAITING)
        taken = await self._connection.execute(
            update(OutboxRow)
            .where(OutboxRow.id.in_(theirs), OutboxRow.state == Fate.WAITING)
            .values(state=Fate.DROPPED, settled_at=now)
            .returning(OutboxRow.id)
        )
        gone = await self._connection.execute(
            delete(RecipientRow)
            .where(_of(number), RecipientRow.outbox_id.in_([row[0] for row in taken]))
            .returning(RecipientRow.prospect_id)
        )
        people = [row[0] for row in gone]
        await self._connection.execute(
            delete(TrackedLinkRow).where(
                TrackedLinkRow.broadcast_id == number, TrackedLinkRow.prospect_id.in_(people)
            )
        )
        first = min(people, default=None)
        if first is not None:
            before = case((BroadcastRow.cursor < first, BroadcastRow.cursor), else_=first - 1)
            await self._connection.execute(
                update(BroadcastRow).where(BroadcastRow.id == number).values(cursor=before, found_all=False)
            )

    async def drop_put_off(self, number: int) -> None:
        """Forget who was put off: the broadcast was cancelled, and they have not got it."""
        await self._connection.execute(delete(RecipientRow).where(_of(number), RecipientRow.fate == Reached.LATER))

    async def did(self, number: int, prospect_id: int, deed: Deed, now: datetime) -> bool:
        """Note when a recipient first tapped the button, or wanted no more; tell whether they are a recipient."""
        column = RecipientRow.tapped_at if deed is Deed.TAPPED else RecipientRow.stopped_at
        found = await self._connection.scalar(
            update(RecipientRow)
            .where(self._ours(RecipientRow.bot_id), _of(number), RecipientRow.prospect_id == prospect_id)
            .values({column: func.coalesce(column, now)})
            .returning(RecipientRow.id)
        )
        return found is not None

    async def numbers(self, number: int) -> Numbers:
        """Return how many met which fate; who was erased since is counted no more."""
        query = select(RecipientRow.fate, func.count()).where(_of(number)).group_by(RecipientRow.fate)
        by_fate = {Reached(fate): count for fate, count in await self._connection.execute(query)}
        tapped = select(func.count()).where(_of(number), RecipientRow.tapped_at.is_not(None))
        stopped = select(func.count()).where(_of(number), RecipientRow.stopped_at.is_not(None))
        return Numbers(
            by_fate,
            int(await self._connection.scalar(tapped) or 0),
            int(await self._connection.scalar(stopped) or 0),
        )

    async def who(self, number: int, which: Reached | Deed, limit: int) -> list[int]:
        """Return the prospects who met a fate, or did something, the newest first."""
        match which:
            case Deed.TAPPED:
                met: ColumnElement[bool] = RecipientRow.tapped_at.is_not(None)
            case Deed.STOPPED:
                met = RecipientRow.stopped_at.is_not(None)
            case _:
                met = RecipientRow.fate == which
        query = select(RecipientRow.prospect_id).where(self._ours(RecipientRow.bot_id), _of(number), met)
        return list(await self._connection.scalars(query.order_by(RecipientRow.id.desc()).limit(limit)))

    async def shown(self, message: int) -> bool | None:
        """Tell whether a message, or a change of it, is still on its way; None if its row is gone."""
        query = select(OutboxRow.state).where(self._ours(OutboxRow.bot_id), OutboxRow.id == message)
        state = await self._connection.scalar(query)
        if state is None or state in OPEN:
            return None if state is None else True
        changing = select(OutboxRow.id).where(
            self._ours(OutboxRow.bot_id),
            OutboxRow.chat_id.in_(select(OutboxRow.chat_id).where(OutboxRow.id == message)),
            OutboxRow.edits == message,
            IS_OPEN,
        )
        return await self._connection.scalar(changing.limit(1)) is not None


def _of(number: int) -> ColumnElement[bool]:
    return RecipientRow.broadcast_id == number


_HOURS = TypeAdapter(Hours)
_BROADCAST = tuple(getattr(BroadcastRow, name) for name in Broadcast.__dataclass_fields__)


def _kept(value: object) -> object:
    match value:
        case Segment():
            return value.model_dump_json()
        case Hours():
            return str(value)
        case _:
            return value


def _broadcast(row: Sequence[Any]) -> Broadcast:
    values: dict[str, Any] = dict(zip(Broadcast.__dataclass_fields__, row, strict=True))
    values["state"] = BroadcastState(values["state"])
    values["segment"] = Segment.model_validate_json(values["segment"])
    values["hours"] = _HOURS.validate_python(values["hours"]) if values["hours"] else None
    return Broadcast(**values)
