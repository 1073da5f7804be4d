"""What a million enrolled leads cost: finding and doing what is due, memory, and enrolling very many.

Each figure is taken in a process of its own: `python -m benchmarks.enrolled due FOLDER PEOPLE SHIFT` does what is
due in one database, `… together FOLDER PEOPLE` enrols everybody as `hotlead enrol` does, `… alone FOLDER PEOPLE`
as whoever finishes a quiz is enrolled.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING

from benchmarks.process import resident_mb
from benchmarks.report import Figures, Report, medians

if TYPE_CHECKING:
    from bot.work import Workshop

DUE = 100
"""Follow-ups that are due at once."""
TICKS = 3
"""How often so many become due in one process; the first time is not counted."""
LOOKS = 30
AT_ONCE = 500
"""People in one transaction where each is enrolled alone, and of the bare rows."""


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    few: int = 1_000
    many: int = 1_000_000
    enrolling: int = 100_000
    alone: int = 2_000
    rounds: int = 3


FULL, QUICK = Size(), Size(many=20_000, enrolling=2_000, alone=200, rounds=1)


async def due_of(folder: Path, people: int, shift: int) -> Figures:
    """Let follow-ups become due, spread over everybody; find them, and send them into the outbox."""
    from benchmarks.leads import NOW, make_due, opened
    from bot.bell import Bell
    from bot.insight.alarms import Watch
    from bot.timers import Timers
    from bot.watching.pulse import Pulse

    finding, doing = [], []
    async with opened(folder) as workshop:
        watch = Watch(workshop, Pulse(workshop.clock), lambda: None)
        timers = Timers(workshop, Bell(), lambda: None, watch)
        before = resident_mb()
        for tick in range(shift * TICKS, (shift + 1) * TICKS):
            make_due(folder, (1 + (tick + number * (people // DUE)) % people for number in range(DUE)))
            for _ in range(LOOKS):
                began = perf_counter()
                async with workshop.view() as view:
                    due, _ = await view.agenda.next()
                    found = await view.enrolments.due(NOW, DUE)
                finding.append(perf_counter() - began)
                assert due is not None
                assert len(found) == DUE
            began = perf_counter()
            while (moment := await timers.next_due()) is not None and moment <= NOW:
                await timers.do_due()
            doing.append(perf_counter() - began)
    return {
        "finding_ms": median(finding[LOOKS:]) * 1000,
        "doing_ms": median(doing[1:]) * 1000,
        "grown_mb": resident_mb() - before,
        "rss_mb": resident_mb(),
    }


async def together(folder: Path, people: int) -> Figures:
    """Enrol everybody as `hotlead enrol` does: count them, and go on batch by batch."""
    from benchmarks.leads import BOT, QUIZ, SEQUENCE, opened
    from bot.clock import FlowingClock
    from bot.follow_ups.cohorts import Enrolling
    from qualification.segments import Segment

    async with opened(folder) as workshop:
        began = perf_counter()
        database, clock = workshop.database, FlowingClock()
        enrolling = await Enrolling.of(database, BOT, clock, QUIZ, SEQUENCE, Segment())
        counted = await enrolling.counted()
        counting, longest, last = perf_counter() - began, 0.0, perf_counter()
        async for _ in enrolling.run():
            longest, last = max(longest, perf_counter() - last), perf_counter()
        took = perf_counter() - began
        await _see_all_enrolled(workshop, people)
    assert counted[None] == people
    plain = _plain(folder / "plain.db", people)
    return {"seconds": took, "counting_s": counting, "longest_s": longest, "plain_s": plain}


async def alone(folder: Path, people: int) -> Figures:
    """Enrol everybody one by one, some hundred in one transaction."""
    from benchmarks.leads import enrol_all, opened

    async with opened(folder) as workshop:
        began = perf_counter()
        for first in range(1, people + 1, AT_ONCE):
            await enrol_all(workshop, first, min(first + AT_ONCE - 1, people))
        took = perf_counter() - began
        await _see_all_enrolled(workshop, people)
    return {"seconds": took, "plain_s": _plain(folder / "plain.db", people)}


async def _see_all_enrolled(workshop: Workshop, people: int) -> None:
    async with workshop.view() as view:
        _, going_on = await view.enrolments.count(workshop.clock.now())
    assert going_on == people


def _plain(file: Path, people: int) -> float:
    """Return the seconds that so many bare rows take, written by sqlite3 in as many transactions."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for statement in (
            "PRAGMA journal_mode=WAL",
            "PRAGMA synchronous=FULL",
            "CREATE TABLE enrolments (id INTEGER PRIMARY KEY, lead_id INTEGER, sequence TEXT, due_at TEXT)",
            "CREATE INDEX due ON enrolments (due_at)",
        ):
            connection.execute(statement)
        began = perf_counter()
        for first in range(0, people, AT_ONCE):
            connection.execute("BEGIN")
            rows = ((number, "tips", "2026-09-16 12:00:00") for number in range(first, first + AT_ONCE))
            connection.executemany("INSERT INTO enrolments (lead_id, sequence, due_at) VALUES (?, ?, ?)", rows)
            connection.execute("COMMIT")
        return perf_counter() - began


