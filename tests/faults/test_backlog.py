"""A backlog after an outage: memory does not grow with it."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

BACKLOG = int(os.environ.get("HOTLEAD_BACKLOG", "3000"))
"""Updates that wait at Telegram; HOTLEAD_BACKLOG=50000 before a release."""
SMALL = 1000
AT_MOST = 2.0
"""How many times the memory of a small backlog a larger one may take: what comes in is never all in memory."""
ALLOWED = 120 + BACKLOG / 20
"""Seconds, on a slow machine."""


async def _growth(folder: Path, backlog: int) -> int:
    """Return by how much the resident memory grows, at its peak, while a backlog is worked off."""
    command = ("-m", "tests.faults.flood", str(folder), str(backlog))
    process = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=asyncio.subprocess.PIPE)
    async with asyncio.timeout(ALLOWED):
        said, _ = await process.communicate()
    before, after = map(int, said.split())
    return after - before


@pytest.mark.slow
async def test_a_backlog_many_times_as_long_takes_hardly_more_memory(tmp_path: Path) -> None:
    small, large = [await _growth(tmp_path / str(number), number) for number in (SMALL, BACKLOG)]
    print(f"{SMALL} updates: {small} KB, {BACKLOG} updates: {large} KB")  # noqa: T201 - the figures, when it fails
    assert large < small * AT_MOST
