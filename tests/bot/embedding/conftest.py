"""An emulated Telegram, and somebody's own bot that Hotlead lives in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path

import pytest
import structlog

from bot.clock import FlowingClock
from bot.demo.emulator import Emulator, Person
from bot.demo.serving import served
from tests.bot.embedding.page import BY_POLLING, BY_WEBHOOK, SECRET, URL, Outside
from tests.bot.embedding.watching import ANNA

Running = Callable[[], AbstractAsyncContextManager[object]]
DRIVERS = BY_POLLING | BY_WEBHOOK


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    yield
    structlog.reset_defaults()


@pytest.fixture
def clock() -> FlowingClock:
    """Telegram's clock; the bot reads one of its own."""
    return FlowingClock()


@pytest.fixture
def emulator(clock: FlowingClock) -> Emulator:
    return Emulator(now=clock.now)


@pytest.fixture
def anna(emulator: Emulator) -> Person:
    return emulator.person(ANNA, first_name="Anna", username="anna", language="en", phone="+380671234567")


@pytest.fixture
async def outside(
    emulator: Emulator, clock: FlowingClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Outside]:
    """Telegram, and the settings with which an example of the page starts."""
    monkeypatch.setenv("HOTLEAD_QUIZ", "office-furniture")
    monkeypatch.setenv("HOTLEAD_DATA", str(tmp_path))
    monkeypatch.setenv("WEBHOOK_URL", URL)
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET)
    monkeypatch.chdir(tmp_path)
    async with served(emulator.app) as address:
        yield Outside(emulator, clock, address)


@pytest.fixture(params=DRIVERS)
def running(request: pytest.FixtureRequest, outside: Outside) -> Running:
    """Start the bot that the page shows, in each of its ways."""
    return partial(DRIVERS[request.param], outside)


@pytest.fixture(params=BY_WEBHOOK)
def posted_to(request: pytest.FixtureRequest, outside: Outside) -> Running:
    """Start it where it receives by webhook."""
    return partial(BY_WEBHOOK[request.param], outside)
