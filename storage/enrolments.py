"""Enrolments: leads on their way through a sequence of follow-ups."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func, select, update

from storage.collection import Collection, claimed, earliest
from storage.hand_offs import in_talk
from storage.records import Enrolment, Inside
from storage.spans import after
from storage.states import held
from storage.tables import EnrolmentRow


class EndReason(StrEnum):
    """Why follow-ups ended."""

    FINISHED = "finished"
    UNSUBSCRIBED = "unsubscribed"
    HANDED_OFF = "handed_off"
    BLOCKED = "blocked"
    REPLACED = "replaced"
    FROZEN = "frozen"
    REPLIED = "replied"
    TAPPED = "tapped"
    STAGE = "stage"
    """the lead moved to another one"""
    GOAL = "goal"
    SILENT = "silent"
    """they were asked whether to go on"""
    BRANCHED = "branched"
    """into another sequence"""
    UNFIT = "unfit"
    MERGED = "merged"
    """another account of the same person gets them"""
    EDITED = "edited"
    """the sequence is another one now, for new people only"""


NEXT_FOLLOW_UP = earliest(EnrolmentRow.due_at, ~held(), ~in_talk(EnrolmentRow.bot_id, EnrolmentRow.prospect_id))


class Enrolments(Collection):
    """Every enrolment; a lead has at most one that goes on."""

    async def enrol(
        self,
        lead_id: int,
        prospect_id: int,
        quiz: str,
        revision: int,
        sequence: str,
        last_step: str | None,
        due_at: datetime,
        now: datetime,
    ) -> int:
        """Begin a sequence after `last_step`; one that goes on for the same lead is replaced."""
        await self._end(EnrolmentRow.lead_id == lead_id, EndReason.REPLACED, now)
        return await self._add(
            EnrolmentRow,
            lead_id=lead_id,
            prospect_id=prospect_id,
            quiz=quiz,
            revision=revision,
            sequence=sequence,
            last_step=last_step,
            due_at=due_at,
            stepped_at=now,
            unanswered=0,
            enrolled_at=now,
        )

    async def left_at(self, lead_id: int, quiz: str, sequence: str) -> Inside | None:
        """Return where a lead stands in a sequence, or stood when it left it; None for who was never inside."""
        query = select(EnrolmentRow.sequence, EnrolmentRow.revision, EnrolmentRow.last_step).where(
            EnrolmentRow.lead_id == lead_id, EnrolmentRow.quiz == quiz, EnrolmentRow.sequence == sequence
        )
        row = (await self._connection.execute(query.order_by(EnrolmentRow.id.desc()).limit(1))).first()
        return Inside(*row) if row else None

    async def inside(self, quiz: str) -> dict[Inside, int]:
        """Count the people inside the sequences of a quiz, by where they stand."""
        place = (EnrolmentRow.sequence, EnrolmentRow.revision, EnrolmentRow.last_step)
        query = select(*place, func.count()).where(
            self._ours(EnrolmentRow.bot_id), EnrolmentRow.quiz == quiz, EnrolmentRow.ended_at.is_(None)
        )
        rows = await self._connection.execute(query.group_by(*place))
        return {Inside(sequence, revision, step): count for sequence, revision, step, count in rows}

    async def carry_over(
        self, quiz: str, inside: Inside, revision: int, last_step: str | None, wait: timedelta | None
    ) -> None:
        """Let people who stand somewhere go on in another revision; with a `wait` if the next step has another.

        All of them at once, whatever their number.
        """
        due: dict[str, Any] = {}
        if wait is not None:
            anew = after(EnrolmentRow.stepped_at, wait)
            due["due_at"] = func.coalesce(anew, EnrolmentRow.due_at, type_=EnrolmentRow.due_at.type)
        await self._connection.execute(
            update(EnrolmentRow)
            .where(*self._at(quiz, inside))
            .values(revision=revision, last_step=last_step, **due)
        )

    async def end_all(self, quiz: str, inside: Inside, reason: EndReason, now: datetime) -> None:
        """End the sequence of people who stand somewhere."""
        await self._connection.execute(
            update(EnrolmentRow)
            .where(*self._at(quiz, inside))
            .values(ended_at=now, end_reason=reason, due_at=None)
        )

    def _at(self, quiz: str, inside: Inside) -> tuple[ColumnElement[bool], ...]:
        return (
            self._ours(EnrolmentRow.bot_id),
            EnrolmentRow.ended_at.is_(None),
            EnrolmentRow.quiz == quiz,
            EnrolmentRow.sequence == inside.sequence,
            EnrolmentRow.revision == inside.revision,
            EnrolmentRow.last_step.is_not_distinct_from(inside.last_step),
        )

    async def due(self, now: datetime, limit: int) -> list[Enrolment]:
        """Return enrolments whose next message is due, the longest first; none while follow-ups are held."""
        query = select(*_ENROLMENT).where(
            self._ours(EnrolmentRow.bot_id),
            EnrolmentRow.due_at <= now,
            ~held(),
            ~in_talk(EnrolmentRow.bot_id, EnrolmentRow.prospect_id),
        )
        rows = await self._connection.execute(
            claimed(query.order_by(EnrolmentRow.due_at).limit(limit), EnrolmentRow)
        )
        return [_enrolment(row) for row in rows]

    async def next_due(self) -> datetime | None:
        """Return when the next message is due; never while follow-ups are held."""
        return await self._connection.scalar(NEXT_FOLLOW_UP, {"bot": self._bot_id})

    async def count(self, now: datetime) -> tuple[int, int]:
        """Return how many messages of all bots are due, and how many enrolments go on."""
        query = select(func.count().filter(EnrolmentRow.due_at <= now), func.count())
        row = (await self._connection.execute(query.where(EnrolmentRow.ended_at.is_(None)))).one()
        return int(row[0]), int(row[1])

    async def postpone(self, enrolment_id: int, due_at: datetime) -> None:
        """Look at the enrolment again later."""
        await self._connection.execute(
            update(EnrolmentRow).where(EnrolmentRow.id == enrolment_id).values(due_at=due_at)
        )

    async def by_id(self, enrolment_id: int) -> Enrolment | None:
        """Return an enrolment of this bot."""
        query = select(*_ENROLMENT).where(EnrolmentRow.id == enrolment_id, self._ours(EnrolmentRow.bot_id))
        row = (await self._connection.execute(query)).first()
        return _enrolment(row) if row else None

    async def active_of(self, prospect_id: int) -> list[Enrolment]:
        """Return the prospect's enrolments that go on."""
        query = select(*_ENROLMENT).where(EnrolmentRow.prospect_id == prospect_id, EnrolmentRow.ended_at.is_(None))
        return [_enrolment(row) for row in await self._connection.execute(query)]

    async def last_of(self, lead_id: int) -> Enrolment | None:
        """Return the enrolment of a lead that began last, whether it goes on or not."""
        query = select(*_ENROLMENT).where(EnrolmentRow.lead_id == lead_id).order_by(EnrolmentRow.id.desc())
        row = (await self._connection.execute(query.limit(1))).first()
        return _enrolment(row) if row else None

    async def advanced(
        self, enrolment: Enrolment, step: str, unanswered: int, due_at: datetime | None, now: datetime
    ) -> None:
        """Note that a step is done, and when the next one is due; None after the last."""
        ended = {"ended_at": now, "end_reason": EndReason.FINISHED} if due_at is None else {}
        await self._connection.execute(
            update(EnrolmentRow)
            .where(EnrolmentRow.id == enrolment.id)
            .values(last_step=step, unanswered=unanswered, due_at=due_at, stepped_at=now, **ended)
        )

    async def reacted(self, enrolment_id: int) -> None:
        """Note a reaction: the silence starts anew."""
        await self._connection.execute(
            update(EnrolmentRow).where(EnrolmentRow.id == enrolment_id).values(unanswered=0)
        )

    async def stop(self, prospect_id: int, reason: EndReason, now: datetime) -> int:
        """End all that goes on for a prospect; return how many were ended."""
        return await self._end(EnrolmentRow.prospect_id == prospect_id, reason, now)

    async def end(self, enrolment_id: int, reason: EndReason, now: datetime, step: str | None = None) -> bool:
        """End one enrolment, perhaps after a last `step`; tell whether it went on till now."""
        if step is not None:
            passed = update(EnrolmentRow).where(EnrolmentRow.id == enrolment_id).values(last_step=step)
            await self._connection.execute(passed)
        return bool(await self._end(EnrolmentRow.id == enrolment_id, reason, now))

    async def _end(self, whose: object, reason: EndReason, now: datetime) -> int:
        result = await self._connection.execute(
            update(EnrolmentRow)
            .where(whose, EnrolmentRow.ended_at.is_(None))  # type: ignore[arg-type]  # a column compared
            .values(ended_at=now, end_reason=reason, due_at=None)
            .returning(EnrolmentRow.id)
        )
        return len(result.all())


_ENROLMENT = (
    EnrolmentRow.id,
    EnrolmentRow.lead_id,
    EnrolmentRow.prospect_id,
    EnrolmentRow.quiz,
    EnrolmentRow.revision,
    EnrolmentRow.sequence,
    EnrolmentRow.last_step,
    EnrolmentRow.due_at,
    EnrolmentRow.unanswered,
    EnrolmentRow.enrolled_at,
    EnrolmentRow.ended_at,
    EnrolmentRow.end_reason,
)


def _enrolment(row: Sequence[Any]) -> Enrolment:
    return Enrolment(*row)
