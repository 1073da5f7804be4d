"""`hotlead rescore`: who would move under a changed quiz, told without a name and without changing a byte."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.clock import FlowingClock
from dialogs.answers import Answer, Choice, Contact, Number
from dialogs.session import Session
from qualification.activity import earned, tapped
from qualification.loading import load
from qualification.score import Entry, fit_entries
from storage.database import Database
from storage.unit import Unit
from tests.bot.commands.typing import hotlead, written
from tests.dialogs.broken_quizzes import GOOD
from tests.keys import the_keys

TOKEN = "123456:AAH-secret_secret_secret_secret_sec"
QUIZ = load(GOOD, "quiz.yaml")
TABLES = ("leads", "ledger", "sessions", "quizzes", "journal", "outbox", "stage_moves")


@pytest.fixture
def _leads(tmp_path: Path) -> None:
    """Three leads: 30 + 20 + 5 points; 20; and 20 with a tap of a month ago, 10 of which 5 are left."""
    assert hotlead("publish", written(GOOD), bot_token=TOKEN).exit_code == 0

    async def fill() -> None:
        database = await _database(tmp_path)
        async with database.unit(123456) as unit:
            await _lead(unit, 1, "poland", 15)
            await _lead(unit, 2, "germany", 40)
            month_ago = FlowingClock().now() - timedelta(days=30)
            await _lead(unit, 3, "germany", 40, tapped("other_link", "warm-up/message-1", month_ago))
        await database.close()

    asyncio.run(fill())


async def _database(folder: Path) -> Database:
    return await Database.open(f"sqlite+aiosqlite:///{folder / 'data/hotlead.db'}", the_keys())


async def _lead(unit: Unit, person: int, country: str, age: int, *deeds: Entry) -> None:
    now = FlowingClock().now()
    prospect = await unit.prospects.met(person, "Secretive Anna", "anna", "uk", now)
    answers: dict[str, Answer] = {"country": Choice(choice=country), "age": Number(number=age)}
    session = Session(quiz="study-abroad", revision=1, language="uk", started_at=now, answers=answers)
    stored = await unit.sessions.start(prospect.id, session, None)
    lead = await unit.leads.open(prospect.id, "study-abroad", stored.id, now)
    await unit.leads.save_contact(lead.id, Contact(contact="phone", value="+380671234567"), now)
    await unit.ledger.score_session(lead, 1, fit_entries(QUIZ, answers, now), stored.id, now)
    for deed in deeds:
        await unit.ledger.enter(lead, 1, earned(QUIZ, deed, ()), once=deed.detail)


def _rows(folder: Path) -> list[object]:
    async def read() -> list[object]:
        database = await _database(folder)
        async with database.view(123456) as unit:
            found = [
                tuple(row)
                for table in TABLES
                for row in await unit._connection.execute(text(f"SELECT * FROM {table}"))  # noqa: S608
            ]
        await database.close()
        return [*found]

    return asyncio.run(read())


def rescored(changed: str) -> list[str]:
    result = hotlead("rescore", "--quiz", written(changed, "draft.yaml"), bot_token=TOKEN)
    assert result.exit_code == 0, result.output
    assert not re.search(r"Anna|380671|poland|germany", result.output)
    return result.output.splitlines()


@pytest.mark.usefixtures("_leads")
def test_under_the_same_rules_nobody_moves() -> None:
    assert rescored(GOOD) == [
        "study-abroad: 3 leads, as they are and under draft.yaml; nothing is changed",
        "",
        "now ↓  then →      hot    warm    cold   unfit",
        "hot                  1       ·       ·       ·",
        "warm                 ·       ·       ·       ·",
        "cold                 ·       ·       2       ·",
        "unfit                ·       ·       ·       ·",
        "",
        "nobody would move to another band",
    ]


@pytest.mark.usefixtures("_leads")
def test_who_moves_is_listed_with_the_reasons_that_changed() -> None:
    lines = rescored(GOOD.replace("points: 20, go", "points: 25, go").replace("other_link: 10", "other_link: 20"))
    assert lines[5] == "cold                 ·       1       1       ·"
    assert lines[8:] == [
        "1 would move to another band:",
        "  #3: cold 25 → warm 35: answer country +20 → +25, link other_link +5 → +10",
    ]


@pytest.mark.usefixtures("_leads")
def test_bands_that_begin_elsewhere_are_a_reason_too() -> None:
    lines = rescored(GOOD.replace("{hot: 50, warm: 30}", "{hot: 55, warm: 20}"))
    assert lines[8:] == [
        "2 would move to another band:",
        "  #2: cold 20 → warm 20: the bands begin elsewhere",
        "  #3: cold 25 → warm 25: the bands begin elsewhere",
    ]


@pytest.mark.usefixtures("_leads")
def test_who_would_be_ruled_out_is_told_so() -> None:
    lines = rescored(GOOD.replace("{id: germany, points: 20,", "{id: germany, points: 20, unfit: true,"))
    assert lines[9:] == ["  #2: cold 20 → unfit 20: ruled out", "  #3: cold 25 → unfit 25: ruled out"]


@pytest.mark.usefixtures("_leads")
def test_nothing_is_changed(tmp_path: Path) -> None:
    before = _rows(tmp_path)
    rescored(GOOD.replace("points: 30", "points: 5"))
    assert _rows(tmp_path) == before


def test_without_leads_it_says_so() -> None:
    assert hotlead("publish", written(GOOD), bot_token=TOKEN).exit_code == 0
    assert rescored(GOOD) == ["study-abroad: there are no leads yet"]


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (
            GOOD.replace("quiz: study-abroad", "quiz: study-abrod"),
            "no quiz `study-abrod` was published. Did you mean",
        ),
        (GOOD.replace("go: agree", "go: agre"), "draft.yaml:13: error: step `country`: there is no step `agre`"),
        ("", "draft.yaml:1: error: this file holds no quiz."),
    ],
)
def test_a_draft_that_cannot_be_used_is_told_in_one_line(source: str, told: str) -> None:
    assert hotlead("publish", written(GOOD), bot_token=TOKEN).exit_code == 0
    result = hotlead("rescore", "--quiz", written(source, "draft.yaml"), bot_token=TOKEN)
    assert result.exit_code == 2
    assert result.output.startswith(f"hotlead: {told}")
    assert len(result.output.strip().splitlines()) == 1


def test_a_file_that_is_not_there_and_a_missing_token_are_told() -> None:
    gone = hotlead("rescore", "--quiz", "gone.yaml", bot_token=TOKEN)
    assert (gone.exit_code, gone.output) == (2, "hotlead: gone.yaml: there is no such file\n")
    nobodys = hotlead("rescore", "--quiz", written(GOOD))
    assert nobodys.exit_code == 2
    assert "HOTLEAD_BOT_TOKEN is missing" in nobodys.output
