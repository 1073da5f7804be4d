"""Metrics in Prometheus's text format.

Forty lines of ours, not a library: prometheus_client keeps counters of its own in a global registry and asks its
collectors without awaiting them, while nearly all of these are read from the database when they are asked for.
Source of the format: prometheus.io/docs/instrumenting/exposition_formats.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from bot.watching import machine
from bot.watching.health import Health
from bot.watching.pulse import Pulse
from storage.vitals import Vitals

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
Labels = Mapping[str, str]
Sample = tuple[Labels, float]


@dataclass(frozen=True)
class Metric:
    """One metric with its samples; without any it is left out."""

    name: str
    what: str
    samples: tuple[Sample, ...]
    kind: Literal["gauge", "counter"] = "gauge"

    def lines(self) -> Iterator[str]:
        """Write it as Prometheus reads it."""
        if self.samples:
            yield f"# HELP {self.name} {self.what}"
            yield f"# TYPE {self.name} {self.kind}"
        for labels, value in self.samples:
            named = ",".join(f'{name}="{_escaped(word)}"' for name, word in labels.items())
            yield f"{self.name}{{{named}}} {value:.15g}" if named else f"{self.name} {value:.15g}"


def written(metrics: Iterable[Metric]) -> str:
    """Write metrics down."""
    return "".join(f"{line}\n" for metric in metrics for line in metric.lines())


def of_bots(told: Mapping[str, Iterable[Metric]]) -> Iterator[Metric]:
    """Tell the metrics of several bots together, each sample with its bot's name; a metric comes only once."""
    found: dict[str, Metric] = {}
    for bot, metrics in told.items():
        for metric in metrics:
            samples = tuple(({"bot": bot, **labels}, value) for labels, value in metric.samples)
            before = found.get(metric.name)
            found[metric.name] = replace(metric, samples=(before.samples if before else ()) + samples)
    yield from found.values()


def of_machine(started_at: datetime, disk_free: int | None) -> Iterator[Metric]:
    """Tell what holds for the process, however many bots it runs."""
    yield _one("hotlead_disk_free_bytes", "Room on the database's disk.", disk_free)
    yield _one("process_resident_memory_bytes", "Resident memory.", machine.memory())
    yield _one("process_start_time_seconds", "When the process started.", started_at.timestamp())


def of_stopped(bots: Iterable[str]) -> Iterator[Metric]:
    """Tell which bots do not run though they should."""
    samples = tuple(({"bot": bot}, 1.0) for bot in bots)
    yield Metric("hotlead_stopped", "Bots that cannot run; `hotlead status` says why.", samples)


def of_process(pulse: Pulse, health: Health, now: datetime) -> Iterator[Metric]:
    """Tell what the process itself knows of a bot; that can be told while the database is away, too."""
    requests = tuple(
        ({"method": method, "result": result}, float(number))
        for (method, result), number in sorted(pulse.results.items())
    )
    yield _one("hotlead_healthy", "1 while nothing is wrong: what /health answers.", float(health.is_well))
    yield _one("hotlead_heard_seconds", "Seconds since Telegram was last heard.", _age(pulse.heard_at, now))
    yield Metric("hotlead_requests_total", "Requests to Telegram, by what came of them.", requests, kind="counter")
    yield Metric(
        "hotlead_too_fast_total",
        "How often Telegram said that it is too much (429).",
        (({}, float(pulse.too_fast)),),
        kind="counter",
    )
    if pulse.webhook is not None:
        failing = float(pulse.webhook.problem is not None)
        yield _one("hotlead_webhook_failing", "1 while Telegram cannot deliver to the webhook.", failing)
        yield _one("hotlead_webhook_waiting", "Updates that wait at Telegram.", pulse.webhook.waiting)
    yield _one("hotlead_sent_per_minute", "Requests carried out in the last minute.", float(pulse.sent_lately()))


def of_database(vitals: Vitals, now: datetime) -> Iterator[Metric]:
    """Tell what the database knows."""
    inbox = (({"state": "waiting"}, float(vitals.inbox_waiting)), ({"state": "parked"}, float(vitals.parked)))
    outbox = tuple(
        ({"kind": kind, "state": state}, float(number)) for (kind, state), number in sorted(vitals.outbox.items())
    )
    yield Metric("hotlead_inbox_updates", "Updates that are not handled, or were put aside.", inbox)
    yield _one("hotlead_inbox_lag_seconds", "How long the oldest update waits.", _lag(vitals.inbox_since, now))
    yield Metric("hotlead_outbox_messages", "Messages that are not settled.", outbox)
    unknown = tuple(({"kind": kind}, float(number)) for kind, number in sorted(vitals.unknown.items()))
    yield Metric("hotlead_unknown_messages", "Messages that may have arrived: nobody knows.", unknown)
    yield _one(
        "hotlead_outbox_lag_seconds",
        "How long the oldest message waits that somebody waits for and that could go out.",
        _lag(vitals.outbox_since, now),
    )
    yield _one(
        "hotlead_paused_seconds",
        "How much longer Telegram wants silence.",
        max(-_lag(vitals.paused_until, now), 0.0),
    )
    yield _one("hotlead_openings_waiting", "Openings of links that wait to be counted.", vitals.openings)
    notices = tuple(({"state": state}, float(number)) for state, number in sorted(vitals.notices.items()))
    yield Metric("hotlead_notices", "Notices that receivers do not have, by state.", notices)
    yield _one("hotlead_enrolments", "Leads on their way through a sequence.", vitals.enrolments)
    yield _one("hotlead_follow_ups_due", "Follow-ups that are due.", vitals.follow_ups_due)
    yield _one("hotlead_held", "1 while follow-ups are held since a restore.", float(vitals.held))
    yield _one("hotlead_hand_offs_untaken", "Hot leads that nobody has taken.", vitals.untaken)
    yield _one(
        "hotlead_hand_offs_untaken_seconds", "How long the oldest of them waits.", _lag(vitals.untaken_since, now)
    )
    yield _one("hotlead_backup_age_seconds", "Seconds since the last backup.", _age(vitals.backup_at, now))
    yield Metric(
        "hotlead_trouble",
        "Troubles that admins were told of, and that are not over.",
        tuple(({"trouble": trouble}, 1.0) for trouble in vitals.troubles),
    )


def _one(name: str, what: str, value: float | None) -> Metric:
    return Metric(name, what, () if value is None else (({}, float(value)),))


def _age(moment: datetime | None, now: datetime) -> float | None:
    return None if moment is None else (now - moment).total_seconds()


def _lag(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else (now - since).total_seconds()


def _escaped(word: str) -> str:
    return word.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
