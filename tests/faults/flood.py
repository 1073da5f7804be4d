"""A bot behind a backlog, in a process of its own: says how much memory it takes to work it off."""

from __future__ import annotations

import asyncio
import json
import math
import sys
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from bot.clock import FlowingClock
from bot.main import build
from bot.pace import Pace
from bot.settings import Settings
from bot.telegram.port import BotIdentity, WebhookState
from bot.telegram.reading import Reader
from bot.telegram.requests import File, Request, Result, Sent
from bot.telegram.updates import Incoming
from storage.database import Database
from tests.keys import a_keyring

BOT = 42
PEOPLE = 500
LONG = "x" * 4000
"""About the longest text that Telegram takes: updates that are held in memory weigh something."""
AT_ONCE = 100
"""Updates that Telegram gives at once. Source: Bot API, getUpdates."""
AT_MOST = timedelta(minutes=10)


class Backlog:
    """A Telegram with so many updates to give; each is made when it is asked for, and forgotten."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.next = 0
        self.sent = 0
        self._reader = Reader(BOT)

    async def identify(self) -> BotIdentity:
        return BotIdentity(BOT, "fake_bot", "Fake")

    async def receive(self, offset: int | None, timeout: int) -> list[tuple[int, str]]:  # noqa: ASYNC109 - the port's
        await asyncio.sleep(0)
        self.next = max(self.next, offset or 0)
        given = range(self.next, min(self.next + AT_ONCE, self.number))
        if not given:
            await asyncio.Event().wait()
        return [(number, _update(number)) for number in given]

    def read(self, body: str) -> Incoming | None:
        return self._reader.read(body)

    async def perform(self, request: Request, message_id: int | None = None, files: Sequence[File] = ()) -> Result:
        await asyncio.sleep(0)
        self.sent += 1
        return Sent(self.sent)

    async def announce(self, commands: Mapping[str, Mapping[str, str]]) -> None:
        return

    async def set_webhook(self, url: str, secret: str) -> None:
        return

    async def webhook(self) -> WebhookState:
        return WebhookState("", 0, (), None, None)

    async def delete_webhook(self) -> None:
        return

    async def close(self) -> None:
        return


def _update(number: int) -> str:
    person = {"id": 7_000_000_000 + number % PEOPLE, "is_bot": False, "first_name": "Anna", "language_code": "en"}
    chat = {"id": person["id"], "type": "private", "first_name": "Anna"}
    before = {"message_id": 1, "chat": chat, "date": 1_790_000_000, "text": LONG}
    message = {**before, "message_id": number + 2, "from": person, "reply_to_message": before}
    return json.dumps({"update_id": number, "message": message})


async def work_off(folder: Path, backlog: int) -> None:
    """Work a backlog off, and print the peak of the resident memory before and after, in KB."""
    database = await Database.open(f"sqlite+aiosqlite:///{folder / 'hotlead.db'}", a_keyring())
    telegram = Backlog(backlog)
    settings = Settings(_env_file=None, data=folder, quiz=("office-furniture",))
    pace = Pace(bot=math.inf, chat=math.inf, group=math.inf)
    hotlead = await build(settings, FlowingClock(), telegram, database, pace)
    before = _peak()
    running = asyncio.create_task(hotlead.run())
    async with asyncio.timeout(AT_MOST.total_seconds()):
        while await _left(database, backlog) and not running.done():  # noqa: ASYNC110 - it is looked at from outside
            await asyncio.sleep(0.2)
    print(before, _peak())  # noqa: T201 - what the test reads
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await database.close()


async def _left(database: Database, backlog: int) -> bool:
    async with database.look() as connection:
        done = await connection.exec_driver_sql("SELECT count(*) FROM inbox WHERE state = 'done'")
        waiting = await connection.exec_driver_sql("SELECT count(*) FROM outbox WHERE state != 'sent'")
        return bool(done.scalar_one() < backlog or waiting.scalar_one())


def _peak() -> int:
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


if __name__ == "__main__":
    asyncio.run(work_off(Path(sys.argv[1]), int(sys.argv[2])))
