"""Alarms to the admins: each trouble is told once when it begins, and once when all is well again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from bot.teams.permissions import admins
from bot.teams.roster import house_timezone
from bot.telegram.requests import SendText
from bot.texts import day_and_time, duration, say
from bot.watching import machine
from bot.watching.pulse import PULSE, Beat, Pulse, WebhookHealth
from bot.work import Work, Workshop
from storage.messages import Kind
from storage.statistics import DeliveryHealth
from storage.vitals import ALARM, Vitals

LOOK_EVERY = timedelta(minutes=1)
LOOK_BACK = timedelta(minutes=10)
"""Refusals older than that are no trouble of now."""
STUCK_AFTER = timedelta(minutes=3)
"""A message of a chat that did not get out in this time is in trouble, if it was tried and tried again."""
REFUSED_AT_LEAST = 5
"""So many refusals, and more than what was sent: fewer are people who left."""
CALM = timedelta(minutes=30)
"""With no update put aside for so long, that trouble is over."""


LAGS_AFTER, LAGS_NO_MORE = timedelta(minutes=5), timedelta(minutes=1)
"""So long nobody should wait for an answer, seen twice in a row: a machine that slept has woken up by then."""
LITTLE_ROOM = 512 * 1024**2
"""Bytes on the disk: the database, its log and a backup still fit, but not for long."""
OLD_BACKUP = timedelta(days=8)
"""Older than a week and a day: whatever makes them has stopped."""
WEBHOOK_RESTARTS = timedelta(minutes=1)
"""A web server may be away for so long without anybody being told."""
FAILS_FOR = timedelta(days=1)
"""A receiver may be down for so long: nothing is lost before, and its people may know it."""
HICCUP = timedelta(seconds=10)
"""A database that took nothing for so long was busy, no more."""


class Trouble(StrEnum):
    """What admins are alarmed about here; a hot lead that nobody takes has its own alarm."""

    DELIVERY = "delivery"
    PARKED = "parked"
    LAG = "lag"
    DISK = "disk"
    BACKUP = "backup"
    WEBHOOK = "webhook"
    RECEIVERS = "receivers"


@dataclass(frozen=True)
class Finding:
    """Whether a trouble is there, or is over; in between, nothing changes."""

    trouble: Trouble
    is_there: bool
    is_over: bool
    facts: Mapping[str, object]


class Incident(BaseModel):
    """A trouble that the admins were told of, and that is not over."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    since: AwareDatetime
    last: AwareDatetime
    count: int = 1


class Watch:
    """Looks, once a minute, whether all is well, and whether a trouble is over; and keeps the pulse for others."""

    def __init__(self, workshop: Workshop, pulse: Pulse, room: Callable[[], int | None]) -> None:
        """`room` tells the free bytes on the database's disk."""
        self._workshop = workshop
        self._pulse = pulse
        self._room = room
        self._lagged = False
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
            vitals = await view.vitals.read(now)
            failing_since = await view.receivers.failing_since()
        room = self._room()
        lag = lag_of(vitals, now)
        findings = [
            self._about_lag(lag),
            about_room(room),
            about_backup(vitals.backup_at, now),
            about_webhook(self._pulse.webhook, now),
            about_receivers(failing_since, now),
        ]
        outage = self._pulse.outage
        async with self._workshop.work() as work:
            await self._keep_pulse(work, room)
            told = await _about_delivery(work, health)
            told = await _about_parked(work) or told
            for finding in findings:
                told = (finding is not None and await _about(work, finding)) or told
            if outage is not None and outage.last - outage.since > HICCUP:
                await _tell(work, "alarm.database_over", since=outage.since, until=outage.last)
                told = True
        self._pulse.outage = None  # it took this: whatever was, is over
        self._lagged = lag > LAGS_AFTER
        return told

    def _about_lag(self, lag: timedelta) -> Finding:
        is_there = self._lagged and lag > LAGS_AFTER
        return Finding(Trouble.LAG, is_there, lag < LAGS_NO_MORE, {"lag": lag})

    async def _keep_pulse(self, work: Work, room: int | None) -> None:
        """Write down what only this process knows: `hotlead status` asks from another one."""
        webhook = self._pulse.webhook
        beat = Beat(
            at=work.now,
            started_at=self._pulse.started_at,
            sent_in_a_minute=self._pulse.sent_lately(),
            too_fast=self._pulse.too_fast,
            memory=machine.memory(),
            disk_free=room,
            by_webhook=webhook is not None,
            webhook_waiting=webhook.waiting if webhook else 0,
            webhook_problem=webhook.problem if webhook else None,
        )
        await work.unit.states.keep(PULSE, beat.model_dump_json())


