"""How many updates a second each bot handles without sockets, and how long a turn takes.

Every contestant runs in a process of its own, all of them in each round, one after another; the figures are
medians over the rounds. A ratio is taken beside aiogram in memory, in the same run: figures of two runs say
nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import subprocess
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from benchmarks.http import HEAD, Size, compare, figures
from benchmarks.people import People
from benchmarks.process import resident_mb
from benchmarks.report import Figures, Report, SkippedError, medians

BASELINE = "aiogram, as documented, memory"
CONTESTANTS = {
    BASELINE: "aiogram_memory",
    "python-telegram-bot, memory": "ptb_memory",
    "aiogram, SQLAlchemy, aiosqlite": "aiogram_sqlalchemy",
    "Hotlead": "hotlead",
}
FULL, QUICK = Size(at_once=(32, 1)), Size(people=16, rounds=1, at_once=(16, 1), warm_up=8)


async def measured(module: str, people: int, at_once: int, warm_up: int, database: str = "") -> Figures:
    """Let people walk through one bot; return its figures. Raises WrongScoreError."""
    crowd = People()
    contestant = import_module(f"benchmarks.contestants.{module}")
    with TemporaryDirectory() as name:
        folder = Path(name)
        bot = await contestant.run(crowd, folder, database)
        await crowd.walk(1_000_000, warm_up, at_once)
        gc.collect()
        crowd.turns.clear()
        began, cpu = perf_counter(), process_time()
        await crowd.walk(2_000_000, people, at_once)
        wall, cpu = perf_counter() - began, process_time() - cpu
        memory = resident_mb()
        bot.cancel()
        await asyncio.wait([bot])
        if hasattr(contestant, "scores"):
            crowd.compare(await contestant.scores(folder, database))
    return figures(crowd.turns, wall, cpu, memory)


def in_a_process(module: str, people: int, at_once: int, warm_up: int, database: str = "") -> Figures:
    """Measure one bot in a process of its own. Raises SkippedError for a peer that is not installed."""
    words = (module, str(people), str(at_once), str(warm_up), database)
    done = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-m", "benchmarks.updates", *words], check=False, capture_output=True, text=True
    )
    if done.returncode:
        last = done.stderr.strip().rpartition("\n")[2]
        if last.startswith("ModuleNotFoundError"):
            raise SkippedError(last.partition(": ")[2])
        raise RuntimeError(f"{module} failed:\n{done.stderr}")
    found: Figures = json.loads(done.stdout.splitlines()[-1])
    return found


def run(size: Size = FULL, names: Sequence[str] = tuple(CONTESTANTS)) -> list[Report]:
    """Measure everybody; a table for each number of people at once."""
    reports = []
    for at_once in size.at_once:
        people = size.walking(at_once)
        report = Report(f"In process, {size.told(at_once)}", HEAD)

        def measure(name: str, people: int = people, at_once: int = at_once) -> Figures:
            return in_a_process(CONTESTANTS[name], people, at_once, size.warm_up)

        compare(report, medians(size.rounds, names, measure, report), BASELINE, f"updates, {at_once} at once")
        reports.append(report)
    return reports


def main() -> None:
    """Measure one contestant, for `in_a_process`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("module")
    for figure in ("people", "at_once", "warm_up"):
        parser.add_argument(figure, type=int)
    parser.add_argument("database", nargs="?", default="")
    print(json.dumps(asyncio.run(measured(**vars(parser.parse_args())))))


if __name__ == "__main__":
    main()
