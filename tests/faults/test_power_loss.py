"""Power loss: what was confirmed to Telegram is on the disk, and what was half written is not there at all."""

from __future__ import annotations

import asyncio
import random
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.confirming import UPDATES, receive_all

CUTS = 60
"""How often the log is cut off somewhere."""
_CALL = re.compile(
    r'(?P<name>pwrite64|fdatasync|fsync|write)\((?P<file>\d+)(?:<(?P<path>[^>]*)>)?(?:, "(?P<said>[^"]*)")?'
)
_RESUMED = re.compile(r"<\.\.\. (?:fdatasync|fsync) resumed>")


async def test_a_log_that_is_cut_off_after_a_confirmation_holds_what_was_confirmed(
    tmp_path: Path,
) -> None:
    at_rest, file = tmp_path / "at rest", tmp_path / "hotlead.db"
    at_rest.mkdir()
    written: dict[int, int] = {}
    """how much of the log there was when an update was confirmed"""

    def confirmed(number: int) -> None:
        written[number] = _log_of(file).stat().st_size
        if number == UPDATES:
            for each in (file, _log_of(file)):
                shutil.copy(each, at_rest)

    await receive_all(tmp_path, confirmed)
    assert list(written) == list(range(1, UPDATES + 1))
    log = _log_of(at_rest / file.name).read_bytes()
    assert min(written.values()) < len(log), "there is nothing to cut off"
    chance = random.Random(13)  # noqa: S311 - a reproducible run, not a secret
    for number in range(CUTS):
        length = chance.randint(min(written.values()), len(log))
        cut_off = tmp_path / f"cut {number}"
        cut_off.mkdir()
        shutil.copy(at_rest / file.name, cut_off)
        # A disk may have written something else in place of what was to come.
        torn = chance.randbytes(len(log) - length) if number % 2 else b""
        _log_of(cut_off / file.name).write_bytes(log[:length] + torn)
        there = _inbox(cut_off / file.name)
        safe = [update for update, size in written.items() if size <= length]
        assert there[: len(safe)] == safe, f"cut off after {length} bytes"
        assert there == list(range(1, len(there) + 1)), "something came without what was before it"


def _log_of(file: Path) -> Path:
    return file.with_name(f"{file.name}-wal")


def _inbox(file: Path) -> list[int]:
    connection = sqlite3.connect(file)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return [number for (number,) in connection.execute("SELECT update_id FROM inbox ORDER BY id")]
    finally:
        connection.close()


@pytest.mark.slow
async def test_what_is_confirmed_was_synced_to_the_disk_before(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    command = (sys.executable, "-m", "tests.faults.confirming", str(tmp_path))
    calls = ("-f", "-y", "-e", "trace=pwrite64,fdatasync,fsync,write", "-o", str(trace))
    if not _can_trace():
        pytest.skip("strace is not here, or may not look at other processes")
    process = await asyncio.create_subprocess_exec(
        "strace", *calls, *command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    assert await process.wait() == 0
    unsynced: set[str] = set()
    begun: dict[str, str] = {}
    """what a thread is syncing"""
    confirmed = 0
    for line in trace.read_text("utf-8", "replace").splitlines():
        thread, _, call = line.partition(" ")
        if _RESUMED.search(call):
            unsynced.discard(begun.pop(thread, ""))
        found = _CALL.search(call)
        path = (found["path"] or "") if found else ""
        match found["name"] if found else None:
            case "pwrite64" if path.endswith("-wal"):
                unsynced.add(path)
            case "fdatasync" | "fsync" if "unfinished" in call:
                begun[thread] = path
            case "fdatasync" | "fsync":
                unsynced.discard(path)
            case "write" if found and (found["said"] or "").startswith("confirm"):
                confirmed += 1
                assert not unsynced, f"{found['said']} before the log was synced"
    assert confirmed == UPDATES


def _can_trace() -> bool:
    if shutil.which("strace") is None:
        return False
    command = ("strace", "-o", "/dev/null", "true")
    return subprocess.run(command, check=False, capture_output=True).returncode == 0  # noqa: S603 - a constant
