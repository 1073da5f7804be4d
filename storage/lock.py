"""The lock beside a SQLite database: who holds it is the only Hotlead that works on the file."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.errors import DatabaseInUseError, DatabaseUnusableError


@contextmanager
def locked(database: Path | None) -> Iterator[None]:
    """Hold the lock of a database; it ends with the process, however that ends. A server locks by itself (None).

    Raises DatabaseInUseError when somebody else holds it.
    """
    if database is None:
        yield
        return
    file = lock_of(database)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        opened = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise DatabaseUnusableError(f"the database cannot be locked: {file}: {error.strerror}") from None
    try:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(opened, 20).decode(errors="replace").strip()
            who = f"process {holder}" if holder.isdecimal() else "another process"
            raise DatabaseInUseError(f"{who} is at work on {database}; stop it first") from None
        os.ftruncate(opened, 0)
        os.pwrite(opened, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(opened)


def lock_of(database: Path) -> Path:
    """Name the file whose lock is that of a database."""
    return database.resolve().with_suffix(".lock")
