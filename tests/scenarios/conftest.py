"""Who is there in a scenario, and the rule that nothing a person gets goes unnoticed."""

from __future__ import annotations

import functools
import gc
import shutil
import ssl
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.demo.serving import served
from qualification.loading import examine
from tests.postgresql import Server
from tests.scenarios.combination import CHOICE
from tests.scenarios.on_engine import MONDAY_NOON
from tests.scenarios.over_http import ADA, ANNA, BORIS, MAX, VERA, Guest, House
from tests.scenarios.quick import quick_quiz
from tests.scenarios.small import Step, Trying, small_quiz

Opening = Callable[..., AbstractAsyncContextManager[House]]


@pytest.fixture(scope="package", autouse=True)
def _read_once() -> Iterator[None]:
    """Read once what is read for every bot: the authorities' certificates (0.1 s) and the quizzes (0.3 s each)."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", functools.cache(ssl.create_default_context))
        once = functools.cache(lambda source: examine(source, "a quiz"))
        for module in ("qualification.loading", "bot.publishing"):
            patch.setattr(f"{module}.examine", lambda source, _: once(source))
        yield


@pytest.fixture(scope="package", autouse=True)
def _fewer_collections() -> Iterator[None]:
    """Keep the garbage collector from going through a quarter of a million objects of imported libraries."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what a sample leaves out."""
    here = Path(__file__).parent
    left_out = [item for item in items if here in item.path.parents and not CHOICE.takes(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Choose what a scenario runs on, before anything is opened for it."""
    CHOICE.turn_to(item)


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, Any, Any]:
    """Fail a scenario at whose end somebody has a message that it did not expect."""
    result = yield
    for value in pyfuncitem.funcargs.values():
        if isinstance(value, House):
            for chat in value.chats:
                chat.must_be_seen()
    return result


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Server | None:
    """The database server, if the scenarios run on one."""
    return request.getfixturevalue("postgresql") if CHOICE.present.database == "postgresql" else None


@pytest.fixture
async def opening(migrated: Path, tmp_path: Path, server: Server | None) -> AsyncIterator[Opening]:
    """Open the house with settings of the scenario's own."""
    made: dict[Path, str] = {}

    @asynccontextmanager
    async def opened(house: House | None = None, **settings: Any) -> AsyncIterator[House]:
        house = house or House(tmp_path, MONDAY_NOON)
        if server is not None:
            if house.folder not in made:
                made[house.folder] = await server.migrated()
            house.server = server.address(made[house.folder])
        elif not house.file.exists():
            house.file.parent.mkdir(exist_ok=True)
            shutil.copy(migrated, house.file)
        async with served(house.emulator.app) as address:
            try:
                await house.opens(address, **settings)
                yield house
            finally:
                await house.closes()

    yield opened
    for name in made.values():
        assert server is not None
        await server.drop(name)


@pytest.fixture
def trying(opening: Opening, tmp_path: Path) -> Trying:
    """Open the house with a small quiz, and let Anna in; in the end nothing is left unseen.

    If not said otherwise, Anna has tapped «A company», and the question that is tried is the next thing to see.
    """

    @asynccontextmanager
    async def tried(
        *steps: Step, begun: bool = True, language: str = "en", managers: bool = False, **more: Any
    ) -> AsyncIterator[tuple[House, Guest]]:
        staff = {ADA: "Ada", **({MAX: "Max"} if managers else {})}
        settings = {"admins": (ADA,), "managers": (MAX,) if managers else ()}
        async with opening(quiz=(str(small_quiz(tmp_path, *steps, **more)),), **settings) as house:
            for number, name in staff.items():
                await house.guest(number, name).starts()
                house.guests[number].skims()
            anna = house.guest(ANNA, "Anna", language=language, username="anna")
            if begun:
                await anna.starts()
                anna.sees("Who is it for?")
                await anna.taps("A company")
                anna.sees_change("Who is it for?", "✓ A company")
            yield house, anna
            for chat in house.chats:
                chat.must_be_seen()

    return tried


@pytest.fixture
async def house(opening: Opening) -> AsyncIterator[House]:
    """The furniture maker's bot, with two managers and an admin who have pressed Start."""
    quizzes = ("office-furniture", "dance-school", str(quick_quiz()))
    settings = {"quiz": quizzes, "managers": (MAX, VERA), "admins": (ADA,)}
    async with opening(**settings) as opened:
        for number, name in ((MAX, "Max"), (VERA, "Vera"), (ADA, "Ada")):
            staff = opened.guest(number, name)
            staff.person.starts()
        await opened.quiet()
        for staff in opened.guests.values():
            staff.skims()
        yield opened


@pytest.fixture
def anna(house: House) -> Guest:
    return house.guest(ANNA, "Anna", username="anna")


@pytest.fixture
def boris(house: House) -> Guest:
    return house.guest(BORIS, "Boris")


@pytest.fixture
def max_(house: House) -> Guest:
    return house.guests[MAX]


@pytest.fixture
def vera(house: House) -> Guest:
    return house.guests[VERA]


@pytest.fixture
def ada(house: House) -> Guest:
    return house.guests[ADA]
