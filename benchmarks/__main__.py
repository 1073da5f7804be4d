"""Every benchmark by one command: `python -m benchmarks`, or `make bench`.

Prints a table for each suite with the machine it ran on, compares our ratios beside others' with the stored ones,
and shows each that fell by more than 15 %. Ratios of one run can be compared; figures of two runs cannot.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from importlib import import_module

from benchmarks.machine import description, watched
from benchmarks.ratios import Ratios
from benchmarks.report import Report

SUITES = ("updates", "http", "postgresql", "sending", "enrolled", "starting")

Suite = Callable[[], list[Report]]


def main(arguments: list[str] | None = None) -> None:
    """Read what is asked for, and run it."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--suite", default=",".join(SUITES), help="which ones, with commas: %(default)s")
    parser.add_argument("--quick", action="store_true", help="small sizes: to see that it runs, not how fast")
    parser.add_argument("--rounds", type=int, help="how often everybody is measured; the median counts")
    parser.add_argument("--store", action="store_true", help="put the ratios in place of the stored ones")
    asked = parser.parse_args(arguments)
    names = [name.strip() for name in asked.suite.split(",") if name.strip()]
    if wrong := [name for name in names if name not in SUITES]:
        parser.error(f"there is no suite `{wrong[0]}`; there are {', '.join(SUITES)}")
    found = measure({name: _suite(name, asked.rounds, quick=asked.quick) for name in names})
    if asked.quick:
        print("Small sizes: no ratio is compared or stored.")
    elif asked.store:
        Ratios().store(found)
    else:
        Ratios().compare(found)


def measure(suites: Mapping[str, Suite]) -> dict[str, float]:
    """Run suites one after another, print what they found, and return their ratios."""
    print(f"{description()}\n", flush=True)
    found: dict[str, float] = {}
    for name, suite in suites.items():
        with watched() as steadiness:
            reports = suite()
        for report in reports:
            print(report.text(), flush=True)
            found |= report.ratios
        print(f"{name}: {steadiness}\n", flush=True)
    return found


def _suite(name: str, rounds: int | None, *, quick: bool) -> Suite:
    suite = import_module(f"benchmarks.{name}")
    size = suite.QUICK if quick else suite.FULL
    return partial(suite.run, replace(size, rounds=rounds) if rounds and hasattr(size, "rounds") else size)


if __name__ == "__main__":
    main()