def _in_a_process(*words: object) -> Figures:
    done = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-m", "benchmarks.enrolled", *map(str, words)], check=True, stdout=subprocess.PIPE
    )
    found: Figures = json.loads(done.stdout)
    return found


def run(size: Size = FULL) -> list[Report]:
    """Measure all of it."""
    from benchmarks.leads import fill

    with TemporaryDirectory() as temporary:
        folders = {people: Path(temporary) / str(people) for people in (size.few, size.many)}
        for people, folder in folders.items():
            fill(folder, people, enrolled=True)
        due = Report(
            f"Enrolled leads, {DUE} follow-ups due ({size.rounds} rounds)",
            ("enrolled", "finding, ms", "sending into the outbox, ms", "memory grown, MB", "RSS MB"),
        )
        shifts = dict.fromkeys(map(str, folders), -1)

        def measure(name: str) -> Figures:
            shifts[name] += 1
            return _in_a_process("due", folders[int(name)], name, shifts[name])

        found = medians(size.rounds, tuple(shifts), measure, due)
        for name, of in found.items():
            due.add(f"{int(name):,}", *of.values())
        few, many = found.values()
        for key, what in (("finding_ms", "finding"), ("doing_ms", "sending"), ("rss_mb", "memory")):
            due.ratios[f"enrolled: {what} with {size.few:,} beside {size.many:,}"] = few[key] / many[key]

        new = Report(f"Enrolling {size.enrolling:,} leads", ("who", "leads", "seconds", "ms a lead", "ratio"))
        for how, people, who in (
            ("together", size.enrolling, "Hotlead, a segment at once"),
            ("alone", size.alone, "Hotlead, one by one as quizzes are finished"),
        ):
            folder = Path(temporary) / how
            fill(folder, people, enrolled=False)
            of = _in_a_process(how, folder, people)
            ratio = of["plain_s"] / of["seconds"]
            if how == "together":
                new.add("sqlite3, bare rows", f"{people:,}", of["plain_s"], of["plain_s"] / people * 1000, 1.0)
            new.add(who, f"{people:,}", of["seconds"], of["seconds"] / people * 1000, ratio)
            new.ratios[f"enrolling {people:,} {how}: Hotlead beside bare rows"] = ratio
    return [due, new]


def main() -> None:
    """Measure one thing, for `run`."""
    what, folder, people, *shift = sys.argv[1:]
    match what:
        case "due":
            found = due_of(Path(folder), int(people), int(shift[0]))
        case "together":
            found = together(Path(folder), int(people))
        case _:
            found = alone(Path(folder), int(people))
    print(json.dumps(asyncio.run(found)))


if __name__ == "__main__":
    main()
