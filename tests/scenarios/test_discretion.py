"""Discretion: while people talk to the bot, neither the database's files nor the logs hold what they say."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.telegram.requests import Refused, Unknown
from bot.telegram.updates import Incoming
from bot.telegram.with_aiogram import AiogramMessenger
from tests.bot.fakes import FakePostman
from tests.bot.test_logs import logs
from tests.scenarios import kept
from tests.scenarios.combination import ABOUT_A_FILE
from tests.scenarios.conftest import Opening
from tests.scenarios.inquiry import (
    CANARIES,
    NAME,
    OTHER_EMAIL,
    SKIP,
    USERNAME,
    WORDS,
    answers,
    code_in,
    comes_to,
    inquiry,
)
from tests.scenarios.on_engine import MONDAY_NOON
from tests.scenarios.over_http import ADA, ANNA, MAX, Guest, House
from tests.storage.test_sealing import found_in

STEPS = ("agree", "full_name", "wish", "plan", "email", "phone", "when", "letters")


class _Talkative(AiogramMessenger):
    """A line to Telegram that cannot read one word, and tells everything it knows when it fails."""

    def read(self, body: str) -> Incoming | None:
        if "poison" in body:
            raise ValueError(f"cannot read {body} of {CANARIES}")
        return super().read(body)


@pytest.fixture
def postman() -> FakePostman:
    return FakePostman()


@pytest.fixture
def quiz(tmp_path: Path) -> Path:
    """The quiz, in a folder of its own: the bot's folder is searched for what people say."""
    folder = tmp_path / "quizzes"
    folder.mkdir()
    return inquiry(folder)


@pytest.fixture
async def house(opening: Opening, tmp_path: Path, quiz: Path, postman: FakePostman) -> AsyncIterator[House]:
    house = House(tmp_path, MONDAY_NOON, _Talkative)
    house.postman = postman
    async with opening(house, quiz=(str(quiz),), managers=(MAX,), admins=(ADA,)) as opened:
        for number, name in ((MAX, "Max"), (ADA, "Ada")):
            await opened.guest(number, name).starts()
            opened.guests[number].skims()
        yield opened


@pytest.fixture
def anna(house: House) -> Guest:
    return house.guest(ANNA, NAME, username=USERNAME)


def _skim(house: House) -> None:
    for guest in house.guests.values():
        guest.skims()


@ABOUT_A_FILE
async def test_no_name_phone_email_or_word_stands_in_the_files_at_any_moment_of_a_conversation(
    house: House, anna: Guest, postman: FakePostman, max_: Guest, tmp_path: Path
) -> None:
    await anna.starts()
    assert found_in(tmp_path, *CANARIES) == []
    for step in STEPS[:4]:
        await answers(anna, step)
        assert found_in(tmp_path, *CANARIES) == [], step
    await house.later(hours=1)  # a nudge
    assert "nudged" in await kept.events(house)
    await anna.says("yaroslava.canary@pumps.example")
    assert found_in(tmp_path, *CANARIES, code_in(postman)) == []
    await house.later(minutes=1)
    await anna.says(OTHER_EMAIL)
    await anna.says(code_in(postman))
    for step in STEPS[5:]:
        await answers(anna, step)
        assert found_in(tmp_path, *CANARIES) == [], step
    await max_.taps("✋ Take")
    assert (tmp_path / "hotlead.db-wal").stat().st_size  # the log was looked through, and not empty
    assert found_in(tmp_path, *CANARIES, code_in(postman)) == []
    await anna.says("/privacy")
    await anna.taps("📦 Send me my data")
    assert found_in(tmp_path, *CANARIES, code_in(postman)) == []
    _skim(house)
    await house.restarts()
    assert not (tmp_path / "hotlead.db-wal").exists() or found_in(tmp_path, *CANARIES) == []
    await house.closes()
    assert found_in(tmp_path, *CANARIES) == []


@contextmanager
def _listening(capsys: pytest.CaptureFixture[str]) -> Iterator[list[str]]:
    """Collect what is logged, as verbosely as can be."""
    told: list[str] = []
    with logs(verbose=True):
        yield told
        told.append("".join(capsys.readouterr()))


async def test_no_name_phone_email_or_word_stands_in_the_logs_even_when_everything_fails(
    house: House, anna: Guest, postman: FakePostman, ada: Guest, capsys: pytest.CaptureFixture[str]
) -> None:
    with _listening(capsys) as told:
        postman.results = [Refused("the mail server said 550"), Unknown("the connection broke")]
        await comes_to(anna, *STEPS[:4])
        await anna.says("yaroslava.canary@pumps.example")
        await house.later(minutes=1)
        await anna.says(OTHER_EMAIL)
        anna.skims()
        await anna.says(f"poison {WORDS}")
        ada.sees("ValueError")
        await anna.taps(SKIP)
        for step in STEPS[5:]:
            await answers(anna, step)
        await anna.does("blocks the bot", lambda phone: phone.blocks())
        await house.later(days=2)
    (logged,) = told
    assert "update_parked" in logged
    assert "mail_not_delivered" in logged
    assert [canary for canary in (*CANARIES, house.emulator.token) if canary in logged] == []
    _skim(house)
