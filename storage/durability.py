"""Durability: files, and their names in a folder, survive a power cut."""

from __future__ import annotations

import os
from pathlib import Path


def make_durable(file: Path) -> None:
    """Let what stands in a file survive a power cut."""
    with file.open("rb+") as opened:
        os.fsync(opened.fileno())


def make_names_durable(folder: Path) -> None:
    """Let a file that was made in the folder, or renamed there, survive a power cut under its name."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def put_in_place(aside: Path, target: Path) -> None:
    """Replace a file with another one at once."""
    aside.replace(target)
    make_names_durable(target.parent)
