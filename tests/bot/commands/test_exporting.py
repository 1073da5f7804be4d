"""`hotlead export`: the leads as a table, in a file that is there whole or not at all, and only its owner's."""

from __future__ import annotations

import asyncio
import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from dialogs.answers import Answer, Choice, Contact, Number
from dialogs.session import Session
from storage.database import Database
from storage.records import AuditEntry
from storage.tables import SessionRow
from storage.unit import Unit
from tests.bot.commands.typing import hotlead, written
from tests.dialogs.broken_quizzes import GOOD
from tests.keys import the_keys

TOKEN = "123456:AAH-secret_secret_secret_secret_sec"
NAMES = ("=1+1", "Boris")


@pytest.fixture
def _database(tmp_path: Path) -> None:
    """Two leads: one of February, one of March."""
    assert hotlead("publish", written(GOOD), bot_token=TOKEN).exit_code == 0

    async def fill() -> None:
        database = await _opened(tmp_path)
        async with database.unit(123456) as unit:
            for month, name in enumerate(NAMES, start=2):
                await _lead(unit, name, datetime(2026, month, 1, 12, tzinfo=UTC))
        await database.close()

    asyncio.run(fill())


async def _opened(folder: Path) -> Database:
    return await Database.open(f"sqlite+aiosqlite:///{folder / 'data/hotlead.db'}", the_keys())


async def _lead(unit: Unit, name: str, now: datetime) -> None:
    prospect = await unit.prospects.met(now.month, name, None, "uk", now)
    answers: dict[str, Answer] = {"country": Choice(choice="poland"), "age": Number(number=15)}
    session = Session(quiz="study-abroad", revision=1, language="uk", started_at=now, answers=answers)
    stored = await unit.sessions.start(prospect.id, session, None)
    lead = await unit.leads.open(prospect.id, "study-abroad", stored.id, now)
    await unit.leads.save_contact(lead.id, Contact(contact="phone", value="+380671234567"), now)


def _audit(folder: Path) -> list[AuditEntry]:
    async def read() -> list[AuditEntry]:
        database = await _opened(folder)
        async with database.view(123456) as view:
            entries = await view.audit.newest(10)
        await database.close()
        return [entry for entry in entries if entry.action == "export"]

    return asyncio.run(read())


def _names(content: bytes, title: str = "Name", separator: str = ",") -> list[str]:
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=separator)
    return [row[title] for row in rows]


def _nothing_else(folder: Path) -> None:
    """See that no half-written file is left."""
    assert [file.name for file in folder.iterdir() if file.name.startswith(".")] == []


@pytest.mark.usefixtures("_database")
def test_the_leads_are_written_into_a_file_that_only_its_owner_can_read(tmp_path: Path) -> None:
    told = hotlead("export", "--to", "leads.csv", bot_token=TOKEN)
    assert (told.exit_code, told.output) == (0, "2 leads written to leads.csv; it holds personal data\n")
    file = tmp_path / "leads.csv"
    assert _names(file.read_bytes()) == ["'=1+1", "Boris"]
    assert file.stat().st_mode & 0o777 == 0o600
    _nothing_else(tmp_path)
    (entry,) = _audit(tmp_path)
    assert (entry.admin, entry.subject, entry.facts) == (None, "leads", {"leads": 2})


@pytest.mark.usefixtures("_database")
def test_standard_output_gets_the_table_and_nothing_but_the_table(tmp_path: Path) -> None:
    told = hotlead("export", "--to", "-", bot_token=TOKEN)
    assert told.exit_code == 0
    assert _names(told.stdout_bytes) == ["'=1+1", "Boris"]
    assert told.stderr == "2 leads written to standard output; it holds personal data\n"
    assert len(_audit(tmp_path)) == 1


@pytest.mark.usefixtures("_database")
def test_leads_since_a_day_or_of_a_quiz_in_the_language_that_is_asked_for(tmp_path: Path) -> None:
    told = hotlead("export", "--to", "leads.csv", "--since", "2026-02-15", "--language", "uk", bot_token=TOKEN)
    assert told.output.startswith("1 lead written")
    assert _names((tmp_path / "leads.csv").read_bytes(), "Ім’я", ";") == ["Boris"]
    told = hotlead("export", "--to", "all.csv", "--quiz", "study-abroad", bot_token=TOKEN)
    assert told.output.startswith("2 leads written")
    assert [entry.subject for entry in _audit(tmp_path)] == ["study-abroad", "leads"]


@pytest.mark.usefixtures("_database")
def test_a_file_that_is_there_is_replaced_only_when_that_is_meant(tmp_path: Path) -> None:
    file = tmp_path / "leads.csv"
    file.write_text("mine")
    told = hotlead("export", "--to", "leads.csv", bot_token=TOKEN)
    assert (told.exit_code, told.output) == (
        2,
        "hotlead: there is a file leads.csv already; --force replaces it\n",
    )
    assert file.read_text() == "mine"
    assert hotlead("export", "--to", "leads.csv", "--force", bot_token=TOKEN).exit_code == 0
    assert _names(file.read_bytes()) == ["'=1+1", "Boris"]
    _nothing_else(tmp_path)


@pytest.mark.usefixtures("_database")
@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (("--language", "de"), "--language de: it can be en, uk, ru"),
        (("--since", "yesterday"), "--since yesterday: write a day as 2026-01-31"),
        (("--since", "2026-02-30"), "--since 2026-02-30: write a day as 2026-01-31"),
        (("--quiz", "study"), "no quiz `study` was published. There is: `study-abroad`."),
        (("--to", "missing/leads.csv"), "missing/leads.csv cannot be written: No such file or directory"),
        (("--to", "."), ". is a folder; name a file"),
    ],
)
def test_what_cannot_be_done_is_one_line(tmp_path: Path, typed: tuple[str, ...], told: str) -> None:
    refused = hotlead("export", "--to", "leads.csv", *typed, bot_token=TOKEN)
    assert (refused.exit_code, refused.output) == (2, f"hotlead: {told}\n")
    assert not (tmp_path / "leads.csv").exists()
    assert _audit(tmp_path) == []
    _nothing_else(tmp_path)


@pytest.mark.usefixtures("_database")
def test_a_table_that_breaks_off_leaves_no_file_behind(tmp_path: Path) -> None:
    async def lose_a_revision() -> None:
        database = await _opened(tmp_path)
        async with database.unit(123456) as unit:
            await unit._connection.execute(update(SessionRow).values(revision=99))
        await database.close()

    asyncio.run(lose_a_revision())
    told = hotlead("export", "--to", "leads.csv", bot_token=TOKEN)
    assert told.exit_code == 2
    assert len(told.output.splitlines()) == 1
    assert not (tmp_path / "leads.csv").exists()
    assert _audit(tmp_path) == []
    _nothing_else(tmp_path)


def test_without_leads_there_are_titles_only(tmp_path: Path) -> None:
    assert hotlead("publish", written(GOOD), bot_token=TOKEN).exit_code == 0
    assert hotlead("export", "--to", "leads.csv", bot_token=TOKEN).output.startswith("0 leads written")
    (line,) = (tmp_path / "leads.csv").read_bytes().splitlines()
    assert line.startswith(b'\xef\xbb\xbf"Lead","Began')


def test_without_a_bot_there_is_nothing_to_export(tmp_path: Path) -> None:
    told = hotlead("export", "--to", "leads.csv")
    assert told.exit_code == 2
    assert "HOTLEAD_BOT_TOKEN is missing" in told.output
    assert not (tmp_path / "leads.csv").exists()
