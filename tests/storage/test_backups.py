"""Backups and restoring: a whole copy while others write, and nothing that is sent twice or comes back erased."""

# ruff: noqa: ASYNC240 - a test waits for its own small files
from __future__ import annotations

import asyncio
import shutil
import sqlite3
import stat
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from qualification.handoff import HandOff, Phase
from storage.backups import back_up, made_at, schema_of
from storage.broadcasts import BroadcastState
from storage.database import Database
from storage.erasing import ErasureList
from storage.errors import BackupError, DatabaseInUseError, KeysMissingError, NewerSchemaError
from storage.lock import locked
from storage.messages import Fate, Kind
from storage.prospects import NEXT_KEPT_END
from storage.receivers import NoticeKind, NoticeState
from storage.restoring import GRACE, PARDON, Restored, move_in, prepare, take_aside
from storage.schema import known_revisions
from storage.states import BACKUP, EVERY_BOT, HELD, States
from tests.keys import a_keyring
from tests.storage.samples import (
    ANNA,
    BORIS,
    BOT,
    DAY,
    HOUR,
    MINUTE,
    NOON,
    a_lead,
    a_prospect,
    a_session,
    an_enrolment,
    an_offer,
    first_moment,
    put,
)
from tests.storage.test_sealing import CANARIES, found_in, live

LATER = NOON + 3 * DAY


@pytest.fixture
def address(on_sqlite: str) -> str:
    """Backups are of files."""
    return on_sqlite


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    return tmp_path / "copies" / "hotlead.backup"


async def backed_up(database: Database, tmp_path: Path, backup: Path) -> Path:
    backup.parent.mkdir(exist_ok=True)
    await asyncio.to_thread(back_up, tmp_path / "hotlead.db", backup, NOON + HOUR)
    return backup


Restoring = Callable[[Path, Path], Awaitable[tuple[Database, Restored]]]


@pytest.fixture
async def restored() -> AsyncIterator[Restoring]:
    """Restore a backup into a folder of its own and open it."""
    opened: list[Database] = []

    async def restore(backup: Path, tmp_path: Path) -> tuple[Database, Restored]:
        target = tmp_path / "restored" / "hotlead.db"
        aside = take_aside(backup, target)
        done = await prepare(aside, a_keyring(), {}, LATER)
        move_in(aside, target)
        assert sorted(path.name for path in target.parent.iterdir()) == ["hotlead.db"]
        opened.append(await Database.open(f"sqlite+aiosqlite:///{target}", a_keyring()))
        return opened[-1], done

    yield restore
    for database in opened:
        await database.close()


# Backups ------------------------------------------------------------------------------------------------------


async def test_a_backup_made_while_others_write_is_whole_and_of_one_moment(
    database: Database, tmp_path: Path, backup: Path
) -> None:
    async def write(number: int) -> None:
        async with database.unit(BOT) as unit:  # two rows of one transaction: never one without the other
            await unit.journal.note("first", None, NOON, number=number)
            await unit.journal.note("second", None, NOON, number=number)

    under_way = asyncio.Event()

    async def write_on() -> None:
        for number in range(10_000):
            await write(number)
            if number == 50:
                under_way.set()

    writing = asyncio.create_task(write_on())
    await under_way.wait()
    await backed_up(database, tmp_path, backup)
    assert not writing.done(), "the backup did not overlap with the writing"
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)
    connection = sqlite3.connect(backup)
    events = dict(connection.execute("SELECT event, count(*) FROM journal GROUP BY event"))
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    assert events["first"] == events["second"] > 0


async def test_a_backup_holds_nothing_in_clear_and_nothing_that_was_erased(
    database: Database, tmp_path: Path, backup: Path
) -> None:
    await live(database)
    async with database.unit(BOT) as unit:
        await unit.journal.note("x" * 30, None, NOON)
    async with database.transaction() as connection:
        await connection.exec_driver_sql("DELETE FROM journal")
    await backed_up(database, tmp_path, backup)
    assert found_in(backup.parent, *CANARIES, "x" * 30) == []
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600


