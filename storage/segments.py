"""Finds the people of a segment, so many at a time: no look goes through more of them than a batch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, not_, or_, select, tuple_
from sqlalchemy.orm import aliased

from qualification.segments import Answered, Segment
from storage.collection import Collection
from storage.consents import agreed, deciding, lives
from storage.marks import mark
from storage.merges import accounts_of_one
from storage.sealed import keyring_of
from storage.tables import (
    AnswerRow,
    ConsentRow,
    HandOffRow,
    LeadRow,
    ProspectRow,
    RecipientRow,
    SessionRow,
)

BATCH = 5_000
"""Prospects that one look goes through: a small part of a second, in which nobody else can write."""
IN_THE_MIDDLE = timedelta(days=1)
"""Who has an unfinished quiz and was heard of so lately is walking it; later, they have left it lying."""
LATELY = 3_000
"""The newest prospects, among whom the sources that can be chosen are looked for."""


@dataclass(frozen=True)
class Reachable:
    """Somebody to whom a broadcast may go now, and the consent on which that rests."""

    prospect_id: int
    consent_id: int


@dataclass(frozen=True)
class Counted:
    """How many people of a batch belong to a segment; `busy` are those of whom now is no time to write to.

    `last` is where the batch ended; None when there was nobody after it.
    """

    people: int
    busy: int
    last: int | None


class Segments(Collection):
    """The prospects of a bot, by what is known of them."""

    async def count(self, segment: Segment, now: datetime, after: int = 0, batch: int = BATCH) -> Counted:
        """Count who belongs to a segment, among the next batch of prospects."""
        last = await self._end_of_batch(ProspectRow.id, after, batch)
        disturbed = case((busy(now), 1), else_=0)
        query = self._agreed(func.count(), func.coalesce(func.sum(disturbed), 0), now=now)
        query = query.where(*self._within(ProspectRow, after, last), *self.matching(segment, now))
        everyone, not_now = (await self._connection.execute(query)).one()
        return Counted(int(everyone) - int(not_now), int(not_now), last)

    async def find(
        self, segment: Segment, now: datetime, after: int, limit: int, broadcast_id: int, batch: int = BATCH
    ) -> tuple[list[Reachable], int | None]:
        """Return the next people of a segment, and up to whom was looked; None when there is nobody after them.

        Left out is who has got the broadcast already, and who must not be disturbed now.
        """
        last = await self._end_of_batch(ProspectRow.id, after, batch)
        query = self._agreed(*_REACHABLE, now=now).where(
            *self._within(ProspectRow, after, last),
            *self.matching(segment, now),
            not_(busy(now)),
            ~_got_already(broadcast_id),
        )
        rows = await self._connection.execute(query.order_by(ProspectRow.id).limit(limit))
        found = [_reachable(row) for row in rows]
        return found, found[-1].prospect_id if len(found) == limit else last

    async def still_reachable(self, prospects: Iterable[int], now: datetime) -> list[Reachable]:
        """Return those of some people who may still be written to now."""
        query = self._agreed(*_REACHABLE, now=now).where(ProspectRow.id.in_(list(prospects)), not_(busy(now)))
        return [_reachable(row) for row in await self._connection.execute(query.order_by(ProspectRow.id))]

    async def sources(self, limit: int) -> list[str]:
        """Return where the newest prospects came from, the most frequent first."""
        newest = (
            select(ProspectRow.first_source.label("source"))
            .where(self._ours(ProspectRow.bot_id + 0))
            .order_by(ProspectRow.id.desc())
            .limit(LATELY)
            .subquery()
        )
        query = select(newest.c.source).where(newest.c.source.is_not(None)).group_by(newest.c.source)
        rows = await self._connection.scalars(query.order_by(func.count().desc(), newest.c.source).limit(limit))
        return list(rows)

    def _agreed(self, *columns: Any, now: datetime) -> Select[Any]:
        """Select of people who agreed to follow-ups, and have not blocked the bot."""
        return (
            select(*columns)
            .select_from(ProspectRow)
            .join(ConsentRow, ConsentRow.id == deciding(ProspectRow, "follow_ups"))
            .where(
                ProspectRow.blocked_at.is_(None),
                lives(ConsentRow, now),
                not_(speaks_elsewhere(now)),
            )
        )

    def matching(self, segment: Segment, now: datetime) -> list[ColumnElement[bool]]:
        """The conditions that a prospect belongs to a segment, whether they may be written to or not."""
        found = [self._answered(each) for each in segment.answers]
        if segment.bands or segment.stages:
            found.append(_has_lead(segment))
        if segment.sources:
            came_by = (ProspectRow.first_source.in_(segment.sources), ProspectRow.last_source.in_(segment.sources))
            found.append(or_(*came_by))
        if segment.languages:
            found.append(or_(*(_speaks(language) for language in segment.languages)))
        if segment.active_for is not None:
            found.append(ProspectRow.last_seen_at >= now - timedelta(days=segment.active_for))
        if segment.silent_for is not None:
            found.append(ProspectRow.last_seen_at < now - timedelta(days=segment.silent_for))
        return found

    def _answered(self, looked_for: Answered) -> ColumnElement[bool]:
        """The condition that a choice was made in the newest walk of a quiz."""
        keyring, later = keyring_of(self._connection.dialect), aliased(SessionRow)
        newest = (
            select(func.max(later.id))
            .where(later.prospect_id == ProspectRow.id, later.quiz == looked_for.quiz, later.is_test.is_(False))
            .correlate(ProspectRow)
            .scalar_subquery()
        )
        chosen = [mark(keyring, looked_for.question, choice) for choice in looked_for.choices]
        return exists().where(
            AnswerRow.session_id == newest,
            AnswerRow.question == looked_for.question,
            AnswerRow.replaced_at.is_(None),
            or_(*(AnswerRow.marks.contains(f" {each} ") for each in chosen)),
        )


def busy(now: datetime) -> ColumnElement[bool]:
    """The condition that now is no time to write to many.

    A human has them in hand, they asked to be left alone until a day, or they walk a quiz.
    """
    in_hand = exists().where(
        LeadRow.prospect_id == ProspectRow.id,
        HandOffRow.lead_id == LeadRow.id,
        HandOffRow.closed_at.is_(None),
    )
    frozen = exists().where(LeadRow.prospect_id == ProspectRow.id, LeadRow.frozen_until.is_not(None))
    return or_(in_hand, frozen, walking(now - IN_THE_MIDDLE))


def walking(lately: Any) -> ColumnElement[bool]:
    """The condition that somebody has an unfinished quiz, and was heard of after the moment `lately`."""
    left_open = exists().where(
        SessionRow.prospect_id == ProspectRow.id,
        SessionRow.is_open,
        SessionRow.is_test.is_(False),
        SessionRow.abandoned_at.is_(None),
    )
    return and_(ProspectRow.last_seen_at > lately, left_open)


def speaks_elsewhere(now: Any) -> ColumnElement[bool]:
    """The condition that another account of the same person, heard of later, is written to instead."""
    accounts, other = accounts_of_one(ProspectRow), aliased(ProspectRow)
    return (
        select(literal(1))
        .select_from(accounts)
        .join(other, other.id == accounts.c.prospect)
        .where(
            tuple_(other.last_seen_at, other.id) > tuple_(ProspectRow.last_seen_at, ProspectRow.id),
            other.blocked_at.is_(None),
            agreed(other, "follow_ups", now),
        )
        .correlate(ProspectRow)
        .exists()
    )


def _has_lead(segment: Segment) -> ColumnElement[bool]:
    """The condition that one lead has both; where no stage is named, it is an open one."""
    which = [LeadRow.prospect_id == ProspectRow.id]
    if segment.bands:
        which.append(LeadRow.band.in_(segment.bands))
    which.append(LeadRow.stage.in_(segment.stages) if segment.stages else LeadRow.closed_at.is_(None))
    return exists().where(*which)


def _speaks(language: str) -> ColumnElement[bool]:
    """The condition that somebody's language is this one, in whatever country it is spoken."""
    spoken = func.lower(func.coalesce(ProspectRow.chosen_language, ProspectRow.language))
    return or_(spoken == language, spoken.startswith(f"{language}-", autoescape=True))


def _got_already(broadcast_id: int) -> ColumnElement[bool]:
    return exists().where(RecipientRow.broadcast_id == broadcast_id, RecipientRow.prospect_id == ProspectRow.id)


_REACHABLE = (ProspectRow.id, ConsentRow.id)


def _reachable(row: Sequence[Any]) -> Reachable:
    return Reachable(*row)
