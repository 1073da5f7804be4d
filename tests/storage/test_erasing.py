"""Erased is erased: no table keeps a row about the person, and a restored backup does not bring them back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Table, TypeDecorator, insert, select, text

from storage.columns import Base
from storage.database import Database
from storage.erasing import ErasureList, Reason, erase, replay
from storage.errors import BackupError
from storage.messages import Card, Fate, Kind
from storage.records import ConsentEventKind
from storage.tables import OutboxRow
from storage.unit import Unit
from tests.storage.conftest import ON_SQLITE, Begin
from tests.storage.samples import (
    ANNA,
    BORIS,
    BOT,
    DAY,
    HOUR,
    MINUTE,
    NOON,
    OTHER_BOT,
    a_consent,
    a_lead,
    a_prospect,
    a_session,
    an_offer,
    put,
)

NOT_ABOUT_PEOPLE = {
    "quizzes",
    "revisions",
    "media",
    "states",
    "audit",
    "erasures",
    "members",
    "team_groups",
    "invites",
    "materials",
    "bots",
    "costs",
    "broadcasts",
    "receivers",
}
"""Tables without a row about any prospect. A new table belongs here, or into `storage/holdings.py: about`."""
SAYS_WHO = {"prospect_id", "telegram_id", "chat_id", "referred_by", "referrer", "lead_id", "session_id"}
"""Columns that name a person even where no foreign key says so."""
MENTIONS = {"referred_by", "first_link_id", "last_link_id", "link_id"}
"""Columns of other people's rows that may point to somebody."""
TABLES = [table for table in Base.metadata.sorted_tables if table.name not in NOT_ABOUT_PEOPLE]
MAX = 9
"""A manager."""


@pytest.fixture
def erasures(tmp_path: Path) -> ErasureList:
    return ErasureList(tmp_path / "erased", lambda purpose, value: f"{hash((purpose, value)):x}")


def _value(column: Column[Any], person: int, telegram_id: int) -> Any:
    known = {
        "bot_id": BOT,
        "telegram_id": telegram_id,
        "chat_id": telegram_id,
        "event": "given",
        "method": "button",
        "purpose": "contact",
        "edits": None,
    }
    if column.name in known:
        return known[column.name]
    if column.name in MENTIONS:
        return None if person == 1 else 1
    made: dict[type, Any] = {int: person, str: f"x{person}", datetime: NOON, bool: False, float: 1.0, bytes: b"x"}
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    return made[kind.python_type]


def _rows(person: int, telegram_id: int) -> Iterator[tuple[Table, dict[str, Any]]]:
    for table in Base.metadata.sorted_tables:
        yield table, {column.name: _value(column, person, telegram_id) for column in table.c}


async def _everybody_has_a_row_in_every_table(unit: Unit) -> None:
    """Anna has row 1 of every table, Boris row 2; his mention her where rows can."""
    for person, telegram_id in ((1, ANNA), (2, BORIS)):
        for table, values in _rows(person, telegram_id):
            await unit._connection.execute(insert(table).values(values))
    if unit._connection.dialect.name == "postgresql":  # who gives rows their numbers says so
        await unit._connection.execute(text("SELECT setval(pg_get_serial_sequence('erasures', 'id'), 2)"))


def _names_anna(column: Column[Any], value: Any) -> bool:
    if column.name in {"telegram_id", "chat_id"}:
        return bool(value == ANNA)
    points = {key.column.table.name for key in column.foreign_keys} - NOT_ABOUT_PEOPLE
    return bool(value == 1 and (points or column.name in SAYS_WHO | MENTIONS))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: str(table.name))
def test_every_table_either_says_whose_a_row_is_or_is_declared_not_to_be_about_people(table: Table) -> None:
    says = {column.name for column in table.c if column.foreign_keys} | SAYS_WHO
    assert says & {column.name for column in table.c}


async def test_no_table_keeps_a_row_that_names_who_was_erased(begin: Begin, erasures: ErasureList) -> None:
    async with begin() as unit:
        await _everybody_has_a_row_in_every_table(unit)
    async with begin() as unit:
        await erase(unit, 1, Reason.ASKED, NOON, erasures)
    left: list[str] = []
    async with begin() as unit:
        for table in TABLES:
            for row in (await unit._connection.execute(select(table))).mappings():
                left += [f"{table.name}.{c.name}" for c in table.c if _names_anna(c, row[c.name])]
    assert left == []


