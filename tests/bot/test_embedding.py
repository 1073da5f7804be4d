"""Hotlead inside somebody's own bot: the examples of docs/embedding.md, as they stand there."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest
import structlog
import telegram.ext
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from bot.clock import FlowingClock
from bot.demo.emulator import Emulator, Person
from bot.demo.serving import served
from bot.embedding import Embedded
from bot.settings import Settings, SettingsError
from bot.telegram import frameworks
from bot.telegram.port import Messenger
from storage.errors import DatabaseInUseError

PAGE = (Path(__file__).parents[2] / "docs/embedding.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
ANNA = 7_000_000_001
PATIENCE = 30
Running = Callable[[str, str], AbstractAsyncContextManager[None]]


def example(name: str) -> dict[str, Any]:
    """Run the page's example that imports something of this name, as a module of its own."""
    (source,) = [source for source in EXAMPLES if name in source]
    module: dict[str, Any] = {"__name__": "example"}
    exec(compile(source, f"docs/embedding.md: {name}", "exec"), module)  # noqa: S102 - our own page
    return module


@asynccontextmanager
async def on_aiogram(token: str, address: str) -> AsyncIterator[None]:
    bot = Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(address)))
    module = example("hotlead_router")
    running = asyncio.create_task(module["main"](bot))
    try:
        yield
    finally:
        await module["dispatcher"].stop_polling()
        await running


@asynccontextmanager
async def on_ptb(token: str, address: str) -> AsyncIterator[None]:
    """Run the application as its own `run_polling` does, in a thread with an event loop of its own."""
    builder = telegram.ext.Application.builder().token(token).base_url(f"{address}/bot")
    application = example("HotleadHandler")["build"](builder)
    loop = asyncio.new_event_loop()

    def run() -> None:
        asyncio.set_event_loop(loop)
        application.run_polling(allowed_updates=telegram.Update.ALL_TYPES, stop_signals=None)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(application.stop_running)
        await asyncio.to_thread(thread.join, PATIENCE)
        assert not thread.is_alive()


@pytest.fixture(params=[on_aiogram, on_ptb], ids=["aiogram", "ptb"])
def running(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Running:
    monkeypatch.setenv("HOTLEAD_QUIZ", "office-furniture")
    monkeypatch.setenv("HOTLEAD_DATA", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    chosen: Running = request.param
    return chosen


@pytest.fixture(autouse=True)
def _logs_as_before() -> Any:
    yield
    structlog.reset_defaults()


@pytest.fixture
def emulator() -> Emulator:
    return Emulator(now=FlowingClock().now)


@pytest.fixture
def anna(emulator: Emulator) -> Person:
    return emulator.person(ANNA, first_name="Anna", username="anna", language="en", phone="+380671234567")


async def until(emulator: Emulator, happened: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not happened():
            await emulator._world.changed.heard(within=0.01)


def said(anna: Person) -> list[str]:
    return [message.text for message in anna.messages if message.from_bot]


async def sees(emulator: Emulator, anna: Person, words: str) -> None:
    await until(emulator, lambda: any(words in text for text in said(anna)))


async def test_the_own_handlers_answer_beside_hotlead_and_neither_takes_the_others_words(
    running: Running, emulator: Emulator, anna: Person
) -> None:
    async with served(emulator.app) as address, running(emulator.token, address):
        anna.starts()
        await sees(emulator, anna, "Hi Anna!")
        await sees(emulator, anna, "Who is the furniture for?")
        anna.says("/price")
        await sees(emulator, anna, "From 99 € a place.")
        anna.taps("For a company")
        await sees(emulator, anna, "What do you need?")
        anna.says("/price")
        await until(emulator, lambda: said(anna).count("From 99 € a place.") == 2)
        group = emulator.group(-1001234567890, title="Friends", members=[anna])
        group.says(anna, "nobody is called")
        await until(emulator, lambda: not emulator._world.updates.pending)
    hotleads = [text for text in said(anna) if text != "From 99 € a place."]
    assert len(hotleads) == 3, hotleads


async def test_what_was_said_while_the_bot_was_off_is_answered_and_the_chat_goes_on_after_a_restart(
    running: Running, emulator: Emulator, anna: Person
) -> None:
    async with served(emulator.app) as address:
        async with running(emulator.token, address):
            anna.starts()
            await sees(emulator, anna, "Who is the furniture for?")
        anna.taps("For a company")
        anna.says("/price")
        async with running(emulator.token, address):
            await sees(emulator, anna, "What do you need?")
            await sees(emulator, anna, "From 99 € a place.")


async def test_an_update_is_confirmed_only_after_it_is_on_the_disk(
    running: Running, emulator: Emulator, anna: Person, tmp_path: Path
) -> None:
    updates = emulator._world.updates
    async with served(emulator.app) as address, running(emulator.token, address):
        anna.starts()
        await sees(emulator, anna, "Who is the furniture for?")
        with closing(sqlite3.connect(tmp_path / "hotlead.db")) as somebody:
            somebody.execute("BEGIN IMMEDIATE")  # nobody else can write now
            anna.says("/help")
            for _ in range(30):  # it is fetched at once, and must not be confirmed meanwhile
                await emulator._world.changed.heard(within=0.02)
            (update,) = updates.pending
            somebody.rollback()
        await until(emulator, lambda: not updates.pending)
        await until(emulator, lambda: len(said(anna)) > 2)
        with closing(sqlite3.connect(tmp_path / "hotlead.db")) as somebody:
            kept = somebody.execute("SELECT count(*) FROM inbox WHERE update_id = ?", (update.id,)).fetchone()
        assert kept == (1,)


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


async def test_before_the_start_and_after_the_stop_nothing_is_taken(emulator: Emulator, tmp_path: Path) -> None:
    update = '{"update_id": 1, "message": {"message_id": 1, "date": 1, "text": "Hi",'
    update += ' "chat": {"id": 7, "type": "private"}, "from": {"id": 7, "is_bot": false, "first_name": "A"}}}'
    embedded = Embedded(Settings(_env_file=None, data=tmp_path, quiz=("office-furniture",)))
    assert not embedded.takes(update)
    with pytest.raises(SettingsError, match="start-up hook"):
        await embedded.take(1, update)
    async with served(emulator.app) as address:
        await embedded.start(frameworks.messenger("ptb", emulator.token, address))
        assert embedded.takes(update)
        await embedded.stop()
    assert not embedded.takes(update)
