"""Where a contestant runs: what it is told when it is started as a process of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchmarks.people import BOT

HOOK = f"/webhook/{BOT['id']}"


@dataclass(frozen=True)
class Place:
    """The Bot API it talks to, its folder, and whether updates are posted to it."""

    api: str
    folder: Path
    port: int = 0
    """of its webhook; 0: it asks for updates"""
    database: str = ""
    """a SQLAlchemy address; empty: a SQLite file in its folder"""
    framework: str = "aiogram"
    """whose adapter Hotlead uses"""
