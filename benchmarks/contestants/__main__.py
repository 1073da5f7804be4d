"""Runs one contestant as a process of its own: `python -m benchmarks.contestants aiogram_memory --api http://…`."""

from __future__ import annotations

import argparse
import asyncio
import logging
from importlib import import_module
from pathlib import Path

from benchmarks.contestants.place import Place


def main() -> None:
    """Read where it is to run, and run it until the process is ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("contestant")
    parser.add_argument("--api", required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--database", default="")
    asked = vars(parser.parse_args())
    logging.basicConfig(level=logging.ERROR)
    contestant = import_module(f"benchmarks.contestants.{asked.pop('contestant')}")
    asyncio.run(contestant.live(Place(**asked)))


main()
