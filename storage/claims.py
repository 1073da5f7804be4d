"""Claims: what may be sent now is taken to be sent, by one sender at a time.

Each sender has a number, the next one a higher number. Only who has the highest may claim, and what came of a
message counts only from whom it is claimed by: a process that slept through being replaced wakes up harmless.

Whether a message may be sent is told from indexes alone, and no look goes through all that waits: a hundred
thousand broadcast messages in front cost a claim nothing.
"""

from __future__ import annotations

from collections.abc import Collection as Many
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    delete,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.orm import aliased

from storage.collection import Collection, claimed
from storage.consents import rests_on_live
from storage.delays import Delays
from storage.errors import SupersededError
from storage.messages import (
    PRIORITIES,
    Fate,
    Kind,
    Priority,
    Queued,
)
from storage.tables import OutboxRow, PauseRow, StateRow
from storage.upserts import insert

OPEN = (Fate.WAITING, Fate.SENDING)
UNORDERED = (Kind.TAP, Kind.FILE, Kind.MAIL)
"""What no message of a chat waits for: an answer to a tap, a file to fetch, an e-mail."""
CONSENTED = (Kind.FOLLOW_UP, Kind.BROADCAST)
"""What rests on a consent, and is not sent once that is withdrawn."""
EVERYBODY = 0
"""In place of a chat: a pause of the whole bot."""
SENDER = "sender"
"""Under this name the number of the newest sender is remembered."""
# Written out, as the partial indexes have them: SQLite compares words, not what a value is bound to.
IS_WAITING: ColumnElement[bool] = OutboxRow.state == literal_column("'waiting'")
_SENDING: ColumnElement[bool] = OutboxRow.state == literal_column("'sending'")
IS_OPEN: ColumnElement[bool] = OutboxRow.state.in_((literal_column("'waiting'"), literal_column("'sending'")))
_earlier, _target, _urgent = aliased(OutboxRow), aliased(OutboxRow), aliased(OutboxRow)
_BLOCKED = exists().where(
    _earlier.bot_id == OutboxRow.bot_id,
    _earlier.chat_id == OutboxRow.chat_id,
    _earlier.id < OutboxRow.id,
    _earlier.state.in_((literal_column("'waiting'"), literal_column("'sending'"))),
    _earlier.kind.not_in(UNORDERED),
)
"""The condition that an earlier message of the same chat is still open; made once: delivery asks all the time."""


