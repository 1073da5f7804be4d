"""The outbox: every request to Telegram with its whole life."""

from __future__ import annotations

from collections.abc import Collection as Many
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    delete,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import aliased

from storage.collection import Collection
from storage.consents import rests_on_live
from storage.files import ON_ITS_WAY_OUT
from storage.records import PRIORITIES, Fate, Kind, Outgoing, Queued
from storage.tables import FileRow, OutboxRow, PauseRow, ProspectRow

OPEN = (Fate.WAITING, Fate.SENDING)
UNORDERED = (Kind.TAP, Kind.FILE, Kind.MAIL)
"""What no message of a chat waits for: an answer to a tap, a file to fetch, an e-mail."""
CONSENTED = (Kind.FOLLOW_UP, Kind.BROADCAST)
"""What rests on a consent for follow-ups, which is looked at once more when it is sent."""
_WORDS_KEPT = case((OutboxRow.kind == Kind.MAIL, literal("{}", OutboxRow.request.type)), else_=OutboxRow.request)
"""An e-mail holds an address and a code: they go once its fate is known."""
ERASED = ""
"""What is left of a request that was erased while it was under way: nobody can take it back any more."""
_earlier, _target = aliased(OutboxRow), aliased(OutboxRow)
_BLOCKED = exists().where(
    _earlier.bot_id == OutboxRow.bot_id,
    _earlier.chat_id == OutboxRow.chat_id,
    _earlier.id < OutboxRow.id,
    _earlier.state.in_(OPEN),
    _earlier.kind.not_in(UNORDERED),
)
"""The condition that an earlier message of the same chat is still open; made once: delivery asks all the time."""


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
            forget=message.forget,
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
        Answers to taps overtake: a spinner waits for nobody. A follow-up (or a broadcast) whose consent lives no
        more is dropped here, in the very transaction that would send it: whatever was agreed when it was put in.
        """
        while taken := (await self._connection.execute(self._ready(now, held_chats).limit(limit))).all():
            follow_ups = [number for number, kind in taken if kind in CONSENTED]
            if not follow_ups or not await self._dropped_without_consent(follow_ups, now):
                break
        return await self._taken([number for number, _ in taken])

    async def claim_mail(self, now: datetime, limit: int) -> list[Queued]:
        """Take e-mails that may be sent now: they wait for no chat and no pause, and hold nothing up."""
        ready = self._mail(Fate.WAITING, OutboxRow.not_before <= now)
        taken = list(await self._connection.scalars(ready.order_by(OutboxRow.id).limit(limit)))
        return await self._taken(taken)

    async def next_mail(self) -> datetime | None:
        """Return when the next e-mail may be sent."""
        waiting = self._mail(Fate.WAITING).with_only_columns(func.min(OutboxRow.not_before))
        return await self._connection.scalar(waiting)

    async def has_ready(self, now: datetime, held_chats: Many[int]) -> bool:
        """Tell whether there is anything to claim."""
        return await self._connection.scalar(self._ready(now, held_chats).limit(1)) is not None

    async def interrupted(self) -> list[Queued]:
        """Return what was being sent when the process ended: nobody knows whether it arrived."""
        sending = and_(self._ours(OutboxRow.bot_id), OutboxRow.state == Fate.SENDING, OutboxRow.kind != Kind.MAIL)
        return await self._queued(sending)

    async def interrupted_mail(self) -> list[Queued]:
        """Return the e-mails that were being sent when the process ended."""
        return await self._queued(OutboxRow.id.in_(self._mail(Fate.SENDING)))

    async def settle(
        self,
        number: int,
        fate: Fate,
        now: datetime,
        message_id: int | None = None,
        refusal: str | None = None,
    ) -> bool:
        """Write down what became of a message; tell whether it was one to forget, and is gone."""
        forget = await self._connection.scalar(
            update(OutboxRow)
            .where(OutboxRow.id == number)
            .values(state=fate, settled_at=now, message_id=message_id, refusal=refusal, request=_WORDS_KEPT)
            .returning(OutboxRow.forget)
        )
        if forget:
            await self._connection.execute(delete(OutboxRow).where(OutboxRow.id == number))
        return bool(forget)

    async def waiting_for(self, chat_id: int) -> list[tuple[int, str]]:
        """Return what waits for a chat, in its order: numbers and requests."""
        query = select(OutboxRow.id, OutboxRow.request).where(
            self._ours(OutboxRow.bot_id), OutboxRow.chat_id == chat_id, OutboxRow.state == Fate.WAITING
        )
        rows = await self._connection.execute(query.order_by(OutboxRow.id))
        return [(number, request) for number, request in rows]

    async def redirect(self, number: int, chat_id: int, request: str) -> None:
        """Let a message that waits go to another chat."""
        await self._connection.execute(
            update(OutboxRow).where(OutboxRow.id == number).values(chat_id=chat_id, request=request)
        )

    async def retry(self, number: int, not_before: datetime, request: str | None = None) -> None:
        """Put a message back, to be sent again; `request` replaces what is sent.

        What was erased while it was under way is not sent again.
        """
        changed = {"request": request} if request is not None else {}
        again = await self._connection.scalar(
            update(OutboxRow)
            .where(OutboxRow.id == number, OutboxRow.request != ERASED)
            .values(state=Fate.WAITING, not_before=not_before, **changed)
            .returning(OutboxRow.id)
        )
        if again is None:
            await self.settle(number, Fate.DROPPED, not_before)

    async def replaced(self, number: int, message_id: int) -> None:
        """Write down that another message stands in a message's place: what changes it changes that one."""
        await self._connection.execute(
            update(OutboxRow).where(OutboxRow.id == number).values(message_id=message_id)
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
            OutboxRow.kind != Kind.MAIL,
            moment > after,
            or_(OutboxRow.kind.in_(UNORDERED), ~_BLOCKED),
        )
        return await self._connection.scalar(query)

    async def drop_follow_ups(self, chat_id: int, now: datetime) -> int:
        """Take back the follow-ups and broadcasts that still wait for a chat; return how many."""
        return await self._drop(OutboxRow.kind.in_(CONSENTED), chat_id, now)

    async def drop_mail(self, chat_id: int, now: datetime) -> int:
        """Take back the e-mails that still wait on a person's behalf; return how many."""
        return await self._drop(OutboxRow.kind == Kind.MAIL, chat_id, now)

    async def drop_all(self, chat_id: int, now: datetime) -> int:
        """Take back all that still waits for a chat that cannot be reached; return how many."""
        dropped = await self._drop(OutboxRow.kind != Kind.TAP, chat_id, now)
        await self._forget_dropped(chat_id)
        return dropped

    async def wrote_to_group(self, chat_id: int, since: datetime) -> bool:
        """Tell whether a group was written to, or will be, since then."""
        query = select(OutboxRow.id).where(
            self._ours(OutboxRow.bot_id),
            OutboxRow.chat_id < literal_column("0"),  # as the index has it, which holds groups only
            OutboxRow.chat_id == chat_id,
            OutboxRow.created_at > since,
        )
        return await self._connection.scalar(query.limit(1)) is not None

    async def counts(self) -> dict[Fate, int]:
        """Return how many messages met which fate."""
        query = select(OutboxRow.state, func.count()).where(self._ours(OutboxRow.bot_id))
        rows = await self._connection.execute(query.group_by(OutboxRow.state))
        return {Fate(state): count for state, count in rows}

    async def _dropped_without_consent(self, follow_ups: list[int], now: datetime) -> bool:
        """Drop those of some follow-ups that rest on no live consent; tell whether there were any."""
        result = await self._connection.execute(
            update(OutboxRow)
            .where(OutboxRow.id.in_(follow_ups), ~rests_on_live(OutboxRow.consent_id, now))
            .values(state=Fate.DROPPED, settled_at=now)
            .returning(OutboxRow.id)
        )
        return bool(result.all())

    async def _forget_dropped(self, chat_id: int) -> None:
        """Remove what was to be forgotten and will not be sent, with the exports that it would have carried."""
        gone = await self._connection.execute(
            delete(OutboxRow)
            .where(
                self._ours(OutboxRow.bot_id),
                OutboxRow.chat_id == chat_id,
                OutboxRow.state == Fate.DROPPED,
                OutboxRow.forget,
            )
            .returning(OutboxRow.id)
        )
        if not gone.all():
            return
        person = select(ProspectRow.id).where(self._ours(ProspectRow.bot_id), ProspectRow.telegram_id == chat_id)
        await self._connection.execute(
            delete(FileRow).where(FileRow.purpose.in_(ON_ITS_WAY_OUT), FileRow.prospect_id.in_(person))
        )

    def _mail(self, state: Fate, *which: ColumnElement[bool]) -> Select[int]:
        mine = (self._ours(OutboxRow.bot_id), OutboxRow.state == state, OutboxRow.kind == Kind.MAIL)
        return select(OutboxRow.id).where(*mine, *which)

    def _ready(self, now: datetime, held_chats: Many[int]) -> Select[int, str]:
        paused = exists().where(
            PauseRow.bot_id == OutboxRow.bot_id,
            PauseRow.chat_id.in_((OutboxRow.chat_id, 0)),
            PauseRow.until > now,
        )
        return (
            select(OutboxRow.id, OutboxRow.kind)
            .where(
                self._ours(OutboxRow.bot_id),
                OutboxRow.state == Fate.WAITING,
                OutboxRow.not_before <= now,
                OutboxRow.kind != Kind.MAIL,
                or_(
                    OutboxRow.kind.in_(UNORDERED),
                    and_(OutboxRow.chat_id.not_in(list(held_chats)), ~_BLOCKED),
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
            .values(state=Fate.DROPPED, settled_at=now, request=_WORDS_KEPT)
            .returning(OutboxRow.id)
        )
        return len(result.all())

    async def _taken(self, numbers: list[int]) -> list[Queued]:
        if not numbers:
            return []
        await self._connection.execute(
            update(OutboxRow)
            .where(OutboxRow.id.in_(numbers))
            .values(state=Fate.SENDING, attempts=OutboxRow.attempts + 1)
        )
        return await self._queued(OutboxRow.id.in_(numbers))

    async def _queued(self, which: object) -> list[Queued]:
        query = (
            select(
                OutboxRow.id,
                OutboxRow.chat_id,
                OutboxRow.kind,
                OutboxRow.request,
                OutboxRow.state,
                OutboxRow.attempts,
                OutboxRow.edits,
                _target.message_id,
                OutboxRow.hand_off_id,
                OutboxRow.enrolment_id,
            )
            .outerjoin(_target, _target.id == OutboxRow.edits)
            .where(which)  # type: ignore[arg-type]  # a column compared
            .order_by(OutboxRow.priority, OutboxRow.id)
        )
        return [
            Queued(number, chat, Kind(kind), request, Fate(state), *rest)
            for number, chat, kind, request, state, *rest in await self._connection.execute(query)
        ]