def lag_of(vitals: Vitals, now: datetime) -> timedelta:
    """Return how long the oldest thing waits that somebody waits for."""
    return max((now - since for since in (vitals.inbox_since, vitals.outbox_since) if since), default=timedelta(0))


def about_room(room: int | None) -> Finding | None:
    """Tell whether the disk is nearly full, or no longer: that takes twice the room, or it would flicker."""
    if room is None:
        return None
    free = {"free": room // 1024**2}
    return Finding(Trouble.DISK, room < LITTLE_ROOM, room > 2 * LITTLE_ROOM, free)


def about_backup(made_at: datetime | None, now: datetime) -> Finding | None:
    """Tell whether backups have stopped. Who never made one hears of it from `hotlead doctor` and `status`."""
    if made_at is None:
        return None
    is_old = now - made_at > OLD_BACKUP
    return Finding(Trouble.BACKUP, is_old, not is_old, {"at": made_at})


def about_webhook(webhook: WebhookHealth | None, now: datetime) -> Finding:
    """Tell whether Telegram cannot deliver, or can again; who polls has no such trouble any more."""
    if webhook is None or webhook.problem is None or webhook.since is None:
        return Finding(Trouble.WEBHOOK, is_there=False, is_over=True, facts={})
    lasts = now - webhook.since > WEBHOOK_RESTARTS
    facts = {"problem": webhook.problem, "waiting": webhook.waiting}
    return Finding(Trouble.WEBHOOK, is_there=lasts, is_over=False, facts=facts)


def about_receivers(failing_since: datetime | None, now: datetime) -> Finding:
    """Tell whether a receiver has not been reached for long, or all of them take notices again."""
    if failing_since is None:
        return Finding(Trouble.RECEIVERS, is_there=False, is_over=True, facts={})
    lasts = now - failing_since > FAILS_FOR
    return Finding(Trouble.RECEIVERS, is_there=lasts, is_over=False, facts={"since": failing_since})


async def receiver_gone(work: Work, number: int, host: str) -> None:
    """Tell the admins that a receiver wants no more notices, and gets none."""
    await _tell(work, "alarm.receiver_gone", number=number, host=host)


async def gap(work: Work, since: datetime, until: datetime, kept_since: datetime) -> None:
    """Tell the admins that the bot was away for longer than Telegram keeps what people write."""
    await work.note("gap", None, seconds=int((until - since).total_seconds()))
    await _tell(work, "alarm.gap", since=since, until=until, kept=kept_since)


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


async def _about(work: Work, finding: Finding) -> bool:
    """Tell of a trouble when it begins and when it is over; tell whether anything was said."""
    trouble = finding.trouble
    incident = await _incident(work, trouble)
    if incident is None and finding.is_there:
        begun = Incident(since=work.now, last=work.now)
        await work.unit.states.keep(_name(trouble), begun.model_dump_json())
        await work.note("trouble", None, what=trouble)
        await _tell(work, f"alarm.{trouble}", **finding.facts)
        return True
    if incident is not None and finding.is_over:
        await work.unit.states.drop(_name(trouble))
        await work.note("trouble_over", None, what=trouble)
        await _tell(work, f"alarm.{trouble}_over", lasted=work.now - incident.since, **finding.facts)
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
    return f"{ALARM}{trouble}"
