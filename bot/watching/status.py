"""How a bot is, for `hotlead status`: read from its database, so it can be told whether the bot runs or not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.insight.alarms import LITTLE_ROOM, OLD_BACKUP
from bot.texts import duration
from bot.watching.pulse import Beat
from storage.receivers import NoticeState
from storage.vitals import Vitals

RUNS_IF_HEARD = timedelta(minutes=3)
"""A running bot notes once a minute that it hears Telegram."""
LATE = timedelta(minutes=1)
OF_OLD = timedelta(minutes=15)
"""A hot lead that nobody takes for so long should have made somebody worry."""
MEGA = 1024**2


@dataclass(frozen=True)
class Status:
    """How one bot of a database is."""

    username: str
    now: datetime
    vitals: Vitals
    heard_at: datetime | None
    beat: Beat | None
    room: int | None
    """free bytes on the disk; None where the database is elsewhere"""
    paused_at: datetime | None = None
    """since when it neither receives nor sends, as the operator wants it"""
    stopped: str | None = None
    """why it does not run though it should"""

    @property
    def runs(self) -> bool:
        """Whether the bot runs and hears Telegram."""
        return self.stopped is None and self.paused_at is None and self._is_heard

    @property
    def _is_heard(self) -> bool:
        return self.heard_at is not None and self.now - self.heard_at <= RUNS_IF_HEARD

    def attention(self) -> Iterator[str]:
        """Say what needs somebody's attention."""
        vitals = self.vitals
        if self.paused_at is None and self.stopped is not None:
            yield f"the bot does not run: {self.stopped}"
        elif self.paused_at is None and not self.runs:
            heard = f"last {self._ago(self.heard_at)}" if self.heard_at else "never yet"
            yield f"the bot does not run, or does not hear Telegram (heard {heard})"
        for what, since in (("updates wait", vitals.inbox_since), ("messages wait", vitals.outbox_since)):
            if self.paused_at is None and since is not None and self.now - since > LATE:
                yield f"{what}, the oldest {self._for(since)}"
        if vitals.parked:
            yield f"{vitals.parked} updates could not be handled and were put aside"
        if vitals.untaken_since is not None and self.now - vitals.untaken_since > OF_OLD:
            yield f"{vitals.untaken} hot leads are not taken, the oldest waits {self._for(vitals.untaken_since)}"
        if given_up := vitals.notices.get(NoticeState.GIVEN_UP):
            notices = "1 notice was" if given_up == 1 else f"{given_up} notices were"
            yield f"{notices} given up; hotlead receivers list says whose"
        if vitals.held:
            yield "follow-ups are held since a restore; hotlead release lets them go"
        if self.room is not None and self.room < LITTLE_ROOM:
            yield f"the disk is nearly full: {self.room // MEGA} MB are left"
        if vitals.backup_at is None and self.room is not None:
            yield "there is no backup yet: hotlead backup"
        elif vitals.backup_at is not None and self.now - vitals.backup_at > OLD_BACKUP:
            yield f"the last backup was made {self._ago(vitals.backup_at)}"
        if self.runs and self.beat is not None and self.beat.webhook_problem is not None:
            yield f"the webhook does not work: {self.beat.webhook_problem}"
        if vitals.troubles:
            yield f"admins were told, and it is not over: {', '.join(vitals.troubles)}"

    def lines(self) -> Iterator[str]:
        """Write it down for people."""
        vitals, beat = self.vitals, self.beat
        runs = "runs" if self.runs else "is paused" if self.paused_at is not None else "does not run"
        heard = f", heard Telegram {self._ago(self.heard_at)}" if self.heard_at else ""
        yield f"@{self.username} {runs}{heard}"
        late = f", the oldest {self._for(vitals.inbox_since)}" if vitals.inbox_since else ""
        yield _line("updates", f"{vitals.inbox_waiting} waiting{late} · {vitals.parked} put aside")
        if self.runs and beat is not None:
            waiting = f" · {beat.webhook_waiting} wait at Telegram" if beat.by_webhook else ""
            yield _line("receives", f"by webhook{waiting}" if beat.by_webhook else "by polling")
        yield _line("messages", self._messages())
        if self.runs and beat is not None:
            since = self._for(beat.started_at)
            yield _line("pace", f"{beat.sent_in_a_minute} a minute · told {beat.too_fast} × «too fast» in {since}")
        yield _line("leads", f"{vitals.untaken} hot ones not taken")
        yield _line("follow-ups", f"{vitals.enrolments} people on their way · {vitals.follow_ups_due} due now")
        if vitals.openings:
            yield _line("links", f"{vitals.openings} openings to count")
        if vitals.notices:
            counts = (f"{number} {state.replace('_', ' ')}" for state, number in sorted(vitals.notices.items()))
            yield _line("notices", " · ".join(counts))
        yield _line("backup", self._ago(vitals.backup_at) if vitals.backup_at else "none")
        room = "" if self.room is None else f"{self.room // MEGA} MB free on the disk"
        memory = f"{beat.memory // MEGA} MB of memory" if self.runs and beat and beat.memory else ""
        if told := " · ".join(part for part in (memory, room) if part):
            yield _line("machine", told)
        for each in self.attention():
            yield f"! {each}"

    def as_json(self) -> dict[str, Any]:
        """Tell it to a program."""
        vitals, beat = self.vitals, self.beat
        return {
            "bot": self.username,
            "at": self.now.isoformat(),
            "runs": self.runs,
            "paused_since": _iso(self.paused_at),
            "stopped_because": self.stopped,
            "heard_from_telegram_at": _iso(self.heard_at),
            "inbox": {"waiting": vitals.inbox_waiting, "since": _iso(vitals.inbox_since), "parked": vitals.parked},
            "outbox": {
                "open": [
                    {"kind": kind, "state": state, "count": number}
                    for (kind, state), number in sorted(vitals.outbox.items())
                ],
                "since": _iso(vitals.outbox_since),
                "paused_until": _iso(vitals.paused_until),
            },
            "pace": beat.model_dump(mode="json") if beat is not None else None,
            "hand_offs": {"untaken": vitals.untaken, "since": _iso(vitals.untaken_since)},
            "follow_ups": {
                "enrolments": vitals.enrolments,
                "due": vitals.follow_ups_due,
                "held": vitals.held,
            },
            "notices": dict(vitals.notices),
            "openings_waiting": vitals.openings,
            "backup_at": _iso(vitals.backup_at),
            "disk_free": self.room,
            "attention": list(self.attention()),
        }

    def _messages(self) -> str:
        vitals = self.vitals
        kinds: dict[str, int] = {}
        for (kind, _), number in sorted(vitals.outbox.items()):
            kinds[kind] = kinds.get(kind, 0) + number
        told = f"{sum(kinds.values())} waiting"
        if kinds:
            told += f" ({', '.join(f'{kind} {number}' for kind, number in kinds.items())})"
        if vitals.outbox_since is not None:
            told += f", the oldest {self._for(vitals.outbox_since)}"
        if vitals.paused_until is not None:
            told += f" · Telegram wants silence until {vitals.paused_until:%H:%M:%S} UTC"
        return told

    def _for(self, since: datetime) -> str:
        return f"for {duration('en', self.now - since)}"

    def _ago(self, moment: datetime) -> str:
        return f"{duration('en', self.now - moment)} ago"


def _line(what: str, told: str) -> str:
    return f"  {what:11} {told}"


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
