"""Receivers in the database: an old secret is sealed as the present one is, and of no other bot's receiver."""

from __future__ import annotations

import asyncio
import shutil
from datetime import datetime
from pathlib import Path

from sqlalchemy import text

from storage.database import Database
from storage.moving import move
from storage.receivers import NoticeKind
from storage.sealing import reseal
from storage.unit import Unit
from tests.keys import a_keyring
from tests.storage.conftest import Begin
from tests.storage.samples import BOT, DAY, HOUR, NOON, OTHER_BOT

FIRST, SECOND, THIRD = "whsec_first", "whsec_second", "whsec_third"


async def a_receiver(unit: Unit) -> int:
    """Add a receiver for which a notice waits."""
    receiver = await unit.receivers.add("https://acme.example", FIRST, (), NOON)
    await unit.notices.put(receiver, f"msg_{receiver}", NoticeKind.TEST, "{}", NOON)
    return receiver


async def signing(unit: Unit, receiver: int, now: datetime) -> tuple[str, ...]:
    """Return what a notice to a receiver is signed with."""
    notice = await unit.notices.claim(receiver, now)
    assert notice is not None
    await unit.notices.take_back()
    return notice.secrets(now)


async def test_the_old_secret_counts_until_just_before_its_end(begin: Begin) -> None:
    async with begin() as unit:
        receiver = await a_receiver(unit)
        assert await signing(unit, receiver, NOON) == (FIRST,)
        await unit.receivers.rotate(receiver, SECOND, NOON + DAY)
        assert await signing(unit, receiver, NOON) == (SECOND, FIRST)
        assert await signing(unit, receiver, NOON + DAY - HOUR) == (SECOND, FIRST)
        assert await signing(unit, receiver, NOON + DAY) == (SECOND,)


async def test_rotated_again_the_newest_two_count_and_rotated_at_once_only_the_newest(begin: Begin) -> None:
    async with begin() as unit:
        receiver = await a_receiver(unit)
        await unit.receivers.rotate(receiver, SECOND, NOON + DAY)
        await unit.receivers.rotate(receiver, THIRD, NOON + HOUR)
        assert await signing(unit, receiver, NOON) == (THIRD, SECOND)
        assert await signing(unit, receiver, NOON + HOUR) == (THIRD,)
        await unit.receivers.rotate(receiver, FIRST, None)
        assert await signing(unit, receiver, NOON) == (FIRST,)


async def test_what_waits_is_kept_when_a_secret_is_changed(begin: Begin) -> None:
    async with begin() as unit:
        receiver = await a_receiver(unit)
        await unit.receivers.rotate(receiver, SECOND, None)
        assert [each.public_id for each in await unit.notices.undelivered(receiver, 5)] == [f"msg_{receiver}"]


async def test_two_who_rotate_at_the_same_time_leave_the_newest_two(database: Database, other: Database) -> None:
    async with database.unit(BOT) as unit:
        receiver = await a_receiver(unit)

    async def rotates(by: Database, secret: str) -> None:
        async with by.unit(BOT) as unit:
            await unit.receivers.rotate(receiver, secret, NOON + DAY)

    await asyncio.gather(rotates(database, SECOND), rotates(other, THIRD))
    async with database.unit(BOT) as unit:
        assert set(await signing(unit, receiver, NOON)) == {SECOND, THIRD}


async def test_an_old_secret_is_forgotten_when_it_is_over_and_not_before(begin: Begin) -> None:
    async with begin() as unit:
        receiver, longer = await a_receiver(unit), await a_receiver(unit)
        await unit.receivers.rotate(receiver, SECOND, NOON + HOUR)
        await unit.receivers.rotate(longer, SECOND, NOON + DAY)
        await unit.receivers.forget_old_secrets(NOON)
        assert await signing(unit, receiver, NOON) == (SECOND, FIRST)
        await unit.receivers.forget_old_secrets(NOON + HOUR)
        assert await signing(unit, receiver, NOON) == (SECOND,)
        assert await signing(unit, longer, NOON) == (SECOND, FIRST)
        row = text("SELECT old_secret FROM receivers WHERE id = :number")
        assert await unit._connection.scalar(row, {"number": receiver}) is None
        assert [each.old_secret_until for each in await unit.receivers.all()] == [None, NOON + DAY]


async def test_no_other_bots_secret_is_changed_or_forgotten(begin: Begin) -> None:
    async with begin() as unit:
        receiver = await a_receiver(unit)
        await unit.receivers.rotate(receiver, SECOND, NOON + DAY)
    async with begin(OTHER_BOT) as unit:
        await unit.receivers.rotate(receiver, THIRD, NOON + DAY)
        await unit.receivers.rotate(receiver, THIRD, None)
        await unit.receivers.forget_old_secrets(NOON + DAY)
    async with begin() as unit:
        assert await signing(unit, receiver, NOON) == (SECOND, FIRST)


async def test_the_old_secret_is_sealed_and_a_change_of_keys_seals_it_anew(address: str) -> None:
    database = await Database.open(address, a_keyring())
    async with database.unit(BOT) as unit:
        receiver = await a_receiver(unit)
        await unit.receivers.rotate(receiver, SECOND, NOON + DAY)
        query = text("SELECT old_secret FROM receivers")
        assert str(await unit._connection.scalar(query)).startswith(f"~{a_keyring().current}:")
    await database.close()
    rotated, told = a_keyring().rotated(), list[str]()
    database = await Database.open(address, rotated)
    await reseal(database.transaction, lambda column, _: told.append(column))
    await database.close()
    assert "receivers.old_secret" in told
    database = await Database.open(address, rotated.retired())
    async with database.unit(BOT) as unit:
        assert await signing(unit, receiver, NOON) == (SECOND, FIRST)
    await database.close()


async def test_an_old_secret_moves_with_its_database(migrated: Path, address: str, tmp_path: Path) -> None:
    shutil.copy(migrated, tmp_path / "origin.db")
    origin = f"sqlite+aiosqlite:///{tmp_path / 'origin.db'}"
    database = await Database.open(origin, a_keyring())
    async with database.unit(BOT) as unit:
        receiver = await a_receiver(unit)
        await unit.receivers.rotate(receiver, SECOND, NOON + DAY)
    await database.close()
    await move(origin, address, lambda _what, _done, _total: None)
    moved = await Database.open(address, a_keyring())
    async with moved.unit(BOT) as unit:
        assert await signing(unit, receiver, NOON) == (SECOND, FIRST)
    await moved.close()
