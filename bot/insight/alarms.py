"""Alarms to the admins: each trouble is told once when it begins, and once when all is well again."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from bot.teams.permissions import admins
from bot.teams.roster import house_timezone
from bot.telegram.requests import SendText
from bot.texts import day_and_time, duration, say
from bot.work import Work, Workshop
from storage.records import Kind
from storage.statistics import DeliveryHealth

LOOK_EVERY = timedelta(minutes=1)
LOOK_BACK = timedelta(minutes=10)
"""Refusals older than that are no trouble of now."""
STUCK_AFTER = timedelta(minutes=3)
"""A message of a chat that did not get out in this time is in trouble, if it was tried and tried again."""
REFUSED_AT_LEAST = 5
"""So many refusals, and more than what was sent: fewer are people who left."""
CALM = timedelta(minutes=30)
"""With no update put aside for so long, that trouble is over."""


class Trouble(StrEnum):
    """What admins are alarmed about here; a hot lead that nobody takes has its own alarm."""

    DELIVERY = "delivery"
    PARKED = "parked"


class Incident(BaseModel):
    """A trouble that the admins were told of, and that is not over."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    since: AwareDatetime
    last: AwareDatetime
    count: int = 1


class Watch:
    """Looks, once a minute, whether messages get through and whether a trouble is over."""

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop
        self.next_look = workshop.clock.now() + LOOK_EVERY
        """when to look again"""

    async def look(self) -> bool:
        """Look if it is time; tell whether anything was said to the admins."""
        now = self._workshop.clock.now()
        if now < self.next_look:
            return False
        try:
            return await self._look(now)
        finally:
            self.next_look = now + LOOK_EVERY

    async def _look(self, now: datetime) -> bool:
        async with self._workshop.view() as view:
            health = await view.statistics.delivery(now - LOOK_BACK, now - STUCK_AFTER)
            known = [await view.states.read(_name(trouble)) is not None for trouble in Trouble]
        if not any(known) and not is_failing(health):
            return False
        async with self._workshop.work() as work:
            told = await _about_delivery(work, health)
            return await _about_parked(work) or told


def is_failing(health: DeliveryHealth) -> bool:
    """Tell whether messages do not get through."""
    return health.stuck > 0 or health.refused >= max(REFUSED_AT_LEAST, health.sent + 1)


def is_well(health: DeliveryHealth) -> bool:
    """Tell whether the newest thing known is that a message got through."""
    if is_failing(health):
        return False
    return health.refused_last is None or (health.sent_last is not None and health.sent_last > health.refused_last)


async def parked(work: Work, update_id: int, error: str) -> None:
    """Tell the admins of an update that was put aside; the next ones of the same trouble are only counted."""
    incident = await _incident(work, Trouble.PARKED)
    if incident is None:
        await _tell(work, "alarm.parked", update=update_id, error=error)
        incident = Incident(since=work.now, last=work.now)
    else:
        incident = incident.model_copy(update={"last": work.now, "count": incident.count + 1})
    await work.unit.states.keep(_name(Trouble.PARKED), incident.model_dump_json())


async def _about_delivery(work: Work, health: DeliveryHealth) -> bool:
    incident = await _incident(work, Trouble.DELIVERY)
    if incident is None and is_failing(health):
        begun = Incident(since=work.now, last=work.now)
        await work.unit.states.keep(_name(Trouble.DELIVERY), begun.model_dump_json())
        await work.note("delivery_failing", None, stuck=health.stuck, refused=health.refused)
        await _tell(work, "alarm.delivery", stuck=health.stuck, refused=health.refused)
        return True
    if incident is not None and is_well(health):
        await work.unit.states.drop(_name(Trouble.DELIVERY))
        await work.note("delivery_well", None, seconds=int((work.now - incident.since).total_seconds()))
        await _tell(work, "alarm.delivery_over", lasted=work.now - incident.since)
        return True
    return False


async def _about_parked(work: Work) -> bool:
    incident = await _incident(work, Trouble.PARKED)
    if incident is None or work.now - incident.last < CALM:
        return False
    await work.unit.states.drop(_name(Trouble.PARKED))
    await _tell(work, "alarm.parked_over", since=incident.since, n=incident.count)
    return True


async def _tell(work: Work, key: str, **facts: object) -> None:
    """Say something to every admin, moments and lengths of time in their own language."""
    timezone = await house_timezone(work)
    for admin in await admins(work):
        language = await work.staff_language(admin)
        said = {name: _said(fact, language, timezone) for name, fact in facts.items()}
        await work.send(SendText(chat_id=admin, html=say(language, key, **said)), Kind.HAND_OFF)


def _said(fact: object, language: str, timezone: str) -> object:
    match fact:
        case datetime():
            return day_and_time(language, fact, timezone)
        case timedelta():
            return duration(language, fact)
        case _:
            return fact


async def _incident(work: Work, trouble: Trouble) -> Incident | None:
    """Return a trouble that is not over; one that cannot be read is none."""
    kept = await work.unit.states.read(_name(trouble))
    if kept is None:
        return None
    try:
        return Incident.model_validate_json(kept)
    except ValidationError:
        return None


def _name(trouble: Trouble) -> str:
    return f"alarm:{trouble}"
