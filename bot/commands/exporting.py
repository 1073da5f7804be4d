"""`hotlead export`: the leads as a table, in a file of its own that is there whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import typer

from bot.commands.choosing import bot_database
from bot.leads.errors import TableError
from bot.leads.table import Table
from bot.revisions import history_of
from bot.texts import LANGUAGES
from bot.work import Library
from storage.database import Database
from storage.durability import put_in_place
from storage.files import LEADS
from storage.records import Action
from storage.roll import Selection
from storage.unit import Unit

STANDARD_OUTPUT = "-"


@dataclass(frozen=True)
class Wanted:
    """What the operator asked for, as it was typed."""

    to: str
    quiz: str | None = None
    since: str | None = None
    language: str = LANGUAGES[0]
    force: bool = False


async def export_leads(wanted: Wanted, now: datetime, bot: str | None = None) -> None:
    """Write the table, and say how many leads it has. Raises TableError, NoSuchQuizError."""
    if wanted.language not in LANGUAGES:
        raise TableError(f"--language {wanted.language}: it can be {', '.join(LANGUAGES)}")
    since = _day(wanted.since) if wanted.since is not None else None
    async with bot_database(bot) as (database, bot_id):
        async with database.view(bot_id) as view:
            zone = await _zone(view, wanted.quiz)
        begins = datetime.combine(since, time(), ZoneInfo(zone)) if since is not None else None
        table = Table(Library(), wanted.language, zone, now, Selection(wanted.quiz, begins))
        if wanted.to == STANDARD_OUTPUT:
            with _explaining("standard output"):
                await _write(database, bot_id, table, _put_out)
                await _note(database, bot_id, table, wanted)
        else:
            with _set_aside(Path(wanted.to), replace=wanted.force) as write:
                await _write(database, bot_id, table, write)
                await _note(database, bot_id, table, wanted)  # before it is in place: no table without a trace
    leads = "1 lead" if table.leads == 1 else f"{table.leads} leads"
    where = "standard output" if wanted.to == STANDARD_OUTPUT else wanted.to
    typer.echo(f"{leads} written to {where}; it holds personal data", err=wanted.to == STANDARD_OUTPUT)


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise TableError(f"--since {written}: write a day as 2026-01-31") from None


async def _zone(unit: Unit, quiz: str | None) -> str:
    """Return the zone of the company's times: the first quiz's. Raises NoSuchQuizError."""
    if quiz is not None:
        await history_of(unit, quiz)
    for first in await unit.quizzes.ids():
        newest = await unit.quizzes.newest(first)
        if newest is not None:
            return (await Library().quiz(unit, first, newest.number)).timezone
    return "UTC"


async def _write(database: Database, bot_id: int, table: Table, write: Callable[[bytes], object]) -> None:
    """Write the whole table, a look at the database at a time: the bot goes on meanwhile."""
    while True:
        async with database.view(bot_id) as view:
            rows = await table.more(view)
        if rows is None:
            break
        write(rows)
    async with database.view(bot_id) as view:
        if await table.is_outdated(view):
            raise TableError("somebody was erased while it was written, and may stand in it; ask for it again")


async def _note(database: Database, bot_id: int, table: Table, wanted: Wanted) -> None:
    async with database.unit(bot_id) as unit:
        await unit.audit.note(None, Action.EXPORT, wanted.quiz or LEADS, table.now, leads=table.leads)


def _put_out(rows: bytes) -> None:
    output = typer.get_binary_stream("stdout")
    output.write(rows)
    output.flush()


@contextmanager
def _set_aside(target: Path, *, replace: bool) -> Iterator[Callable[[bytes], object]]:
    """Write a file under another name that only its owner can read; it gets its own name when it is whole."""
    _refuse_what_is_there(target, replace=replace)
    with _explaining(str(target)):
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        aside = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                yield file.write
                file.flush()
                os.fsync(file.fileno())
            _refuse_what_is_there(target, replace=replace)  # it took a while
            put_in_place(aside, target)
        finally:
            aside.unlink(missing_ok=True)


def _refuse_what_is_there(target: Path, *, replace: bool) -> None:
    if target.is_dir():
        raise TableError(f"{target} is a folder; name a file")
    if target.exists() and not replace:
        raise TableError(f"there is a file {target} already; --force replaces it")


@contextmanager
def _explaining(where: str) -> Iterator[None]:
    """Say in a line why something cannot be written."""
    try:
        yield
    except BrokenPipeError:
        raise  # who reads our output has seen enough: typer ends without a word
    except OSError as error:
        raise TableError(f"{where} cannot be written: {error.strerror or type(error).__name__}") from None
