"""How many updates a second bots handle on PostgreSQL: in process, and over HTTP by one and by two processes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec

from benchmarks.http import HEAD, Contestant, Size, compare
from benchmarks.http import measured as over_http
from benchmarks.report import Figures, Report, SkippedError, medians
from benchmarks.server import Server, postgresql
from benchmarks.updates import in_a_process

BASELINE = "aiogram, SQLAlchemy, asyncpg"
IN_PROCESS = {BASELINE: "aiogram_sqlalchemy", "Hotlead": "hotlead"}
OVER_HTTP = {
    BASELINE: Contestant("aiogram_sqlalchemy"),
    "Hotlead": Contestant("hotlead"),
    "Hotlead, a second process works": Contestant("hotlead", helped_by=1),
}
FULL = Size(at_once=(32,))
QUICK = replace(FULL, people=16, rounds=1, at_once=(16,), warm_up=8)


def run(size: Size = FULL, names: Sequence[str] = tuple(OVER_HTTP)) -> list[Report]:
    """Measure everybody on one server, each on a database of its own."""
    try:
        with postgresql() as server:
            return [
                report
                for at_once in size.at_once
                for report in (_in_process(server, size, at_once, names), _over_http(server, size, at_once, names))
            ]
    except SkippedError as why:
        report = Report("On PostgreSQL", HEAD)
        report.skip("PostgreSQL", why)
        return [report]


def _in_process(server: Server, size: Size, at_once: int, names: Sequence[str]) -> Report:
    report = Report(f"On PostgreSQL, in process, {size.told(at_once)}", HEAD)

    def measure(name: str) -> Figures:
        _check(IN_PROCESS[name])
        return in_a_process(IN_PROCESS[name], size.people, at_once, size.warm_up, server.database())

    taking_part = [name for name in names if name in IN_PROCESS]
    found = medians(size.rounds, taking_part, measure, report)
    compare(report, found, BASELINE, f"postgresql, {at_once} at once")
    return report


def _over_http(server: Server, size: Size, at_once: int, names: Sequence[str]) -> Report:
    report = Report(f"On PostgreSQL, over HTTP by polling, {size.told(at_once)}", HEAD)

    def measure(name: str) -> Figures:
        who = OVER_HTTP[name]
        _check(who.module)
        return asyncio.run(over_http(who, size.people, at_once, size.warm_up, server.database()))

    found = medians(size.rounds, names, measure, report)
    compare(report, found, BASELINE, f"postgresql over http, {at_once} at once")
    return report


def _check(module: str) -> None:
    """Raise SkippedError if this Hotlead knows no PostgreSQL yet."""
    if module == "hotlead" and find_spec("storage.postgresql") is None:
        raise SkippedError("this Hotlead knows no PostgreSQL yet")
