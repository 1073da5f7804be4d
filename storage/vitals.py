"""Vital signs: how much waits, since when, and what there is to worry about; counts and moments only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, literal_column, select, text
from sqlalchemy.orm import aliased

from qualification.handoff import Phase
from storage.collection import Collection
from storage.driver import SLOW
from storage.inbox import IS_PARKED
from storage.messages import PRIORITIES, Fate, Kind
from storage.notices import Notices
from storage.receivers import NoticeState
from storage.states import BACKUP, EVERY_BOT, HELD
from storage.tables import EnrolmentRow, HandOffRow, InboxRow, OutboxRow, PauseRow, StateRow, TrackedLinkRow

ALARM = "alarm:"
"""Under names that begin so the troubles are kept that admins were told of, and that are not over."""
_OPEN = text("outbox.state IN ('waiting', 'sending')")
_UNKNOWN = text("outbox.state = 'unknown'")
_WAITING: ColumnElement[str] = literal_column("'waiting'")
_SENDING: ColumnElement[str] = literal_column("'sending'")
"""Written out, as the indexes have it that hold these rows only."""
_earlier = aliased(OutboxRow)
_HOLDS_NOTHING_UP = (Kind.TAP, Kind.FILE, Kind.MAIL)


@dataclass(frozen=True)
class Vitals:
    """How a bot is at one moment, as its database tells it."""

    inbox_waiting: int
    inbox_since: datetime | None
    """when the oldest update came that is not handled yet"""
    parked: int
    outbox: Mapping[tuple[str, str], int]
    """what is not settled yet, by kind and state"""
    unknown: Mapping[str, int]
    """messages of which nobody knows whether they arrived, by kind"""
    outbox_since: datetime | None
    """since when the oldest message could go out that somebody waits for; a follow-up can wait"""
    paused_until: datetime | None
    """until when Telegram asked the whole bot for silence"""
    openings: int
    """openings of links that wait to be counted"""
    notices: Mapping[NoticeState, int]
    """what receivers do not have yet, or never will, by state"""
    enrolments: int
    follow_ups_due: int
    untaken: int
    untaken_since: datetime | None
    held: bool
    """whether follow-ups are held since a restore"""
    backup_at: datetime | None
    troubles: tuple[str, ...]
    """what admins were told of in the chat, and is not over"""


class VitalSigns(Collection):
    """Reads how a bot is; cheap enough to be asked every few seconds."""

    async def read(self, now: datetime) -> Vitals:
        """Return how the bot is."""
        inbox_waiting, inbox_since = await self._inbox()
        untaken, untaken_since = await self._untaken()
        enrolments, due = await self._enrolments(now)
        whole = await self._states(EVERY_BOT)
        backup = whole.get(BACKUP)
        return Vitals(
            inbox_waiting=inbox_waiting,
            inbox_since=inbox_since,
            parked=await self._parked(),
            outbox=await self._outbox(),
            unknown=await self._unknown(),
            outbox_since=await self._outbox_since(now),
            paused_until=await self._paused_until(now),
            openings=await self._openings(),
            notices=await Notices(self._connection, self._bot_id).count(),
            enrolments=enrolments,
            follow_ups_due=due,
            untaken=untaken,
            untaken_since=untaken_since,
            held=HELD in whole,
            backup_at=datetime.fromisoformat(backup) if backup else None,
            troubles=tuple(
                sorted(n.removeprefix(ALARM) for n in await self._states(self._bot_id) if n.startswith(ALARM))
            ),
        )

    async def _inbox(self) -> tuple[int, datetime | None]:
        query = select(func.count(), func.min(InboxRow.received_at)).where(
            self._ours(InboxRow.bot_id), InboxRow.state == _WAITING
        )
        row = (await self._connection.execute(query)).one()
        return row[0], row[1]

    async def _parked(self) -> int:
        query = select(func.count()).where(self._ours(InboxRow.bot_id), IS_PARKED)
        return int(await self._connection.scalar(query) or 0)

    async def _outbox(self) -> dict[tuple[str, str], int]:
        query = select(OutboxRow.kind, OutboxRow.state, func.count()).where(self._ours(OutboxRow.bot_id), _OPEN)
        rows = await self._connection.execute(query.group_by(OutboxRow.kind, OutboxRow.state))
        return {(kind, state): number for kind, state, number in rows}

    async def _unknown(self) -> dict[str, int]:
        query = select(OutboxRow.kind, func.count()).where(self._ours(OutboxRow.bot_id), _UNKNOWN)
        rows = await self._connection.execute(query.group_by(OutboxRow.kind))
        return {row[0]: row[1] for row in rows}

    async def _outbox_since(self, now: datetime) -> datetime | None:
        """What is tried again counts from its next try: that it does not get through is another trouble."""
        blocked = (
            select(_earlier.id)
            .where(
                _earlier.bot_id == OutboxRow.bot_id,
                _earlier.chat_id == OutboxRow.chat_id,
                _earlier.id < OutboxRow.id,
                _earlier.state.in_((_WAITING, _SENDING)),
                _earlier.kind.not_in(_HOLDS_NOTHING_UP),
            )
            .exists()
        )
        paused = (
            select(PauseRow.until)
            .where(
                PauseRow.bot_id == OutboxRow.bot_id,
                PauseRow.chat_id.in_((OutboxRow.chat_id, 0)),
                PauseRow.until > now,
            )
            .exists()
        )
        query = select(func.min(OutboxRow.not_before)).where(
            self._ours(OutboxRow.bot_id),
            _OPEN,
            OutboxRow.state == Fate.WAITING,
            OutboxRow.priority <= PRIORITIES[Kind.DIALOG],
            OutboxRow.not_before <= now,
            ~blocked,
            ~paused,
        )
        return await self._connection.scalar(query)

    async def _paused_until(self, now: datetime) -> datetime | None:
        query = select(PauseRow.until).where(
            self._ours(PauseRow.bot_id), PauseRow.chat_id == 0, PauseRow.until > now
        )
        return await self._connection.scalar(query)

    async def _openings(self) -> int:
        query = select(func.count()).where(self._ours(TrackedLinkRow.bot_id), TrackedLinkRow.due_at.is_not(None))
        return int(await self._connection.scalar(query) or 0)

    async def _enrolments(self, now: datetime) -> tuple[int, int]:
        """Who goes on has something to come, so the index of that tells it: a million rows are not read."""
        ours = (self._ours(EnrolmentRow.bot_id), EnrolmentRow.due_at.is_not(None))
        going_on = select(func.count()).where(*ours).prefix_with(SLOW)
        due = select(func.count()).where(*ours, EnrolmentRow.due_at <= now).prefix_with(SLOW)
        return int(await self._connection.scalar(going_on) or 0), int(await self._connection.scalar(due) or 0)

    async def _untaken(self) -> tuple[int, datetime | None]:
        query = select(func.count(), func.min(HandOffRow.offered_at)).where(
            self._ours(HandOffRow.bot_id), HandOffRow.phase == Phase.OFFERED, HandOffRow.closed_at.is_(None)
        )
        row = (await self._connection.execute(query)).one()
        return row[0], row[1]

    async def _states(self, bot_id: int) -> dict[str, str]:
        query = select(StateRow.name, StateRow.value).where(StateRow.bot_id == bot_id)
        return {row[0]: row[1] for row in await self._connection.execute(query)}