def _is(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return a condition that no index is chosen for: another leads to the rows, and in their order."""
    return case((condition, 1), else_=0) == 1


# Made once, because making a statement costs more than running it: the post asks all the time.
_NEXT_MAIL = (
    select(OutboxRow.not_before)
    .where(
        OutboxRow.bot_id == bindparam("bot"),
        OutboxRow.priority == PRIORITIES[Kind.MAIL],
        OutboxRow.kind == Kind.MAIL,
        IS_WAITING,
    )
    .order_by(OutboxRow.priority)
)


@dataclass(frozen=True)
class Outlook:
    """Whether anything may be claimed, and the next moment at which that may change by itself."""

    is_ready: bool
    next_moment: datetime | None


class Claims(Collection):
    """Who sends, and what: each message is claimed by one sender, once."""

    has_put_off = False
    """whether a claim in this transaction found messages whose hours were over: what they belong to is due anew"""

    async def take_over(self) -> int:
        """Become the sender; return the number that says so. Whoever was it before is it no more."""
        # In one statement: of two that take over at the same time each gets a number of its own.
        first = insert(StateRow).values(bot_id=self._bot_id, name=SENDER, value="1")
        following = cast(cast(StateRow.value, Integer) + 1, String)
        taken = first.on_conflict_do_update(index_elements=["bot_id", "name"], set_={"value": following})
        return int(await self._connection.scalar(taken.returning(StateRow.value)) or 0)

    async def still_sends(self, sender: int) -> None:
        """Raise SupersededError unless this sender is the newest, and stays it until the unit ends."""
        if await self._connection.scalar(_NEWEST_SENDER, {"bot": self._bot_id}) != str(sender):
            raise SupersededError

    async def held(self, sender: int, numbers: Iterable[int]) -> set[int]:
        """Name those of some messages that are being sent by this sender: only of them counts what came of it."""
        return set(await self._connection.scalars(_HELD, {"numbers": list(numbers), "sender": sender}))

    async def claim(self, now: datetime, limit: int, held_chats: Many[int], sender: int = 0) -> list[Queued]:
        """Take what may be sent now, the most urgent first, and note that it is being sent.

        A chat's messages keep their order: at most one is taken, and none while an earlier one is open.
        Answers to taps overtake: a spinner waits for nobody. A follow-up whose consent lives no more is dropped
        here, in the very transaction that would send it: whatever was agreed when it was put in. So is one whose
        hours are over: it is put off to the next ones.
        """
        # Otherwise somebody who answers the quiz would hear nothing until a broadcast to everybody reaches them.
        await self._connection.execute(_LET_URGENT_ONES_THROUGH, {"bot": self._bot_id})
        while taken := await self._ready(now, held_chats, limit):
            consented = [number for number, kind in taken if kind in CONSENTED]
            if not consented:
                break
            dropped = await self._dropped_without_consent(consented, now)
            late = await Delays(self._connection, self._bot_id).put_off(consented, now)
            self.has_put_off |= late
            if not dropped and not late:
                break
        return await self._taken([number for number, _ in taken], now, sender)

    async def claim_mail(self, now: datetime, limit: int) -> list[Queued]:
        """Take e-mails that may be sent now: they wait for no chat and no pause, and hold nothing up."""
        ready = self._mail(IS_WAITING, _is(OutboxRow.not_before <= now))
        taken = list(await self._connection.scalars(claimed(ready.order_by(OutboxRow.id).limit(limit), OutboxRow)))
        return await self._taken(taken, now)

    async def next_mail(self) -> datetime | None:
        """Return when the next e-mail may be sent."""
        return min(await self._connection.scalars(_NEXT_MAIL, {"bot": self._bot_id}), default=None)

    async def outlook(self, now: datetime, held_chats: Many[int]) -> Outlook:
        """Look whether there is anything to claim, and when else it is worth to look again.

        What waits behind an earlier message of its chat has no moment of its own: it comes after that one. But
        nobody goes through all that waits to find the very moment: a look too many costs less.
        """
        values = {"bot": self._bot_id, "now": now, "held": list(held_chats), "most": 1}
        ready, *moments = (await self._connection.execute(_OUTLOOK, values)).one()
        return Outlook(ready is not None, min((each for each in moments if each is not None), default=None))

    async def interrupted(self) -> list[Queued]:
        """Return what was being sent when the process ended: nobody knows whether it arrived."""
        return await self._queued(and_(self._ours(OutboxRow.bot_id), _SENDING, OutboxRow.kind != Kind.MAIL))

    async def interrupted_mail(self) -> list[Queued]:
        """Return the e-mails that were being sent when the process ended."""
        return await self._queued(and_(self._ours(OutboxRow.bot_id), _SENDING, OutboxRow.kind == Kind.MAIL))

    async def pause(self, chat_id: int, until: datetime, now: datetime | None = None) -> None:
        """Send nothing to a chat until then; chat 0 stands for all of them. Pauses that are over are forgotten."""
        if now is not None:
            over = delete(PauseRow).where(self._ours(PauseRow.bot_id), PauseRow.until <= now)
            await self._connection.execute(over)
        statement = insert(PauseRow).values(bot_id=self._bot_id, chat_id=chat_id, until=until)
        given = statement.excluded.until
        later = case((PauseRow.until > given, PauseRow.until), else_=given)
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=["bot_id", "chat_id"], set_={"until": later})
        )

    async def _dropped_without_consent(self, numbers: list[int], now: datetime) -> bool:
        """Drop those of some messages that rest on no live consent; tell whether there were any."""
        result = await self._connection.execute(_DROP_WITHOUT_CONSENT, {"numbers": numbers, "now": now})
        return bool(result.all())

    def _mail(self, *which: ColumnElement[bool]) -> Select[int]:
        is_mail = (OutboxRow.priority == PRIORITIES[Kind.MAIL], OutboxRow.kind == Kind.MAIL)
        return select(OutboxRow.id).where(self._ours(OutboxRow.bot_id), *is_mail, *which)

    async def _ready(self, now: datetime, held_chats: Many[int], limit: int) -> list[tuple[int, Kind]]:
        """Return what may be sent now: numbers and kinds, the most urgent first; nothing while all is paused."""
        values = {"bot": self._bot_id, "now": now, "held": list(held_chats), "most": limit}
        return [(number, Kind(kind)) for number, kind in await self._connection.execute(_READY_TO_TAKE, values)]

    async def _taken(self, numbers: list[int], now: datetime, sender: int = 0) -> list[Queued]:
        if not numbers:
            return []
        await self._connection.execute(_TAKE, {"numbers": numbers, "now": now, "by": sender})
        return await self._queued(OutboxRow.id.in_(numbers))

    async def _queued(self, which: ColumnElement[bool]) -> list[Queued]:
        rows = await self._connection.execute(_QUEUED.where(which).order_by(OutboxRow.priority, OutboxRow.id))
        return [
            Queued(number, chat, Kind(kind), request, Fate(state), *rest)
            for number, chat, kind, request, state, *rest in rows
        ]


# Made once, with places for values: delivery asks all the time.
_NUMBERS: BindParameter[int] = bindparam("numbers", expanding=True)
_NOW = bindparam("now", type_=OutboxRow.not_before.type)
_NEWEST_SENDER = (
    select(StateRow.value)
    .where(StateRow.bot_id == bindparam("bot"), StateRow.name == SENDER)
    .with_for_update(read=True)
)
_HELD = (
    select(OutboxRow.id)
    .where(OutboxRow.id.in_(_NUMBERS), _SENDING, OutboxRow.sender == bindparam("sender"))
    .with_for_update()
)
_PAUSE = (PauseRow.bot_id == bindparam("bot"), PauseRow.until > _NOW)
_READY = (
    select(OutboxRow.id, OutboxRow.kind)
    .where(
        OutboxRow.bot_id == bindparam("bot"),
        IS_WAITING,
        _is(OutboxRow.not_before <= _NOW),
        OutboxRow.kind != Kind.MAIL,
        ~exists().where(*_PAUSE, PauseRow.chat_id == literal_column(str(EVERYBODY))),
        OutboxRow.chat_id.not_in(select(PauseRow.chat_id).where(*_PAUSE)),
        or_(
            OutboxRow.kind.in_(UNORDERED),
            and_(OutboxRow.chat_id.not_in(bindparam("held", expanding=True)), ~_BLOCKED),
        ),
    )
    .order_by(OutboxRow.priority, OutboxRow.id)
    .limit(bindparam("most"))
)
_OUTLOOK = select(
    _READY.with_only_columns(OutboxRow.id).scalar_subquery(),
    select(OutboxRow.not_before)
    .where(
        OutboxRow.bot_id == bindparam("bot"), IS_WAITING, OutboxRow.not_before > _NOW, OutboxRow.kind != Kind.MAIL
    )
    .order_by(OutboxRow.not_before)
    .limit(literal_column("1"))
    .scalar_subquery(),
    select(func.min(PauseRow.until)).where(*_PAUSE).scalar_subquery(),
)
_READY_TO_TAKE = claimed(_READY, OutboxRow)
_LET_URGENT_ONES_THROUGH = (
    update(OutboxRow)
    .where(
        OutboxRow.bot_id == bindparam("bot"),
        IS_OPEN,
        OutboxRow.chat_id.in_(
            select(_urgent.chat_id).where(
                _urgent.bot_id == bindparam("bot"),
                _urgent.state == literal_column("'waiting'"),
                _urgent.priority.between(Priority.HAND_OFF, Priority.DIALOG),
            )
        ),
        _is(and_(OutboxRow.state == Fate.WAITING, OutboxRow.priority > Priority.DIALOG)),
        OutboxRow.kind.not_in(UNORDERED),
    )
    .values(priority=Priority.DIALOG)
)
"""What waits before an urgent message of its own chat becomes as urgent."""
_DROP_WITHOUT_CONSENT = (
    update(OutboxRow)
    .where(OutboxRow.id.in_(_NUMBERS), ~rests_on_live(OutboxRow.consent_id, _NOW))
    .values(state=Fate.DROPPED, settled_at=_NOW)
    .returning(OutboxRow.id)
)
_TAKE = (
    update(OutboxRow)
    .where(OutboxRow.id.in_(_NUMBERS))
    .values(state=Fate.SENDING, attempts=OutboxRow.attempts + 1, sender=bindparam("by"), claimed_at=_NOW)
)
_QUEUED = select(
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
    func.coalesce(OutboxRow.sender, 0),
    OutboxRow.priority,
).outerjoin(_target, _target.id == OutboxRow.edits)
