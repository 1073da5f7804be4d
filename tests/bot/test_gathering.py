"""Updates that come at the same time share one commit, and nobody hears of it before it is done."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.gathering import Gathering
from storage.errors import DatabaseFailedError

Update = tuple[int, str]


class Disk:
    """Takes batches when the test lets it."""

    def __init__(self) -> None:
        self.batches: list[list[Update]] = []
        self.free = asyncio.Event()
        self.fails: list[Exception] = []

    async def write(self, updates: Sequence[Update]) -> None:
        await self.free.wait()
        if self.fails:
            raise self.fails.pop(0)
        self.batches.append(list(updates))


async def _settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_what_comes_during_a_commit_shares_the_next_one() -> None:
    disk = Disk()
    gathering = Gathering(disk.write)
    asked = [asyncio.create_task(gathering.keep(0, "a"))]
    await _settle()
    asked += [asyncio.create_task(gathering.keep(number, "b")) for number in range(1, 6)]
    await _settle()
    assert not any(each.done() for each in asked)
    assert gathering.waiting == 6
    disk.free.set()
    assert await asyncio.gather(*asked) == [True] * 6
    assert [[number for number, _ in batch] for batch in disk.batches] == [[0], [1, 2, 3, 4, 5]]


async def test_a_batch_that_fails_is_told_to_all_of_it_and_the_next_one_is_written() -> None:
    disk = Disk()
    disk.free.set()
    disk.fails = [DatabaseFailedError(), RuntimeError("a text that no log may hold")]
    gathering = Gathering(disk.write)
    for _ in range(2):
        assert not any(await asyncio.gather(gathering.keep(1, "a"), gathering.keep(2, "b")))
    assert await gathering.keep(3, "c")
    assert disk.batches == [[(3, "c")]]


async def test_who_hangs_up_takes_nothing_away_from_the_others() -> None:
    disk = Disk()
    gathering = Gathering(disk.write)
    leaves, stays = (asyncio.create_task(gathering.keep(number, "a")) for number in (1, 2))
    await _settle()
    leaves.cancel()
    await _settle()
    disk.free.set()
    assert await stays
    assert disk.batches == [[(1, "a"), (2, "a")]]


async def test_what_has_gathered_is_written_before_the_process_ends() -> None:
    disk = Disk()
    gathering = Gathering(disk.write)
    asked = asyncio.create_task(gathering.keep(1, "a"))
    await _settle()
    ending = asyncio.create_task(gathering.finish())
    await _settle()
    assert not ending.done()
    disk.free.set()
    await ending
    assert await asked
    await Gathering(disk.write).finish()  # with nothing to write, nothing is waited for
