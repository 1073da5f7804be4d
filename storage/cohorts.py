"""Cohorts: the leads of a segment who enter a sequence together, many of them in one statement."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Case,
    ColumnElement,
    String,
    bindparam,
    case,
    cast,
    exists,
    func,
    insert,
    literal,
    not_,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from qualification.score import Band
from qualification.segments import Segment
from qualification.stages import Stage
from storage.collection import Collection
from storage.consents import agreed
from storage.merges import accounts_of_one
from storage.segments import IN_THE_MIDDLE, Segments, speaks_elsewhere, walking
from storage.tables import EnrolmentRow, HandOffRow, JournalRow, LeadRow, ProspectRow

BATCH = 5_000
"""Leads that one look goes through."""


class Obstacle(StrEnum):
    """Why a lead of a segment does not enter a sequence now; of several reasons the first."""

    UNFIT = "unfit"
    BLOCKED = "blocked"
    NOT_AGREED = "not_agreed"
    BUSY = "busy"
    """a human has them in hand, they wait for one, they asked for peace until a day, or they walk a quiz"""
    INSIDE = "inside"
    """they get follow-ups as it is"""
    HAD_IT = "had_it"
    """they were in the sequence before, however that ended"""
    ELSEWHERE = "elsewhere"
    """another account of theirs, heard of later, is written to"""


@dataclass(frozen=True)
class Cohort:
    """Who is to enter which sequence: open leads of its quiz, by whose own bands and stages the segment asks."""

    quiz: str
    sequence: str
    segment: Segment


@dataclass(frozen=True)
class Newcomer:
    """A lead with nothing in the way of entering a sequence."""

    lead_id: int
    telegram_id: int
    timezone: str | None


class Cohorts(Collection):
    """The leads of a bot, by whether they can enter a sequence."""

    def __init__(self, connection: AsyncConnection, bot_id: int, segments: Segments) -> None:
        super().__init__(connection, bot_id)
        self._segments = segments

    async def count(
        self, cohort: Cohort, now: datetime, after: int = 0, batch: int = BATCH
    ) -> tuple[Counter[Obstacle | None], int | None]:
        """Count the next leads of a segment by what is in the way; None counts those who would enter.

        Along comes up to which lead was looked; None when there is nobody after them.
        """
        last = await self._end_of_batch(LeadRow.id, after, batch)
        obstacle = _OBSTACLE.label("obstacle")
        query = (
            select(obstacle, func.count())
            .select_from(LeadRow)
            .join(ProspectRow, ProspectRow.id == LeadRow.prospect_id)
        )
        query = query.where(*self._within(LeadRow, after, last), *self._matching(cohort, now)).group_by(obstacle)
        rows = await self._connection.execute(query, _asked(cohort, now))
        return Counter({Obstacle(what) if what else None: people for what, people in rows}), last

    async def find(
        self, cohort: Cohort, now: datetime, after: int, limit: int, batch: int = BATCH
    ) -> tuple[list[Newcomer], int | None]:
        """Return the next who can enter, and up to which lead was looked; None when there is nobody after them."""
        last = await self._end_of_batch(LeadRow.id, after, batch)
        query = select(LeadRow.id, ProspectRow.telegram_id, ProspectRow.timezone)
        query = query.select_from(LeadRow).join(ProspectRow, ProspectRow.id == LeadRow.prospect_id)
        query = (
            query.where(*self._within(LeadRow, after, last), *self._free(cohort, now))
            .order_by(LeadRow.id)
            .limit(limit)
        )
        found = [Newcomer(*row) for row in await self._connection.execute(query, _asked(cohort, now))]
        return found, found[-1].lead_id if len(found) == limit else last

    async def enrol(
        self,
        cohort: Cohort,
        revision: int,
        leads: Sequence[int],
        due: Mapping[str | None, datetime],
        now: datetime,
    ) -> int:
        """Let those of some leads begin the sequence who can enter still; return how many did.

        `due` is the moment of the first step in each time zone that they live in, and where none is known.
        """
        entered = await self._enter(cohort, revision, leads, due, now)
        await self._note(cohort, entered, set(due.values()), now)
        return len(entered)

    async def _enter(
        self,
        cohort: Cohort,
        revision: int,
        leads: Sequence[int],
        due: Mapping[str | None, datetime],
        now: datetime,
    ) -> list[int]:
        values: dict[str, Any] = {
            "bot_id": LeadRow.bot_id,
            "lead_id": LeadRow.id,
            "prospect_id": LeadRow.prospect_id,
            "quiz": LeadRow.quiz,
            "revision": literal(revision),
            "sequence": literal(cohort.sequence),
            "due_at": _there(due),
            "stepped_at": literal(now, EnrolmentRow.stepped_at.type),
            "unanswered": literal(0),
            "enrolled_at": literal(now, EnrolmentRow.enrolled_at.type),
        }
        query = (
            select(*values.values()).select_from(LeadRow).join(ProspectRow, ProspectRow.id == LeadRow.prospect_id)
        )
        query = query.where(self._ours(LeadRow.bot_id), LeadRow.id.in_(leads), *self._free(cohort, now))
        query = query.order_by(LeadRow.id)
        statement = insert(EnrolmentRow).from_select(list(values), query).returning(EnrolmentRow.id)
        return list(await self._connection.scalars(statement, _asked(cohort, now)))

    async def _note(self, cohort: Cohort, entered: list[int], moments: set[datetime], now: datetime) -> None:
        """Write into the journal what is written there of one who is enrolled."""
        rest = {
            moment: f', "sequence": {json.dumps(cohort.sequence)}, "due": "{moment.isoformat()}"}}'
            for moment in moments
        }
        facts = literal('{"lead": ') + cast(EnrolmentRow.lead_id, String) + case(rest, value=EnrolmentRow.due_at)
        query = select(
            EnrolmentRow.bot_id,
            EnrolmentRow.prospect_id,
            literal(now, JournalRow.at.type),
            literal("enrolled"),
            facts,
        ).where(EnrolmentRow.id.in_(entered))
        columns = ["bot_id", "prospect_id", "at", "event", "facts"]
        await self._connection.execute(insert(JournalRow).from_select(columns, query.order_by(EnrolmentRow.id)))

    def _free(self, cohort: Cohort, now: datetime) -> list[ColumnElement[bool]]:
        return [*self._matching(cohort, now), _OBSTACLE.is_(None)]

    def _matching(self, cohort: Cohort, now: datetime) -> list[ColumnElement[bool]]:
        segment = cohort.segment
        found = [LeadRow.quiz == cohort.quiz, LeadRow.closed_at.is_(None)]
        if segment.bands:
            found.append(LeadRow.band.in_(segment.bands))
        if segment.stages:
            found.append(LeadRow.stage.in_(segment.stages))
        of_the_person = segment.model_copy(update={"bands": (), "stages": ()})
        return [*found, *self._segments.matching(of_the_person, now)]


def _rests_with_somebody() -> ColumnElement[bool]:
    """The condition that a manager has a lead of the person, or that one is frozen, whichever account it is of."""
    accounts, lead = accounts_of_one(ProspectRow), aliased(LeadRow)
    open_hand_off = exists().where(HandOffRow.lead_id == lead.id, HandOffRow.closed_at.is_(None))
    return (
        select(literal(1))
        .select_from(accounts)
        .join(lead, lead.prospect_id == accounts.c.prospect)
        .where(or_(lead.frozen_until.is_not(None), open_hand_off))
        .correlate(ProspectRow)
        .exists()
    )


def _was_enrolled(*which: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition that the person has such an enrolment, whichever account it is of."""
    accounts = accounts_of_one(ProspectRow)
    # Looked up by an index for each account: PostgreSQL would join while it takes the table for a small one.
    found = (
        select(EnrolmentRow.id)
        .where(EnrolmentRow.prospect_id == accounts.c.prospect, *which)
        .limit(1)
        .correlate(accounts, LeadRow)
        .scalar_subquery()
    )
    theirs = select(literal(1)).select_from(accounts).where(found.is_not(None))
    return theirs.correlate(ProspectRow, LeadRow).exists()


