"""`hotlead move` as an operator types it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database import Database
from storage.lock import locked
from storage.moving import move
from tests.bot.commands.typing import hotlead, written
from tests.dialogs.broken_quizzes import GOOD
from tests.keys import the_keys
from tests.postgresql import Server

TOKEN = "123456:AAH-secret_secret_secret_secret_sec"
DATABASE = Path("data/hotlead.db")


@pytest.fixture
def published() -> None:
    """A database with a quiz, and its keys."""
    assert hotlead("publish", written(GOOD), bot_token=TOKEN).exit_code == 0


@pytest.fixture
def server(postgresql: Server) -> Iterator[str]:
    """The address of a server's database without any tables, its driver left out."""
    name = asyncio.run(postgresql.empty())
    yield postgresql.address(name).replace("+asyncpg", "")
    asyncio.run(postgresql.drop(name))


def refused(*words: str, **settings: str) -> str:
    """Type a command that is refused: one line, exit code 2."""
    result = hotlead(*words, **settings)
    assert result.exit_code == 2
    assert len(result.output.splitlines()) == 1
    return result.output


@pytest.mark.usefixtures("published")
def test_what_was_published_in_a_file_is_on_the_server_and_comes_back(server: str) -> None:
    told = hotlead("move", "--to", server).output.splitlines()
    assert told[-1].startswith("  Once you are sure, remove the old database and its backups")
    assert any(line.startswith("revisions           1  ") for line in told)
    assert any("the same on both sides. The old database is as it was." in line for line in told)
    assert any("data/keys (the keys) and data/erased (who was erased)" in line for line in told)
    assert any("pg_dump" in line for line in told)
    assert "\r" not in "".join(told)  # a line that says how far it is would be in the way of a program
    asyncio.run(_opens(server))
    back = hotlead("move", "--from", server, "--to", "back/hotlead.db").output.splitlines()
    tables = [line for line in told if "  " in line and line[0] != " "]
    assert [line for line in back if "  " in line and line[0] != " "] == tables


@pytest.mark.usefixtures("published")
def test_what_to_do_next_names_the_address_without_its_password() -> None:
    told = hotlead("move", "--to", "sqlite:///moved.db").output
    assert "Next: HOTLEAD_DATABASE=sqlite+aiosqlite:///moved.db\n" in told
    assert "pg_dump" not in told
    told = refused("move", "--to", "postgresql://hotlead:secret_secret@127.0.0.1:1/hotlead")
    assert told.startswith("hotlead: the target: ")


@pytest.mark.parametrize(
    "address", ["mysql://hotlead:secret_secret@host/x", "sqlite://", "no such thing://x", "redis://"]
)
@pytest.mark.usefixtures("published")
def test_what_is_no_database_of_ours_is_refused_with_the_remedy(address: str) -> None:
    for option, words in (("--to", ()), ("--from", ("--to", "new.db"))):
        told = refused("move", option, address, *words)
        assert told.startswith(f"hotlead: {option}: ")
        assert "write the path of a file" in told


@pytest.mark.usefixtures("published")
def test_a_running_bot_a_full_target_and_nothing_at_all_are_refused_in_one_line() -> None:
    with locked(DATABASE):
        assert "the source: process" in refused("move", "--to", "new.db")
    shutil.copy(DATABASE, "full.db")
    assert "the target: it holds data sealed with the source's own keys" in refused("move", "--to", "full.db")
    assert "it is the source itself" in refused("move", "--to", str(DATABASE))
    assert "the source: there is no database at nothing.db" in refused(
        "move", "--from", "nothing.db", "--to", "new.db"
    )


@pytest.mark.usefixtures("published")
def test_a_command_on_half_of_a_database_is_told_to_wait_and_the_same_move_ends_it() -> None:
    class StoppedError(Exception):
        pass

    def stop(_what: str, _done: int, _total: int) -> None:
        raise StoppedError

    with pytest.raises(StoppedError):
        asyncio.run(move(f"sqlite+aiosqlite:///{DATABASE}", "sqlite+aiosqlite:///new.db", stop))
    told = refused("publish", "quiz.yaml", bot_token=TOKEN, database="sqlite+aiosqlite:///new.db")
    assert "A move into this database is not finished; `hotlead move`, run again, goes on with it" in told
    assert hotlead("move", "--to", "new.db").exit_code == 0
    asyncio.run(_opens("sqlite+aiosqlite:///new.db"))


async def _opens(address: str) -> None:
    await (await Database.open(address, the_keys())).close()