async def _count(unit: Unit, table: str) -> int:
    rows = await unit._connection.execute(select(Base.metadata.tables[table]))
    return len(rows.all())


async def test_everybody_else_keeps_every_row(begin: Begin, erasures: ErasureList) -> None:
    async with begin() as unit:
        before = {table: await _count(unit, table) for table in NOT_ABOUT_PEOPLE}
        await _everybody_has_a_row_in_every_table(unit)
        await erase(unit, 1, Reason.ASKED, NOON, erasures)
        for table in Base.metadata.tables:
            kept = {"inbox": 2, "erasures": 3} | {
                name: 2 + before[name] for name in NOT_ABOUT_PEOPLE - {"erasures"}
            }
            assert await _count(unit, table) == kept.get(table, 1), table


async def test_what_somebody_left_parked_is_emptied_and_still_known_as_a_repeat(
    begin: Begin, erasures: ErasureList
) -> None:
    async with begin() as unit:
        anna = await a_prospect(unit)
        await unit.inbox.keep([(10, '{"secret": 1}')], NOON)
        await unit.inbox.park((await unit.inbox.waiting(1))[0], "why", ANNA)
        await erase(unit, anna.id, Reason.ASKED, NOON, erasures)
        rows = await unit._connection.execute(text("SELECT body, error, telegram_id, state FROM inbox"))
        assert [tuple(row) for row in rows] == [("", None, None, "done")]
        assert await unit.inbox.keep([(10, "again")], NOON) == 0


# What is under way ---------------------------------------------------------------------------------------


async def _outbox(unit: Unit) -> list[tuple[int, str, str]]:
    query = select(OutboxRow.chat_id, OutboxRow.state, OutboxRow.request).order_by(OutboxRow.id)
    return [(row[0], row[1], row[2]) for row in await unit._connection.execute(query)]


async def test_a_message_under_way_holds_up_the_last_words_and_then_goes(
    begin: Begin, erasures: ErasureList
) -> None:
    async with begin() as unit:
        anna = await a_prospect(unit)
        under_way = await put(unit, Kind.DIALOG, ANNA, "secret")
        await unit.outbox.claim(NOON, 1, ())
        await erase(unit, anna.id, Reason.ASKED, NOON, erasures)
        last_words = await put(unit, Kind.DIALOG, ANNA, "bye", forget=True)
        assert await _outbox(unit) == [(ANNA, "sending", ""), (ANNA, "waiting", "bye")]
        assert await unit.outbox.claim(NOON, 9, ()) == []
        assert await unit.outbox.settle(under_way, Fate.SENT, NOON, 5) is True
        assert [each.id for each in await unit.outbox.claim(NOON, 9, ())] == [last_words]
        assert await unit.outbox.settle(last_words, Fate.SENT, NOON, 6) is True
        assert await _outbox(unit) == []


async def test_a_message_under_way_that_failed_is_not_sent_again(begin: Begin, erasures: ErasureList) -> None:
    async with begin() as unit:
        anna = await a_prospect(unit)
        under_way = await put(unit, Kind.DIALOG, ANNA, "secret")
        await unit.outbox.claim(NOON, 1, ())
        await erase(unit, anna.id, Reason.ASKED, NOON, erasures)
        await unit.outbox.retry(under_way, NOON + MINUTE, "secret, once more")
        assert await _outbox(unit) == []


async def test_a_card_under_way_stays_without_a_word_until_it_can_be_changed(
    begin: Begin, erasures: ErasureList
) -> None:
    async with begin() as unit:
        lead = await a_lead(unit)
        offer = await unit.hand_offs.add(lead.id, "sales", an_offer())
        card = await put(unit, Kind.HAND_OFF, MAX, "phone", hand_off_id=offer.id)
        await put(unit, Kind.HAND_OFF, MAX + 1, "phone", hand_off_id=offer.id)
        await unit.outbox.claim(NOON, 1, ())
        assert await unit.hand_offs.cards_about(lead.prospect_id) == [Card(card, MAX, None)]
        await erase(unit, lead.prospect_id, Reason.ASKED, NOON, erasures)
        await put(unit, Kind.HAND_OFF, MAX, "erased", edits=card)
        assert await _outbox(unit) == [(MAX, "sending", ""), (MAX, "waiting", "erased")]
        await unit.outbox.settle(card, Fate.SENT, NOON, 77)
        (edit,) = await unit.outbox.claim(NOON, 9, ())
        assert (edit.request, edit.edited_message) == ("erased", 77)


