"""`hotlead status` as an operator types it: beside a bot that runs, and when none does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bot.commands.test_keeping import DATABASE, KEYS, execute, refused
from tests.bot.commands.typing import hotlead, written
from tests.dialogs.broken_quizzes import GOOD

TOKEN = "123456:AAH-secret_secret_secret_secret_sec"


@pytest.fixture
def ran() -> None:
    """A database on which a bot has run, a long time ago."""
    assert hotlead("publish", written(GOOD), bot_token=TOKEN).exit_code == 0
    keep = "INSERT INTO states (bot_id, name, value) VALUES (?, ?, ?)"
    execute(keep, 123456, "username", "acme_bot")
    execute(keep, 123456, "heard_from_telegram", "2020-01-01T12:00:00+00:00")


def test_without_a_database_there_is_nothing_to_tell() -> None:
    assert refused("status") == "hotlead: there is no database at data/hotlead.db yet; `hotlead run` makes it\n"
    assert not Path("data").exists()


def test_a_file_that_is_no_database_is_said_to_be_none() -> None:
    Path("data").mkdir()
    DATABASE.write_bytes(b"nothing of ours" * 100)
    assert refused("status").startswith("hotlead: the database cannot be read: file is not a database")


@pytest.mark.usefixtures("ran")
def test_a_bot_that_does_not_run_is_told_of_with_what_needs_attention() -> None:
    result = hotlead("status")
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert lines[0].startswith("@acme_bot does not run, heard Telegram ")
    assert "  updates     0 waiting · 0 put aside" in lines
    assert "  messages    0 waiting" in lines
    assert [line for line in lines if line.startswith("! the bot does not run")]
    assert "! there is no backup yet: hotlead backup" in lines


@pytest.mark.usefixtures("ran")
def test_status_is_told_to_programs_as_json() -> None:
    (told,) = json.loads(hotlead("status", "--json").output)
    assert told["bot"] == "acme_bot"
    assert told["runs"] is False
    assert told["inbox"] == {"waiting": 0, "since": None, "parked": 0}
    assert len(told["attention"]) == 2


@pytest.mark.usefixtures("ran")
def test_status_needs_no_key_and_changes_nothing() -> None:
    KEYS.unlink()
    before = {path.name: path.read_bytes() for path in Path("data").iterdir() if path.suffix in (".db", "")}
    assert hotlead("status").exit_code == 0
    after = {path.name: path.read_bytes() for path in Path("data").iterdir() if path.suffix in (".db", "")}
    assert after == before
    assert not KEYS.exists()


@pytest.mark.usefixtures("ran")
def test_status_says_what_waits_and_what_was_put_aside() -> None:
    keep = "INSERT INTO inbox (bot_id, update_id, received_at, body, state) VALUES (123456, ?, ?, '', ?)"
    execute(keep, 1, "2020-01-01 12:00:00.000000", "parked")
    execute(keep, 2, "2020-01-01 12:00:00.000000", "waiting")
    execute("INSERT INTO states (bot_id, name, value) VALUES (123456, 'alarm:lag', '{}')")
    told = hotlead("status").output
    assert "1 waiting, the oldest for" in told
    assert "! 1 updates could not be handled and were put aside" in told
    assert "! updates wait, the oldest for" in told
    assert "! admins were told, and it is not over: lag" in told


@pytest.mark.usefixtures("ran")
def test_a_database_of_another_release_is_left_alone() -> None:
    execute("UPDATE alembic_version SET version_num = '0002'")
    assert refused("status").startswith("hotlead: the database is of an older Hotlead")
    execute("UPDATE alembic_version SET version_num = '9999'")
    assert refused("status").startswith("hotlead: The database was written by a newer Hotlead")


@pytest.mark.usefixtures("ran")
def test_a_restored_database_that_no_bot_ran_on_yet_still_has_a_status() -> None:
    assert hotlead("backup", "hotlead.backup").exit_code == 0
    assert hotlead("restore", "hotlead.backup", "--replace").exit_code == 0
    lines = hotlead("status").output.splitlines()
    assert lines[0].startswith("@acme_bot does not run")
    assert "! follow-ups are held since a restore; hotlead release lets them go" in lines


def test_a_database_on_which_no_bot_ran_says_so() -> None:
    assert hotlead("publish", written(GOOD), bot_token=TOKEN).exit_code == 0
    assert refused("status") == "hotlead: no bot has run on this database yet\n"
