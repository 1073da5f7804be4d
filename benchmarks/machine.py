"""The machine that figures were taken on, and how steady it was meanwhile."""

from __future__ import annotations

import os
import platform
import resource
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import perf_counter

PACKAGES = ("aiogram", "python-telegram-bot", "SQLAlchemy", "aiosqlite", "asyncpg", "aiohttp", "httpx")
UNSTEADY, BUSY = 1.25, 0.1
"""By so much the fixed loop may change, and so many cores may others use, before figures say little."""


def description() -> str:
    """Return what the machine and its Python are."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    python = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    return f"{_processor()}, {cores} cores, {platform.system()}; {python}; {', '.join(_versions())}"


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or platform.machine()


def _versions() -> Iterator[str]:
    for package in PACKAGES:
        try:
            yield f"{package} {version(package)}"
        except PackageNotFoundError:
            continue


def spin() -> float:
    """Return the milliseconds of a fixed loop: how fast the machine is right now, the best of three."""
    return min(_spun() for _ in range(3))


def _spun() -> float:
    began, sums = perf_counter(), dict.fromkeys(range(1024), 0)
    for number in range(200_000):
        sums[number & 1023] += number * 3
    return (perf_counter() - began) * 1000


@dataclass
class Steadiness:
    """The loop's milliseconds before and after, and the cores that other processes used in between."""

    before: float
    after: float = 0
    others: float = 0

    def __str__(self) -> str:
        doubt = max(self.before, self.after) > UNSTEADY * min(self.before, self.after) or self.others > BUSY
        told = f"spin {self.before:.1f} ms before, {self.after:.1f} ms after; others used {self.others:.2f} cores"
        return told + (" — NOT STEADY: take these figures again" if doubt else "")


@contextmanager
def watched() -> Iterator[Steadiness]:
    """Watch how steady the machine is while something is measured."""
    found = Steadiness(spin())
    began, busy, own = perf_counter(), _busy(), _own()
    yield found
    others = (_busy() - busy) - (_own() - own)
    found.others = max(0.0, others / (perf_counter() - began))
    found.after = spin()


def _own() -> float:
    """CPU seconds of this process and of those of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _busy() -> float:
    """CPU seconds of everybody; where nobody tells, only our own."""
    counted = Path("/proc/stat")
    if not counted.exists():
        return _own()
    ticks = [int(word) for word in counted.read_text().split("\n", 1)[0].split()[1:9]]
    user, nice, system, _idle, _waiting, *interrupts = ticks
    return (user + nice + system + sum(interrupts)) / os.sysconf("SC_CLK_TCK")
