"""Keys, backups and restoring as an operator types them."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from bot.publishing import SHIPPED
from storage.lock import locked
from tests.bot.commands.typing import hotlead, written
from tests.dialogs.broken_quizzes import GOOD

TOKEN = "123456:AAH-secret_secret_secret_secret_sec"
DATABASE, KEYS = Path("data/hotlead.db"), Path("data/keys")
BACKUP = "hotlead.backup"


@pytest.fixture
def published() -> None:
    """A database with a quiz, and its keys."""
    assert hotlead("publish", written(GOOD), bot_token=TOKEN).exit_code == 0
    assert SHIPPED.exists()


def refused(*words: str, **settings: str) -> str:
    """Type a command that is refused: one line, exit code 2."""
    result = hotlead(*words, **settings)
    assert result.exit_code == 2
    assert len(result.output.splitlines()) == 1
    return result.output


def execute(statement: str, *values: object, file: str | Path = DATABASE) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(file)
    try:
        rows: list[tuple[object, ...]] = connection.execute(statement, values).fetchall()
        connection.commit()
    finally:
        connection.close()
    return rows


def current_key() -> str:
    return [line.split()[0] for line in KEYS.read_text().splitlines() if line[0] != "#"][1]


# keys ---------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("published")
def test_a_missing_key_file_beside_a_sealed_database_is_refused_and_none_is_made() -> None:
    KEYS.unlink()
    for command in (["publish", "quiz.yaml"], ["keys", "rotate"], ["keys", "show"], ["release"]):
        told = refused(*command, bot_token=TOKEN)
        assert told.startswith(
            "hotlead: the key file data/keys is missing, and the database is sealed with its keys"
        )
    assert not KEYS.exists()


@pytest.mark.usefixtures("published")
def test_the_key_file_can_be_elsewhere() -> None:
    KEYS.rename("elsewhere")
    assert hotlead("publish", "quiz.yaml", bot_token=TOKEN, keys="elsewhere").exit_code == 0
    assert not KEYS.exists()


@pytest.mark.usefixtures("published")
def test_the_keys_of_another_database_are_refused() -> None:
    KEYS.unlink()
    hotlead("publish", "quiz.yaml", bot_token=TOKEN, database="sqlite+aiosqlite:///other.db")
    assert "the key file is not that of this database" in refused("publish", "quiz.yaml", bot_token=TOKEN)


@pytest.mark.usefixtures("published")
def test_a_rotation_changes_the_key_and_says_what_to_do_with_the_file() -> None:
    before = current_key()
    told = hotlead("keys", "rotate").output
    assert current_key() != before
    assert f"the new key is {current_key()}" in told
    assert "Copy the file to your safe place" in told
    assert before not in KEYS.read_text()
    assert hotlead("publish", "quiz.yaml", bot_token=TOKEN).exit_code == 0


@pytest.mark.usefixtures("published")
def test_keys_are_shown_by_name_only() -> None:
    told = hotlead("keys", "show").output
    assert told == f"{current_key()}          0 values  current\n"
    for line in KEYS.read_text().splitlines()[2:]:
        assert line.split()[1] not in told


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("command", [["keys", "rotate"], ["restore", BACKUP, "--replace"]])
def test_what_a_running_bot_would_not_survive_is_refused_while_one_runs(command: list[str]) -> None:
    hotlead("backup", BACKUP)
    before = KEYS.read_text()
    with locked(DATABASE):
        assert "is at work on data/hotlead.db; stop it first" in refused(*command)
    assert KEYS.read_text() == before
    assert hotlead(*command).exit_code == 0


@pytest.mark.usefixtures("published")
def test_two_bots_do_not_run_on_one_database() -> None:
    with locked(DATABASE):
        told = refused("run", bot_token=TOKEN, quiz="b2b-agency", bot_api="http://127.0.0.1:9")
    assert "is at work on data/hotlead.db" in told


# backup, restore, release -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("published")
def test_a_backup_says_how_large_and_new_it_is_and_that_the_keys_are_not_in_it() -> None:
    told = hotlead("backup", BACKUP).output
    assert told.startswith(f"{BACKUP}: ")
    schema = execute("SELECT version_num FROM alembic_version")[0][0]
    assert f", schema {schema}, made 2" in told
    assert "The keys are NOT in it" in told
    assert "is there already" in refused("backup", BACKUP)
    doctor = hotlead("doctor", bot_token=TOKEN, bot_api="http://127.0.0.1:9").output
    assert "✓ backup    the last one was made 2" in doctor


@pytest.mark.usefixtures("published")
def test_a_backup_without_a_name_is_named_after_its_time() -> None:
    hotlead("backup")
    assert len(list(Path().glob("hotlead-2*.backup"))) == 1


def test_what_is_not_there_cannot_be_backed_up() -> None:
    assert refused("backup") == "hotlead: there is no database at data/hotlead.db yet\n"
    assert not Path("data").exists()


@pytest.mark.parametrize("command", [["backup"], ["restore", BACKUP]])
def test_a_database_server_is_backed_up_with_its_own_tools(command: list[str]) -> None:
    assert "pg_dump" in refused(*command, database="postgresql+asyncpg://x/y")


@pytest.mark.usefixtures("published")
def test_a_present_database_is_given_up_for_a_backup_only_when_told_so() -> None:
    hotlead("backup", BACKUP)
    hotlead("publish", written(GOOD.replace("Дякуємо!", "Дуже дякуємо!")), bot_token=TOKEN)
    assert "there is a database at data/hotlead.db already" in refused("restore", BACKUP)
    assert execute("SELECT count(*) FROM revisions") == [(2,)]
    told = hotlead("restore", BACKUP, "--replace").output
    assert told.startswith("data/hotlead.db: restored as it was at 2")
    assert "there is no list data/erased" in told
    assert "receivers" not in told
    assert "Follow-ups are held until you say `hotlead release`; so is erasing who was kept long enough." in told
    assert execute("SELECT count(*) FROM revisions") == [(1,)]
    assert sorted(path.name for path in Path("data").iterdir()) == ["hotlead.db", "hotlead.lock", "keys"]


@pytest.mark.usefixtures("published")
def test_a_backup_is_restored_where_there_is_nothing() -> None:
    hotlead("backup", BACKUP)
    DATABASE.unlink()
    Path("data/erased").touch()
    told = hotlead("restore", BACKUP).output
    assert "0 people who were erased since then are erased again" in told


@pytest.mark.usefixtures("published")
def test_a_restore_reminds_of_secrets_that_were_rotated_since() -> None:
    assert hotlead("receivers", "add", "https://crm.example/hook", bot_token=TOKEN).exit_code == 0
    hotlead("backup", BACKUP)
    assert hotlead("receivers", "rotate", "1", bot_token=TOKEN).exit_code == 0
    told = hotlead("restore", BACKUP, "--replace").output
    assert "receivers with the secrets of then: 1; one that leaked" in told


@pytest.mark.usefixtures("published")
def test_a_restore_without_the_keys_is_refused_and_changes_nothing() -> None:
    hotlead("backup", BACKUP)
    KEYS.rename("keys-elsewhere")
    assert "the key file data/keys is missing" in refused("restore", BACKUP, "--replace")
    assert not KEYS.exists()
    hotlead("publish", "quiz.yaml", bot_token=TOKEN, database="sqlite+aiosqlite:///other.db")  # makes other keys
    assert "the key file is not that of this database" in refused("restore", BACKUP, "--replace")
    Path("keys-elsewhere").replace(KEYS)
    assert hotlead("publish", "quiz.yaml", bot_token=TOKEN).exit_code == 0


@pytest.mark.usefixtures("published")
def test_a_backup_of_a_newer_hotlead_is_refused_and_changes_nothing() -> None:
    hotlead("backup", BACKUP)
    execute("UPDATE alembic_version SET version_num = '9999'", file=BACKUP)
    assert f"{BACKUP} was written by a newer Hotlead" in refused("restore", BACKUP, "--replace")
    assert execute("SELECT count(*) FROM revisions") == [(1,)]


@pytest.mark.parametrize("name", ["gone.backup", "notes.txt", "."])
def test_what_is_no_backup_is_refused(name: str) -> None:
    Path("notes.txt").write_text("Only some notes. " * 100)
    assert name in refused("restore", name)
    assert not DATABASE.exists()


@pytest.mark.usefixtures("published")
def test_held_follow_ups_are_let_go_once_and_the_doctor_knows() -> None:
    hotlead("backup", BACKUP)
    hotlead("restore", BACKUP, "--replace")
    assert "! held" in hotlead("doctor", bot_token=TOKEN, bot_api="http://127.0.0.1:9").output
    assert hotlead("release").output == (
        "0 people go on getting follow-ups; 0 messages are due now\n"
        "0 people were kept as long as their quizzes say, and are erased now\n"
    )
    assert hotlead("release").output == "nothing is held\n"
    assert "! held" not in hotlead("doctor", bot_token=TOKEN, bot_api="http://127.0.0.1:9").output


@pytest.mark.usefixtures("published")
def test_an_old_backup_is_restored_with_its_old_key_added_to_the_file() -> None:
    hotlead("backup", BACKUP)
    old = KEYS.read_text().splitlines()[-1]
    hotlead("keys", "rotate")
    assert "is sealed with the key" in refused("restore", BACKUP, "--replace")
    with KEYS.open("a") as opened:
        opened.write(f"{old}\n")
    assert hotlead("restore", BACKUP, "--replace").exit_code == 0
    told = hotlead("keys", "rotate").output
    assert "it goes on with the key" in told
    assert old not in KEYS.read_text()


@pytest.mark.usefixtures("published")
def test_keys_that_others_can_read_are_told_by_the_doctor() -> None:
    KEYS.chmod(0o644)
    assert "! keys      data/keys can be read by others; chmod 600 data/keys" in hotlead("doctor").output