async def test_a_card_that_failed_while_its_lead_was_erased_is_not_sent_again(
    begin: Begin, erasures: ErasureList
) -> None:
    async with begin() as unit:
        lead = await a_lead(unit)
        offer = await unit.hand_offs.add(lead.id, "sales", an_offer())
        card = await put(unit, Kind.HAND_OFF, MAX, "phone", hand_off_id=offer.id)
        await unit.outbox.claim(NOON, 1, ())
        await erase(unit, lead.prospect_id, Reason.ASKED, NOON, erasures)
        await unit.outbox.retry(card, NOON, "repeated: phone")
        assert await _outbox(unit) == [(MAX, "dropped", "")]


async def test_who_works_here_keeps_the_cards_of_others(begin: Begin, erasures: ErasureList) -> None:
    async with begin() as unit:
        manager, lead = await a_prospect(unit, MAX, "Max"), await a_lead(unit)
        offer = await unit.hand_offs.add(lead.id, "sales", an_offer())
        await put(unit, Kind.HAND_OFF, MAX, "card", hand_off_id=offer.id)
        await put(unit, Kind.DIALOG, MAX, "hello")
        await erase(unit, manager.id, Reason.ASKED, NOON, erasures)
        assert await _outbox(unit) == [(MAX, "waiting", "card")]


async def test_last_words_that_cannot_be_delivered_go_too_with_the_export_they_carry(begin: Begin) -> None:
    async with begin() as unit:
        anna = await a_prospect(unit)
        for purpose in ("export", "answer"):
            await unit.files.keep(purpose, "a.json", "application/json", NOON, content=b"{}", prospect_id=anna.id)
        await put(unit, Kind.DIALOG, ANNA, "export", forget=True)
        await put(unit, Kind.DIALOG, ANNA, "question")
        assert await unit.outbox.drop_all(ANNA, NOON) == 2
        assert await _outbox(unit) == [(ANNA, "dropped", "question")]
        assert await unit.files.exports_for(anna.id) == []
        assert len(await unit.files.sent_by(anna.id)) == 1


# The proof, and the list that outlives a backup ----------------------------------------------------------


async def test_the_proof_names_records_and_moments_and_nobody(begin: Begin, erasures: ErasureList) -> None:
    async with begin() as unit:
        anna = await a_prospect(unit)
        await unit.consents.record(a_consent(anna, text="Anna agrees"))
        await unit.consents.record(a_consent(anna, ConsentEventKind.WITHDRAWN, at=NOON + HOUR))
        records = [each.event.record for each in await unit.consents.history(anna.id)]
        await erase(unit, anna.id, Reason.ASKED, NOON + DAY, erasures)
        row = (await unit._connection.execute(text("SELECT fingerprint, reason, proof FROM erasures"))).one()
    proof = json.loads(row.proof)["consents"]
    assert (row.reason, row.fingerprint) == ("asked", erasures.of(BOT, ANNA))
    assert [(each["record"], each["event"], each["at"][:16]) for each in proof] == [
        (records[0], "given", "2026-03-02T12:00"),
        (records[1], "withdrawn", "2026-03-02T13:00"),
    ]
    assert "Anna" not in row.proof
    assert str(ANNA) not in row.proof


async def test_the_list_is_written_before_the_commit(begin: Begin, erasures: ErasureList) -> None:
    async def a_power_failure() -> None:
        async with begin() as unit:
            anna = await a_prospect(unit)
            await erase(unit, anna.id, Reason.ASKED, NOON, erasures)
            raise RuntimeError("the power fails")

    with pytest.raises(RuntimeError, match="the power fails"):
        await a_power_failure()
    assert erasures.read(NOON) == {erasures.of(BOT, ANNA): NOON}


LATER = NOON + 7 * DAY


