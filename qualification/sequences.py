"""When a follow-up is due."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dialogs.values import Hours
from qualification.follow_ups import FollowUp


def due_at(follow_up: FollowUp, since: datetime, timezone: str) -> datetime:
    """Return the moment (UTC) a follow-up is due: its delay after `since`, moved into its allowed hours."""
    return next_allowed(since + follow_up.after, follow_up.hours, timezone)


def next_allowed(moment: datetime, hours: Hours | None, timezone: str) -> datetime:
    """Return `moment`, or the next time the hours allow, in the zone. A clock change moves no hour."""
    if hours is None:
        return moment.astimezone(UTC)
    zone = ZoneInfo(timezone)
    local = moment.astimezone(zone)
    if hours.first <= local.hour < hours.last:
        return moment.astimezone(UTC)
    day = local.date() if local.hour < hours.first else local.date() + timedelta(days=1)
    return datetime.combine(day, time(hours.first), zone).astimezone(UTC)
