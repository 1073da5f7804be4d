"""The library: a quiz is read once, and never from a transaction that was taken back."""

from __future__ import annotations

import pytest

from bot.publishing import quiz_path
from bot.work import Library
from storage.database import Database
from storage.errors import RevisionMissingError
from tests.bot.fakes import BOT
from tests.storage.samples import NOON


async def test_a_revision_whose_transaction_was_taken_back_is_not_remembered(database: Database) -> None:
    path = quiz_path("office-furniture")
    assert path is not None
    source, library = path.read_text("utf-8"), Library()

    async def fails() -> None:
        async with database.unit(BOT) as unit:
            revision = await unit.quizzes.publish("office-furniture", source, {}, NOON)
            assert (await library.quiz(unit, "office-furniture", revision.number)).quiz == "office-furniture"
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fails()
    async with database.unit(BOT) as unit:
        with pytest.raises(RevisionMissingError):
            await library.quiz(unit, "office-furniture", 1)
        await unit.quizzes.publish("office-furniture", source.replace("Daylight", "Moonlight"), {}, NOON)
    async with database.unit(BOT) as unit:
        quiz = await library.quiz(unit, "office-furniture", 1)
        assert quiz.controller.name == "Moonlight Office Furniture"
        assert await library.quiz(unit, "office-furniture", 1) is quiz
