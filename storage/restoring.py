"""Restoring: puts a backup in place so that nothing is sent a second time and nobody who was erased comes back."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased
from sqlalchemy.sql import Executable

from storage.backups import find_damage, fold, made_at
from storage.broadcasts import BroadcastState, Reached
from storage.cipher import Keyring
from storage.claims import OPEN
from storage.database import Database
from storage.durability import put_in_place
from storage.erasing import replay
from storage.errors import BackupError
from storage.files import ON_ITS_WAY_OUT
from storage.messages import Fate
from storage.receivers import NoticeState
from storage.records import DueFor
from storage.sealing import open_all
from storage.states import EVERY_BOT, HELD, KEYS, SEALED, USERNAME, States
from storage.tables import (
    BroadcastRow,
    FileRow,
    HandOffRow,
    InboxRow,
    JournalRow,
    NoticeRow,
    OutboxRow,
    PauseRow,
    ReceiverRow,
    RecipientRow,
    SessionRow,
    StateRow,
)

GRACE = timedelta(minutes=5)
"""The least that a hand-off waits after a restore: nobody gets a card the moment the bot is back."""
PARDON = timedelta(days=1)
"""How long open sessions wait after a restore before they count as abandoned; nobody is asked again."""


@dataclass(frozen=True)
class Restored:
    """What a restore did."""

    dropped: int
    """messages that waited to be sent, and are not"""
    set_aside: int
    """updates that waited to be handled: what came of them was sent long ago, and they may be of who was erased"""
    hand_offs: int
    """open hand-offs whose timers go on from now"""
    erased: int
    """people who were erased after the backup was made, and are again"""
    receivers: int
    """receivers, which have the secrets they had then"""
    made_at: datetime | None


def take_aside(backup: Path, database: Path) -> Path:
    """Copy a backup beside the place where it belongs; the backup itself is never touched. Raises BackupError."""
    aside = aside_of(database)
    discard(aside)
    try:
        database.parent.mkdir(parents=True, exist_ok=True)
        aside.touch(mode=0o600)
        shutil.copyfile(backup, aside)
        log = Path(f"{backup}-wal")
        if log.exists():  # not one of our backups, but a copy of a database that was in use
            shutil.copyfile(log, f"{aside}-wal")
    except OSError as error:
        discard(aside)
        raise BackupError(f"{backup} cannot be copied: {error.strerror}") from None
    return aside


async def prepare(aside: Path, keyring: Keyring, erased: Mapping[str, datetime], now: datetime) -> Restored:
    """Make a copied backup ready to be started. Raises BackupError, KeysError and NewerSchemaError."""
    damage = find_damage(aside)
    if damage is not None:
        raise BackupError(f"the backup is damaged: {damage}")
    moment = made_at(aside)
    database = await Database.open(f"sqlite+aiosqlite:///{aside}", keyring)
    try:
        async with database.transaction() as connection:
            await open_all(connection)
        again = await replay(database, erased, keyring.fingerprint) if erased else 0
        async with database.transaction() as connection:
            restored = await _settle(connection, moment, again, now)
        await database.rewrite()
    finally:
        await database.close()
    fold(aside)
    return restored


def move_in(aside: Path, database: Path) -> None:
    """Put the prepared copy in the database's place, at once; what was there is gone then and not before."""
    if database.exists():
        with suppress(sqlite3.Error, OSError):  # it is about to go: if it is damaged, that is perhaps why
            fold(database)
        for beside in ("-wal", "-shm"):  # a log left here would be taken for the new file's own
            Path(f"{database}{beside}").unlink(missing_ok=True)
    put_in_place(aside, database)


def aside_of(database: Path) -> Path:
    """Name the copy that is being prepared."""
    return database.with_name(f"{database.name}.restoring")


def discard(aside: Path) -> None:
    """Remove what is left of a copy."""
    for beside in ("", "-wal", "-shm", "-journal"):
        Path(f"{aside}{beside}").unlink(missing_ok=True)


async def _settle(connection: AsyncConnection, moment: datetime | None, erased: int, now: datetime) -> Restored:
    """Stop everything that would be sent by itself."""
    editor = aliased(OutboxRow)
    await connection.execute(
        delete(OutboxRow).where(  # last words to somebody who was erased: nothing of them stays
            OutboxRow.forget,
            OutboxRow.state.in_(OPEN),
            ~select(editor.id).where(editor.edits == OutboxRow.id).exists(),
        )
    )
    dropped = await _count(
        connection,
        update(OutboxRow).where(OutboxRow.state.in_(OPEN)).values(state=Fate.DROPPED, settled_at=now),
    )
    set_aside = await _count(
        connection,
        update(InboxRow).where(InboxRow.state == "waiting").values(state="done", body="", telegram_id=None),
    )
    await connection.execute(
        update(SessionRow)
        .values(due_at=now + PARDON, due_for=DueFor.ABANDONMENT)
        .where(SessionRow.due_at.is_not(None))
    )
    await connection.execute(delete(FileRow).where(FileRow.purpose.in_(ON_ITS_WAY_OUT)))
    handled = update(FileRow).where(FileRow.arrived_at.is_not(None), FileRow.handled_at.is_(None))
    await connection.execute(handled.values(handled_at=now))
    await connection.execute(delete(PauseRow))
    await connection.execute(
        update(NoticeRow)
        .where(NoticeRow.state.in_((NoticeState.WAITING, NoticeState.SENDING)))
        .values(state=NoticeState.GIVEN_UP, result="a backup was restored", settled_at=now)
    )
    await _stop_broadcasts(connection, now)
    hand_offs = await _shift_hand_offs(connection, moment, now)
    await connection.execute(delete(StateRow).where(StateRow.name.not_in((KEYS, SEALED, USERNAME))))
    await States(connection, EVERY_BOT).keep(HELD, now.isoformat(timespec="seconds"))
    receivers = await connection.scalar(select(func.count()).select_from(ReceiverRow)) or 0
    return Restored(dropped, set_aside, hand_offs, erased, receivers, moment)


async def _stop_broadcasts(connection: AsyncConnection, now: datetime) -> None:
    """Let no broadcast go on: who got it since the backup, nobody knows. One that was planned is a draft again."""
    begun = (BroadcastState.SENDING, BroadcastState.PAUSED)
    for states, values in (
        (begun, {"state": BroadcastState.CANCELLED, "ended_at": now, "due_at": None}),
        ((BroadcastState.SCHEDULED,), {"state": BroadcastState.DRAFT, "due_at": None}),
    ):
        await connection.execute(update(BroadcastRow).where(BroadcastRow.state.in_(states)).values(**values))
    await connection.execute(delete(RecipientRow).where(RecipientRow.fate == Reached.LATER))


async def _shift_hand_offs(connection: AsyncConnection, moment: datetime | None, now: datetime) -> int:
    """Let the timers go on as they stood when the backup was made."""
    then = moment or await connection.scalar(select(func.max(JournalRow.at))) or now
    rows = await connection.execute(select(HandOffRow.id, HandOffRow.due_at).where(HandOffRow.due_at.is_not(None)))
    waiting = [(number, due) for number, due in rows if due is not None]
    for number, due in waiting:
        await connection.execute(
            update(HandOffRow).where(HandOffRow.id == number).values(due_at=now + max(due - then, GRACE))
        )
    return len(waiting)


async def _count(connection: AsyncConnection, change: Executable) -> int:
    result = await connection.execute(change)
    return result.rowcount if isinstance(result, CursorResult) else 0
