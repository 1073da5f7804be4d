"""`kill -9` at random moments: what Telegram was told is safe is safe, and nothing happens twice."""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import signal
import sys
from asyncio.subprocess import Process
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.clock import FlowingClock
from bot.demo.emulator import Emulator
from bot.demo.emulator.faults import (
    ConnectionDropAfter,
    Fault,
    ServerError,
    TimeoutAfter,
    TimeoutBefore,
    TooManyRequests,
)
from bot.demo.serving import served
from storage.keyfile import read_keys
from tests.faults.robots import Robot, Taps

KILLS = int(os.environ.get("HOTLEAD_KILLS", "50"))
"""How often the plug is pulled; HOTLEAD_KILLS=500 before a release."""
WEATHER: tuple[Fault, ...] = (
    TooManyRequests(1),
    ServerError(),
    TimeoutBefore(1),
    TimeoutAfter(1),
    ConnectionDropAfter(),
)
"""What goes wrong on the way to Telegram meanwhile."""
BAD_WEATHER = 0.7
"""How likely something does between two kills."""
HOT: dict[str, str | Taps] = {
    "role": "company",
    "office_need": Taps((r"\+desks", r"\+chairs", r"\.done"), '"desks","chairs"'),
    "places": "12",
    "when_needed": "this_month",
    "budget": "middle",
    "city": "Lviv",
    "plan": Taps((r"\.skip",), "skipped"),
    "agree": "yes",
    "phone": "share",
    "letters": "yes",
}
WARM = {**HOT, "places": "30", "when_needed": "quarter"}
TYPED = {
    "How many places": "places",
    "Which city": "city",
    "Which number should we call": "phone",
}


class Bots:
    """`hotlead run`, started and killed again and again."""

    def __init__(self, zygote: Process) -> None:
        self._zygote = zygote
        self.running = 0

    async def start(self) -> None:
        """Start the bot."""
        assert self._zygote.stdin is not None
        assert self._zygote.stdout is not None
        self._zygote.stdin.write(b"start\n")
        await self._zygote.stdin.drain()
        self.running = int(await self._zygote.stdout.readline())

    def kill(self) -> None:
        """Pull the plug."""
        os.kill(self.running, signal.SIGKILL)


@pytest.mark.slow
async def test_kills_in_bad_weather_lose_no_answer_skip_no_question_and_double_no_lead(tmp_path: Path) -> None:
    seed = int(os.environ.get("HOTLEAD_SEED", random.SystemRandom().randrange(10**6)))
    print(f"HOTLEAD_SEED={seed}")  # noqa: T201 - pytest shows it when the test fails
    chance = random.Random(seed)  # noqa: S311 - a reproducible run, not a secret
    emulator = Emulator(now=FlowingClock().now)
    emulator.person(2, first_name="Max", language="en").starts()
    robots = [
        Robot(
            emulator.person(7_000_000_000 + n, first_name=f"Anna {n}", language="en", phone=f"+38067123456{n}"),
            HOT if n % 2 else WARM,
            TYPED,
        )
        for n in range(8)
    ]
    database = tmp_path / "hotlead.db"
    async with served(emulator.app) as address:
        environment = {
            **os.environ,
            "HOTLEAD_BOT_TOKEN": emulator.token,
            "HOTLEAD_BOT_API": address,
            "HOTLEAD_DATABASE": f"sqlite+aiosqlite:///{database}",
            "HOTLEAD_KEYS": str(_keys_of(database)),
            "HOTLEAD_QUIZ": "office-furniture",
            "HOTLEAD_MANAGERS": "2",
            "HOTLEAD_LANGUAGE": "en",
        }
        zygote = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.faults.zygote",
            env=environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        bots = Bots(zygote)
        try:
            await _live_through(emulator, robots, bots, chance)
            emulator.recover()
            await bots.start()
            await _finish(emulator, robots, chance)
            await _until_settled(database)
        finally:
            if bots.running:
                os.kill(bots.running, signal.SIGKILL)
            zygote.kill()
            await zygote.wait()
            zygote._transport.close()  # type: ignore[attr-defined]  # asyncio leaves the pipes open otherwise
    await _nothing_lost_nothing_doubled(database, robots)


