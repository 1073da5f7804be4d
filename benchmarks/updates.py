"""How many updates a second each bot handles, and how long a turn takes: `python -m benchmarks.updates`.

Every contestant runs in a process of its own, all of them in each round, one after another; the figures are
medians over the rounds. A ratio is taken beside aiogram in memory, in the same run: figures of two runs say
nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import resource
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

from benchmarks.people import UPDATES, People
from benchmarks.ratios import Ratios

BASELINE = "aiogram_memory"
CONTESTANTS = (BASELINE, "ptb_memory", "aiogram_sqlalchemy", "hotlead")
AT_ONCE = (32, 1)
"""How many people walk at the same time."""
WARM_UP = 32


async def measured(contestant: str, people: int, at_once: int) -> dict[str, float]:
    """Let people walk through one bot; return its figures."""
    crowd = People()
    with TemporaryDirectory() as folder:
        bot = await import_module(f"benchmarks.contestants.{contestant}").run(crowd, Path(folder))
        await crowd.walk(1_000_000, WARM_UP, at_once)
        gc.collect()
        crowd.turns.clear()
        began, cpu = perf_counter(), process_time()
        await crowd.walk(2_000_000, people, at_once)
        wall, cpu = perf_counter() - began, process_time() - cpu
        bot.cancel()
        await asyncio.wait([bot])
    turns = sorted(crowd.turns)
    return {
        "per_second": people * UPDATES / wall,
        "cpu_ms": cpu / people / UPDATES * 1000,
        "turn_ms": median(turns) * 1000,
        "slow_turn_ms": turns[int(len(turns) * 0.99)] * 1000,
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _in_a_process(contestant: str, people: int, at_once: int) -> dict[str, float]:
    words = ("--contestant", contestant, "--people", str(people), "--at-once", str(at_once))
    done = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-m", "benchmarks.updates", *words], check=True, capture_output=True, text=True
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _compared(people: int, rounds: int, at_once: int) -> dict[str, float]:
    """Measure all contestants, print their table, and return their ratios."""
    results: dict[str, list[dict[str, float]]] = {name: [] for name in CONTESTANTS}
    for _ in range(rounds):
        for name in CONTESTANTS:
            results[name].append(_in_a_process(name, people, at_once))
    medians = {name: {key: median(one[key] for one in of) for key in of[0]} for name, of in results.items()}
    print(f"\n{at_once} at once, {people} people, {rounds} rounds")
    print("| bot | updates/s | CPU ms an update | turn ms, median | slowest of 100 | RSS MB | ratio |")
    print("|---|---|---|---|---|---|---|")
    for name, of in medians.items():
        ratio = of["per_second"] / medians[BASELINE]["per_second"]
        figures = " | ".join(
            f"{of[key]:.4g}" for key in ("per_second", "cpu_ms", "turn_ms", "slow_turn_ms", "rss_mb")
        )
        print(f"| {name.replace('_', ', ')} | {figures} | {ratio:.2f} |", flush=True)
    ours = medians["hotlead"]["per_second"]
    return {
        f"updates of {at_once} at once, beside {name}": ours / medians[name]["per_second"]
        for name in CONTESTANTS
        if name != "hotlead"
    }


def main(arguments: list[str] | None = None) -> None:
    """Run the benchmark, or (for ourselves) one contestant."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--contestant", choices=CONTESTANTS, help=argparse.SUPPRESS)
    parser.add_argument("--at-once", type=int, default=32, help=argparse.SUPPRESS)
    asked: Any = parser.parse_args(arguments)
    if asked.contestant:
        print(json.dumps(asyncio.run(measured(asked.contestant, asked.people, asked.at_once))))
        return
    ratios: dict[str, float] = {}
    for at_once in AT_ONCE:
        ratios |= _compared(asked.people, asked.rounds, at_once)
    Ratios().compare(ratios)


if __name__ == "__main__":
    main()
