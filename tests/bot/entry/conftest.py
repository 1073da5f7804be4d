"""A piece of work on a database of its own, with a published quiz."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest

from bot.work import Library, Setup, Work
from storage.database import Database
from storage.erasing import ErasureList
from tests.bot.entry.samples import ADA, BOT, HEARD, NOON


@pytest.fixture
async def work(database: Database) -> AsyncIterator[Work]:
    quizzes, fingerprint = ("sample", "dance-school"), database.keyring.fingerprint
    setup = Setup(quizzes, admins=(ADA,), username="sample_bot", fingerprint=fingerprint)
    async with database.unit(BOT) as unit:
        await unit.quizzes.publish("sample", HEARD, {}, NOON)
        await unit.quizzes.publish("dance-school", HEARD.replace("quiz: sample", "quiz: dance-school"), {}, NOON)
        erasures = ErasureList(Path("nowhere"), lambda _, value: value)
        yield Work(unit, NOON, setup, Library(), erasures, Random(1))  # noqa: S311 - a test's chance is known beforehand
