"""Hotlead inside somebody's own bot: the examples of docs/embedding.md, as they stand there."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.demo.emulator import Emulator, Person
from bot.demo.serving import served
from bot.embedding import Embedded, NotKeptError
from bot.settings import Settings, SettingsError
from bot.telegram import frameworks
from bot.telegram.port import Messenger
from storage.errors import DatabaseInUseError
from tests.bot.embedding.conftest import Running
from tests.bot.embedding.watching import (
    PRICE,
    OwnPhone,
    a_while,
    kept,
    nobody_can_write,
    quiet,
    rows,
    said,
    sees,
    starts,
    until,
)
from tests.scenarios.actor import Actor
from tests.scenarios.chat import Chat
from tests.scenarios.quick import quick_quiz
from tests.scenarios.stories import HOT_LEAD, walk


async def test_the_own_handlers_answer_beside_hotlead_and_neither_takes_the_others_words(
    running: Running, emulator: Emulator, anna: Person
) -> None:
    async with running():
        anna.starts()
        await sees(emulator, anna, "Hi Anna!")
        await sees(emulator, anna, "Who is the furniture for?")
        anna.says("/price")
        await sees(emulator, anna, PRICE)
        anna.taps("For a company")
        await sees(emulator, anna, "What do you need?")
        anna.says("/price")
        await until(emulator, lambda: said(anna).count(PRICE) == 2)
        group = emulator.group(-1001234567890, title="Friends", members=[anna])
        group.says(anna, "nobody is called")
        await until(emulator, lambda: not emulator._world.updates.pending)
    hotleads = [text for text in said(anna) if text != PRICE]
    assert len(hotleads) == 3, hotleads


async def test_the_quiz_goes_on_to_its_end_and_the_lead_is_hot(
    running: Running, emulator: Emulator, anna: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTLEAD_QUIZ", str(quick_quiz()))
    async with running():
        anna.starts()
        await until(emulator, lambda: said(anna))
        await quiet(emulator, tmp_path)
        await walk(Actor(Chat("Anna", []), OwnPhone(anna, emulator, tmp_path)), HOT_LEAD, "en")
        assert "Your request is with us" in said(anna)[-1]
    assert rows(tmp_path, "SELECT band FROM leads") == [("hot",)]


async def test_what_was_said_while_the_bot_was_off_is_answered_and_the_chat_goes_on_after_a_restart(
    running: Running, emulator: Emulator, anna: Person
) -> None:
    async with running():
        await starts(emulator, anna)
    anna.taps("For a company")
    anna.says("/price")
    async with running():
        await sees(emulator, anna, "What do you need?")
        await sees(emulator, anna, PRICE)


async def test_an_update_is_confirmed_only_after_it_is_on_the_disk(
    running: Running, emulator: Emulator, anna: Person, tmp_path: Path
) -> None:
    updates = emulator._world.updates
    async with running():
        await starts(emulator, anna)
        with nobody_can_write(tmp_path):
            anna.says("/help")
            await a_while(emulator)  # it is fetched at once, and must not be confirmed meanwhile
            (update,) = updates.pending
        await until(emulator, lambda: not updates.pending)
        await until(emulator, lambda: len(said(anna)) > 2)
        assert kept(tmp_path, update.id) == 1


# Without a dispatcher --------------------------------------------------------------------------------------


async def test_a_bot_without_a_quiz_or_on_a_database_in_use_is_told_so_and_leaves_nothing_open(
    emulator: Emulator, tmp_path: Path
) -> None:
    async with served(emulator.app) as address:

        def line() -> Messenger:
            return frameworks.messenger("ptb", emulator.token, address)

        with pytest.raises(SettingsError, match="HOTLEAD_QUIZ is missing"):
            await Embedded(Settings(_env_file=None, data=tmp_path)).start(line())
        settings = Settings(_env_file=None, data=tmp_path, quiz=("office-furniture",))
        first, second = Embedded(settings), Embedded(settings)
        await first.start(line())
        with pytest.raises(DatabaseInUseError):
            await second.start(line())
        await first.stop()
        await second.start(line())
        await second.stop()


async def test_the_setting_to_receive_by_webhook_opens_no_second_door_beside_the_bots_own(
    emulator: Emulator, tmp_path: Path
) -> None:
    asked_for = "https://hooks.acme.example"
    settings = Settings(
        _env_file=None, data=tmp_path, quiz=("office-furniture",), receive="webhook", webhook_url=asked_for
    )
    embedded = Embedded(settings)
    async with served(emulator.app) as address:
        await embedded.start(frameworks.messenger("ptb", emulator.token, address))
        assert embedded._running.web is None
        await embedded.stop()


async def test_before_the_start_and_after_the_stop_an_update_is_neither_taken_nor_passed_on_as_nobodys(
    emulator: Emulator, tmp_path: Path
) -> None:
    update = '{"update_id": 1, "message": {"message_id": 1, "date": 1, "text": "Hi",'
    update += ' "chat": {"id": 7, "type": "private"}, "from": {"id": 7, "is_bot": false, "first_name": "A"}}}'
    embedded = Embedded(Settings(_env_file=None, data=tmp_path, quiz=("office-furniture",)))
    with pytest.raises(NotKeptError, match="start-up hook"):
        embedded.takes(update)
    with pytest.raises(NotKeptError, match="start-up hook"):
        await embedded.take(1, update)
    async with served(emulator.app) as address:
        await embedded.start(frameworks.messenger("ptb", emulator.token, address))
        assert embedded.takes(update)
        await embedded.stop()
    with pytest.raises(NotKeptError, match="start-up hook"):
        embedded.takes(update)