async def test_when_a_backup_was_made_is_remembered_in_it_and_in_the_database(
    database: Database, tmp_path: Path, backup: Path
) -> None:
    await backed_up(database, tmp_path, backup)
    assert made_at(backup) == NOON + HOUR
    async with database.view(EVERY_BOT) as view:
        assert await view.states.read(BACKUP) == (NOON + HOUR).isoformat()


async def test_a_backup_overwrites_nothing(database: Database, tmp_path: Path, backup: Path) -> None:
    await backed_up(database, tmp_path, backup)
    before = backup.read_bytes()
    with pytest.raises(BackupError, match="is there already"):
        await backed_up(database, tmp_path, backup)
    assert backup.read_bytes() == before
    assert [path.name for path in backup.parent.iterdir()] == [backup.name]


async def test_a_backup_that_cannot_be_written_leaves_nothing_behind(database: Database, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="could not be made"):
        back_up(tmp_path / "hotlead.db", tmp_path / "no such folder" / "x", NOON)


@pytest.mark.parametrize("content", [b"", b"Only some notes. " * 100, b"SQLite format 3\0" + b"\xff" * 4096])
def test_what_is_no_database_of_hotlead_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "notes").write_bytes(content)
    with pytest.raises(BackupError, match="is no "):
        schema_of(tmp_path / "notes")
    connection = sqlite3.connect(tmp_path / "other.db")
    connection.execute("CREATE TABLE alembic_versions (x)")
    connection.close()
    with pytest.raises(BackupError, match="is no database of Hotlead"):
        schema_of(tmp_path / "other.db")


# Restoring ----------------------------------------------------------------------------------------------------


async def test_nothing_that_waited_when_the_backup_was_made_is_sent_after_it_is_restored(
    database: Database, tmp_path: Path, backup: Path, restored: Restoring
) -> None:
    async with database.unit(BOT) as unit:
        await a_lead(unit)
        for kind in (Kind.DIALOG, Kind.FOLLOW_UP, Kind.HAND_OFF, Kind.TAP):
            await put(unit, kind, chat=10 + len(kind))
        await unit.outbox.claim(NOON, 1, ())
        await unit.inbox.keep([(1, "{}")], NOON)
        await unit.outbox.pause(0, NOON + DAY)
        receiver = await unit.receivers.add("https://acme.example", "whsec_", (), NOON)
        for name in ("msg_1", "msg_2"):
            await unit.notices.put(receiver, name, NoticeKind.TEST, "{}", NOON)
        await unit.notices.claim(receiver, NOON)
    again, done = await restored(await backed_up(database, tmp_path, backup), tmp_path)
    async with again.unit(BOT) as unit:
        assert await unit.outbox.counts() == {Fate.DROPPED: 4}
        assert await unit.outbox.interrupted() == []
        assert (await unit.outbox.outlook(NOON, ())).next_moment is None
        assert await unit.inbox.waiting(10) == []
        assert await unit.notices.count() == {NoticeState.GIVEN_UP: 2}
        # Nothing of them stays: one may be from somebody who was erased since.
        assert await unit.inbox.parked() == 0
        assert await unit.inbox.keep([(1, "again")], LATER) == 0
    assert (done.dropped, done.set_aside, done.made_at) == (4, 1, NOON + HOUR)


async def test_follow_ups_are_held_after_a_restore_and_enrolments_stay(
    database: Database, tmp_path: Path, backup: Path, restored: Restoring
) -> None:
    async with database.unit(BOT) as unit:
        await an_enrolment(unit, await a_lead(unit))
    again, _ = await restored(await backed_up(database, tmp_path, backup), tmp_path)
    async with again.unit(BOT) as unit:
        assert await unit.enrolments.due(LATER, 10) == []
        assert await unit.enrolments.count(LATER) == (1, 1)
    async with again.unit(EVERY_BOT) as unit:
        await unit.states.drop(HELD)
    async with again.unit(BOT) as unit:
        assert len(await unit.enrolments.due(LATER, 10)) == 1


