"""A bot that is given updates one by one, and says when it confirms them; nothing else of it runs."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

from bot.clock import FlowingClock
from bot.main import build
from bot.settings import Settings
from storage.database import Database
from tests.bot.fakes import FakeMessenger
from tests.keys import a_keyring

UPDATES = 20


class Confirming(FakeMessenger):
    """A Telegram that gives one update at a time; `confirmed` hears of each that it may forget."""

    def __init__(self, confirmed: Callable[[int], None]) -> None:
        super().__init__(incoming=[[(number, f'{{"update_id": {number}}}')] for number in range(1, UPDATES + 1)])
        self._confirmed = confirmed
        self.over = asyncio.Event()

    async def receive(self, offset: int | None, timeout: int) -> list[tuple[int, str]]:  # noqa: ASYNC109 - the port's
        if offset is not None:
            self._confirmed(offset - 1)
        if not self.incoming:
            self.over.set()
        return await super().receive(offset, timeout)


async def receive_all(folder: Path, confirmed: Callable[[int], None]) -> None:
    """Take every update into an inbox in this folder."""
    database = await Database.open(f"sqlite+aiosqlite:///{folder / 'hotlead.db'}", a_keyring())
    telegram = Confirming(confirmed)
    settings = Settings(_env_file=None, data=folder, quiz=("office-furniture",))
    hotlead = await build(settings, FlowingClock(), telegram, database)
    receiving = asyncio.create_task(hotlead.intake.run())
    await telegram.over.wait()
    receiving.cancel()
    await asyncio.gather(receiving, return_exceptions=True)
    await database.close()


def _say(number: int) -> None:
    os.write(1, f"confirm {number}\n".encode())


if __name__ == "__main__":
    asyncio.run(receive_all(Path(sys.argv[1]), _say))
