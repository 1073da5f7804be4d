"""What operation needs to know is told once when it begins, and once when it is over."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.insight.alarms import LITTLE_ROOM, Watch
from bot.watching.pulse import PULSE, Pulse, beat_in
from storage.messages import Fate, Kind
from storage.states import BACKUP, EVERY_BOT
from storage.tables import OutboxRow
from tests.bot.bench import ADMIN, ANNA, Bench
from tests.bot.fakes import BOT
from tests.dialogs.broken_quizzes import GOOD

MINUTE = timedelta(minutes=1)


@dataclass
class Looks:
    """The watch, once a minute, and what the admin is told."""

    bench: Bench
    pulse: Pulse
    room: int | None = 10 * LITTLE_ROOM

    def __post_init__(self) -> None:
        self.watch = Watch(self.bench.hotlead.workshop, self.pulse, lambda: self.room)

    async def again(self, minutes: int = 1) -> list[str]:
        """Let minutes pass, with a look at the end of each; return what the admin is told in them."""
        told = []
        for _ in range(minutes):
            self.bench.clock.move(MINUTE)
            await self.watch.look()
            async with self.bench.database.unit(BOT) as unit:
                for number, request in await unit.outbox.waiting_for(ADMIN):
                    told.append(json.loads(request)["html"])
                    await unit.outbox.settle(number, Fate.SENT, self.bench.clock.now())
        return told


@pytest.fixture
async def looks(bench: Bench) -> Looks:
    async with bench.database.unit(BOT) as unit:  # the zone of the alarms' times is the quiz's
        await unit.quizzes.publish("sample", GOOD, {}, bench.clock.now())
    return Looks(bench, bench.hotlead.pulse)


async def _settled(looks: Looks) -> None:
    """Let everything in the outbox go out, but what the admin is told."""
    async with looks.bench.database.transaction() as connection:
        await connection.execute(update(OutboxRow).where(OutboxRow.chat_id != ADMIN).values(state=Fate.SENT))


async def test_when_all_is_well_nobody_is_told_anything(looks: Looks) -> None:
    assert await looks.again(minutes=30) == []


async def test_a_nearly_full_disk_is_told_once_and_so_is_its_end(looks: Looks) -> None:
    looks.room = LITTLE_ROOM - 1
    (told,) = await looks.again(minutes=5)
    assert "The disk is nearly full: 511 MB are left" in told
    looks.room = LITTLE_ROOM + 1  # a little more is no end of it
    assert await looks.again(minutes=5) == []
    looks.room = 3 * LITTLE_ROOM
    (told,) = await looks.again(minutes=5)
    assert "There is room on the disk again: 1536 MB" in told


async def test_a_disk_of_which_nothing_is_known_alarms_nobody(looks: Looks) -> None:
    looks.room = None
    assert await looks.again(minutes=2) == []


async def test_who_waits_for_long_is_told_of_once_until_it_is_over(looks: Looks) -> None:
    await looks.bench.put(Kind.DIALOG, ANNA)
    assert await looks.again(minutes=6) == []
    (told,) = await looks.again(minutes=20)
    assert "I am falling behind" in told
    assert "7 minutes" in told
    await _settled(looks)
    (told,) = await looks.again(minutes=3)
    assert "I have caught up. I was behind for 20 minutes" in told


async def test_a_machine_that_slept_has_not_fallen_behind(looks: Looks) -> None:
    await looks.bench.put(Kind.DIALOG, ANNA)
    looks.bench.clock.move(timedelta(hours=8))
    await looks.watch.look()
    await _settled(looks)
    assert await looks.again(minutes=3) == []


@pytest.mark.parametrize("kind", [Kind.FOLLOW_UP, Kind.MAIL])
async def test_what_can_wait_is_no_lag(looks: Looks, kind: Kind) -> None:
    if kind is Kind.MAIL:
        await looks.bench.put_mail(until=looks.bench.clock.now() + timedelta(days=1))
    else:
        await looks.bench.put(kind)
    assert await looks.again(minutes=30) == []


async def test_an_update_that_nobody_handles_is_a_lag(looks: Looks) -> None:
    async with looks.bench.database.unit(BOT) as unit:
        await unit.inbox.keep([(1, "{}")], looks.bench.clock.now())
    (told,) = await looks.again(minutes=10)
    assert "I am falling behind" in told


async def test_backups_that_stopped_are_told_of_and_a_new_one_is_the_end(looks: Looks) -> None:
    assert await looks.again() == []  # who never made one is told elsewhere
    for days, told in ((7, ""), (9, "The last backup is from"), (9, ""), (0, "There is a fresh backup again")):
        async with looks.bench.database.unit(EVERY_BOT) as unit:
            await unit.states.keep(BACKUP, (looks.bench.clock.now() - timedelta(days=days)).isoformat())
        said = await looks.again(minutes=2)
        assert len(said) == bool(told), (days, said)
        assert told in "".join(said)


async def test_a_database_that_took_nothing_for_a_while_is_told_of_afterwards(looks: Looks) -> None:
    for _ in range(3):
        looks.pulse.database_failed()
        looks.bench.clock.move(timedelta(seconds=20))
    (told,) = await looks.again(minutes=3)
    assert "The database works again" in told
    assert "could write nothing down" in told


async def test_a_hiccup_of_the_database_is_not_worth_a_word(looks: Looks) -> None:
    looks.pulse.database_failed()
    assert await looks.again(minutes=2) == []


async def test_the_pulse_is_kept_for_others_to_read(looks: Looks) -> None:
    await looks.again()
    async with looks.bench.database.view(BOT) as view:
        beat = beat_in(await view.states.read(PULSE))
    assert beat is not None
    assert beat.at == looks.bench.clock.now()
    assert beat.disk_free == 10 * LITTLE_ROOM
    assert beat_in("nonsense") is None
