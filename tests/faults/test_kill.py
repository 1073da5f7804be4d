"""`kill -9` at random moments: what Telegram was told is safe is safe, and nothing happens twice.

In the end the emulator's own record of what it was asked and answered is laid beside the database.
"""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import shutil
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.clock import FlowingClock
from bot.demo.emulator import Change, Emulator
from bot.demo.emulator.faults import (
    ConnectionDropAfter,
    Fault,
    ServerError,
    TimeoutAfter,
    TimeoutBefore,
    TooManyRequests,
)
from bot.demo.serving import served
from bot.publishing import quiz_path
from storage.database import Database
from storage.keyfile import read_keys
from storage.messages import Fate, Kind
from tests.faults.record import Books, Record
from tests.faults.robots import Robot, Taps, answers_are_kept
from tests.ports import free_port

KILLS = int(os.environ.get("HOTLEAD_KILLS", "25"))
"""How often the plug is pulled; HOTLEAD_KILLS=500 before a release."""
PEOPLE = max(8, KILLS // 6)
TO_FINISH = 90 + 6 * PEOPLE
"""Seconds in which everybody must have got through: by then so many 429s have taught the bot to go slowly."""
WEATHER: tuple[Fault, ...] = (
    TooManyRequests(1),
    ServerError(),
    TimeoutBefore(1),
    TimeoutAfter(1),
    ConnectionDropAfter(),
)
"""What goes wrong on the way to Telegram meanwhile. Some people block the bot, too: a 403."""
BAD_WEATHER = 0.7
"""How likely something does between two kills."""
MANAGER = 2
IDEAS = 4
"""Follow-ups that each warm lead gets, two seconds apart."""
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


@dataclass
class Town:
    """Everybody who is there: every other one is hot, some block the bot in between, some go away."""

    emulator: Emulator
    chance: random.Random
    robots: list[Robot] = field(default_factory=list)
    away: list[Robot] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.emulator.person(MANAGER, first_name="Max", language="en").starts()
        for number in range(PEOPLE):
            person = self.emulator.person(
                7_000_000_000 + number, first_name=f"Anna-{number:03d}", language="en", phone=f"+38067{number:07d}"
            )
            stays_at = "budget" if number % 8 == 7 else None
            self.robots.append(Robot(person, HOT if number % 2 else WARM, TYPED, stays_at))

    def comes(self) -> None:
        """Let the next one come."""
        newcomer = next((each for each in self.robots if not each.began), None)
        if newcomer is not None:
            newcomer.start()

    def blocks(self) -> None:
        """Let somebody block the bot in the middle of the quiz, or come back who did."""
        if self.away:
            self.away.pop().come_back()
            return
        amid = [each for each in self.robots if each.began and each.asked and not each.rests]
        if amid:
            self.away.append(self.chance.choice(amid))
            self.away[-1].leave()

    def looks(self) -> None:
        """Let everybody look at their phones."""
        for robot in self.robots:
            robot.look(self.chance)

    def loses_answers_that_matter(self) -> None:
        """Break the connection under a follow-up and a card: they arrive, and nobody knows."""
        unlucky = self.robots[0].person

        def seen(change: Change) -> None:
            message = unlucky._chat.messages.get(change.message_id or 0)
            if change.chat_id == unlucky.id and message is not None and "Idea 1" in message.text:
                leave()
                self.emulator.fail(ConnectionDropAfter(), method="sendMessage", chat=unlucky.id)

        leave = self.emulator.on_change(seen)
        self.emulator.fail(ConnectionDropAfter(), method="sendMessage", chat=MANAGER, times=3)

    @property
    def finished(self) -> list[Robot]:
        """Those who go through to the end."""
        return [robot for robot in self.robots if robot.stays_at is None]


@pytest.mark.slow
async def test_kills_in_bad_weather_lose_nothing_double_nothing_and_leave_nobody_waiting(tmp_path: Path) -> None:
    seed = int(os.environ.get("HOTLEAD_SEED", random.SystemRandom().randrange(10**6)))
    print(f"HOTLEAD_SEED={seed}")  # noqa: T201 - pytest shows it when the test fails
    chance = random.Random(seed)  # noqa: S311 - a reproducible run, not a secret
    emulator = Emulator(now=FlowingClock().now)
    town = Town(emulator, chance)
    town.loses_answers_that_matter()
    database = tmp_path / "hotlead.db"
    async with served(emulator.app) as address:
        port = free_port()
        environment = {
            **os.environ,
            "HOTLEAD_BOT_TOKEN": emulator.token,
            "HOTLEAD_BOT_API": address,
            "HOTLEAD_DATABASE": f"sqlite+aiosqlite:///{database}",
            "HOTLEAD_KEYS": str(_keys_of(database)),
            "HOTLEAD_QUIZ": str(_quick_quiz(tmp_path)),
            "HOTLEAD_MANAGERS": str(MANAGER),
            "HOTLEAD_LANGUAGE": "en",
            "HOTLEAD_LISTEN": f"127.0.0.1:{port}",
        }
        async with _zygote(environment) as bots:
            await _live_through(town, bots)
            emulator.recover()
            await bots.start()
            await _finish(town)
            await _until_settled(database, len(town.robots) - len(town.finished))
            await emulator.wait_for(lambda: not emulator._world.updates.pending)
            metrics = await asyncio.to_thread(_metrics, port)
    for robot in town.robots:
        assert robot.stays_at in (None, robot.on_screen), "somebody does not see the question they are at"
    await _nothing_lost_nothing_doubled(database, town)
    await _the_record_and_the_database_agree(database, town, metrics, environment)


@asynccontextmanager
async def _zygote(environment: Mapping[str, str]) -> AsyncIterator[Bots]:
    command = (sys.executable, "-m", "tests.faults.zygote")
    zygote = await asyncio.create_subprocess_exec(*command, env=environment, stdin=PIPE, stdout=PIPE)
    bots = Bots(zygote)
    try:
        yield bots
    finally:
        if bots.running:
            bots.kill()
        zygote.kill()
        await zygote.wait()
        zygote._transport.close()  # type: ignore[attr-defined]  # asyncio leaves the pipes open otherwise


def _keys_of(database: Path) -> Path:
    return database.with_name("keys")


def _quick_quiz(folder: Path) -> Path:
    """Write the furniture maker's quiz with follow-ups within seconds; nothing else happens by the clock."""
    shipped = quiz_path("office-furniture")
    assert shipped is not None
    begins, _, rest = shipped.read_text("utf-8").partition("  warm-up:\n")
    ideas = "".join(
        f"    - {{id: idea-{number}, after: 2s, text: 'Idea {number} for {{first_name}}'}}\n"
        for number in range(1, IDEAS + 1)
    )
    quiz = begins + "  warm-up:\n" + ideas + rest[rest.index("\n  keep-in-touch:") :]
    for present, wanted in (
        ("silence: {after: 3, points: -25}, ", ""),
        ("take_within: 5m", "take_within: 2h"),
        ("escalate_after: 15m", "escalate_after: 3h"),
    ):
        assert present in quiz
        quiz = quiz.replace(present, wanted)
    written = folder / "office-furniture.yaml"
    written.write_text(quiz, "utf-8")
    shutil.copy(shipped.with_suffix(".jpg"), folder)
    return written


async def _live_through(town: Town, bots: Bots) -> None:
    """Let people chat while the bot is killed at random moments, a new prospect every few kills."""
    emulator, chance = town.emulator, town.chance
    for kill in range(KILLS):
        if kill % 6 == 0:
            town.comes()
        if kill % 5 == 4:
            town.blocks()
        if chance.random() < BAD_WEATHER:
            emulator.fail(
                chance.choice(WEATHER), method=chance.choice(("sendMessage", "answerCallbackQuery", None))
            )
        polls = emulator._world.updates._poll
        await bots.start()
        async with asyncio.timeout(120):  # a bot that is still reading its quiz has nothing to lose
            while emulator._world.updates._poll == polls:
                await emulator._world.changed.heard(within=0.02)
        moment = asyncio.get_running_loop().time() + chance.uniform(0.0, 0.9)
        while asyncio.get_running_loop().time() < moment:
            town.looks()
            await asyncio.sleep(0.01)
        bots.kill()
    while town.away:
        town.blocks()


async def _finish(town: Town) -> None:
    def done() -> bool:
        return all(robot.rests for robot in town.robots)

    for _ in town.robots:
        town.comes()
    async with asyncio.timeout(TO_FINISH):
        while not done():  # people look at their phones now and then
            town.looks()
            await asyncio.sleep(0.02)


async def _until_settled(database: Path, open_sessions: int) -> None:
    """Wait until the inbox is handled, nothing waits to be sent, and every sequence has come to its end."""
    async with asyncio.timeout(TO_FINISH):
        # Another process writes, so there is no event to wait for.
        while await _count(  # noqa: ASYNC110
            database,
            "SELECT (SELECT count(*) FROM inbox WHERE state = 'waiting')"
            " + (SELECT count(*) FROM outbox WHERE state IN ('waiting', 'sending'))"
            " + (SELECT count(*) FROM enrolments WHERE ended_at IS NULL)"
            " + (SELECT count(*) FROM sessions WHERE is_open) - :open_sessions",
            open_sessions=open_sessions,
        ):
            await asyncio.sleep(0.1)


def _metrics(port: int) -> str:
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        return str(answer.read(), "utf-8")


async def _count(database: Path, query: str, **values: int) -> int:
    engine = create_async_engine(f"sqlite+aiosqlite:///{database}")
    async with engine.connect() as connection:
        found = await connection.scalar(text(query), values)
    await engine.dispose()
    return int(found or 0)


async def _the_record_and_the_database_agree(
    database: Path, town: Town, metrics: str, environment: Mapping[str, str]
) -> None:
    keyring = read_keys(_keys_of(database), secrets.token_bytes)
    opened = await Database.open(f"sqlite+aiosqlite:///{database}", keyring)
    try:
        books = await Books.of(opened)
    finally:
        await opened.close()
    record = Record(town.emulator.calls)
    assert record.confirmed() == record.given(), "something was never confirmed"
    record.every_confirmed_update_was_handled_once(books)
    record.no_follow_up_was_sent_twice(books)
    hot, warm = ([each for each in town.finished if each.answers is kind] for kind in (HOT, WARM))
    record.every_alert_arrived(books, MANAGER, (each.person.first_name for each in hot))
    record.the_outbox_tells_the_truth(books)
    steps = [(message.chat, message.fate) for message in books.of_kind(Kind.FOLLOW_UP)]
    for robot in warm:
        assert [chat for chat, _ in steps].count(robot.person.id) == IDEAS, "a step was left out"
    unknown = [message for message in books.messages if message.fate is Fate.UNKNOWN]
    assert {fate for _, fate in steps} == {Fate.SENT, Fate.UNKNOWN}
    number = sum(fate is Fate.UNKNOWN for _, fate in steps)
    assert f'hotlead_unknown_messages{{kind="follow_up"}} {number}\n' in metrics
    told = await _told(environment, next(message.id for message in unknown if message.kind is Kind.FOLLOW_UP))
    assert "a follow-up: unknown: it may have arrived, and is not sent again" in told


async def _told(environment: Mapping[str, str], message: int) -> str:
    """Return what `hotlead message` says."""
    command = ("-c", "from bot.commands import main; main()", "message", str(message))
    process = await asyncio.create_subprocess_exec(sys.executable, *command, env=environment, stdout=PIPE)
    said, _ = await process.communicate()
    return said.decode()


async def _nothing_lost_nothing_doubled(database: Path, town: Town) -> None:
    robots = town.finished
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
    answers_are_kept(robots, kept)
    hot = sum(robot.answers is HOT for robot in robots)
    assert (sessions, parked) == (len(town.robots), 0)
    assert (hand_offs, enrolments) == (hot, len(robots) - hot)
    assert totals == [60] * (len(robots) - hot) + [90] * hot