def test_the_list_reads_what_it_wrote(erasures: ErasureList) -> None:
    assert erasures.read(LATER) == {}
    for fingerprint, at in (("aa", NOON), ("bb", NOON), ("aa", NOON + DAY)):
        erasures.add(fingerprint, at)
    assert erasures.read(LATER) == {"aa": NOON + DAY, "bb": NOON}
    assert erasures.path.read_text().startswith("aa 2026-03-02T12:00:00+00:00\nbb ")


@pytest.mark.parametrize("cut", range(1, len("cc 2026-03-02T12:00:00+00:00")))
def test_a_power_cut_while_a_line_was_written_loses_nobody_and_does_not_stop_a_restore(
    erasures: ErasureList, cut: int
) -> None:
    erasures.add("aa", NOON)
    with erasures.path.open("a") as file:
        file.write("cc 2026-03-02T12:00:00+00:00"[:cut])
    found = erasures.read(LATER)
    assert found.pop("aa") == NOON
    whole_fingerprint = cut > len("cc")
    assert list(found) == (["cc"] if whole_fingerprint else [])
    erasures.add("dd", NOON)
    assert erasures.read(LATER) == {"aa": NOON, "dd": NOON} | found


def test_a_line_that_was_cut_short_does_not_put_off_a_moment_that_is_known(erasures: ErasureList) -> None:
    erasures.path.write_text("cc 2026-0\n")
    erasures.add("cc", NOON)
    assert erasures.read(LATER) == {"cc": NOON}


@pytest.mark.parametrize("line", ["abc yesterday", "Anna", "abc\0\0\0", "ABC 2026-03-02", "abc  2026"])
def test_a_list_that_was_changed_by_hand_stops_the_restore(erasures: ErasureList, line: str) -> None:
    erasures.add("aa", NOON)
    with erasures.path.open("a") as file:
        file.write(f"{line}\n")
    with pytest.raises(BackupError, match="erased, line 2: this is no erasure"):
        erasures.read(LATER)


def test_a_list_that_cannot_be_read_stops_the_restore(erasures: ErasureList) -> None:
    erasures.path.write_bytes(b"\xff\xfe")
    with pytest.raises(BackupError, match="cannot be read"):
        erasures.read(LATER)


async def test_a_restored_backup_forgets_again_who_was_erased_in_every_bot(
    database: Database, begin: Begin, erasures: ErasureList
) -> None:
    for bot in (BOT, OTHER_BOT):
        async with begin(bot) as unit:
            await a_lead(unit)
            await a_session(unit, BORIS)
    erased = {erasures.of(BOT, ANNA): NOON + DAY, erasures.of(OTHER_BOT, BORIS): NOON + DAY}
    assert await replay(database, erased, erasures.fingerprint) == 2
    left = {}
    for bot in (BOT, OTHER_BOT):
        async with begin(bot) as unit:
            left[bot] = [await unit.prospects.by_telegram_id(who) is not None for who in (ANNA, BORIS)]
    assert left == {BOT: [False, True], OTHER_BOT: [True, False]}
    assert await replay(database, erased, erasures.fingerprint) == 0


async def test_who_came_back_after_their_erasure_is_not_erased_again(
    database: Database, begin: Begin, erasures: ErasureList
) -> None:
    async with begin() as unit:
        await a_prospect(unit)
    assert await replay(database, {erasures.of(BOT, ANNA): NOON - MINUTE}, erasures.fingerprint) == 0


@ON_SQLITE
async def test_an_erasures_commit_is_followed_by_an_empty_log(
    begin: Begin, erasures: ErasureList, tmp_path: Path
) -> None:
    async with begin() as unit:
        anna = await a_prospect(unit, first_name="Canary" * 20)
    log = tmp_path / "hotlead.db-wal"
    assert log.stat().st_size > 0
    async with begin() as unit:
        await erase(unit, anna.id, Reason.ASKED, NOON, erasures)
    assert log.stat().st_size == 0
    assert b"Canary" not in (tmp_path / "hotlead.db").read_bytes()


@ON_SQLITE
async def test_a_replay_is_followed_by_an_empty_log(
    database: Database, begin: Begin, erasures: ErasureList, tmp_path: Path
) -> None:
    async with begin() as unit:
        await a_prospect(unit)
    await replay(database, {erasures.of(BOT, ANNA): NOON + DAY}, erasures.fingerprint)
    assert (tmp_path / "hotlead.db-wal").stat().st_size == 0
