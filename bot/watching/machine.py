"""The machine: how much memory this process has, and how much room is left where the database is."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def memory() -> int | None:
    """Return the resident memory of this process in bytes; None where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")


def room(database: Path | None) -> int | None:
    """Return the free bytes on the disk of a database's file; None for a server, which looks after itself."""
    if database is None:
        return None
    try:
        return shutil.disk_usage(database.parent).free
    except OSError:
        return None
