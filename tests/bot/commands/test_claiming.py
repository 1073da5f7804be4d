"""What `hotlead run` prints for who is to own the bot: on the terminal, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest
import structlog

from bot.clock import StandingClock
from bot.commands.running import _check_staff
from bot.main import build
from bot.settings import Settings
from storage.database import Database
from storage.members import Role
from tests.bot.bench import NOON
from tests.bot.fakes import BOT, FakeMessenger
from tests.keys import a_keyring


async def started(folder: Path, **settings: object) -> None:
    """Start on the same database, as far as the greeting."""
    database = await Database.open(f"sqlite+aiosqlite:///{folder / 'hotlead.db'}", a_keyring())
    try:
        given = Settings(_env_file=None, quiz=("dance-school",), data=folder, **settings)  # type: ignore[arg-type]  # as a test names them
        await _check_staff(await build(given, StandingClock(NOON), FakeMessenger(), database))
    finally:
        await database.close()


async def test_a_bot_without_an_owner_prints_how_to_claim_it_and_logs_no_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    await started(tmp_path)
    printed = capsys.readouterr().out
    code = printed.split("start=claim_")[1].split()[0]
    assert f"/claim {code[:4]}-{code[4:8]}-{code[8:]}" in printed
    assert code not in caplog.text
    assert code.encode() not in (tmp_path / "hotlead.db").read_bytes()


async def test_each_start_prints_another_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    await started(tmp_path)
    first = capsys.readouterr().out
    await started(tmp_path)
    assert capsys.readouterr().out != first


async def test_a_bot_with_an_owner_or_an_admin_prints_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await started(tmp_path, admins=(5,))
    assert "claim" not in capsys.readouterr().out
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'hotlead.db'}", a_keyring())
    async with database.unit(BOT) as unit:
        await unit.members.join(7, "Olha", Role.OWNER, "", NOON)
    await database.close()
    await started(tmp_path)
    assert "/claim" not in capsys.readouterr().out


async def test_who_never_pressed_start_is_named_when_the_bot_starts(tmp_path: Path) -> None:
    with structlog.testing.capture_logs() as logs:
        await started(tmp_path, managers=(5, 6), admins=(7,))
    named = [line["telegram_id"] for line in logs if line["event"] == "staff_never_started"]
    assert named == [5, 6, 7]
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'hotlead.db'}", a_keyring())
    async with database.unit(BOT) as unit:
        await unit.prospects.met(5, "Max", None, "en", NOON)
    await database.close()
    with structlog.testing.capture_logs() as logs:
        await started(tmp_path, managers=(5, 6), admins=(7,))
    assert [line["telegram_id"] for line in logs if line["event"] == "staff_never_started"] == [6, 7]
