"""The inbox: updates of Telegram, kept before they are confirmed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, delete, func, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.collection import Collection
from storage.messages import Received
from storage.tables import InboxRow
from storage.turns import Turns
from storage.upserts import insert

REMEMBERED = timedelta(hours=48)
"""How long a handled update is remembered, to know a repeat: twice as long as Telegram keeps it."""
IS_PARKED: ColumnElement[bool] = InboxRow.state == literal_column("'parked'")
"""Written out, as the index has it that holds these rows only."""

NOBODY = 0
"""In place of a person: whose update it is could not be told. These are handled one after another too."""
LOOKED_AT = 4
"""How many times as many updates are looked through for people whose turn is free."""

# Made once, because making a statement costs more than running it: these are part of every turn.
_KEEP = insert(InboxRow).on_conflict_do_nothing(index_elements=["bot_id", "update_id"]).returning(InboxRow.id)
_WAITING = (
    select(InboxRow.id, InboxRow.update_id, InboxRow.received_at, InboxRow.body, InboxRow.telegram_id)
    .where(InboxRow.bot_id == bindparam("bot"), InboxRow.state == literal_column("'waiting'"))
    .order_by(InboxRow.id)
    .limit(bindparam("most"))
)
_DONE = (
    update(InboxRow)
    .where(InboxRow.id.in_(bindparam("numbers", expanding=True)))
    .values(state="done", body="", telegram_id=None)
)
_PERSON = func.coalesce(InboxRow.telegram_id, NOBODY)
_IS_THEIRS = _PERSON.in_(bindparam("people", expanding=True))
_IS_OF_OTHERS = and_(
    InboxRow.id > bindparam("after"),
    or_(InboxRow.telegram_id.is_(None), InboxRow.telegram_id.not_in(bindparam("served", expanding=True))),
)
_OF_EVERYBODY = (_WAITING, _WAITING.where(_IS_OF_OTHERS))
"""What waits; and what does after a number, of everybody but some: all that it is told by is in the index."""
_OF_SOME = tuple(query.where(_IS_THEIRS) for query in _OF_EVERYBODY)
"""The same, of some people only."""


class Inbox(Collection):
    """Updates, each handled once."""

    def __init__(self, connection: AsyncConnection, bot_id: int, turns: Turns) -> None:
        super().__init__(connection, bot_id)
        self._turns = turns

    async def keep(
        self,
        updates: Iterable[tuple[int, str]],
        now: datetime,
        whose: Callable[[str], int | None] | None = None,
    ) -> int:
        """Keep updates (update_id, JSON); return how many were new. A repeat changes nothing.

        `whose` tells whom an update is from, if not Telegram's own JSON.
        """
        whose = whose or sender_of
        rows = [
            {
                "bot_id": self._bot_id,
                "update_id": number,
                "received_at": now,
                "body": body,
                "state": "waiting",
                "telegram_id": whose(body),
            }
            for number, body in updates
        ]
        if not rows:
            return 0
        return len((await self._connection.execute(_KEEP, rows)).all())

    async def waiting(self, limit: int) -> list[Received]:
        """Return the oldest updates that are not handled yet, in the order they came."""
        rows = await self._connection.execute(_WAITING, {"bot": self._bot_id, "most": limit})
        return [Received(*row) for row in rows]

    async def next_ones(self, limit: int, of_one: int) -> list[Received]:
        """Return what to handle next, in the order it came: the oldest, but at first only so many of one person.

        Whoever left thousands of messages waits for their own: others' come in between. Where there is room after
        everybody's share, it is filled with what was held back.
        """
        return await self._dealt(limit, of_one)

    async def claim(self, limit: int, of_one: int) -> list[Received]:
        """Return what `next_ones` does, of people whose turn it is here now, and keep their turns.

        The updates are read after the turns were taken: then what another process was handling is handled, and
        whatever came meanwhile is there. So each person's are handled in order, whichever process does it.
        """
        if not self._turns.are_shared:
            return await self.next_ones(limit, of_one)
        waiting = await self.next_ones(limit * LOOKED_AT, of_one)
        ours = await self._turns.take((each.telegram_id or NOBODY for each in waiting), limit)
        if not ours:
            return []
        return await self._dealt(limit, of_one, ours)

    async def _dealt(self, limit: int, of_one: int, people: set[int] | None = None) -> list[Received]:
        """Deal out what waits, of some people or, without them, of everybody."""
        values: dict[str, Any] = {"bot": self._bot_id}
        if people is not None:
            values["people"] = list(people)
        all_of_them, of_others = _OF_EVERYBODY if people is None else _OF_SOME
        shares = _Shares(of_one)
        shares.deal((await self._connection.execute(all_of_them, values | {"most": limit})).all())
        while shares.held_back and (room := limit - len(shares.given)) > 0:
            rest = {"most": room, "after": shares.last, "served": shares.served}
            rows = (await self._connection.execute(of_others, values | rest)).all()
            if not rows:
                break
            shares.deal(rows)
        return shares.filled(limit)

    async def done(self, handled: Iterable[Received]) -> None:
        """Note that updates were handled; their bodies are not needed any more."""
        if numbers := [received.id for received in handled]:
            await self._connection.execute(_DONE, {"numbers": numbers})

    async def park(self, received: Received, error: str, telegram_id: int | None) -> None:
        """Put an update aside that cannot be handled, so that the chat goes on.

        Its body stays, so it is noted whose it is: it is erased with them.
        """
        await self._connection.execute(
            update(InboxRow)
            .where(InboxRow.id == received.id)
            .values(state="parked", error=error, telegram_id=telegram_id)
        )

    async def forget(self, now: datetime) -> None:
        """Forget handled updates that Telegram would not send again."""
        await self._connection.execute(
            delete(InboxRow).where(
                self._ours(InboxRow.bot_id), InboxRow.state == "done", InboxRow.received_at < now - REMEMBERED
            )
        )

    async def parked(self) -> int:
        """Return how many updates are put aside."""
        query = select(func.count()).where(self._ours(InboxRow.bot_id), IS_PARKED)
        return int(await self._connection.scalar(query) or 0)


class _Shares:
    """A batch in the making: so many updates of each person, and what of theirs has to wait for others."""

    def __init__(self, of_one: int) -> None:
        self._of_one = of_one
        self._numbers: Counter[int] = Counter()
        self.given: list[Received] = []
        self.held_back: list[Received] = []
        self.last = 0

    def deal(self, rows: Iterable[Sequence[Any]]) -> None:
        """Give each their share of what was found."""
        for row in rows:
            received = Received(*row)
            whose, self.last = received.telegram_id, received.id
            is_served = whose is not None and self._numbers[whose] >= self._of_one
            (self.held_back if is_served else self.given).append(received)
            if whose is not None:
                self._numbers[whose] += 1

    @property
    def served(self) -> list[int]:
        """Those who have got their share."""
        return [whose for whose, number in self._numbers.items() if number >= self._of_one]

    def filled(self, limit: int) -> list[Received]:
        """Return the batch, filled up with what was held back."""
        room = limit - len(self.given)
        return sorted(self.given + self.held_back[:room], key=lambda received: received.id)


def sender_of(body: str) -> int | None:
    """Return whose update it is, whether it can be handled or not; None when not even that can be told."""
    try:
        update = json.loads(body)
        return next(
            int(what["from"]["id"]) for what in update.values() if isinstance(what, dict) and "from" in what
        )
    except (ValueError, TypeError, KeyError, AttributeError, StopIteration, RecursionError):
        return None
