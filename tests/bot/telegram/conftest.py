"""Each framework's line to an emulator, over real HTTP, and a person in front of it."""

from __future__ import annotations

import functools
import os
import ssl
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import pytest

from bot.clock import StandingClock
from bot.demo.emulator import (
    Emulator,
    Person,
)
from bot.demo.serving import served
from bot.settings import Framework
from bot.telegram import frameworks
from bot.telegram.port import Messenger
from tests.bot.telegram.samples import ANNA


@pytest.fixture(scope="session", autouse=True)
def _one_tls_context() -> Iterator[None]:
    """Load the authorities' certificates once: both frameworks do so for each bot, and it costs 0.1 s."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", functools.cache(ssl.create_default_context))
        yield


@pytest.fixture
def emulator() -> Emulator:
    now = StandingClock(datetime(2026, 3, 2, 12, tzinfo=UTC)).now
    return Emulator(now=now, spec=os.environ.get("HOTLEAD_BOT_API_SPEC"))


@pytest.fixture(params=["aiogram", "ptb"])
def framework(request: pytest.FixtureRequest) -> Framework:
    chosen: Framework = request.param
    return chosen


@pytest.fixture
async def messenger(emulator: Emulator, framework: Framework) -> AsyncIterator[Messenger]:
    async with served(emulator.app) as address:
        line = frameworks.messenger(framework, emulator.token, address)
        yield line
        await line.close()


@pytest.fixture
def anna(emulator: Emulator) -> Person:
    return emulator.person(ANNA, first_name="Anna", username="anna", language="uk", phone="+380671234567")
