"""What the product asks often goes through indexes, however many people there are."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from benchmarks.growth import QUESTIONS, ask, opened, sizes
from benchmarks.population import populate
from storage.database import Database

PEOPLE = 300
GO_THROUGH = {"old updates are forgotten": ("inbox",)}
"""What is asked once an hour may go through more."""


@pytest.fixture
async def database() -> AsyncIterator[Database]:
    async with opened("sqlite") as database:
        await populate(database, PEOPLE)
        yield database


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