def _keys_of(database: Path) -> Path:
    return database.with_name("keys")


async def _live_through(emulator: Emulator, robots: list[Robot], bots: Bots, chance: random.Random) -> None:
    """Let people chat while the bot is killed at random moments, a new prospect every few kills."""
    for kill in range(KILLS):
        if kill % 6 == 0 and kill // 6 < len(robots):
            robots[kill // 6].start()
        if chance.random() < BAD_WEATHER:
            emulator.fail(
                chance.choice(WEATHER), method=chance.choice(("sendMessage", "answerCallbackQuery", None))
            )
        before = len(emulator.calls)
        await bots.start()
        await emulator.wait_for(lambda known=before: len(emulator.calls) > known, timeout=20)  # type: ignore[misc]
        moment = asyncio.get_running_loop().time() + chance.uniform(0.0, 0.9)
        while asyncio.get_running_loop().time() < moment:
            for robot in robots:
                robot.look(chance)
            await asyncio.sleep(0.01)
        bots.kill()


async def _finish(emulator: Emulator, robots: list[Robot], chance: random.Random) -> None:
    def all_answered() -> bool:
        return all(robot.done for robot in robots)

    async with asyncio.timeout(60):
        while not all_answered():  # people look at their phones now and then
            for robot in robots:
                robot.look(chance)
            await asyncio.sleep(0.02)


async def _until_settled(database: Path) -> None:
    """Wait until the inbox is handled and nothing waits to be sent."""
    async with asyncio.timeout(60):
        # Another process writes, so there is no event to wait for.
        while await _count(  # noqa: ASYNC110
            database,
            "SELECT (SELECT count(*) FROM inbox WHERE state = 'waiting')"
            " + (SELECT count(*) FROM outbox WHERE state IN ('waiting', 'sending'))"
            " + (SELECT count(*) FROM sessions WHERE is_open)",
        ):
            await asyncio.sleep(0.1)


async def _count(database: Path, query: str) -> int:
    engine = create_async_engine(f"sqlite+aiosqlite:///{database}")
    async with engine.connect() as connection:
        found = await connection.scalar(text(query))
    await engine.dispose()
    return int(found or 0)


async def _nothing_lost_nothing_doubled(database: Path, robots: list[Robot]) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///{database}")
    keyring = read_keys(_keys_of(database), secrets.token_bytes)
    async with engine.connect() as connection:
        rows = await connection.execute(
            text(
                "SELECT p.telegram_id, a.question, a.answer FROM answers a JOIN sessions s ON s.id = a.session_id"
                " JOIN prospects p ON p.id = s.prospect_id ORDER BY a.id"
            )
        )
        kept: dict[int, dict[str, str]] = {}
        for person, question, answer in rows:
            kept.setdefault(person, {})[question] = keyring.open_text("answers.answer", answer)
        hand_offs = await connection.scalar(text("SELECT count(*) FROM hand_offs"))
        enrolments = await connection.scalar(text("SELECT count(*) FROM enrolments"))
        sessions = await connection.scalar(text("SELECT count(*) FROM sessions"))
        parked = await connection.scalar(text("SELECT count(*) FROM inbox WHERE state = 'parked'"))
        scores = await connection.execute(text("SELECT lead_id, sum(points) FROM ledger GROUP BY lead_id"))
        totals = sorted(total for _, total in scores)
    await engine.dispose()
    for robot in robots:
        assert list(kept[robot.person.id]) == list(robot.answers), "a question was skipped or an answer lost"
        assert robot.asked == list(robot.answers), "questions came in another order"
        for step, given in robot.answers.items():
            expected = (
                given.kept if isinstance(given, Taps) else {"yes": "true", "share": "+380"}.get(given, given)
            )
            assert expected in kept[robot.person.id][step].replace(" ", "")
    hot = sum(robot.answers is HOT for robot in robots)
    assert (sessions, parked) == (len(robots), 0)
    assert (hand_offs, enrolments) == (hot, len(robots) - hot)
    assert totals == [60] * (len(robots) - hot) + [90] * hot
