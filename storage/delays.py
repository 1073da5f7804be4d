"""Delays: what may not be sent any more today leaves the outbox, and what it belongs to is due anew.

It waited there over an outage, or behind a long queue, until its allowed hours were over. Its sequence goes on
from where it stood before it, and the broadcast finds its recipient again: each looks when it may write, and what
it writes is written then.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, delete, exists, or_, update
from sqlalchemy.orm import aliased

from storage.collection import Collection
from storage.enrolments import EndReason
from storage.messages import Fate
from storage.tables import EnrolmentRow, OutboxRow, RecipientRow, TrackedLinkRow

REASON = "its hours were over when its turn came: it is sent in the next ones"
LATER = "later"
"""The fate of a recipient whose allowed hours have not begun."""
_other = aliased(EnrolmentRow)


class Delays(Collection):
    """Follow-ups and broadcast messages whose hours are over."""

    async def put_off(self, numbers: Iterable[int], now: datetime) -> bool:
        """Put off those of some waiting messages that may not be sent any more; tell whether there were any."""
        late = await self._taken_back(OutboxRow.id.in_(list(numbers)), OutboxRow.not_after <= now, now=now)
        for _, enrolment_id, after_step in late:
            if enrolment_id is not None:
                # Its later steps wait behind it, and come after it again.
                behind = OutboxRow.enrolment_id == enrolment_id, OutboxRow.state == Fate.WAITING
                messages = 1 + len(await self._taken_back(*behind, now=now))
                await self._step_back(enrolment_id, after_step, messages, now)
        await self._find_recipients_anew([number for number, enrolment_id, _ in late if enrolment_id is None], now)
        return bool(late)

    async def _taken_back(self, *which: ColumnElement[bool], now: datetime) -> list[_Late]:
        result = await self._connection.execute(
            update(OutboxRow)
            .where(*which)
            .values(state=Fate.DROPPED, settled_at=now, refusal=REASON)
            .returning(OutboxRow.id, OutboxRow.enrolment_id, OutboxRow.after_step)
        )
        return sorted((row[0], row[1], row[2]) for row in result)

    async def _find_recipients_anew(self, numbers: list[int], now: datetime) -> None:
        found = await self._connection.execute(
            update(RecipientRow)
            .where(RecipientRow.outbox_id.in_(numbers))
            .values(fate=LATER, outbox_id=None, due_at=now)
            .returning(RecipientRow.broadcast_id, RecipientRow.prospect_id)
        )
        people: dict[int, list[int]] = {}
        for broadcast, person in found:
            people.setdefault(broadcast, []).append(person)
        for broadcast, theirs in people.items():  # links go with their messages: the next ones have their own
            links = TrackedLinkRow.broadcast_id == broadcast, TrackedLinkRow.prospect_id.in_(theirs)
            await self._connection.execute(delete(TrackedLinkRow).where(*links))

    async def _step_back(self, enrolment_id: int, step: str | None, messages: int, now: datetime) -> None:
        """Let a sequence go on from a step, though its last message had ended it; not if another thing did."""
        goes_on = or_(
            EnrolmentRow.ended_at.is_(None),
            and_(
                EnrolmentRow.end_reason.in_((EndReason.FINISHED, EndReason.SILENT)),
                ~exists().where(_other.lead_id == EnrolmentRow.lead_id, _other.ended_at.is_(None)),
            ),
        )
        silent = EnrolmentRow.unanswered - messages
        await self._connection.execute(
            update(EnrolmentRow)
            .where(EnrolmentRow.id == enrolment_id, goes_on)
            .values(
                last_step=step,
                due_at=now,
                unanswered=case((silent < 0, 0), else_=silent),
                ended_at=None,
                end_reason=None,
            )
        )


_Late = tuple[int, int | None, str | None]
