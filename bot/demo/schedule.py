"""What the bot has scheduled next, read from its own timers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.demo.emulator import Person
from bot.demo.stage import Stage
from storage.records import Enrolment
from storage.unit import Unit


@dataclass(frozen=True)
class Planned:
    """Something that will happen by itself: a follow-up, or a hand-off that nobody has taken in time."""

    at: datetime
    who: Person | None
    number: int | None = None
    """which message of the sequence; None for a hand-off"""
    of: int | None = None


async def planned_next(stage: Stage, view: Unit) -> Planned | None:
    """Return what is due first; None when nothing waits."""
    offered = await view.hand_offs.next_due()
    follow_up = await view.enrolments.next_due()
    if follow_up is not None and (offered is None or follow_up < offered):
        enrolments = await view.enrolments.due(follow_up, 1)
        return await _follow_up(stage, view, enrolments[0]) if enrolments else None
    if offered is None:
        return None
    hand_offs = await view.hand_offs.due(offered, 1)
    lead = await view.leads.by_id(hand_offs[0].lead_id) if hand_offs else None
    return Planned(offered, await _who(stage, view, lead.prospect_id) if lead else None)


async def follow_up_due(stage: Stage, person: Person) -> datetime | None:
    """Return when a person gets their next follow-up; None when none is planned."""
    async with stage.view() as view:
        prospect = await view.prospects.by_telegram_id(person.id)
        enrolments = await view.enrolments.active_of(prospect.id) if prospect else []
    return min((each.due_at for each in enrolments if each.due_at is not None), default=None)


async def _follow_up(stage: Stage, view: Unit, enrolment: Enrolment) -> Planned | None:
    if enrolment.due_at is None:
        return None
    ids = stage.quizzes[enrolment.quiz].sequences[enrolment.sequence].ids
    number = ids.index(enrolment.last_step) + 2 if enrolment.last_step in ids else 1
    return Planned(enrolment.due_at, await _who(stage, view, enrolment.prospect_id), number, len(ids))


async def _who(stage: Stage, view: Unit, prospect_id: int) -> Person | None:
    prospect = await view.prospects.by_id(prospect_id)
    return stage.emulator.people.get(prospect.telegram_id)
