"""Telegram's numbers pass 2³¹: every number has 64 bits, in every table of either database."""

from __future__ import annotations

from sqlalchemy import BigInteger, Connection, Integer, inspect

from qualification.handoff import take
from storage.columns import Base
from storage.database import Database
from storage.members import Role
from storage.messages import Kind
from tests.storage.conftest import Begin
from tests.storage.samples import NOON, a_lead, an_offer, put

LARGEST = 2**52 - 1
"""Telegram's ids have at most so many bits. Source: Bot API, User."""
BOT, MANAGER, SUPERGROUP = LARGEST - 1, LARGEST - 2, -LARGEST
UPDATE = 2**31 + 5


async def test_every_number_has_64_bits_in_every_table(database: Database, address: str) -> None:
    def numbers(connection: Connection) -> dict[str, str]:
        """Name each column of whole numbers, with its type, as the database itself tells."""
        seen = inspect(connection)
        return {
            f"{table}.{column['name']}": column["type"].compile(connection.dialect)
            for table in seen.get_table_names()
            for column in seen.get_columns(table)
            if isinstance(column["type"], Integer)
        }

    async with database.transaction() as connection:
        found = await connection.run_sync(numbers)
    declared = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, BigInteger)
    }
    assert found.keys() == declared
    assert len(found) > 100
    # SQLite's INTEGER has 64 bits, and is the only one that numbers rows.
    wide = {"BIGINT"} if address.startswith("postgresql") else {"BIGINT", "INTEGER"}
    assert {column: kind for column, kind in found.items() if kind not in wide} == {}


async def test_the_largest_ids_come_back_as_they_were(begin: Begin) -> None:
    async with begin(BOT) as unit:
        assert await unit.inbox.keep([(UPDATE, "{}")], NOON, lambda _: LARGEST) == 1
        lead = await a_lead(unit, LARGEST)
        await unit.members.join(MANAGER, "Max", Role.MANAGER, "sales", NOON)
        await unit.groups.bring(SUPERGROUP, "sales", "Floor", "en", MANAGER, NOON)
        stored = await unit.hand_offs.add(lead.id, "sales", an_offer())
        taken = take(stored.state, MANAGER, NOON)
        assert not isinstance(taken, str)
        await unit.hand_offs.save(stored, taken)
        card = await put(unit, Kind.HAND_OFF, SUPERGROUP)
        await unit.outbox.pause(SUPERGROUP, NOON)
    async with begin(BOT) as unit:
        await unit.turns.alone_with(LARGEST)
        await unit.alone_in_office()
        (received,) = await unit.inbox.claim(1, 1)
        assert (received.update_id, received.telegram_id) == (UPDATE, LARGEST)
        person = await unit.prospects.by_telegram_id(LARGEST)
        assert person is not None
        assert person.id == lead.prospect_id
        assert [member.telegram_id for member in await unit.members.all()] == [MANAGER]
        assert [group.chat_id for group in await unit.groups.all()] == [SUPERGROUP]
        assert [each.id for each in await unit.hand_offs.taken_by(MANAGER)] == [stored.id]
        assert [each.id for each in await unit.outbox.claim(NOON, 1, {LARGEST}, 2**31)] == [card]
        assert await unit.outbox.held(2**31, [card]) == {card}
        await unit.outbox.settle(card, (await unit.outbox.interrupted())[0].fate, NOON, 2**31 + 7)
        life = await unit.outbox.life(card)
        assert life is not None
        assert (life.chat_id, life.message_id) == (SUPERGROUP, 2**31 + 7)
