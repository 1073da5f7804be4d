"""Backups: a consistent copy of a SQLite database that is in use, and what can be said about one."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from storage.durability import make_durable, make_names_durable
from storage.errors import BackupError, NewerSchemaError
from storage.schema import known_revisions
from storage.states import BACKUP, EVERY_BOT, KEYS

MAGIC = b"SQLite format 3\0"
PATIENCE = 10
"""Seconds to wait for a writer."""
REMEMBER = (
    "INSERT INTO states (bot_id, name, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value"
)


@dataclass(frozen=True)
class Backup:
    """A copy that was made."""

    file: Path
    size: int
    schema: str


def back_up(database: Path, target: Path, now: datetime) -> Backup:
    """Copy a database that may be in use, whole and of one moment. Raises BackupError; never overwrites.

    The copy has no free pages, so nothing in it that was erased before.
    """
    schema = schema_of(database)
    _refuse_to_overwrite(target)
    with _aside(target) as aside:
        try:
            with closing(_connect(database)) as connection:
                connection.execute("VACUUM INTO ?", (str(aside),))
            with closing(_connect(aside)) as connection:
                _remember(connection, now)
            make_durable(aside)
            _refuse_to_overwrite(target)
            aside.rename(target)
            make_names_durable(target.parent)
            with closing(_connect(database)) as connection:
                _remember(connection, now)
        except sqlite3.Error as error:
            raise BackupError(f"the backup could not be made: {error}") from error
        except OSError as error:
            raise BackupError(f"the backup could not be made: {target}: {error.strerror}") from error
    return Backup(target, target.stat().st_size, schema)


def schema_of(file: Path, named: Path | None = None) -> str:
    """Return the schema version of a Hotlead database; errors call it `named`.

    Raises BackupError and NewerSchemaError.
    """
    named = named or file
    try:
        with file.open("rb") as opened:
            magic = opened.read(len(MAGIC))
        if magic != MAGIC:
            raise BackupError(f"{named} is no SQLite database")
        with closing(_connect(file)) as connection:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except OSError as error:
        raise BackupError(f"{named}: {error.strerror}") from None
    except sqlite3.Error as error:
        raise BackupError(f"{named} is no database of Hotlead: {error}") from None
    if row is None:
        raise BackupError(f"{named} is no database of Hotlead")
    if row[0] not in known_revisions():
        raise NewerSchemaError(
            f"{named} was written by a newer Hotlead (schema {row[0]}); restore it with that version"
        )
    return str(row[0])


def is_sealed(file: Path) -> bool:
    """Tell whether a database was ever opened with keys."""
    if not file.is_file() or not file.stat().st_size:
        return False
    with suppress(sqlite3.Error), closing(_connect(file)) as connection:
        query = "SELECT 1 FROM states WHERE bot_id = ? AND name = ?"
        return connection.execute(query, (EVERY_BOT, KEYS)).fetchone() is not None
    return False


def made_at(file: Path) -> datetime | None:
    """Return when a backup was made; None for a database that is none, or an old one."""
    with suppress(sqlite3.Error), closing(_connect(file)) as connection:
        query = "SELECT value FROM states WHERE bot_id = ? AND name = ?"
        row = connection.execute(query, (EVERY_BOT, BACKUP)).fetchone()
        return datetime.fromisoformat(row[0]) if row else None
    return None


def fold(file: Path) -> None:
    """Bring a database that nobody has open into its one file, without a write-ahead log beside it."""
    with closing(_connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode=DELETE")
    make_durable(file)


def find_damage(file: Path) -> str | None:
    """Return what SQLite finds wrong with a file."""
    try:
        with closing(_connect(file)) as connection:
            found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        return str(error)
    return None if found == "ok" else str(found)


def _refuse_to_overwrite(target: Path) -> None:
    if target.exists():
        raise BackupError(f"{target} is there already; a backup overwrites nothing")


def _connect(file: Path) -> sqlite3.Connection:
    """Connect to a file that exists: none is made by a slip of the pen."""
    address = f"{file.resolve().as_uri()}?mode=rw"
    return sqlite3.connect(address, uri=True, timeout=PATIENCE, isolation_level=None)


@contextmanager
def _aside(target: Path) -> Iterator[Path]:
    """Name a file beside the target, which only its owner may read; it is gone at the end."""
    aside = target.with_name(f".{target.name}.part")
    try:
        aside.unlink(missing_ok=True)
        os.close(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise BackupError(f"the backup could not be made: {target}: {error.strerror}") from None
    try:
        yield aside
    finally:
        for left in (aside, aside.with_name(f"{aside.name}-journal")):
            left.unlink(missing_ok=True)


def _remember(connection: sqlite3.Connection, now: datetime) -> None:
    """Write down when the backup was made, if the release that made the database had a place for it."""
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'states'").fetchone():
        connection.execute(REMEMBER, (EVERY_BOT, BACKUP, now.isoformat(timespec="seconds")))
