"""The drill: a backup, an erasure, a restore, all with the operator's own commands."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from storage.columns import Base
from storage.keyfile import replace_keys
from tests.bot.commands.typing import hotlead
from tests.bot.fakes import FakePostman
from tests.keys import a_keyring
from tests.scenarios import kept
from tests.scenarios.combination import ABOUT_A_FILE
from tests.scenarios.conftest import Opening
from tests.scenarios.inquiry import CANARIES, EMAIL, FULL_NAME, NAME, USERNAME, answers, code_in, comes_to, inquiry
from tests.scenarios.on_engine import MONDAY_NOON
from tests.scenarios.over_http import ADA, ANNA, BORIS, MAX, Guest, House
from tests.storage.test_sealing import found_in

TOLD = (NAME, USERNAME, FULL_NAME, EMAIL, "+380671234567", str(ANNA))
HELD = "so is erasing who was kept long enough"


@pytest.fixture
def postman() -> FakePostman:
    return FakePostman()


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """The backup's place: outside the bot's folder, which is searched for what people told."""
    (tmp_path / "copies").mkdir()
    return tmp_path / "copies" / "hotlead.backup"


@pytest.fixture
async def house(opening: Opening, tmp_path: Path, postman: FakePostman) -> AsyncIterator[House]:
    house = House(tmp_path / "data", MONDAY_NOON)
    house.folder.mkdir()
    replace_keys(house.folder / "keys", a_keyring())
    house.postman = postman
    async with opening(house, quiz=(str(inquiry(tmp_path)),), managers=(MAX,), admins=(ADA,)) as opened:
        for number, name in ((MAX, "Max"), (ADA, "Ada")):
            await opened.guest(number, name).starts()
            opened.guests[number].skims()
        yield opened


async def _types(house: House, *words: object) -> str:
    """Let the operator type a command, beside the bot or while it is stopped."""
    result = await asyncio.to_thread(hotlead, *map(str, words), data=str(house.folder))
    assert result.exit_code == 0, result.output
    return result.output


async def _is_erased(guest: Guest) -> None:
    await guest.says("/privacy")
    await guest.taps("🗑 Delete everything")
    await guest.taps("Yes, delete everything")
    guest.skims()


async def _is_cold(guest: Guest, postman: FakePostman) -> None:
    """Become a lead that gets follow-ups, with words of one's own."""
    await comes_to(guest, "agree")
    for text in ("Boris Stone", "Nothing"):
        await guest.says(text)
    await guest.sends_photo()
    await guest.says("boris@stones.example")
    for text in (code_in(postman), "+380501112233"):
        await guest.says(text)
    await guest.taps("Later")
    await answers(guest, "letters")
    guest.skims()


async def _everything(house: House) -> str:
    """All that the database holds, as it reads with the keys."""
    return "\n".join(
        [f"{table.name}: {await kept.rows(house, select(table))}" for table in Base.metadata.sorted_tables]
    )


def _sealed_of_anna(file: Path) -> set[str]:
    """What stands sealed about her in a file."""
    connection = sqlite3.connect(file)
    query = (
        "SELECT first_name FROM prospects WHERE telegram_id = :anna"
        " UNION SELECT username FROM prospects WHERE telegram_id = :anna"
        " UNION SELECT value FROM contacts WHERE lead_id IN (SELECT leads.id FROM leads"
        "  JOIN prospects ON prospects.id = leads.prospect_id WHERE telegram_id = :anna)"
        " UNION SELECT request FROM outbox WHERE chat_id = :anna"
    )
    found = {str(value) for (value,) in connection.execute(query, {"anna": ANNA}) if value}
    connection.close()
    return found


@ABOUT_A_FILE
async def test_who_was_erased_after_the_backup_is_not_brought_back_and_nothing_is_sent_again(
    house: House, postman: FakePostman, backup: Path, max_: Guest, ada: Guest
) -> None:
    anna, boris = house.guest(ANNA, NAME, username=USERNAME), house.guest(BORIS, "Boris")
    await _is_cold(boris, postman)
    await comes_to(
        anna, "agree", "full_name", "wish", "plan", "email", "phone", "when", "letters", postman=postman
    )
    max_.sees("Hot lead", EMAIL)
    held = await _everything(house)
    assert [told for told in TOLD if told not in held] == []
    await _types(house, "backup", backup)
    sealed = _sealed_of_anna(backup)
    assert len(sealed) > 4
    await _is_erased(anna)
    max_.sees_change("Erased at the person’s own request")
    posted = len(postman.posted)
    await house.closes()

    told = await _types(house, "restore", backup, "--replace")
    assert "1 people who were erased since then are erased again" in told
    assert HELD in told
    assert found_in(backup.parent, *sealed)
    assert found_in(house.folder, *sealed, *CANARIES, str(ANNA)) == []

    await house.restarts_after(minutes=10)
    assert [told for told in TOLD if told in await _everything(house)] == []
    assert (await kept.prospect_of(house, boris)).first_name == "Boris"
    assert found_in(house.folder, *sealed, *CANARIES, str(ANNA)) == []
    await house.later(days=3)
    for guest in (anna, boris, max_, ada):
        guest.sees_nothing()
    assert len(postman.posted) == posted

    told = await _types(house, "release")
    assert "1 people go on getting follow-ups" in told
    await house.later(minutes=1)
    boris.sees("An idea for you, Boris!")
    anna.sees_nothing()
    await house.restarts()
    assert found_in(house.folder, *sealed, *CANARIES, str(ANNA)) == []


@ABOUT_A_FILE
async def test_who_comes_back_after_being_erased_survives_a_restore_of_what_came_then(
    house: House, backup: Path
) -> None:
    anna = house.guest(ANNA, NAME, username=USERNAME)
    await anna.starts()
    await _is_erased(anna)
    await house.later(minutes=1)
    await anna.starts()
    anna.skims()
    await _types(house, "backup", backup)
    await house.closes()
    assert "0 people who were erased since then" in await _types(house, "restore", backup, "--replace")
    await house.restarts_after()
    assert (await kept.prospect_of(house, anna)).first_name == NAME


@ABOUT_A_FILE
async def test_a_restored_bot_neither_nudges_nor_erases_by_the_clock_before_it_is_let_go(
    house: House, backup: Path, ada: Guest
) -> None:
    anna = house.guest(ANNA, NAME)
    await comes_to(anna, "agree")  # in the middle: a nudge would be due in an hour, erasing after 90 days
    await _types(house, "backup", backup)
    await house.closes()
    await _types(house, "restore", backup, "--replace")
    await house.restarts_after(hours=2)
    anna.sees_nothing()
    await house.later(days=100)
    anna.sees_nothing()
    assert (await kept.prospect_of(house, anna)).first_name == NAME
    assert not (house.folder / "erased").exists()

    assert "people were kept as long as their quizzes say, and are erased now" in await _types(house, "release")
    await house.later(minutes=1)
    async with house.view() as view:
        assert await view.prospects.by_telegram_id(ANNA) is None
    anna.sees_nothing()
    ada.sees_nothing()


@ABOUT_A_FILE
async def test_who_answers_a_restored_bot_goes_on_where_the_backup_was(house: House, backup: Path) -> None:
    anna = house.guest(ANNA, NAME)
    await comes_to(anna, "agree")
    await _types(house, "backup", backup)
    await answers(anna, "full_name")
    anna.skims()
    await house.closes()
    await _types(house, "restore", backup, "--replace")
    await house.restarts_after(minutes=5)
    anna.sees_nothing()
    await anna.says(FULL_NAME)
    assert any("What shall we know?" in line.text for line in anna.skims())
