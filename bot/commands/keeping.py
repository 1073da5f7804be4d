"""`hotlead keys`, `hotlead backup`, `hotlead restore` and `hotlead release`: how an operator keeps the data."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import typer

from bot.clock import FlowingClock
from bot.opening import keyring_for, open_database
from bot.settings import Settings, SettingsError, read_settings
from storage.backups import back_up, schema_of
from storage.cipher import Keyring
from storage.database import Database, file_of
from storage.erasing import ErasureList
from storage.errors import BackupError, StorageError
from storage.keyfile import is_private, read_keys, replace_keys
from storage.lock import locked
from storage.restoring import Restored, discard, move_in, prepare, take_aside
from storage.sealing import IN_CLEAR, is_retirable, reseal, rows_by_key
from storage.states import BACKUP, EVERY_BOT, HELD

# keys ---------------------------------------------------------------------------------------------------------


async def rotate_keys() -> None:
    """Seal everything with a new key and retire the old ones; one that was interrupted goes on.

    A running bot would meet values of a key that it does not have, so it must be stopped for this.
    """
    settings = read_settings()
    with locked(file_of(settings.database_address)):
        keyring = keyring_for(settings.key_file, file_of(settings.database_address))
        if len(keyring.keys) == 1:
            keyring = keyring.rotated()
            replace_keys(settings.key_file, keyring)  # before anything is sealed with it
            typer.echo(f"the new key is {keyring.current}")
        else:
            typer.echo(f"a rotation is not finished yet: it goes on with the key {keyring.current}")
        database = await Database.open(settings.database_address, keyring)
        try:
            total = await reseal(
                database.transaction, lambda column, done: typer.echo(f"  {column}: {done} sealed anew")
            )
            await database.rewrite()
            async with database.transaction() as connection:
                counts = await rows_by_key(connection)
        finally:
            await database.close()
        if not is_retirable(keyring, counts):
            raise StorageError("somebody wrote with an old key meanwhile; run `hotlead keys rotate` again")
        replace_keys(settings.key_file, keyring.retired())
    typer.echo(
        f"{total} values sealed anew; {settings.key_file} holds the key {keyring.current} only.\n"
        "Copy the file to your safe place, and keep its old copy for as long as you keep backups made before."
    )


async def show_keys() -> None:
    """Print which key seals how much; never a key itself."""
    settings = read_settings()
    database = await open_database(settings)
    try:
        async with database.look() as connection:
            counts = await rows_by_key(connection)
    finally:
        await database.close()
    keyring = read_keys(settings.key_file, secrets.token_bytes)
    for name in dict.fromkeys([*keyring.keys, *counts]):
        typer.echo(f"{name or 'in clear'}  {counts.get(name, 0):>9} values  {_standing(keyring, name)}".rstrip())


def _standing(keyring: Keyring, name: str) -> str:
    if name == IN_CLEAR:
        return ""
    if name == keyring.current:
        return "current"
    return "old" if name in keyring.keys else "NOT IN THE KEY FILE"


# backup, restore, release -------------------------------------------------------------------------------------


def make_backup(file: Path | None) -> None:
    """Copy the database while the bot runs."""
    settings, now = read_settings(), FlowingClock().now()
    database = _database_file(settings)
    if not database.is_file():
        raise BackupError(f"there is no database at {database} yet")
    target = file or Path(f"hotlead-{now:%Y%m%d-%H%M%S}.backup")
    made = back_up(database, target, now)
    typer.echo(f"{made.file}: {_size(made.size)}, schema {made.schema}, made {now:%Y-%m-%d %H:%M:%S} UTC")
    typer.echo(
        f"The keys are NOT in it. Keep copies of {settings.key_file} and {settings.erased_file} (who was erased)"
        " elsewhere: without the keys nobody can read the backup."
    )


async def restore_backup(file: Path, *, replace: bool) -> None:
    """Put a backup in the database's place; nothing in it is sent again."""
    settings = read_settings()
    database = _database_file(settings)
    with locked(database):
        if database.exists() and not replace:
            raise BackupError(f"there is a database at {database} already; --replace puts the backup in its place")
        aside = take_aside(file, database)
        try:
            schema_of(aside, named=file)
            keyring = keyring_for(settings.key_file, aside)
            now = FlowingClock().now()
            erased = ErasureList(settings.erased_file, keyring.fingerprint).read(now)
            restored = await prepare(aside, keyring, erased, now)
            move_in(aside, database)
        finally:
            discard(aside)
    _tell_what_was_restored(settings, database, restored)


