"""An emulator, a person in front of it, and the two real libraries behind it."""

import functools
import ssl
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import pytest

from bot.clock import StandingClock
from bot.demo.emulator import Emulator, Person
from bot.demo.serving import served
from tests.bot.demo.asking import Asker
from tests.bot.demo.clients import AiogramClient, Client, PtbClient


@pytest.fixture(scope="session", autouse=True)
def _one_tls_context() -> Iterator[None]:
    """Load the authorities' certificates once: both libraries do so for each bot, and it costs 0.1 s."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", functools.cache(ssl.create_default_context))
        # What python-telegram-bot will do by itself one day; until then it warns.
        patch.setenv("PTB_TIMEDELTA", "true")
        yield


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock(datetime(2026, 10, 1, 12, 0, tzinfo=UTC))


@pytest.fixture
def emulator(clock: StandingClock) -> Emulator:
    return Emulator(now=clock.now)


@pytest.fixture
async def address(emulator: Emulator) -> AsyncIterator[str]:
    async with served(emulator.app) as base:
        yield base


@pytest.fixture
def anna(emulator: Emulator) -> Person:
    return emulator.person(7_000_000_001, first_name="Anna", username="anna", language="uk", phone="+380671234567")


@pytest.fixture(params=[AiogramClient, PtbClient], ids=["aiogram", "ptb"])
async def client(request: pytest.FixtureRequest, emulator: Emulator, address: str) -> AsyncIterator[Client]:
    library: type[AiogramClient | PtbClient] = request.param
    async with library(emulator.token, address) as connected:
        yield connected


@pytest.fixture
async def ask(emulator: Emulator, address: str) -> AsyncIterator[Asker]:
    async with Asker(address, emulator.token) as asker:
        yield asker
