"""What the product asks often goes through indexes, however many people there are."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

import pytest

from benchmarks.growth import QUESTIONS, ask, grow, placed, sizes
from benchmarks.population import populate
from storage.database import Database
from tests.keys import a_keyring

PEOPLE = 300
GO_THROUGH = {"old updates are forgotten": ("inbox",)}
"""What is asked once an hour may go through more."""


@pytest.fixture
async def database(on_sqlite: str) -> AsyncIterator[Database]:
    database = await Database.open(on_sqlite, a_keyring())
    await populate(database, PEOPLE)
    yield database
    await database.close()


async def test_no_question_that_is_asked_often_goes_through_a_whole_table(database: Database) -> None:
    found = {name: (await ask(database, PEOPLE, question)).scans for name, question in QUESTIONS.items()}
    whole = {name: tuple(scan.partition(" ")[0] for scan in scans) for name, scans in found.items() if scans}
    assert whole == GO_THROUGH


async def test_each_person_leaves_rows_in_the_tables_that_grow(database: Database) -> None:
    measured = {name: rows for name, rows, _, _ in await sizes(database)}
    assert measured["prospects"] == PEOPLE
    assert {"sessions", "answers", "leads", "ledger", "consents", "journal", "outbox"} <= set(measured)
    async with database.view(7_000_000_042) as view:
        assert await view.sessions.answers(1)


def test_each_size_has_a_column_of_times(capsys: pytest.CaptureFixture[str]) -> None:
    with placed("sqlite") as address:
        asyncio.run(grow(address, [5, 10]))
    tables = capsys.readouterr().out
    assert re.search(r"median, ms +\| +5 \| +10 \| goes through", tables)
    assert [len(re.findall(rf"{name} +\| +[\d.]+ \| +[\d.]+ \|", tables)) for name in QUESTIONS] == [1] * len(
        QUESTIONS
    )