async def test_the_timers_of_hand_offs_go_on_from_now(
    database: Database, tmp_path: Path, backup: Path, restored: Restoring
) -> None:
    async with database.unit(BOT) as unit:
        for person, due in ((ANNA, NOON + 4 * HOUR), (BORIS, NOON + MINUTE)):
            await unit.hand_offs.add((await a_lead(unit, person)).id, "sales", an_offer(due))
        taken = HandOff(Phase.TAKEN, NOON, taken_by=2, taken_at=NOON)
        await unit.hand_offs.add((await a_lead(unit, 3)).id, "sales", taken)
    again, done = await restored(await backed_up(database, tmp_path, backup), tmp_path)
    async with again.view(BOT) as view:
        found = [await view.hand_offs.by_id(number) for number in (1, 2, 3)]
        assert [each.state.due_at for each in found if each] == [LATER + 3 * HOUR, LATER + GRACE, None]
        assert await view.hand_offs.due(LATER, 10) == []
    assert done.hand_offs == 2


async def test_nobody_is_erased_by_the_clock_of_a_backup_until_it_is_let_go(
    database: Database, tmp_path: Path, backup: Path, restored: Restoring
) -> None:
    async with database.unit(BOT) as unit:
        anna = await a_prospect(unit)
        await unit.prospects.keep_until(anna.id, NOON + DAY)
    again, _ = await restored(await backed_up(database, tmp_path, backup), tmp_path)
    async with again.unit(BOT) as unit:
        assert await unit.prospects.kept_too_long(LATER, 9) == []
        assert await first_moment(unit, NEXT_KEPT_END) is None
        assert await unit.prospects.count_kept_too_long(LATER) == 1
    async with again.unit(EVERY_BOT) as unit:
        await unit.states.drop(HELD)
    async with again.unit(BOT) as unit:
        assert await unit.prospects.kept_too_long(LATER, 9) == [anna.id]
        assert await first_moment(unit, NEXT_KEPT_END) == NOON + DAY


async def test_an_export_that_was_on_its_way_goes_with_its_file_and_can_be_asked_for_again(
    database: Database, tmp_path: Path, backup: Path, restored: Restoring
) -> None:
    async with database.unit(BOT) as unit:
        anna = await a_prospect(unit)
        for purpose in ("export", "download", "answer"):
            await unit.files.keep(purpose, "a", "text/plain", NOON, content=b"x", prospect_id=anna.id)
        await put(unit, Kind.DIALOG, ANNA, "export", forget=True)
    again, _ = await restored(await backed_up(database, tmp_path, backup), tmp_path)
    async with again.view(BOT) as view:
        assert await view.outbox.counts() == {}
        assert await view.files.exports_for(anna.id) == []
        assert [file.purpose for file in await view.files.sent_by(anna.id)] == ["answer"]
        assert await view.files.by_id(2) is None


async def test_sessions_are_not_nudged_and_the_bot_does_not_believe_in_an_outage(
    database: Database, tmp_path: Path, backup: Path, restored: Restoring
) -> None:
    async with database.unit(BOT) as unit:
        await a_session(unit)
        await unit.states.keep("heard", NOON.isoformat())
    async with database.transaction() as connection:
        await connection.exec_driver_sql("UPDATE sessions SET due_at = '2026-03-02 12:00:00', due_for = 'nudge'")
    again, _ = await restored(await backed_up(database, tmp_path, backup), tmp_path)
    async with again.look() as connection:
        due = await connection.exec_driver_sql("SELECT due_at, due_for FROM sessions")
        given_up = f"{LATER + PARDON:%Y-%m-%d %H:%M:%S.%f}"
        assert [tuple(row) for row in due] == [(given_up, "abandonment")]
        assert await States(connection, BOT).read("heard") is None


async def test_who_was_erased_after_the_backup_is_erased_again_and_leaves_no_byte(
    database: Database, tmp_path: Path, backup: Path
) -> None:
    await live(database)
    await backed_up(database, tmp_path, backup)
    erasures = ErasureList(tmp_path / "erased", a_keyring().fingerprint)
    erasures.add(erasures.of(BOT, ANNA), NOON + 2 * HOUR)
    connection = sqlite3.connect(backup)
    sealed = connection.execute("SELECT value FROM contacts").fetchone()[0]
    connection.close()
    target = tmp_path / "restored" / "hotlead.db"
    aside = take_aside(backup, target)
    done = await prepare(aside, a_keyring(), erasures.read(LATER), LATER)
    move_in(aside, target)
    assert done.erased == 1
    assert found_in(backup.parent, sealed)
    assert found_in(target.parent, sealed) == []


