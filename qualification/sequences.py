"""When a follow-up is due, and which step of a sequence comes next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dialogs.answers import Answer, Place
from dialogs.bounds import WEEKDAYS, Weekday
from dialogs.values import Hours
from qualification.follow_ups import FollowUp, Sequence

LOOK_AHEAD = 800
"""Days after which no allowed moment is expected any more: more than two years."""


@dataclass(frozen=True)
class Window:
    """When something may be sent: hours of the day, days of the week, and days on which nothing is."""

    hours: Hours | None = None
    weekdays: tuple[Weekday, ...] = WEEKDAYS
    holidays: tuple[str, ...] = ()

    def opens(self, moment: datetime, timezone: str) -> datetime | None:
        """Return `moment` (UTC), or the next one that is allowed in the zone; None if there never is one.

        A clock change moves no hour.
        """
        zone = ZoneInfo(timezone)
        local = moment.astimezone(zone)
        first, last = (self.hours.first, self.hours.last) if self.hours else (0, 24)
        if self._has(local.date()) and first <= local.hour < last:
            return moment.astimezone(UTC)
        day = local.date() if local.hour < first else local.date() + timedelta(days=1)
        for ahead in range(LOOK_AHEAD):
            there = day + timedelta(days=ahead)
            if self._has(there):
                return max(datetime.combine(there, time(first), zone).astimezone(UTC), moment.astimezone(UTC))
        return None

    def closes(self, moment: datetime, timezone: str) -> datetime | None:
        """Return until when (UTC) it may be sent that may be sent at `moment`; None if that never ends."""
        zone = ZoneInfo(timezone)
        day = moment.astimezone(zone).date()
        first, last = (self.hours.first, self.hours.last) if self.hours else (0, 24)
        if last < 24:  # noqa: PLR2004 - hours of a day
            return datetime.combine(day, time(last), zone).astimezone(UTC)
        for _ in range(LOOK_AHEAD):
            day += timedelta(days=1)
            if first > 0 or not self._has(day):
                return datetime.combine(day, time(0), zone).astimezone(UTC)
        return None

    def _has(self, day: date) -> bool:
        free = day.isoformat() in self.holidays or f"{day:%m-%d}" in self.holidays
        return not free and WEEKDAYS[day.weekday()] in self.weekdays


def window_of(sequence: Sequence, follow_up: FollowUp) -> Window:
    """Return when a step may be sent: what it says itself, else what its sequence says. Holidays are for all."""
    hours = follow_up.hours or sequence.hours
    return Window(hours, follow_up.weekdays or sequence.weekdays or WEEKDAYS, sequence.holidays)


def zone_of(company: str, known: str | None, answers: Mapping[str, Answer] | None = None) -> str:
    """Return a prospect's time zone: of the city in these answers, else as it is known, else the company's."""
    named = [each.timezone for each in (answers or {}).values() if isinstance(each, Place) and each.timezone]
    return named[-1] if named else known or company


def next_allowed(moment: datetime, hours: Hours | None, timezone: str) -> datetime:
    """Return `moment` (UTC), or the next time the hours allow, in the zone."""
    return Window(hours).opens(moment, timezone) or moment.astimezone(UTC)


def due_at(sequence: Sequence, follow_up: FollowUp, since: datetime, timezone: str, silent: int = 0) -> datetime:
    """Return the moment (UTC) a step is due: its delay after the one before, moved into what is allowed.

    `silent` is how many messages in a row went without a reaction: a sequence may slow down by it.
    """
    slow = sequence.silence.slow_down
    times = slow.times if slow is not None and silent >= slow.after else 1
    due = since + follow_up.after * times
    return window_of(sequence, follow_up).opens(due, timezone) or due.astimezone(UTC)


def reached_goal(sequence: Sequence, known: Mapping[str, Answer]) -> str | None:
    """Return the goal that is reached, given answers and facts."""
    return next((goal.id for goal in sequence.goals if goal.when.holds(known)), None)


def comes(follow_up: FollowUp, known: Mapping[str, Answer]) -> bool:
    """Tell whether a step is not left out, given answers and facts."""
    return follow_up.when is None or follow_up.when.holds(known)


def asks_to_stop(sequence: Sequence, silent: int) -> bool:
    """Tell whether so long a silence means that the next message only asks whether to go on."""
    ask = sequence.silence.ask_to_stop
    return ask is not None and silent >= ask.after


def carried_over(before: Iterable[str], after: Sequence, step: str | None) -> str | None:
    """Return where somebody stands in a sequence that was edited: after the last of their steps that is left.

    `before` are the ids of the steps as they were, `step` the last that happened. None is the very beginning: for
    who has not begun, and where nothing is left of what they got.
    """
    order = list(before)
    passed = order[: order.index(step) + 1] if step in order else [step]
    return max((each for each in passed if each in after.ids), key=after.ids.index, default=None)
