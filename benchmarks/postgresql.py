"""How many updates a second bots handle on PostgreSQL: in process, and over HTTP by one and by two processes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from benchmarks.http import HEAD, Contestant, Size, compare
from benchmarks.http import measured as over_http
from benchmarks.report import Figures, Report, medians
from benchmarks.updates import in_a_process
from tests.postgresql import NoServerError, Server, running

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
        with running(durable=True) as server:
            return [
                report
                for at_once in size.at_once
                for report in (_in_process(server, size, at_once, names), _over_http(server, size, at_once, names))
            ]
    except NoServerError as why:
        report = Report("On PostgreSQL", HEAD)
        report.skip("PostgreSQL", why)
        return [report]


def _in_process(server: Server, size: Size, at_once: int, names: Sequence[str]) -> Report:
    report = Report(f"On PostgreSQL, in process, {size.told(at_once)}", HEAD)

    def measure(name: str) -> Figures:
        return in_a_process(IN_PROCESS[name], size.people, at_once, size.warm_up, _database(server))

    taking_part = [name for name in names if name in IN_PROCESS]
    found = medians(size.rounds, taking_part, measure, report)
    compare(report, found, BASELINE, f"postgresql, {at_once} at once")
    return report


def _over_http(server: Server, size: Size, at_once: int, names: Sequence[str]) -> Report:
    report = Report(f"On PostgreSQL, over HTTP by polling, {size.told(at_once)}", HEAD)

    def measure(name: str) -> Figures:
        return asyncio.run(over_http(OVER_HTTP[name], size.people, at_once, size.warm_up, _database(server)))

    found = medians(size.rounds, names, measure, report)
    compare(report, found, BASELINE, f"postgresql over http, {at_once} at once")
    return report


def _database(server: Server) -> str:
    """Make a database for one measurement; return its address."""
    return server.address(asyncio.run(server.empty()))