def _obstacle() -> Case[Any]:
    """What is in the way of a lead; NULL if nothing is."""
    now, lately = (bindparam(name, type_=EnrolmentRow.due_at.type) for name in ("moment", "lately"))
    # Not by `ended_at`, which would lead PostgreSQL to the index of all that go on.
    goes_on = EnrolmentRow.end_reason.is_(None)
    same = EnrolmentRow.quiz == LeadRow.quiz, EnrolmentRow.sequence == bindparam("into")
    whens = {
        Obstacle.UNFIT: or_(LeadRow.stage == Stage.UNFIT, func.coalesce(LeadRow.band, "") == Band.UNFIT),
        Obstacle.BLOCKED: ProspectRow.blocked_at.is_not(None),
        Obstacle.NOT_AGREED: not_(agreed(ProspectRow, "follow_ups", now)),
        Obstacle.BUSY: or_(LeadRow.waiting_since.is_not(None), walking(lately), _rests_with_somebody()),
        Obstacle.INSIDE: _was_enrolled(goes_on),
        Obstacle.HAD_IT: _was_enrolled(*same),
        Obstacle.ELSEWHERE: speaks_elsewhere(now),
    }
    return case(*((condition, literal(str(what))) for what, condition in whens.items()), else_=None)


_OBSTACLE = _obstacle()
"""Made once, because making it costs more than asking it about some hundred leads."""


def _asked(cohort: Cohort, now: datetime) -> dict[str, Any]:
    """What the obstacles depend on."""
    return {"moment": now, "lately": now - IN_THE_MIDDLE, "into": cohort.sequence}


def _there(due: Mapping[str | None, datetime]) -> ColumnElement[datetime]:
    """The moment in the time zone that somebody lives in."""
    moments = {zone: literal(moment, EnrolmentRow.due_at.type) for zone, moment in due.items()}
    elsewhere = moments.pop(None)
    return case(moments, value=ProspectRow.timezone, else_=elsewhere) if moments else elsewhere
