"""What the product asks its database most often, as the number of people grows: `python -m benchmarks.growth`.

For each size the database is filled with generated prospects, each question is asked by the product's own code,
and the median time is printed, with what the database's plan goes through from end to end. What matters is whether
a line of them stays flat: times of two machines say nothing beside each other.
"""

from __future__ import annotations

import argparse
import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncConnection

from benchmarks.copying import TELEGRAM_ID
from benchmarks.population import BOT, MANAGERS, NOW, QUIZ, populate
from qualification.score import Band
from qualification.segments import Answered, Segment
from storage.columns import Base
from storage.database import Database, engine_of
from storage.postgresql import is_postgresql
from storage.unit import Unit
from tests.keys import a_keyring
from tests.postgresql import running

TIMES = 15
"""How often each question is asked."""
ENOUGH = 5.0
"""Seconds after which a slow one is not asked again."""
SOME = 20
"""Rows of a table that are too few for an index to be worth it."""
SEGMENT = Segment(bands=(Band.HOT,), answers=(Answered(quiz=QUIZ, question="question_1", choices=("choice_2",)),))
SMALL = frozenset(
    str(index.name)
    for table in Base.metadata.tables.values()
    for index in table.indexes
    if (where := index.dialect_options["sqlite"]["where"]) is not None
    and not any(key.parent.name in str(where) for key in table.foreign_keys)
)
"""Indexes of what waits, is open or is due: to go through one of them costs little."""
_SCAN = re.compile(r"(?:SCAN|Seq Scan on) (\w+)(?: USING (?:COVERING )?INDEX (\w+))?")
_ALL_BEFORE = re.compile(r"SEARCH (\w+) USING (INTEGER PRIMARY KEY) \(rowid<\?\)")
_PARTS = re.compile(r"SUBQUERY|SubPlan|InitPlan")
_SORTED = re.compile(r"TEMP B-TREE FOR|Sort Key")
_OF_BOT = re.compile(r"SEARCH (\w+) USING (?:COVERING )?INDEX (\w+) \(bot_id=\?\)")
_OF_BOT_ON_SERVER = re.compile(r"using (\w+) on (\w+) .*\n\s*Index Cond: \(bot_id = [^()]*\)\n")
"""How plans say that they go through everything, or everything of one bot."""

Ask = Callable[[Unit, int], Awaitable[Any]]


async def _turn(unit: Unit, number: int) -> None:
    """What is looked up when somebody taps a button."""
    person = await unit.prospects.by_telegram_id(TELEGRAM_ID + number)
    assert person is not None
    session = await unit.sessions.latest(person.id)
    assert session is not None
    await unit.sessions.answers(session.id)
    await unit.consents.newest(person.id, "contact")


async def _card(unit: Unit, number: int) -> None:
    """What stands on a lead's card."""
    for lead in await unit.leads.all_of(number):
        await unit.leads.contacts(lead.id)
        await unit.ledger.entries(lead)
        await unit.leads.left_before(lead)
        await unit.hand_offs.open_of(lead.id)


async def _queue(unit: Unit, _: int) -> None:
    await unit.hand_offs.untaken()
    await unit.hand_offs.taken_by(MANAGERS[0])


