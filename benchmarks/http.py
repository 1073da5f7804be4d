"""How many updates a second each bot handles over HTTP, and how long a turn takes there.

The bot runs in a process of its own, the Bot API and the people in ours. Everybody sends the next update when the
answer to the last one has come to the Bot API.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Literal

from benchmarks.contestants.place import HOOK, Place
from benchmarks.people import UPDATES, People
from benchmarks.process import running
from benchmarks.report import Figures, Report, medians
from benchmarks.wire import posting, served
from tests.ports import free_port

SETTLING = 0.2
"""Seconds that a bot has to end what it does after its last answer."""


@dataclass(frozen=True)
class Contestant:
    """Who takes part, and how it gets its updates."""

    module: str
    receive: Literal["polling", "webhook"] = "polling"
    framework: str = "aiogram"
    helped_by: int = 0
    """processes that work beside the one that does all"""

    @property
    def is_ours(self) -> bool:
        """Whether it is Hotlead."""
        return self.module == "hotlead"


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    people: int = 160
    rounds: int = 3
    at_once: tuple[int, ...] = (32, 16, 1)
    warm_up: int = 32

    def walking(self, at_once: int) -> int:
        """Return how many people walk when so many walk at once: one alone need not be as many as a crowd."""
        return max(self.people // 4, 1) if at_once == 1 else self.people

    def told(self, at_once: int) -> str:
        """Say how much is measured."""
        people = self.walking(at_once)
        return f"{at_once} at once ({people} people, {people * UPDATES} updates, {self.rounds} rounds)"


FULL, QUICK = Size(), Size(people=16, rounds=1, at_once=(16, 1), warm_up=8)

BASELINE = "aiogram, webhook, tuned, memory"
CONTESTANTS = {
    BASELINE: Contestant("aiogram_tuned", "webhook"),
    "aiogram, webhook, as documented, memory": Contestant("aiogram_memory", "webhook"),
    "aiogram, polling, as documented, memory": Contestant("aiogram_memory"),
    "python-telegram-bot, webhook, memory": Contestant("ptb_memory", "webhook"),
    "python-telegram-bot, polling, memory": Contestant("ptb_memory"),
    "aiogram, webhook, SQLAlchemy": Contestant("aiogram_sqlalchemy", "webhook"),
    "Hotlead, webhook": Contestant("hotlead", "webhook"),
    "Hotlead, polling": Contestant("hotlead"),
    "Hotlead, polling, python-telegram-bot": Contestant("hotlead", framework="ptb"),
}
BARE = {
    "Hotlead, polling": "aiogram, polling, as documented, memory",
    "Hotlead, polling, python-telegram-bot": "python-telegram-bot, polling, memory",
}
"""Whose CPU an update is what a framework costs without Hotlead."""


async def measured(who: Contestant, people: int, at_once: int, warm_up: int, database: str = "") -> Figures:
    """Let people walk through one bot over HTTP; return its figures. Raises WrongScoreError."""
    crowd = People()
    port = free_port() if who.receive == "webhook" else 0
    with TemporaryDirectory() as name:
        folder = Path(name)
        async with served(crowd) as (api, address), AsyncExitStack() as stack:
            place = Place(address, folder, port, database, who.framework)
            settings = environment(who, place)
            bot = await stack.enter_async_context(running(folder, *command(who, place), settings=settings))
            if port:
                await bot.until_listening(port)
                if who.is_ours:  # it listens before its bot is there, and asks to come again
                    await bot.until_says("webhook_registered")
                hook = await stack.enter_async_context(posting(port, HOOK))
                crowd.feed = hook.put
            else:
                await bot.until(api.polled)
                crowd.feed = api.put
            bots = [bot]
            for _ in range(who.helped_by):
                helping = running(folder, "bot", "run", "--only", "work", settings=settings)
                bots.append(await stack.enter_async_context(helping))
                await bots[-1].until_says("running")
            await crowd.walk(1_000_000, warm_up, at_once)
            gc.collect()
            crowd.turns.clear()
            began, cpu = perf_counter(), sum(each.cpu() for each in bots)
            await crowd.walk(2_000_000, people, at_once)
            wall = perf_counter() - began
            await asyncio.sleep(SETTLING)
            cpu, memory = sum(each.cpu() for each in bots) - cpu, sum(each.resident_mb() for each in bots)
            for each in bots:
                each.check()
        if who.is_ours:
            from benchmarks.contestants.hotlead import scores

            crowd.compare(await scores(folder, database))
    return figures(crowd.turns, wall, cpu, memory)


def command(who: Contestant, place: Place) -> Sequence[str]:
    """Return the words after `python -m` that run a contestant."""
    words = ("--api", place.api, "--folder", str(place.folder), "--port", str(place.port))
    return ("benchmarks.contestants", who.module, *words, "--database", place.database)


def environment(who: Contestant, place: Place) -> Mapping[str, str]:
    """Return the settings of a contestant: only Hotlead has any."""
    if not who.is_ours:
        return {}
    from benchmarks.contestants.hotlead import settings_in

    return settings_in(place)


def figures(turns: Sequence[float], wall: float, cpu: float, memory: float) -> Figures:
    """Return what is told of a walk."""
    ordered = sorted(turns)
    return {
        "per_second": len(ordered) / wall,
        "cpu_ms": cpu / len(ordered) * 1000,
        "turn_ms": median(ordered) * 1000,
        "slow_turn_ms": ordered[int(len(ordered) * 0.99)] * 1000,
        "rss_mb": memory,
    }


HEAD = ("bot", "updates/s", "CPU ms an update", "turn ms, median", "slowest of 100", "RSS MB", "ratio")


def run(size: Size = FULL, names: Sequence[str] = tuple(CONTESTANTS)) -> list[Report]:
    """Measure everybody; a table for each number of people at once."""
    return [_compared(size, at_once, names) for at_once in size.at_once]


def _compared(size: Size, at_once: int, names: Sequence[str]) -> Report:
    people = size.walking(at_once)
    title = f"Over HTTP, {size.told(at_once)}"
    report = Report(title, HEAD)

    def measure(name: str) -> Figures:
        return asyncio.run(measured(CONTESTANTS[name], people, at_once, size.warm_up))

    found = medians(size.rounds, names, measure, report)
    compare(report, found, BASELINE, f"http, {at_once} at once")
    for ours, bare in BARE.items():
        if ours in found and bare in found:
            what = f"http, {at_once} at once: CPU of {bare} beside {ours}"
            report.ratios[what] = found[bare]["cpu_ms"] / found[ours]["cpu_ms"]
    return report


def compare(report: Report, found: Mapping[str, Figures], baseline: str, what: str) -> None:
    """Fill a report's table; ratios are ours beside each other one."""
    for name, of in found.items():
        ratio = of["per_second"] / found[baseline]["per_second"] if baseline in found else "—"
        report.add(name, *(of[key] for key in next(iter(found.values()))), ratio)
    for ours in (name for name in found if name.startswith("Hotlead")):
        for name in found:
            if not name.startswith("Hotlead"):
                report.ratios[f"{what}: {ours} beside {name}"] = (
                    found[ours]["per_second"] / found[name]["per_second"]
                )
