"""The outbox: every request to Telegram with its whole life."""

from __future__ import annotations

from collections.abc import Collection as Many
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import aliased

from storage.collection import Collection
from storage.records import PRIORITIES, Fate, Kind, Outgoing, Queued
from storage.tables import OutboxRow, PauseRow

OPEN = (Fate.WAITING, Fate.SENDING)


class Outbox(Collection):
    """What waits to be sent, is being sent, and was sent."""

    async def put(self, message: Outgoing, now: datetime) -> int:
        """Put a message in; return its number."""
        return await self._add(
            OutboxRow,
            chat_id=message.chat_id,
            kind=message.kind,
            priority=PRIORITIES[message.kind],
            request=message.request,
            state=Fate.WAITING,
            not_before=now,
            attempts=0,
            created_at=now,
            edits=message.edits,
            hand_off_id=message.hand_off_id,
            enrolment_id=message.enrolment_id,
            consent_id=message.consent_id,
        )

    async def last_waiting(self, chat_id: int) -> tuple[int, str] | None:
        """Return what a chat gets last of all that is put in, if it still waits: its number and the request."""
        query = (
            select(OutboxRow.id, OutboxRow.state, OutboxRow.request)
            .where(
                self._ours(OutboxRow.bot_id),
                OutboxRow.chat_id == chat_id,
                OutboxRow.state.in_(OPEN),
                OutboxRow.kind != Kind.TAP,
            )
            .order_by(OutboxRow.id.desc())
        )
        row = (await self._connection.execute(query.limit(1))).first()
        return (row[0], row[2]) if row and row[1] == Fate.WAITING else None

    async def claim(self, now: datetime, limit: int, held_chats: Many[int]) -> list[Queued]:
        """Take what may be sent now, the most urgent first, and note that it is being sent.

        A chat's messages keep their order: at most one is taken, and none while an earlier one is open.
        Answers to taps overtake: a spinner waits for nobody.
        """
        taken = list(await self._connection.scalars(self._ready(now, held_chats).limit(limit)))
        if not taken:
            return []
        await self._connection.execute(
            update(OutboxRow)
            .where(OutboxRow.id.in_(taken))
            .values(state=Fate.SENDING, attempts=OutboxRow.attempts + 1)
        )
        return await self._queued(OutboxRow.id.in_(taken))

    async def has_ready(self, now: datetime, held_chats: Many[int]) -> bool:
        """Tell whether there is anything to claim."""
        return await self._connection.scalar(self._ready(now, held_chats).limit(1)) is not None

    async def interrupted(self) -> list[Queued]:
        """Return what was being sent when the process ended: nobody knows whether it arrived."""
        return await self._queued(and_(self._ours(OutboxRow.bot_id), OutboxRow.state == Fate.SENDING))

    async def settle(
        self,
        number: int,
        fate: Fate,
        now: datetime,
        message_id: int | None = None,
        refusal: str | None = None,
    ) -> None:
        """Write down what became of a message."""
        await self._connection.execute(
            update(OutboxRow)
            .where(OutboxRow.id == number)
            .values(state=fate, settled_at=now, message_id=message_id, refusal=refusal)
        )

    async def retry(self, number: int, not_before: datetime, request: str | None = None) -> None:
        """Put a message back, to be sent again; `request` replaces what is sent."""
        changed = {"request": request} if request is not None else {}
        await self._connection.execute(
            update(OutboxRow)
            .where(OutboxRow.id == number)
            .values(state=Fate.WAITING, not_before=not_before, **changed)
        )

    async def pause(self, chat_id: int, until: datetime) -> None:
        """Send nothing to a chat until then; chat 0 stands for all of them."""
        statement = insert(PauseRow).values(bot_id=self._bot_id, chat_id=chat_id, until=until)
        await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["bot_id", "chat_id"], set_={"until": func.max(PauseRow.until, until)}
            )
        )

    async def next_moment(self, after: datetime) -> datetime | None:
        """Return the next moment after a look at which something that waits may be sent.

        What waits behind an earlier message of its chat has no moment of its own: it comes after that one.
        """
        paused_until = (
            select(func.max(PauseRow.until))
            .where(PauseRow.bot_id == OutboxRow.bot_id, PauseRow.chat_id.in_((OutboxRow.chat_id, 0)))
            .scalar_subquery()
        )
        moment: ColumnElement[datetime] = case(
            (paused_until > OutboxRow.not_before, paused_until), else_=OutboxRow.not_before
        )
        query = select(func.min(moment)).where(
            self._ours(OutboxRow.bot_id),
            OutboxRow.state == Fate.WAITING,
            moment > after,
            or_(OutboxRow.kind == Kind.TAP, ~self._blocked()),
        )
        return await self._connection.scalar(query)

    async def drop_follow_ups(self, chat_id: int, now: datetime) -> int:
        """Take back the follow-ups that still wait for a chat; return how many."""
        return await self._drop(OutboxRow.kind == Kind.FOLLOW_UP, chat_id, now)

    async def drop_all(self, chat_id: int, now: datetime) -> int:
        """Take back all that still waits for a chat that cannot be reached; return how many."""
        return await self._drop(OutboxRow.kind != Kind.TAP, chat_id, now)

    async def cards(self, hand_off_id: int) -> list[tuple[int, int]]:
        """Return a hand-off's cards: outbox number and chat, of those that were or will be sent."""
        query = select(OutboxRow.id, OutboxRow.chat_id).where(
            OutboxRow.hand_off_id == hand_off_id,
            OutboxRow.edits.is_(None),
            OutboxRow.kind == Kind.HAND_OFF,
            OutboxRow.state.in_((*OPEN, Fate.SENT)),
        )
        return [(row[0], row[1]) for row in await self._connection.execute(query.order_by(OutboxRow.id))]

    async def counts(self) -> dict[Fate, int]:
        """Return how many messages met which fate."""
        query = select(OutboxRow.state, func.count()).where(self._ours(OutboxRow.bot_id))
        rows = await self._connection.execute(query.group_by(OutboxRow.state))
        return {Fate(state): count for state, count in rows}

    @staticmethod
    def _blocked() -> ColumnElement[bool]:
        """The condition that an earlier message of the same chat is still open."""
        earlier = aliased(OutboxRow)
        return exists().where(
            earlier.bot_id == OutboxRow.bot_id,
            earlier.chat_id == OutboxRow.chat_id,
            earlier.id < OutboxRow.id,
            earlier.state.in_(OPEN),
            earlier.kind != Kind.TAP,
        )

    def _ready(self, now: datetime, held_chats: Many[int]) -> Select[int]:
        paused = exists().where(
            PauseRow.bot_id == OutboxRow.bot_id,
            PauseRow.chat_id.in_((OutboxRow.chat_id, 0)),
            PauseRow.until > now,
        )
        return (
            select(OutboxRow.id)
            .where(
                self._ours(OutboxRow.bot_id),
                OutboxRow.state == Fate.WAITING,
                OutboxRow.not_before <= now,
                or_(
                    OutboxRow.kind == Kind.TAP, and_(OutboxRow.chat_id.not_in(list(held_chats)), ~self._blocked())
                ),
                ~paused,
            )
            .order_by(OutboxRow.priority, OutboxRow.id)
        )

    async def _drop(self, which: object, chat_id: int, now: datetime) -> int:
        result = await self._connection.execute(
            update(OutboxRow)
            .where(
                self._ours(OutboxRow.bot_id),
                OutboxRow.chat_id == chat_id,
                OutboxRow.state == Fate.WAITING,
                which,  # type: ignore[arg-type]  # a column compared
            )
            .values(state=Fate.DROPPED, settled_at=now)
            .returning(OutboxRow.id)
        )
        return len(result.all())

    async def _queued(self, which: object) -> list[Queued]:
        target = aliased(OutboxRow)
        query = (
            select(
                OutboxRow.id,
                OutboxRow.chat_id,
                OutboxRow.kind,
                OutboxRow.request,
                OutboxRow.state,
                OutboxRow.attempts,
                OutboxRow.edits,
                target.message_id,
                OutboxRow.hand_off_id,
                OutboxRow.enrolment_id,
            )
            .outerjoin(target, target.id == OutboxRow.edits)
            .where(which)  # type: ignore[arg-type]  # a column compared
            .order_by(OutboxRow.priority, OutboxRow.id)
        )
        return [
            Queued(number, chat, Kind(kind), request, Fate(state), *rest)
            for number, chat, kind, request, state, *rest in await self._connection.execute(query)
        ]
