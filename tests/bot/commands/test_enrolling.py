"""`hotlead enrol`: how many it would be is said first, nobody begins unasked, and nobody begins twice."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.clock import FlowingClock
from dialogs.session import Session
from qualification.score import Band
from storage.database import Database
from storage.states import EVERY_BOT, HELD
from storage.unit import Unit
from tests.bot.commands.typing import hotlead, written
from tests.dialogs.broken_quizzes import GOOD
from tests.keys import the_keys
from tests.storage.samples import a_consent

TOKEN = "123456:AAH-secret_secret_secret_secret_sec"
BOT, QUIZ = 123456, "study-abroad"
NEWS = "  news:\n    - {after: 2d, text: {uk: Новини, en: News}}\n"


@pytest.fixture
def _leads(tmp_path: Path) -> None:
    """Four leads: one warm and one cold who agreed to follow-ups, a warm one who did not, one who blocked us."""
    assert hotlead("publish", written(GOOD + NEWS), bot_token=TOKEN).exit_code == 0

    async def fill() -> None:
        database = await _database(tmp_path)
        async with database.unit(BOT) as unit:
            await _lead(unit, 1, Band.WARM)
            await _lead(unit, 2, Band.COLD)
            await _lead(unit, 3, Band.WARM, agreed=False)
            await unit.prospects.blocked((await _lead(unit, 4, Band.WARM)), FlowingClock().now())
        await database.close()

    asyncio.run(fill())


async def _database(folder: Path) -> Database:
    return await Database.open(f"sqlite+aiosqlite:///{folder / 'data/hotlead.db'}", the_keys())


async def _lead(unit: Unit, person: int, band: Band, *, agreed: bool = True) -> int:
    now = FlowingClock().now()
    prospect = await unit.prospects.met(person, "Secretive Anna", "anna", "uk", now)
    walk = Session(quiz=QUIZ, revision=1, language="uk", started_at=now)
    stored = await unit.sessions.start(prospect.id, walk, None)
    await unit.sessions.save(stored, walk.model_copy(update={"ended_with": "bye", "ended_at": now}))
    lead = await unit.leads.open(prospect.id, QUIZ, stored.id, now)
    await unit.leads.banded(lead.id, band)
    if agreed:
        await unit.consents.record(a_consent(prospect, at=now))
    return prospect.id


def inside(folder: Path) -> list[str]:
    """Return who is inside which sequence."""

    async def look() -> list[str]:
        database = await _database(folder)
        async with database.view(BOT) as unit:
            people = [await unit.prospects.by_telegram_id(person) for person in range(1, 5)]
            found = [
                f"{each.telegram_id} {enrolment.sequence}"
                for each in people
                if each is not None
                for enrolment in await unit.enrolments.active_of(each.id)
            ]
        await database.close()
        return found

    return asyncio.run(look())


def enrol(*words: str, typed: str | None = None) -> list[str]:
    result = hotlead("enrol", *words, typed=typed, bot_token=TOKEN)
    assert result.exit_code == 0, result.output
    assert "Anna" not in result.output
    return result.output.splitlines()


COUNTED = [
    "2 would get it",
    "1 blocked the bot",
    "1 no consent to follow-ups, or one that is over",
]
QUESTION = "Let 2 people begin `news` now? [y/N]:"


@pytest.mark.usefixtures("_leads")
def test_it_says_how_many_and_lets_them_begin_once_it_was_told_to(tmp_path: Path) -> None:
    assert enrol(QUIZ, "news", typed="y\n") == [*COUNTED, f"{QUESTION} y", "2 people began `news`"]
    assert inside(tmp_path) == ["1 news", "2 news"]


@pytest.mark.usefixtures("_leads")
def test_without_a_yes_nobody_begins(tmp_path: Path) -> None:
    assert enrol(QUIZ, "news", typed="n\n") == [*COUNTED, f"{QUESTION} n"]
    assert inside(tmp_path) == []


@pytest.mark.usefixtures("_leads")
def test_where_nobody_can_answer_nobody_begins_and_it_says_what_to_do(tmp_path: Path) -> None:
    result = hotlead("enrol", QUIZ, "news", bot_token=TOKEN)
    assert result.exit_code == 2
    assert result.output.endswith("hotlead: nobody was enrolled; without a terminal, say --yes\n")
    assert inside(tmp_path) == []


@pytest.mark.usefixtures("_leads")
def test_the_same_command_again_enrols_nobody_twice(tmp_path: Path) -> None:
    assert enrol(QUIZ, "news", "--yes") == [*COUNTED, "2 people began `news`"]
    again = ["0 would get it", *COUNTED[1:], "2 inside a sequence already"]
    assert enrol(QUIZ, "news", "--yes") == again
    assert inside(tmp_path) == ["1 news", "2 news"]


@pytest.mark.usefixtures("_leads")
def test_only_the_chosen_ones_begin(tmp_path: Path) -> None:
    assert enrol(QUIZ, "news", "--band", "Cold", "--language", "UK", "--active", "1", "--yes") == [
        "1 would get it",
        "1 person began `news`",
    ]
    assert inside(tmp_path) == ["2 news"]
    for nobody in (("--silent", "1"), ("--language", "en"), ("--source", "flyer"), ("--stage", "sql")):
        assert enrol(QUIZ, "news", *nobody, "--yes") == ["0 would get it"]


@pytest.mark.usefixtures("_leads")
def test_what_a_restore_holds_back_is_told(tmp_path: Path) -> None:
    async def hold() -> None:
        database = await _database(tmp_path)
        async with database.unit(EVERY_BOT) as unit:
            await unit.states.keep_moment(HELD, FlowingClock().now())
        await database.close()

    asyncio.run(hold())
    held = "follow-ups are held since a restore: `hotlead release` lets them go"
    assert enrol(QUIZ, "news", "--yes") == [*COUNTED, "2 people began `news`", held]


@pytest.mark.usefixtures("_leads")
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("study-abrod", "news"), "no quiz `study-abrod` was published. Did you mean `study-abroad`?"),
        ((QUIZ, "new"), "quiz `study-abroad` has no sequence `new`. Did you mean `news`?"),
        ((QUIZ, "x"), "quiz `study-abroad` has no sequence `x`. There is: `news`, `warm-up`."),
        ((QUIZ, "news", "--band", "warn"), "--band warn: Did you mean `warm`?"),
        ((QUIZ, "news", "--band", "unfit"), "--band unfit: There is: `cold`, `hot`, `warm`."),
        ((QUIZ, "news", "--stage", "lost"), "--stage lost: There is: `lead`, `mql`, `sql`."),
    ],
)
def test_a_slip_is_told_in_one_line_and_nobody_begins(tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    result = hotlead("enrol", *words, "--yes", bot_token=TOKEN)
    assert (result.exit_code, result.output) == (2, f"hotlead: {told}\n")
    assert inside(tmp_path) == []


def test_a_quiz_without_sequences_says_so() -> None:
    bare = GOOD[: GOOD.index("sequences:")].replace("  warm: {sequence: warm-up}\n", "")
    assert hotlead("publish", written(bare), bot_token=TOKEN).exit_code == 0
    result = hotlead("enrol", QUIZ, "news", bot_token=TOKEN)
    assert result.output == "hotlead: quiz `study-abroad` has no sequence `news`. It has none at all\n"
