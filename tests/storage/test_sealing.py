"""Sealing in the database: nothing personal stands in the file, old rows are sealed, keys can be changed."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from dialogs.answers import Contact, Written
from storage.cipher import Keyring
from storage.database import Database
from storage.errors import KeysMissingError, UnknownKeyError
from storage.messages import Fate, Kind
from storage.sealing import IN_CLEAR, open_all, reseal, rows_by_key, seal_what_is_clear
from storage.states import BACKUP, EVERY_BOT, HELD
from tests.keys import a_keyring
from tests.storage.conftest import ON_SQLITE, Begin
from tests.storage.samples import ANNA, BOT, DAY, NOON, a_consent, a_lead, a_prospect, a_session, an_enrolment, put

NAME, HANDLE, PHONE, MAIL, WORDS = (
    "Оксана",
    "oksana_shevchuk",
    "+380671234567",
    "oksana@pumps.example",
    "дубова шафа",
)
CANARIES = (NAME, HANDLE, PHONE, PHONE[-9:], MAIL, WORDS, "Надсилати")


def found_in(folder: Path, *canaries: str) -> list[str]:
    """Name the canaries that stand in any file of a folder."""
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    return [
        f"{canary} in {name}"
        for canary in canaries
        for name, content in files.items()
        if canary.encode() in content
    ]


async def live(database: Database) -> None:
    """Let somebody personal leave something in every collection."""
    async with database.unit(BOT) as unit:
        lead = await a_lead(unit)
        person = await unit.prospects.met(ANNA, NAME, HANDLE, "uk", NOON)
        await unit.leads.save_contact(lead.id, Contact(contact="phone", value=PHONE), NOON)
        await unit.leads.save_contact(lead.id, Contact(contact="email", value=MAIL), NOON)
        await unit.sessions.save_answer(lead.session_id, "wish", Written(text=WORDS), NOON)
        await unit.consents.record(a_consent(person))
        await unit.inbox.keep([(1, f'{{"text": "{WORDS}"}}')], NOON)
        number = await put(unit, Kind.DIALOG, request=f'{{"html": "{NAME}"}}')
        await unit.outbox.settle(number, Fate.REFUSED, NOON, refusal=NAME)
        await unit.files.keep("answer", f"{NAME}.txt", "text/plain", NOON, content=WORDS.encode() * 2000)


@ON_SQLITE
async def test_nothing_personal_stands_in_the_file_or_its_log(database: Database, tmp_path: Path) -> None:
    await live(database)
    assert (tmp_path / "hotlead.db-wal").stat().st_size > 10_000
    assert found_in(tmp_path, *CANARIES) == []
    assert await database.scrub()
    assert (tmp_path / "hotlead.db-wal").stat().st_size == 0
    assert found_in(tmp_path, *CANARIES) == []


async def test_what_is_sealed_is_read_as_it_was_written(database: Database, begin: Begin) -> None:
    await live(database)
    async with begin() as unit:
        person = await unit.prospects.by_telegram_id(ANNA)
        assert person is not None
        assert (person.first_name, person.username) == (NAME, HANDLE)
        contacts = await unit.leads.contacts(1)
        assert {contact.value for contact in contacts} == {PHONE, MAIL}
        assert (await unit.inbox.waiting(1))[0].body == f'{{"text": "{WORDS}"}}'
        file = await unit.files.by_id(1)
        assert file is not None
        assert (file.name, file.content) == (f"{NAME}.txt", WORDS.encode() * 2000)


async def test_a_lead_is_found_by_a_phone_however_it_is_written(database: Database, begin: Begin) -> None:
    await live(database)
    async with begin() as unit:
        for kind, written in (("phone", "+38 067 123-45-67"), ("email", MAIL.upper())):
            assert [lead.id for lead in await unit.leads.with_contact(kind, written)] == [1]
        assert await unit.leads.with_contact("phone", "+380671234568") == []
        assert await unit.leads.with_contact("email", PHONE) == []
    async with begin(42) as other:
        assert await other.leads.with_contact("phone", PHONE) == []


# Rows of an older release -------------------------------------------------------------------------------------


def _written_in_clear(file: Path, rows: int = 1200) -> None:
    """Make of a file what a release without keys left behind, in its free pages and its log too."""
    row = {"bot": BOT, "at": "2026-03-02 12:00:00.000000", "handle": HANDLE, "phone": PHONE}
    people = [row | {"n": n, "name": f"{NAME} {n}"} for n in range(1, rows + 1)]
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA wal_autocheckpoint=0")
    connection.execute("DELETE FROM states")
    connection.executemany(
        "INSERT INTO prospects (id, bot_id, telegram_id, first_name, username, first_seen_at, last_seen_at)"
        " VALUES (:n, :bot, :n, :name, :handle, :at, :at)",
        people,
    )
    for statement in (
        (
            "INSERT INTO sessions (id, bot_id, prospect_id, quiz, revision, is_test, state, started_at, is_open,"
            " nudges) VALUES (1, :bot, 1, 'q', 1, 0, '{}', :at, 0, 0)"
        ),
        (
            "INSERT INTO leads (id, bot_id, prospect_id, quiz, session_id, stage, opened_at)"
            " VALUES (1, :bot, 1, 'q', 1, 'lead', :at)"
        ),
        (
            "INSERT INTO contacts (bot_id, lead_id, kind, value, fingerprint, verified, given_at)"
            " VALUES (:bot, 1, 'phone', :phone, '', 1, :at)"
        ),
    ):
        connection.execute(statement, row)
    connection.commit()
    connection.execute("DELETE FROM prospects WHERE id > 900")
    connection.commit()
    connection.close()


@ON_SQLITE
async def test_rows_of_an_older_release_are_sealed_at_the_next_start_and_leave_no_trace(
    address: str, tmp_path: Path
) -> None:
    _written_in_clear(tmp_path / "hotlead.db")
    assert found_in(tmp_path, NAME, PHONE)
    database = await Database.open(address, a_keyring())
    try:
        assert found_in(tmp_path, *CANARIES) == []
        async with database.view(BOT) as view:
            person = await view.prospects.by_telegram_id(777)
            assert person is not None
            assert person.first_name == f"{NAME} 777"
            assert [lead.id for lead in await view.leads.with_contact("phone", PHONE)] == [1]
        async with database.look() as connection:
            assert IN_CLEAR not in await rows_by_key(connection)
        assert await seal_what_is_clear(database.transaction) == 0
    finally:
        await database.close()


# Keys ---------------------------------------------------------------------------------------------------------


async def test_a_rotation_reseals_every_value_and_everything_still_opens(address: str, tmp_path: Path) -> None:
    database = await Database.open(address, a_keyring())
    await live(database)
    await database.close()
    rotated, told = a_keyring().rotated(), list[tuple[str, int]]()
    database = await Database.open(address, rotated)
    assert await reseal(database.transaction, lambda column, done: told.append((column, done))) == 12
    assert await reseal(database.transaction) == 0
    async with database.look() as connection:
        assert list(await rows_by_key(connection)) == [rotated.current]
        assert await open_all(connection) == 12
    await database.close()
    assert ("contacts.value", 2) in told
    database = await Database.open(address, rotated.retired())
    async with database.view(BOT) as view:
        assert [lead.id for lead in await view.leads.with_contact("phone", PHONE)] == [1]
    await database.close()
    with pytest.raises(KeysMissingError):
        await Database.open(address, a_keyring())


@ON_SQLITE
async def test_many_rows_are_resealed_in_batches_of_their_own(address: str, tmp_path: Path) -> None:
    _written_in_clear(tmp_path / "hotlead.db")
    await (await Database.open(address, a_keyring())).close()
    database = await Database.open(address, a_keyring().rotated())
    told: list[tuple[str, int]] = []
    await reseal(database.transaction, lambda column, done: told.append((column, done)))
    await database.close()
    assert [done for column, done in told if column == "prospects.first_name"] == [500, 900]


@pytest.mark.parametrize(
    "wrong", [a_keyring(2), Keyring(b"x" * 32, a_keyring().keys, bytes)], ids=["data", "lookup"]
)
async def test_a_database_is_not_opened_with_other_keys(address: str, wrong: Keyring) -> None:
    await (await Database.open(address, a_keyring())).close()
    with pytest.raises(KeysMissingError, match="the key file is not that of this database"):
        await Database.open(address, wrong)


async def test_a_value_sealed_with_a_key_that_is_gone_says_which(database: Database) -> None:
    other = a_keyring(2)
    async with database.unit(BOT) as unit:
        await a_prospect(unit)
        await unit._connection.execute(
            text("UPDATE prospects SET first_name = :v"), {"v": other.seal_text("prospects.first_name", NAME)}
        )
    with pytest.raises(UnknownKeyError, match=other.current):
        async with database.view(BOT) as view:
            await view.prospects.by_telegram_id(ANNA)


# Scrubbing ----------------------------------------------------------------------------------------------------


@ON_SQLITE
async def test_scrubbing_gives_up_while_somebody_reads_an_older_moment_and_writers_go_on(
    database: Database, tmp_path: Path
) -> None:
    reader = sqlite3.connect(tmp_path / "hotlead.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM prospects").fetchone()
    async with database.unit(BOT) as unit:
        await a_session(unit)
    assert not await database.scrub(attempts=2)
    async with database.unit(BOT) as unit:
        await a_prospect(unit)
    reader.close()
    assert await database.scrub()
    assert (tmp_path / "hotlead.db-wal").stat().st_size == 0


# States -------------------------------------------------------------------------------------------------------


async def test_a_state_is_remembered_replaced_and_forgotten(begin: Begin) -> None:
    async with begin() as unit:
        await unit.states.keep(BACKUP, "once")
        await unit.states.keep(BACKUP, "twice")
        assert await unit.states.read(BACKUP) == "twice"
        await unit.states.drop(BACKUP)
        assert await unit.states.read(BACKUP) is None


async def test_no_follow_up_is_due_while_they_are_held(begin: Begin) -> None:
    async with begin() as unit:
        await an_enrolment(unit, await a_lead(unit))
        assert await unit.enrolments.next_due() == NOON + DAY
    async with begin(EVERY_BOT) as unit:
        await unit.states.keep(HELD, "since")
        assert await unit.enrolments.count(NOON + DAY) == (1, 1)
    async with begin() as unit:
        assert await unit.states.held()
        assert await unit.enrolments.next_due() is None
        assert await unit.enrolments.due(NOON + DAY, 10) == []
    async with begin(EVERY_BOT) as unit:
        await unit.states.drop(HELD)
    async with begin() as unit:
        assert len(await unit.enrolments.due(NOON + DAY, 10)) == 1
