"""How long a bot takes from its start to its first reply over HTTP, and how much memory it holds then."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.contestants.place import Place
from benchmarks.http import Contestant, command, environment
from benchmarks.people import People
from benchmarks.process import running
from benchmarks.report import Figures, Report, medians
from benchmarks.wire import Api, served

PERSON = 1_000_000
BASELINE = "aiogram, memory"
CONTESTANTS = {
    BASELINE: Contestant("aiogram_memory"),
    "python-telegram-bot, memory": Contestant("ptb_memory"),
    "aiogram, SQLAlchemy": Contestant("aiogram_sqlalchemy"),
    "Hotlead": Contestant("hotlead"),
    "Hotlead, python-telegram-bot": Contestant("hotlead", framework="ptb"),
}
BARE = {"Hotlead": BASELINE, "Hotlead, python-telegram-bot": "python-telegram-bot, memory"}
HEAD = ("bot", "first start, s", "started again, s", "RSS MB", "of its framework alone")


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    rounds: int = 5


FULL, QUICK = Size(), Size(rounds=1)


async def measured(who: Contestant) -> Figures:
    """Start a bot twice in the same folder: on a new database, and on that one."""
    crowd = People()
    with TemporaryDirectory() as folder:
        async with served(crowd) as (api, address):
            crowd.feed = api.put
            place = Place(address, Path(folder), framework=who.framework)
            first, _ = await _started(who, place, crowd, api)
            again, memory = await _started(who, place, crowd, api)
    return {"first_s": first, "again_s": again, "rss_mb": memory}


async def _started(who: Contestant, place: Place, crowd: People, api: Api) -> tuple[float, float]:
    # What an operator types: only here is it the real command, because here the pace does not matter.
    words = ("bot", "run") if who.is_ours else command(who, place)
    began = perf_counter()
    async with running(place.folder, *words, settings=environment(who, place)) as bot:
        greeting = asyncio.create_task(crowd.starts(PERSON))
        while not greeting.done():
            bot.check()
            await asyncio.wait([greeting], timeout=0.5)
        await greeting
        took = perf_counter() - began
        await asyncio.sleep(0.5)
        memory = bot.resident_mb()
    api.forget()
    return took, memory


def run(size: Size = FULL, names: Sequence[str] = tuple(CONTESTANTS)) -> list[Report]:
    """Start everybody."""
    report = Report(f"From the start to the first reply, over HTTP by polling ({size.rounds} rounds)", HEAD)
    found = medians(size.rounds, names, lambda name: asyncio.run(measured(CONTESTANTS[name])), report)
    for name, of in found.items():
        bare = found.get(BARE.get(name, ""))
        report.add(name, *of.values(), of["again_s"] / bare["again_s"] if bare else "—")
        if bare:
            for what, key in (("time of a start", "again_s"), ("memory", "rss_mb")):
                report.ratios[f"starting: {what}, {BARE[name]} beside {name}"] = bare[key] / of[key]
    return [report]
