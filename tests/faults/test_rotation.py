"""`kill -9` in the middle of a rotation of the keys: nothing is lost, and the next run goes on."""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
from pathlib import Path

import pytest

from storage.database import Database
from storage.keyfile import make_keys, read_keys
from storage.sealing import open_all, rows_by_key
from tests.storage.samples import BOT, NOON

PEOPLE = 4000
COMMAND = ("-c", "from bot.commands import main; main()", "keys", "rotate")


async def _rotate(folder: Path, lines: int | None = None) -> list[str]:
    """Run `hotlead keys rotate`, and kill it after so many lines of its progress; return what it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *COMMAND,
        env={**os.environ, "HOTLEAD_DATA": str(folder)},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    said: list[str] = []
    async for line in process.stdout:
        said.append(line.decode())
        if len(said) == lines:
            process.kill()
            break
    await process.communicate()
    return said


async def _live(folder: Path) -> None:
    database = await Database.open(_address(folder), make_keys(folder / "keys", secrets.token_bytes))
    async with database.unit(BOT) as unit:
        for number in range(1, PEOPLE + 1):
            await unit.prospects.met(number, f"Anna {number}", f"anna_{number}", None, NOON)
    await database.close()


def _address(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder / 'hotlead.db'}"


async def _everybody_is_there(folder: Path) -> dict[str, int]:
    """See that everybody can be read with the key file as it is; return how many values each key seals."""
    database = await Database.open(_address(folder), read_keys(folder / "keys", secrets.token_bytes))
    try:
        async with database.look() as connection:
            assert await open_all(connection) == 2 * PEOPLE
            counts = await rows_by_key(connection)
        async with database.view(BOT) as view:
            names = await view.prospects.names(range(1, PEOPLE + 1))
    finally:
        await database.close()
    assert names == {number: f"Anna {number}" for number in range(1, PEOPLE + 1)}
    return counts


@pytest.mark.slow
async def test_a_rotation_that_is_killed_again_and_again_loses_nothing_and_goes_on(
    tmp_path: Path,
) -> None:
    await _live(tmp_path)
    old = read_keys(tmp_path / "keys", secrets.token_bytes).current
    new = ""
    for lines in (1, 2, 4, 6):
        said = await _rotate(tmp_path, lines)
        keys = list(read_keys(tmp_path / "keys", secrets.token_bytes).keys)
        assert keys[1:] == [old]
        assert keys[0] == (new or keys[0]), "a second new key was made"
        assert ("goes on" in said[0]) == bool(new)
        new = keys[0]
        assert old in await _everybody_is_there(tmp_path)
    said = await _rotate(tmp_path)
    assert "sealed anew; " in said[-2]
    assert list(read_keys(tmp_path / "keys", secrets.token_bytes).keys) == [new]
    assert await _everybody_is_there(tmp_path) == {new: 2 * PEOPLE}
