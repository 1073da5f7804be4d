"""Leadership among processes on one PostgreSQL: one leads, the others stand by, and no two are ever certain."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest
from sqlalchemy.engine import make_url
from structlog.testing import capture_logs

from bot.leadership import BEAT, CERTAIN, Election, Led
from storage.errors import DatabaseFailedError, LeadershipLostError, SupersededError
from storage.leadership import PATIENCE, SILENCE, Duty, Leadership, Seat
from tests.postgresql import Server

SENDING = Seat(Duty.SENDING, 7_000_000_000)
WITHIN = 5
QUICK = 0.3
"""Seconds of silence that a session survives in these tests."""


@dataclass
class Body:
    """What a process has of its own: a sense of time, and a pulse that may stop."""

    elapsed: float = 0.0
    awake: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.awake.set()

    async def pause(self, _seconds: float) -> None:
        await self.awake.wait()
        await asyncio.sleep(0.01)


@asynccontextmanager
async def a_process(address: str, body: Body | None = None) -> AsyncIterator[Election]:
    body = body or Body()
    leadership = Leadership(make_url(address), QUICK)
    async with Election(leadership, lambda: body.elapsed, body.pause).open() as election:
        yield election


async def _soon(what: asyncio.Future[None] | asyncio.Task[None]) -> None:
    await asyncio.wait_for(asyncio.shield(what), WITHIN)


def _winning(election: Election, seat: Seat = SENDING) -> asyncio.Task[None]:
    return asyncio.create_task(election.win(seat))


async def _told(logs: Sequence[Mapping[str, object]], event: str) -> None:
    async with asyncio.timeout(WITHIN):
        while not any(each["event"] == event for each in logs):  # noqa: ASYNC110 - a log rings no bell
            await asyncio.sleep(0.01)


async def test_the_second_stands_by_says_so_once_and_leads_when_the_first_stops(
    on_postgresql: str,
) -> None:
    async with a_process(on_postgresql) as second:
        async with a_process(on_postgresql) as first:
            await _soon(_winning(first))
            assert first.is_certain(SENDING)
            with capture_logs() as logs:
                winning = _winning(second)
                await _told(logs, "stands_by")
                await asyncio.sleep(QUICK)  # several beats: nobody hears of it twice
            assert not winning.done()
            assert not second.is_certain(SENDING)
            assert [each["event"] for each in logs] == ["stands_by"]
        await _soon(winning)
        assert second.is_certain(SENDING)


async def test_a_process_that_hangs_is_replaced_and_knows_it_when_it_wakes_up(on_postgresql: str) -> None:
    asleep = Body()
    async with a_process(on_postgresql, asleep) as first, a_process(on_postgresql) as second:
        await _soon(_winning(first))
        asleep.awake.clear()  # it says nothing any more; its connection stays open
        await _soon(_winning(second))
        asleep.elapsed += SILENCE
        assert not first.is_certain(SENDING)
        losing = asyncio.create_task(first.lost(SENDING))
        asleep.awake.set()
        await _soon(losing)
        assert second.is_certain(SENDING)


async def test_nobody_is_certain_for_longer_than_the_server_waits(on_postgresql: str) -> None:
    body = Body()
    async with a_process(on_postgresql, body) as election:
        await _soon(_winning(election))
        body.awake.clear()
        body.elapsed += CERTAIN - 0.01
        assert election.is_certain(SENDING)
        body.elapsed += 0.02
        assert not election.is_certain(SENDING)
    assert BEAT + PATIENCE <= CERTAIN < SILENCE


async def test_a_session_that_the_server_ended_is_lost_and_the_seat_is_won_again(
    on_postgresql: str, postgresql: Server
) -> None:
    async with a_process(on_postgresql) as election:
        await _soon(_winning(election))
        losing = asyncio.create_task(election.lost(SENDING))
        await asyncio.sleep(0)
        connection = await postgresql.connect()
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hotlead leadership'"
        )
        await connection.close()
        await _soon(losing)
        assert not election.is_certain(SENDING)
        await _soon(_winning(election))


async def test_a_session_that_a_pooler_gave_to_somebody_else_is_lost(on_postgresql: str) -> None:
    leadership = Leadership(make_url(on_postgresql), QUICK)
    async with leadership.session() as ours, leadership.session() as theirs:
        assert await ours.beat([SENDING]) == [SENDING]
        ours._connection = theirs._connection
        with pytest.raises(LeadershipLostError, match="pooler"):
            await ours.beat()


async def test_a_seat_that_was_given_up_is_free_at_once(on_postgresql: str) -> None:
    async with a_process(on_postgresql) as first, a_process(on_postgresql) as second:
        await _soon(_winning(first))
        winning = _winning(second)
        await first.resign(SENDING)
        assert not first.is_certain(SENDING)
        await _soon(winning)


async def test_each_bot_and_each_duty_has_its_own_leader(on_postgresql: str) -> None:
    async with a_process(on_postgresql) as first, a_process(on_postgresql) as second:
        await _soon(_winning(first))
        await _soon(_winning(second, Seat(Duty.SENDING, 7_000_000_001)))
        await _soon(_winning(second, Seat(Duty.RECEIVING, SENDING.bot_id)))
    keys = {Seat(duty, bot).key for duty in Duty for bot in range(100)}
    assert len(keys) == 100 * len(Duty)
    assert all(-(2**63) <= key < 2**63 for key in keys)


async def test_a_database_that_cannot_be_reached_elects_nobody(tmp_path: object) -> None:
    with capture_logs() as logs:
        async with a_process(f"postgresql+asyncpg://hotlead@/nowhere?host={tmp_path}") as election:
            winning = _winning(election)
            await _told(logs, "no_election_yet")
            assert not election.is_certain(SENDING)
            winning.cancel()


class Sending:
    """A part that can be told to fail."""

    def __init__(self) -> None:
        self.runs = 0
        self.stopped = 0
        self.begun = asyncio.Event()
        self.fails: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def run(self) -> None:
        self.runs += 1
        self.begun.set()
        try:
            await self.fails
        finally:
            self.stopped += 1
            self.begun.clear()
            self.fails = asyncio.get_running_loop().create_future()

    async def until_running(self) -> None:
        await asyncio.wait_for(self.begun.wait(), WITHIN)


async def test_a_part_runs_in_one_process_and_moves_to_the_other_when_that_one_hangs(on_postgresql: str) -> None:
    asleep = Body()
    async with a_process(on_postgresql, asleep) as first, a_process(on_postgresql) as second:
        parts = [Sending(), Sending()]
        running = [asyncio.create_task(Led(SENDING, first, parts[0]).run())]
        await parts[0].until_running()
        running.append(asyncio.create_task(Led(SENDING, second, parts[1]).run()))
        asleep.awake.clear()
        await parts[1].until_running()
        asleep.awake.set()
        async with asyncio.timeout(WITHIN):
            while not parts[0].stopped:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert (parts[0].runs, parts[1].runs, parts[1].stopped) == (1, 1, 0)
        for task in running:
            task.cancel()
        await asyncio.wait(running)
    assert parts[1].stopped == 1


async def test_a_part_that_was_superseded_stands_again_instead_of_ending_the_process(on_postgresql: str) -> None:
    async with a_process(on_postgresql) as election:
        part = Sending()
        running = asyncio.create_task(Led(SENDING, election, part).run())
        await part.until_running()
        part.fails.set_exception(SupersededError())
        async with asyncio.timeout(WITHIN):
            while part.runs < 2:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.wait([running])


async def test_a_part_that_fails_gives_the_seat_up_so_that_another_process_may_try(on_postgresql: str) -> None:
    async with a_process(on_postgresql) as first, a_process(on_postgresql) as second:
        part = Sending()
        running = asyncio.create_task(Led(SENDING, first, part).run())
        await part.until_running()
        winning = _winning(second)
        part.fails.set_exception(DatabaseFailedError())
        with suppress(DatabaseFailedError):
            await running
        assert isinstance(running.exception(), DatabaseFailedError)
        await _soon(winning)
