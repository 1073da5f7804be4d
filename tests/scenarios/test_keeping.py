"""What is on the disk after a conversation, and what happens after a backup of it is restored."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import timedelta
from pathlib import Path

from storage.backups import back_up
from storage.erasing import ErasureList
from storage.restoring import move_in, prepare, take_aside
from storage.states import EVERY_BOT, HELD
from tests.keys import a_keyring
from tests.scenarios import kept
from tests.scenarios.actor import PHONE
from tests.scenarios.combination import ABOUT_A_FILE
from tests.scenarios.over_http import Guest, House
from tests.scenarios.stories import B2B_HOT, FURNITURE_HOT, HOT_LEAD, WARM_LEAD, walk
from tests.storage.test_sealing import found_in

NAME, HANDLE, MAIL = "Ярослава", "yaroslava_k", "anna@pumps.example"


@ABOUT_A_FILE
async def test_after_real_conversations_nothing_personal_stands_in_the_database_or_its_log(
    house: House, max_: Guest, vera: Guest, tmp_path: Path
) -> None:
    await house.restarts(quiz=("office-furniture", "b2b-agency"))
    first = house.guest(7_000_000_010, NAME, username=HANDLE)
    await first.goes_through(FURNITURE_HOT)
    second = house.guest(7_000_000_011, NAME, username=HANDLE)
    await second.starts("b2b-agency")
    await walk(second, B2B_HOT, "en")
    second.skims()
    for guest in (max_, vera):
        guest.skims()
    log = tmp_path / "hotlead.db-wal"
    assert log.stat().st_size
    own = sqlite3.connect(tmp_path / "hotlead.db")
    assert own.execute("SELECT count(*) FROM contacts").fetchone() == (2,)
    own.close()
    assert found_in(tmp_path, NAME, HANDLE, PHONE, PHONE.lstrip("+"), PHONE[-9:], MAIL) == []


async def _restored(house: House, tmp_path: Path, **later: float) -> None:
    """Take a backup, let the bot stop, and put the backup in place as the command does, later."""
    file, backup = tmp_path / "hotlead.db", tmp_path / "copy" / "hotlead.backup"
    backup.parent.mkdir()
    await asyncio.to_thread(back_up, file, backup, house.clock.now())
    await house.closes()
    house.clock.move(timedelta(**later))
    aside = take_aside(backup, file)
    erasures = ErasureList(tmp_path / "erased", a_keyring().fingerprint)
    await prepare(aside, a_keyring(), erasures.read(house.clock.now()), house.clock.now())
    move_in(aside, file)


@ABOUT_A_FILE
async def test_a_restored_bot_sends_nothing_again_and_holds_follow_ups_until_they_are_let_go(
    house: House, anna: Guest, boris: Guest, max_: Guest, vera: Guest, ada: Guest, tmp_path: Path
) -> None:
    await anna.goes_through(WARM_LEAD)
    await boris.goes_through(HOT_LEAD)
    for guest in (max_, vera):
        guest.skims()
    await _restored(house, tmp_path)
    await house.restarts_after(seconds=30)
    for guest in (anna, boris, max_, vera, ada):
        guest.sees_nothing()
    await house.later(days=30)
    anna.sees_nothing()
    for guest in (max_, vera, ada):
        guest.skims()  # the hand-off that nobody took is not forgotten
    assert "followed_up" not in await kept.events(house)
    async with house.app.workshop.database.unit(EVERY_BOT) as unit:
        await unit.states.drop(HELD)
    await house.later(minutes=1)
    await house.later(days=1)
    assert "followed_up" in await kept.events(house)
    anna.skims()
    for guest in (boris, max_, vera, ada):
        guest.skims()


@ABOUT_A_FILE
async def test_a_hot_lead_of_a_restored_backup_still_finds_its_manager(
    house: House, boris: Guest, max_: Guest, vera: Guest, ada: Guest, tmp_path: Path
) -> None:
    await boris.goes_through(HOT_LEAD)
    for guest in (max_, vera):
        guest.skims()
    await _restored(house, tmp_path, days=2)
    await house.restarts_after()
    for guest in (boris, max_, vera, ada):
        guest.sees_nothing()
    await house.later(minutes=5)
    max_.sees_change("Nobody has taken it yet")
    max_.sees("Hot lead", "Nobody has taken it yet")
    ada.sees("Hot lead", "2 days")  # it has waited for so long that the head has it too, at once
    ada.sees("Nobody has taken hot lead #1")
    boris.sees("Your request is not lost")
    vera.skims()
