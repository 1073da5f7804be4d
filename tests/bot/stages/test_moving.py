"""Moves in words: every refusal is a sentence in three languages, and every reason for a lost lead has its own."""

from __future__ import annotations

from itertools import product

import pytest

from bot.stages.moving import move_along, refusal
from bot.stages.reasons import LOST_REASONS, lost_reasons, lost_text
from bot.texts import LANGUAGES
from qualification.stages import IllegalMove, Stage, refused
from storage.database import Database
from storage.records import Lead
from tests.bot.stages.workshop import a_hot_lead, a_workshop, the_quiz


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_is_a_sentence_of_its_own(language: str) -> None:
    illegal = [found for present, to in product(Stage, Stage) if (found := refused(present, to)) is not None]
    sentences = [refusal(each, language) for each in illegal]
    assert len(illegal) > 20
    assert len(set(sentences)) == len(sentences)
    assert all(sentence.endswith(".") for sentence in sentences)


def test_a_refusal_names_the_stages_and_the_remedy() -> None:
    illegal = IllegalMove(Stage.LEAD, Stage.CUSTOMER, Stage.MQL)
    assert refusal(illegal, "en") == "From “lead” there is no step to “customer”. Move it to “MQL” first."
    there = IllegalMove(Stage.LOST, Stage.LEAD, open_lead=7)
    assert "#7" in refusal(there, "uk")


async def test_a_lead_goes_along_the_legal_way_and_each_step_is_kept(database: Database) -> None:
    async with (await a_workshop(database)).work() as work:
        lead = await a_hot_lead(work, 10_000)
        won = await move_along(work, lead, Stage.CUSTOMER, "manager 2", "won")
        assert isinstance(won, Lead)
        assert won.stage is Stage.CUSTOMER
        assert [str(to) for _, to, _, _ in await work.unit.leads.moves(lead.id)] == [
            "lead",
            "mql",
            "sql",
            "customer",
        ]
        assert await move_along(work, lead, Stage.CUSTOMER, "manager 2", "won") == IllegalMove(
            Stage.CUSTOMER, Stage.CUSTOMER
        )
        back = await move_along(work, lead, Stage.LEAD, "manager 2", "back")
        assert back == IllegalMove(Stage.CUSTOMER, Stage.LEAD)


async def test_the_quizs_own_reasons_take_the_place_of_everybodys(database: Database) -> None:
    own = "{lost_reasons: [{id: too-far, text: {en: Too far away, uk: Задалеко}}]}"
    async with (await a_workshop(database, own)).work() as work:
        quiz = await the_quiz(work)
    assert lost_reasons(quiz, "uk") == {"too-far": "Задалеко"}
    assert lost_text(quiz, "too-far", "en") == "Too far away"
    assert lost_text(quiz, "price", "en") == "Too expensive"  # chosen before the list was the quiz's own
    assert (lost_text(quiz, "gone", "en"), lost_text(quiz, None, "en")) == ("gone", "—")


async def test_without_a_list_of_its_own_a_quiz_has_the_reasons_that_everybody_has(database: Database) -> None:
    async with (await a_workshop(database)).work() as work:
        quiz = await the_quiz(work)
    for language in LANGUAGES:
        assert list(lost_reasons(quiz, language)) == list(LOST_REASONS)
