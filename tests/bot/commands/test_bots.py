"""`hotlead bots` as an operator types it, against an emulated Telegram; and `--bot` of the other commands."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.demo.emulator import Emulator
from bot.demo.serving import served
from storage.bots import Bots, KeptBot
from storage.database import Database
from tests.bot.commands.test_keeping import DATABASE, execute
from tests.bot.commands.typing import hotlead, written
from tests.dialogs.broken_quizzes import GOOD
from tests.keys import the_keys

ACME, ROOFS = "123456", "777777"
SECRET = "AAH-secret_secret_secret_secret_sec"
TOKEN, OTHER = f"{ACME}:{SECRET}", f"{ROOFS}:{SECRET}"


@pytest.fixture(scope="module")
def telegram() -> Iterator[str]:
    """The address of a Telegram that knows one bot, @roofs_bot."""
    emulator = Emulator(now=lambda: datetime.now(UTC), token=OTHER, bot_username="roofs_bot")
    address, ready, loop = "", threading.Event(), asyncio.new_event_loop()
    done = asyncio.Event()

    async def serve() -> None:
        nonlocal address
        async with served(emulator.app) as address:
            ready.set()
            await done.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert ready.wait(20)
    yield address
    loop.call_soon_threadsafe(done.set)
    thread.join(20)
    loop.close()


def _adds(telegram: str, *words: str, token: str = OTHER, **settings: str) -> str:
    result = hotlead("bots", "add", *words, typed=f"{token}\n", bot_api=telegram, **settings)
    assert result.exit_code == 0, result.output
    return result.output


def _kept() -> list[KeptBot]:
    async def read() -> list[KeptBot]:
        database = await Database.open(f"sqlite+aiosqlite:///{DATABASE}", the_keys())
        async with database.look() as connection:
            bots = await Bots(connection).all()
        await database.close()
        return bots

    return asyncio.run(read())


def _refused(*words: str, typed: str | None = None, **settings: str) -> str:
    result = hotlead(*words, typed=typed, **settings)
    assert result.exit_code == 2
    assert len(result.output.splitlines()) == 1
    return result.output


# add ----------------------------------------------------------------------------------------------------------


def test_a_bot_is_added_with_all_that_it_needs_and_its_token_is_sealed(telegram: str) -> None:
    words = ("--manager", "5", "--manager", "6", "--admin", "7", "--language", "uk", "--pace", "12.5")
    told = _adds(telegram, "--quiz", written(GOOD), *words)
    assert told.startswith("@roofs_bot was added: study-abroad\n")
    assert "owner" not in told  # there is an admin
    (bot,) = _kept()
    assert (bot.id, bot.username, bot.token, bot.quizzes) == (777777, "roofs_bot", OTHER, ("study-abroad",))
    assert (bot.managers, bot.admins, bot.language, bot.pace) == ((5, 6), (7,), "uk", 12.5)
    assert b"secret_secret" not in DATABASE.read_bytes()
    assert "secret_secret" not in repr(bot)


def test_a_bot_that_nobody_owns_tells_the_operator_how_to_own_it(telegram: str) -> None:
    told = _adds(telegram, "--quiz", "dance-school")
    assert "https://t.me/roofs_bot?start=claim_" in told


def test_the_token_may_stand_in_a_file(telegram: str) -> None:
    Path("token").write_text(f"{OTHER}\n")
    result = hotlead("bots", "add", "--token-file", "token", "--quiz", "dance-school", bot_api=telegram)
    assert result.exit_code == 0
    result = hotlead("bots", "add", "--token-file", "-", typed=f"{OTHER}\n", bot_api=telegram)
    assert result.exit_code == 0


def test_a_bot_that_is_added_again_takes_the_new_token_and_keeps_the_rest(telegram: str) -> None:
    _adds(telegram, "--quiz", "dance-school", "--manager", "5")
    assert _adds(telegram, "--language", "uk").startswith("@roofs_bot has a new token: dance-school\n")
    (bot,) = _kept()
    assert (bot.managers, bot.language, bot.quizzes) == ((5,), "uk", ("dance-school",))


WRONG: dict[str, tuple[list[str], str, str]] = {
    "no token at all": ([], "", "no token was given"),
    "something else": ([], "hello", "this is no bot token; @BotFather gives one like"),
    "a token that Telegram does not know": ([], f"{ROOFS}:secret_secret", "Telegram does not know this bot token"),
    "no quiz": ([], OTHER, "--quiz is missing; name a quiz file, or one that ships: b2b-agency"),
    "no such quiz": (["--quiz", "dance-scool"], OTHER, "--quiz: there is no quiz file or published quiz"),
    "no such language": (["--language", "de"], OTHER, "--language de: use one of en, uk, ru"),
    "no such file": (["--token-file", "gone"], "", "--token-file gone: No such file"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_added_is_one_line_and_adds_nothing(telegram: str, name: str) -> None:
    words, typed, told = WRONG[name]
    assert _refused("bots", "add", *words, typed=f"{typed}\n", bot_api=telegram).startswith(f"hotlead: {told}")
    assert not DATABASE.exists() or _kept() == []


def test_the_bot_of_the_settings_is_not_added_a_second_time(telegram: str) -> None:
    told = _refused("bots", "add", "--quiz", "dance-school", typed=f"{OTHER}\n", bot_api=telegram, bot_token=OTHER)
    assert told.startswith("hotlead: @roofs_bot is the bot of HOTLEAD_BOT_TOKEN already")


# list, pause, resume ------------------------------------------------------------------------------------------


def test_bots_are_listed_without_their_tokens(telegram: str) -> None:
    _adds(telegram, "--quiz", "dance-school")
    lines = hotlead("bots", "list", bot_token=TOKEN, quiz="b2b-agency").output.splitlines()
    assert [line.split() for line in lines] == [
        ["id", "name", "quizzes", "state"],
        [ACME, "?", "b2b-agency", "not", "running", "(HOTLEAD_BOT_TOKEN)"],
        [ROOFS, "@roofs_bot", "dance-school", "not", "running"],
    ]
    execute("INSERT INTO states (bot_id, name, value) VALUES (777777, 'stopped', 'Telegram refuses its token')")
    assert "does not run: Telegram refuses its token" in hotlead("bots", "list").output


def test_a_bot_is_paused_and_resumed_by_its_name_however_it_is_written(telegram: str) -> None:
    _adds(telegram, "--quiz", "dance-school")
    assert hotlead("bots", "pause", "@Roofs_Bot").output.startswith("@roofs_bot is paused: nothing is received")
    assert hotlead("bots", "pause", "roofs_bot").output == "@roofs_bot is paused already\n"
    assert "paused since" in hotlead("bots", "list").output
    assert hotlead("status").output.startswith("@roofs_bot is paused")
    assert _adds(telegram).startswith("@roofs_bot has a new token, paused")
    assert hotlead("bots", "resume", ROOFS).output == "@roofs_bot goes on\n"
    assert hotlead("bots", "resume", "@roofs_bot").output == "@roofs_bot is not paused\n"


def test_a_name_that_nobody_has_is_told_with_the_one_that_may_be_meant(telegram: str) -> None:
    _adds(telegram, "--quiz", "dance-school")
    told = _refused("bots", "pause", "@rofs_bot")
    assert told == "hotlead: there is no bot `@rofs_bot`. Did you mean `@roofs_bot`?\n"


def test_the_bot_of_the_settings_cannot_be_paused_and_it_is_said_how_it_could(telegram: str) -> None:
    _adds(telegram, "--quiz", "dance-school")
    assert "unset it and `hotlead bots add` it" in _refused("bots", "pause", ACME, bot_token=TOKEN)


# --bot of other commands --------------------------------------------------------------------------------------


def test_with_several_bots_a_command_wants_to_know_which_is_meant(telegram: str) -> None:
    _adds(telegram, "--quiz", "dance-school")
    file = written(GOOD)
    several = f"hotlead: there are several bots; name one with --bot: {ACME}, @roofs_bot\n"
    for words in (
        ["publish", file],
        ["revisions", "x"],
        ["message", "1"],
        ["links", "list"],
        ["rescore", "--quiz", file],
    ):
        assert _refused(*words, bot_token=TOKEN) == several
    assert hotlead("publish", file, "--bot", "@roofs_bot", bot_token=TOKEN).exit_code == 0
    assert hotlead("revisions", "study-abroad", "--bot", "roofs_bot", bot_token=TOKEN).exit_code == 0
    assert "no quiz" in _refused("revisions", "study-abroad", "--bot", ACME, bot_token=TOKEN)


def test_with_one_bot_of_the_database_a_command_needs_no_name_and_no_token(telegram: str) -> None:
    _adds(telegram, "--quiz", "dance-school")
    assert "new sessions start here" in hotlead("revisions", "dance-school").output


def test_status_tells_of_each_bot_and_of_one_alone_if_it_is_named(telegram: str) -> None:
    _adds(telegram, "--quiz", "dance-school")
    execute("INSERT INTO states (bot_id, name, value) VALUES (123456, 'username', 'acme_bot')")
    execute("INSERT INTO states (bot_id, name, value) VALUES (777777, 'stopped', 'Telegram refuses its token')")
    told = hotlead("status").output
    assert "@acme_bot does not run" in told
    assert "! the bot does not run: Telegram refuses its token" in told
    alone = hotlead("status", "--bot", "@roofs_bot").output
    assert alone.startswith("@roofs_bot does not run")
    assert "acme_bot" not in alone
    assert "Did you mean `@acme_bot`?" in _refused("status", "--bot", "@acm_bot")
