"""The outbox: every request to Telegram with its whole life."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, case, delete, func, literal, literal_column, select, update

from storage.claims import CONSENTED, IS_OPEN, IS_WAITING, Claims
from storage.files import ON_ITS_WAY_OUT
from storage.messages import (
    PRIORITIES,
    Fate,
    Kind,
    Life,
    Outgoing,
)
from storage.tables import FileRow, OutboxRow, ProspectRow

_WORDS_KEPT = case((OutboxRow.kind == Kind.MAIL, literal("{}", OutboxRow.request.type)), else_=OutboxRow.request)
"""An e-mail holds an address and a code: they go once its fate is known."""
_SETTLE = (
    update(OutboxRow)
    .where(OutboxRow.id == bindparam("number"))
    .values(request=_WORDS_KEPT)
    .returning(OutboxRow.forget)
)
"""Made once, because making a statement costs more than running it: each message asks."""
ERASED = ""
"""What is left of a request that was erased while it was under way: nobody can take it back any more."""


class Outbox(Claims):
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
            not_after=message.not_after,
            after_step=message.after_step,
        )

    async def last_waiting(self, chat_id: int) -> tuple[int, str] | None:
        """Return what a chat gets last of all that is put in, if it still waits: its number and the request."""
        query = (
            select(OutboxRow.id, OutboxRow.state, OutboxRow.request)
            .where(
                self._ours(OutboxRow.bot_id),
                OutboxRow.chat_id == chat_id,
                IS_OPEN,
                OutboxRow.kind != Kind.TAP,
            )
            .order_by(OutboxRow.id.desc())
        )
        row = (await self._connection.execute(query.limit(1))).first()
        return (row[0], row[2]) if row and row[1] == Fate.WAITING else None

    async def settle(
        self,
        number: int,
        fate: Fate,
        now: datetime,
        message_id: int | None = None,
        refusal: str | None = None,
    ) -> bool:
        """Write down what became of a message; tell whether it was one to forget, and is gone.

        What was heard before, when an earlier attempt failed, stays unless something else was heard now.
        """
        heard = {"refusal": refusal} if refusal is not None else {}
        settled = {"number": number, "state": fate, "settled_at": now, "message_id": message_id}
        forget = await self._connection.scalar(_SETTLE, settled | heard)
        if forget:
            await self._connection.execute(delete(OutboxRow).where(OutboxRow.id == number))
        return bool(forget)

    async def waiting_for(self, chat_id: int) -> list[tuple[int, str]]:
        """Return what waits for a chat, in its order: numbers and requests."""
        query = select(OutboxRow.id, OutboxRow.request).where(
            self._ours(OutboxRow.bot_id), OutboxRow.chat_id == chat_id, IS_WAITING, IS_OPEN
        )
        rows = await self._connection.execute(query.order_by(OutboxRow.id))
        return [(number, request) for number, request in rows]

    async def redirect(self, number: int, chat_id: int, request: str) -> None:
        """Let a message that waits go to another chat."""
        await self._connection.execute(
            update(OutboxRow).where(OutboxRow.id == number).values(chat_id=chat_id, request=request)
        )

    async def retry(
        self, number: int, not_before: datetime, request: str | None = None, refusal: str | None = None
    ) -> None:
        """Put a message back, to be sent again; `request` replaces what is sent, `refusal` says why it was not.

        What was erased while it was under way is not sent again.
        """
        changed = {"request": request} if request is not None else {}
        if refusal is not None:
            changed["refusal"] = refusal
        await self._put_back(number, not_before, **changed)

    async def release(self, number: int, now: datetime) -> None:
        """Put back what was claimed and never tried: it counts as no attempt. What is not claimed stays."""
        claimed = select(OutboxRow.id).where(OutboxRow.id == number, OutboxRow.state == Fate.SENDING)
        if await self._connection.scalar(claimed) is not None:
            await self._put_back(number, now, attempts=OutboxRow.attempts - 1)

    async def _put_back(self, number: int, not_before: datetime, **changed: object) -> None:
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

    async def drop_follow_ups(self, chat_id: int, now: datetime) -> int:
        """Take back what rests on the consent to follow-ups and still waits for a chat; return how many."""
        return await self._drop(OutboxRow.kind.in_(CONSENTED), chat_id, now)

    async def drop_broadcasts(self, chat_id: int, now: datetime) -> int:
        """Take back what of broadcasts still waits for a chat; return how many."""
        return await self._drop(OutboxRow.kind == Kind.BROADCAST, chat_id, now)

    async def drop_of(self, enrolment_id: int, chat_id: int, now: datetime) -> int:
        """Take back the follow-ups of one enrolment that still wait; return how many."""
        return await self._drop(OutboxRow.enrolment_id == enrolment_id, chat_id, now)

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

    async def life(self, number: int) -> Life | None:
        """Return all that is known about a message of this bot."""
        columns = [getattr(OutboxRow, "state" if name == "fate" else name) for name in Life.__dataclass_fields__]
        query = select(*columns).where(OutboxRow.id == number, self._ours(OutboxRow.bot_id))
        row = (await self._connection.execute(query)).first()
        if row is None:
            return None
        found = dict(zip(Life.__dataclass_fields__, row, strict=True))
        return Life(**found | {"kind": Kind(found["kind"]), "fate": Fate(found["fate"])})

    async def written_to_groups(self, since: datetime, put_since: datetime) -> list[tuple[int, datetime]]:
        """Return in which groups a message was carried out since then, and when, the oldest first.

        Only what was put in since `put_since` is looked at.
        """
        query = select(OutboxRow.chat_id, OutboxRow.settled_at).where(
            self._ours(OutboxRow.bot_id),
            OutboxRow.chat_id < literal_column("0"),
            OutboxRow.created_at > put_since,
            OutboxRow.settled_at > since,
            OutboxRow.state == Fate.SENT,
        )
        rows = await self._connection.execute(query.order_by(OutboxRow.settled_at))
        return [(chat, at) for chat, at in rows if at is not None]

    async def counts(self) -> dict[Fate, int]:
        """Return how many messages met which fate."""
        query = select(OutboxRow.state, func.count()).where(self._ours(OutboxRow.bot_id))
        rows = await self._connection.execute(query.group_by(OutboxRow.state))
        return {Fate(state): count for state, count in rows}

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

    async def _drop(self, which: object, chat_id: int, now: datetime) -> int:
        result = await self._connection.execute(
            update(OutboxRow)
            .where(
                self._ours(OutboxRow.bot_id),
                OutboxRow.chat_id == chat_id,
                IS_WAITING,
                IS_OPEN,  # as the index of a chat has it
                which,  # type: ignore[arg-type]  # a column compared
            )
            .values(state=Fate.DROPPED, settled_at=now, request=_WORDS_KEPT)
            .returning(OutboxRow.id)
        )
        return len(result.all())