async def test_a_backup_is_not_restored_with_other_keys(database: Database, tmp_path: Path, backup: Path) -> None:
    await live(database)
    await backed_up(database, tmp_path, backup)
    aside = take_aside(backup, tmp_path / "restored" / "hotlead.db")
    with pytest.raises(KeysMissingError, match="the key file is not that of this database"):
        await prepare(aside, a_keyring(2), {}, LATER)


async def test_a_backup_of_a_newer_hotlead_is_refused(database: Database, tmp_path: Path, backup: Path) -> None:
    await backed_up(database, tmp_path, backup)
    assert schema_of(backup) in known_revisions()
    connection = sqlite3.connect(backup)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    with pytest.raises(NewerSchemaError, match=r"hotlead\.backup was written by a newer Hotlead"):
        schema_of(backup)


async def test_a_damaged_backup_is_refused(database: Database, tmp_path: Path, backup: Path) -> None:
    await live(database)
    await backed_up(database, tmp_path, backup)
    content = bytearray(backup.read_bytes())
    content[4096 * 3 : 4096 * 9] = b"\x55" * 4096 * 6
    backup.write_bytes(content)
    aside = take_aside(backup, tmp_path / "restored" / "hotlead.db")
    with pytest.raises(BackupError, match="damaged"):
        await prepare(aside, a_keyring(), {}, LATER)


@pytest.mark.parametrize("damaged", [False, True])
async def test_a_log_left_by_the_old_database_is_not_taken_for_the_new_ones_own(
    damaged: bool, database: Database, tmp_path: Path, backup: Path
) -> None:
    await backed_up(database, tmp_path, backup)
    await live(database)
    killed = tmp_path / "killed"
    killed.mkdir()
    for path in tmp_path.glob("hotlead.db*"):  # as a killed process leaves them
        shutil.copy(path, killed)
    assert (killed / "hotlead.db-wal").stat().st_size
    if damaged:
        (killed / "hotlead.db").write_bytes(b"x" * 8192)
    aside = take_aside(backup, killed / "hotlead.db")
    await prepare(aside, a_keyring(), {}, LATER)
    move_in(aside, killed / "hotlead.db")
    again = await Database.open(f"sqlite+aiosqlite:///{killed / 'hotlead.db'}", a_keyring())
    async with again.view(BOT) as view:
        assert await view.prospects.by_telegram_id(ANNA) is None
    await again.close()


# The lock -----------------------------------------------------------------------------------------------------


def test_who_comes_second_is_told_that_somebody_is_at_work(tmp_path: Path) -> None:
    database, told = tmp_path / "hotlead.db", list[str]()

    def second() -> None:
        try:
            with locked(database):
                told.append("let in")
        except DatabaseInUseError as error:
            told.append(str(error))

    with locked(database):
        assert (tmp_path / "hotlead.lock").exists()
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
    second()
    assert "is at work on" in told[0]
    assert "process" in told[0]
    assert told[1] == "let in"


def test_a_database_server_needs_no_lock() -> None:
    with locked(None):
        pass


async def test_a_broadcast_does_not_go_on_after_a_restore_and_a_planned_one_is_a_draft_again(
    database: Database, tmp_path: Path, backup: Path, restored: Restoring
) -> None:
    states = (BroadcastState.SENDING, BroadcastState.PAUSED, BroadcastState.SCHEDULED, BroadcastState.DONE)
    async with database.unit(BOT) as unit:
        for state in states:
            number = await unit.broadcasts.draft("{}", 1, None, "whole", NOON)
            await unit.broadcasts.change(number, state=state, due_at=NOON)
    opened, _ = await restored(await backed_up(database, tmp_path, backup), tmp_path)
    async with opened.view(BOT) as view:
        found = reversed(await view.broadcasts.newest(9))
        assert [(each.state, each.due_at) for each in found] == [
            (BroadcastState.CANCELLED, None),
            (BroadcastState.CANCELLED, None),
            (BroadcastState.DRAFT, None),
            (BroadcastState.DONE, NOON),
        ]
