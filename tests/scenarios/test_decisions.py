"""Consent in words: a clear yes or no counts and is kept as it was said; nothing else ever does."""

from __future__ import annotations

from operator import methodcaller

import pytest
from sqlalchemy import select

from storage.tables import ConsentRow
from tests.scenarios import kept
from tests.scenarios.small import AGREE, PHONE, Trying

WORDS = [
    ("en", "yes", "given"),
    ("en", "I agree!", "given"),
    ("en", "no thanks", "refused"),
    ("uk", "так", "given"),
    ("uk", "Погоджуюсь.", "given"),
    ("uk", "Ні, дякую", "refused"),
    ("ru", "Да", "given"),
    ("ru", "не согласна", "refused"),
    ("uk", "да", "given"),  # not everybody writes in the language they read
]


@pytest.mark.parametrize(("language", "said", "decision"), WORDS)
async def test_a_clear_decision_can_be_typed_and_is_kept_in_those_words(
    trying: Trying, language: str, said: str, decision: str
) -> None:
    async with trying(AGREE, PHONE, language=language) as (house, anna):
        anna.sees("May we call you?")
        await anna.says(said)
        anna.sees_change("May we call you?", "✓" if decision == "given" else "✗", buttons=[])
        anna.sees("Which number?" if decision == "given" else "Thank you!")
        recorded = await kept.rows(house, select(ConsentRow.purpose, ConsentRow.event, ConsentRow.button))
        assert recorded == [("contact", decision, said)]


@pytest.mark.parametrize("said", ["maybe", "yes, but only by e-mail", "why?", "yes no", "yes?", "1", "👍", "ok"])
async def test_anything_less_clear_is_asked_again(trying: Trying, said: str) -> None:
    async with trying(AGREE, PHONE) as (house, anna):
        anna.skims()
        await anna.says(said)
        anna.sees("Please tap a button", "simply write yes or no", "May we call you?")
        assert await kept.rows(house, "SELECT id FROM consents") == []


async def test_somebody_elses_yes_is_never_a_consent(trying: Trying) -> None:
    async with trying(AGREE, PHONE) as (house, anna):
        anna.skims()
        for words in ("yes", "✅ I agree", "так"):
            await anna.does(f"forwards «{words}»", methodcaller("forwards", words))
            anna.sees("Please tap a button", "May we call you?")
        assert await kept.rows(house, "SELECT id FROM consents") == []


async def test_a_refusal_can_be_taken_back_and_both_are_on_record(trying: Trying) -> None:
    async with trying(AGREE, PHONE) as (house, anna):
        anna.skims()
        await anna.taps("✅ I agree")
        anna.skims()
        await anna.does("presses [← Back]", lambda phone: phone.presses("← Back"))
        anna.skims()
        await anna.taps("No, thanks")
        anna.sees_change("✗ No, thanks")
        anna.sees("Thank you!")
        assert await kept.rows(house, "SELECT event FROM consents ORDER BY id") == [("given",), ("refused",)]
        assert await kept.rows(house, "SELECT id FROM leads") == []


async def test_a_quiz_may_word_what_the_system_says(trying: Trying) -> None:
    words = {
        "quiz.back": {"en": "⟵ Oops", "uk": "Ой"},
        "consent.asked_again": "Tap, do not talk.",
        "consent.yes": "Sure!",
        "chat.over": "Bye now.",
        "tap.stale": "Too late.",
    }
    async with trying(AGREE, PHONE, words=words) as (_, anna):
        anna.sees("May we call you?", buttons=["Sure!", "No, thanks", "⟵ Oops"])
        await anna.says("maybe")
        anna.sees("Tap, do not talk.", "May we call you?")
        await anna.says("oops")
        anna.sees_change("May we call you?", buttons=[])
        anna.sees("Who is it for?")
        await anna.taps("A school")
        anna.skims()
        await anna.taps_data(anna.button_data("Sure!").replace("agree", "who"))
        anna.is_told("Too late.")
        await anna.taps("No, thanks")
        anna.skims()
        await anna.says("hello?")
        anna.sees("Bye now.")