QUESTIONS: dict[str, Ask] = {
    "an update comes a second time": lambda unit, number: unit.inbox.keep([(number // 4, "{}")], NOW),
    "updates to handle": lambda unit, _: unit.inbox.waiting(32),
    "a turn: person, session, answers": _turn,
    "what may be sent": lambda unit, _: unit.outbox.claim(NOW, 8, ()),
    "when to send next": lambda unit, _: unit.outbox.outlook(NOW, ()),
    "when anything is due next": lambda unit, _: unit.agenda.next(),
    "follow-ups that are due": lambda unit, _: unit.enrolments.due(NOW, 50),
    "hand-offs that are due": lambda unit, _: unit.hand_offs.due(NOW, 50),
    "silences that are due": lambda unit, _: unit.sessions.due(NOW, 50),
    "people kept long enough": lambda unit, _: unit.prospects.kept_too_long(NOW, 50),
    "a lead's card": _card,
    "a manager's /mine and /queue": _queue,
    "how many leads each manager has": lambda unit, _: unit.hand_offs.loads(),
    "a segment, the next 5,000 people": lambda unit, number: unit.segments.count(SEGMENT, NOW, after=number),
    "/health and /metrics": lambda unit, _: unit.vitals.read(NOW),
    "/unfinished": lambda unit, _: unit.sessions.abandoned(10),
    "somebody blocks the bot": lambda unit, number: unit.outbox.drop_all(TELEGRAM_ID + number, NOW),
    "somebody is erased": lambda unit, number: unit.holdings.remove(number, TELEGRAM_ID + number),
    "old updates are forgotten": lambda unit, _: unit.inbox.forget(NOW),
}


@dataclass(frozen=True)
class Answer:
    """How long a question took, in milliseconds, and what its plans go through without an index."""

    milliseconds: float
    scans: tuple[str, ...]


async def ask(database: Database, people: int, question: Ask) -> Answer:
    """Ask a question several times, about different people; whatever it changes is taken back."""
    times: list[float] = []
    async with database.transaction() as connection:
        unit = Unit(connection, BOT)
        with _statements_of(connection) as statements:
            await _taken_back(connection, question, unit, 1)
        scans = [scan for each in statements for scan in await _scans(connection, *each)]
        while len(times) < TIMES and sum(times) < ENOUGH:
            number = 1 + len(times) * people // TIMES
            times.append(await _taken_back(connection, question, unit, number))
    return Answer(median(times) * 1000, tuple(dict.fromkeys(scans)))


async def _taken_back(connection: AsyncConnection, question: Ask, unit: Unit, number: int) -> float:
    async with connection.begin_nested() as savepoint:
        began = perf_counter()
        await question(unit, number)
        taken = perf_counter() - began
        await savepoint.rollback()
    return taken


@contextmanager
def _statements_of(connection: AsyncConnection) -> Iterator[list[tuple[str, Any]]]:
    """Hear what is asked of the database meanwhile."""
    heard: list[tuple[str, Any]] = []

    def hear(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> None:  # noqa: FBT001 - SQLAlchemy calls it
        if not statement.startswith(("SAVEPOINT", "ROLLBACK", "RELEASE")):
            heard.append((statement, values[0] if many else values))

    event.listen(connection.sync_connection, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(connection.sync_connection, "before_cursor_execute", hear)


async def _scans(connection: AsyncConnection, statement: str, values: Any) -> list[str]:
    """Return the tables of which a statement's plan goes through all rows, or all of the bot's, if many."""
    explain = "EXPLAIN" if is_postgresql(connection) else "EXPLAIN QUERY PLAN"
    rows = (await connection.exec_driver_sql(f"{explain} {statement}", values)).all()
    plan = " ".join(str(row[-1]) + "\n" for row in rows)
    found = [(match[1], match[2]) for match in (*_SCAN.finditer(plan), *_ALL_BEFORE.finditer(plan))]
    for part in _PARTS.split(plan):
        if " LIMIT " not in statement or _SORTED.search(part):  # otherwise it stops at the first rows of an index
            found += [(match[1], match[2]) for match in _OF_BOT.finditer(part)]
            found += [(match[2], match[1]) for match in _OF_BOT_ON_SERVER.finditer(part)]
    named = [(_table(table), index) for table, index in found if index not in SMALL]
    return [
        f"{table} by {index}" if index else table
        for table, index in named
        if table is not None and await _is_large(connection, table)
    ]


def _table(name: str) -> str | None:
    """Return the table that a name in a plan stands for, such as `outbox_1`; None for a part of the statement."""
    return max((each for each in Base.metadata.tables if name.startswith(each)), key=len, default=None)


async def _is_large(connection: AsyncConnection, table: str) -> bool:
    few = f"SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT {SOME + 1}) AS few"  # noqa: S608 - our own names
    return int(await connection.scalar(text(few)) or 0) > SOME


# Sizes ----------------------------------------------------------------------------------------------------------


async def sizes(database: Database) -> list[tuple[str, int, int, int]]:
    """Return each table that grows with the people: its name, rows, bytes, and the bytes of its indexes."""
    async with database.look() as connection:
        if is_postgresql(connection):
            measured = {name: (own, more) for name, own, more in await connection.execute(text(_SIZES_ON_SERVER))}
        else:
            measured = {name: (own, more) for name, own, more in await connection.execute(text(_SIZES_IN_FILE))}
        found: list[tuple[str, int, int, int]] = []
        for name in Base.metadata.tables:
            rows = int(await connection.scalar(text(f"SELECT count(*) FROM {name}")) or 0)  # noqa: S608 - our own names
            if rows > SOME:
                own, more = measured[name]
                found.append((name, rows, int(own or 0), int(more or 0)))
    return sorted(found, key=lambda each: -each[2] - each[3])


_SIZES_ON_SERVER = """
    SELECT relname, pg_table_size(oid), pg_indexes_size(oid) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = CAST('public' AS regnamespace)
"""
_SIZES_IN_FILE = """
    SELECT m.tbl_name,
        sum(CASE m.type WHEN 'table' THEN s.pageno * p.page_size END),
        sum(CASE m.type WHEN 'index' THEN s.pageno * p.page_size END)
    FROM dbstat s JOIN sqlite_master m ON m.name = s.name, pragma_page_size p WHERE s.aggregate = 1
    GROUP BY m.tbl_name
"""
"""Pages times their size: dbstat's own sum of bytes begins anew after 2 GB."""


# Tables ---------------------------------------------------------------------------------------------------------


async def grow(address: str, people: list[int]) -> None:
    """Fill a database to each size, and print what its questions cost there."""
    answers: dict[int, dict[str, Answer]] = {}
    database = await Database.open(address, a_keyring())
    for number in people:
        began = perf_counter()
        await populate(database, number)
        made = perf_counter() - began
        await _settle(database, address)
        print(f"\n{number:,} prospects, made in {made:.0f} s")
        show_sizes(await sizes(database), number)
        answers[number] = {name: await ask(database, number, question) for name, question in QUESTIONS.items()}
    await database.close()
    show_answers(answers)


async def _settle(database: Database, address: str) -> None:
    """Have done at once what a database does by and by: after many rows at once it would be in the way."""
    if not database.is_shared:
        await database.scrub()
        return
    engine = engine_of(address).execution_options(isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        for each in ("VACUUM (ANALYZE)", "CHECKPOINT"):
            await connection.execute(text(each))
    await engine.dispose()


def show_sizes(found: list[tuple[str, int, int, int]], people: int) -> None:
    """Print how large each table is."""
    megabyte = 2**20
    print(f"\n| {'table':14} | {'rows':>11} | {'MB':>8} | {'of indexes':>10} | {'a prospect':>10} |")
    print("| --- | ---: | ---: | ---: | ---: |")
    whole = (
        "all of it",
        sum(each[1] for each in found),
        sum(each[2] for each in found),
        sum(each[3] for each in found),
    )
    for name, rows, own, indexes in (*found, whole):
        shown = f"{own / megabyte:8.1f} | {indexes / megabyte:10.1f} | {(own + indexes) / people:8.0f} B"
        print(f"| {name:14} | {rows:11,} | {shown} |")


def show_answers(answers: dict[int, dict[str, Answer]]) -> None:
    """Print the median times of all sizes beside each other, and what has no index."""
    print(f"\n| {'median, ms':33} | {' | '.join(f'{people:>9,}' for people in answers)} | goes through |")
    print(f"| --- | {' | '.join('---:' for _ in answers)} | --- |")
    for question in QUESTIONS:
        row = [each[question] for each in answers.values()]
        shown = " | ".join(f"{each.milliseconds:9.2f}" for each in row)
        print(f"| {question:33} | {shown} | {', '.join(row[-1].scans) or 'indexes only'} |")


@contextmanager
def placed(where: str) -> Iterator[str]:
    """Give the address of a new database of a kind, gone afterwards; or of one that is named, which stays."""
    with ExitStack() as stack:
        if where == "sqlite":
            where = f"sqlite+aiosqlite:///{Path(stack.enter_context(TemporaryDirectory())) / 'hotlead.db'}"
        elif where == "postgresql":
            server = stack.enter_context(running())
            where = server.address(asyncio.run(server.empty()))
        yield where


def main() -> None:
    """Read what is asked for, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", default="10000,100000,1000000", help="numbers of prospects, comma-separated")
    parser.add_argument(
        "--database", default="sqlite", help="sqlite, postgresql, or the address of an empty database: it is kept"
    )
    asked = parser.parse_args()
    with placed(asked.database) as address:
        asyncio.run(grow(address, sorted(int(each) for each in asked.sizes.split(","))))


if __name__ == "__main__":
    main()
