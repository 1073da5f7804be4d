"""A generated population is as large as it was to be, however it was made."""

from __future__ import annotations

from sqlalchemy import func, select

from benchmarks.copying import TELEGRAM_ID
from benchmarks.population import BOT, populate
from storage.columns import Base
from storage.database import Database


async def _counted(database: Database) -> dict[str, int]:
    async with database.look() as connection:
        return {
            table.name: await connection.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


async def test_who_is_copied_has_rows_of_their_own_in_every_table(database: Database) -> None:
    await populate(database, 20, made=20)
    few = await _counted(database)
    await populate(database, 60, made=20)
    many = await _counted(database)
    assert many == {table: 3 * rows for table, rows in few.items()} | {"states": few["states"]}  # the bot's own
    await populate(database, 120, made=20)
    assert (await _counted(database))["answers"] == 6 * few["answers"]
    async with database.view(BOT) as view:
        for number in (20, 60, 120):
            found = await view.prospects.by_id(number)
            assert found is not None
            assert found.telegram_id == TELEGRAM_ID + number
            assert len(await view.leads.all_of(number)) == len(await view.leads.all_of(20))


async def test_what_copies_leave_over_is_made_one_by_one(database: Database) -> None:
    await populate(database, 7, made=3)
    assert (await _counted(database))["prospects"] == 7
    await populate(database, 8, made=3)
    async with database.view(BOT) as view:
        eighth = await view.prospects.by_id(8)
    assert eighth is not None
    assert eighth.telegram_id == TELEGRAM_ID + 8
