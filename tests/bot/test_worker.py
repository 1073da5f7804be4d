"""The worker is killed: what it was handling is handled wholly by the next one, and only once."""

from __future__ import annotations

import pytest

from bot.bell import Bell
from bot.telegram.updates import Incoming, Person, TextReceived
from bot.work import Workshop
from bot.worker import Worker
from storage.database import Database
from tests.bot.conftest import ON_BOTH
from tests.bot.stages.workshop import NOON, a_workshop

pytestmark = ON_BOTH
PEOPLE = [11, 12, 13]


class KilledError(BaseException):
    """Nothing that anybody catches."""


@pytest.fixture
async def workshop(database: Database) -> Workshop:
    made = await a_workshop(database)
    async with made.work() as work:
        await work.unit.inbox.keep([(number, str(number)) for number in PEOPLE], NOON, int)
    return made


def _dies() -> None:
    raise KilledError


def _read(body: str) -> Incoming:
    return Incoming(int(body), Person(int(body), "Anna"), TextReceived("/stop"))


async def _state(workshop: Workshop) -> tuple[list[int], list[int], int]:
    """Return whose updates wait, who is known, and how many messages there are."""
    async with workshop.view() as view:
        waiting = [received.update_id for received in await view.inbox.waiting(9)]
        return waiting, sorted(await view.prospects.names(PEOPLE)), sum((await view.outbox.counts()).values())


@pytest.mark.parametrize("victim", PEOPLE)
async def test_killed_in_the_middle_of_a_batch_it_has_done_nothing_of_it(workshop: Workshop, victim: int) -> None:
    def read(body: str) -> Incoming:
        if int(body) == victim:
            _dies()
        return _read(body)

    with pytest.raises(KilledError):
        await Worker(workshop, read, Bell(), lambda: None).work_once()
    assert await _state(workshop) == (PEOPLE, [], 0)
    again = Worker(workshop, _read, Bell(), lambda: None)
    assert [await again.work_once(), await again.work_once()] == [3, 0]
    assert await _state(workshop) == ([], PEOPLE, 3)


async def test_killed_right_after_the_commit_it_has_done_all_of_it_and_nothing_is_done_twice(
    workshop: Workshop,
) -> None:
    with pytest.raises(KilledError):
        await Worker(workshop, _read, Bell(), _dies).work_once()
    assert await _state(workshop) == ([], PEOPLE, 3)
    assert await Worker(workshop, _read, Bell(), lambda: None).work_once() == 0