async def release_what_is_held() -> None:
    """Let go what a restore holds back; a running bot sees it within a minute."""
    settings, now = read_settings(), FlowingClock().now()
    database = await open_database(settings)
    try:
        async with database.unit(EVERY_BOT) as unit:
            if await unit.states.read(HELD) is None:
                typer.echo("nothing is held")
                return
            await unit.states.drop(HELD)
            due, all_of_them = await unit.enrolments.count(now)
            kept_too_long = await unit.prospects.count_kept_too_long(now)
    finally:
        await database.close()
    typer.echo(f"{all_of_them} people go on getting follow-ups; {due} messages are due now")
    typer.echo(f"{kept_too_long} people were kept as long as their quizzes say, and are erased now")


def _tell_what_was_restored(settings: Settings, database: Path, restored: Restored) -> None:
    made = f"{restored.made_at:%Y-%m-%d %H:%M:%S} UTC" if restored.made_at else "an unknown time"
    typer.echo(f"{database}: restored as it was at {made}")
    typer.echo(f"  {restored.dropped} messages that waited then are not sent")
    typer.echo(f"  {restored.set_aside} updates that waited then are put aside")
    typer.echo(f"  {restored.hand_offs} open hand-offs: their timers go on from now")
    if settings.erased_file.exists():
        typer.echo(f"  {restored.erased} people who were erased since then are erased again")
    else:
        typer.echo(
            f"  there is no list {settings.erased_file}: if people were erased since, put it back, restore again"
        )
    if restored.receivers:
        typer.echo(
            f"  receivers with the secrets of then: {restored.receivers}; one that leaked and was rotated since is"
            " to be rotated again"
        )
    typer.echo("Follow-ups are held until you say `hotlead release`; so is erasing who was kept long enough.")


def _database_file(settings: Settings) -> Path:
    database = file_of(settings.database_address)
    if database is None:
        raise SettingsError("this works on a SQLite file; for a database server use its own tools, as pg_dump")
    return database


def _size(size: int) -> str:
    kilo = 1024
    return f"{size / kilo:.0f} KB" if size < kilo**2 else f"{size / kilo**2:.1f} MB"


# doctor -------------------------------------------------------------------------------------------------------


async def check_keeping(settings: Settings, tell: Callable[[bool | None, str, str], bool]) -> bool:
    """Tell how the database, its keys and its backups are; return whether the bot can run so.

    A database that is not there yet is not made: who looks in the wrong folder is to leave nothing in it.
    """
    file = file_of(settings.database_address)
    if file is not None and not file.exists():
        return _tell_none_yet(file, tell)
    try:
        database = await open_database(settings)
    except StorageError as error:
        return tell(False, "database", str(error))
    try:
        async with database.view(EVERY_BOT) as view:
            backup, held = await view.states.read(BACKUP), await view.states.held()
    finally:
        await database.close()
    tell(True, "database", "opens, and its tables are up to date")
    _tell_keys(settings, tell)
    with suppress(ValueError):
        backup = f"{datetime.fromisoformat(backup):%Y-%m-%d %H:%M} UTC" if backup else None
    tell(
        bool(backup) or None, "backup", f"the last one was made {backup}" if backup else "none yet: hotlead backup"
    )
    if held:
        tell(
            None, "held", "follow-ups, and erasing by the clock, are held since a restore; hotlead release lets go"
        )
    return True


def _tell_none_yet(file: Path, tell: Callable[[bool | None, str, str], bool]) -> bool:
    there = next(folder for folder in file.resolve().parents if folder.exists())
    if not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
        return tell(False, "database", f"none at {file} yet, and nothing can be written in {there}")
    return tell(None, "database", f"none at {file} yet: the first start makes it, and its keys")


def _tell_keys(settings: Settings, tell: Callable[[bool | None, str, str], bool]) -> None:
    file = settings.key_file
    keyring = read_keys(file, secrets.token_bytes)
    if not is_private(file):
        tell(None, "keys", f"{file} can be read by others; chmod 600 {file}")
    elif len(keyring.keys) > 1:
        tell(None, "keys", f"{file}: a rotation is not finished; hotlead keys rotate goes on")
    else:
        tell(True, "keys", f"{file}: the current key is {keyring.current}; keep a copy elsewhere")
