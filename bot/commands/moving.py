"""`hotlead move`: from one database to another, as to a server when one machine is not enough any more."""

from __future__ import annotations

import asyncio

import typer
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.commands.progress import ProgressLine
from bot.settings import Settings, SettingsError, read_settings
from storage.moving import Moved, move

INTERRUPTED = 130
"""The exit code of a command that Ctrl-C ended: what was to come after it should not."""
DIGITS = 12
"""How much of a fingerprint is shown."""
KINDS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}
"""The kinds of databases, as they may be written, with their drivers."""


def move_database(origin: str | None, target: str) -> None:
    """Copy a database into an empty one, compare them, and say what to do next."""
    settings = read_settings()
    from_here = address_of("--from", origin or settings.database_address)
    to_there = address_of("--to", target)
    line = ProgressLine()
    try:
        moved = asyncio.run(move(from_here, to_there, line.show))
    except KeyboardInterrupt:
        line.clear()
        typer.echo("hotlead: stopped; the same command goes on where it stopped", err=True)
        raise typer.Exit(INTERRUPTED) from None
    finally:
        line.clear()
    _tell_what_was_moved(moved)
    _tell_what_to_do_next(settings, to_there)


def address_of(option: str, written: str) -> str:
    """Return the SQLAlchemy address of what an operator wrote: an address, or the path of a SQLite file.

    Raises SettingsError, in which no password stands.
    """
    if "://" not in written:
        return f"sqlite+aiosqlite:///{written}"
    remedy = "write the path of a file, sqlite:///file, or postgresql://user:password@host/database"
    try:
        url = make_url(written)
    except (ArgumentError, ValueError):
        raise SettingsError(f"{option}: this is no address of a database; {remedy}") from None
    driver = KINDS.get(url.drivername)
    if driver is None or not url.database or url.database == ":memory:":
        raise SettingsError(f"{option}: `{url.drivername}://{url.database or ''}` is nothing to move; {remedy}")
    return url.set(drivername=driver).render_as_string(hide_password=False)


def _tell_what_was_moved(moved: list[Moved]) -> None:
    filled = [each for each in moved if each.rows]
    width = max((len(each.table) for each in filled), default=0)
    for each in filled:
        typer.echo(f"{each.table:<{width}}  {each.rows:>10,}  {each.sha256[:DIGITS]}")
    total = sum(each.rows for each in moved)
    typer.echo(f"{total:,} rows in {len(moved)} tables, the same on both sides. The old database is as it was.")


def _tell_what_to_do_next(settings: Settings, target: str) -> None:
    shown = make_url(target).render_as_string()
    typer.echo(f"Next: HOTLEAD_DATABASE={shown}" + (" (with its password)" if "***" in shown else ""))
    typer.echo(
        f"  Keep {settings.key_file} (the keys) and {settings.erased_file} (who was erased): they belong to it,\n"
        "  on whatever machine it is used; without the keys nobody can read it."
    )
    typer.echo("  Then hotlead doctor, and hotlead run.")
    if not target.startswith("sqlite"):
        typer.echo("  hotlead backup copies files only: back the server up with its own tools, as pg_dump.")
    typer.echo(
        "  Once you are sure, remove the old database and its backups: who is erased from now on is still in them."
    )
