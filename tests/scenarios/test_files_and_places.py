"""Pictures, files and places: what is shown as an album, what is sent with a paper clip, and where people are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.demo.emulator import Person
from dialogs.answers import Attached, Choice, Place
from tests.scenarios import kept
from tests.scenarios.small import Step, Trying

PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000000"
    "0200015de46b6b0000000049454e44ae426082"
)
PLAN: Step = {"id": "plan", "ask": "A plan?", "optional": True, "file": {"types": ["photo", "pdf"], "max_mb": 1}}
CITY: Step = {"id": "city", "ask": "Where are you?", "city": True}
STYLE: Step = {
    "id": "style",
    "ask": "Which one do you like?",
    "choices": [
        {"id": "oak", "text": "Oak", "image": "oak.png"},
        {"id": "birch", "text": "Birch", "image": "birch.png"},
    ],
}


async def test_a_choice_with_pictures_is_an_album_and_buttons(trying: Trying, tmp_path: Path) -> None:
    for name in ("oak.png", "birch.png"):
        (tmp_path / name).write_bytes(PICTURE)
    async with trying(STYLE) as (house, anna):
        assert [anna.sees().text for _ in range(2)] == ["Oak", "Birch"]
        anna.sees("Which one do you like?", buttons=["Oak", "Birch", "← Back"])
        await anna.taps("Birch")
        anna.sees_change("Which one do you like?", "✓ Birch")
        anna.sees("Thank you!")
        assert await kept.answer(house, anna, "style") == Choice(choice="birch")


async def test_a_place_is_shared_with_one_tap_and_only_roughly_kept(trying: Trying) -> None:
    async with trying(CITY) as (house, anna):
        anna.sees("Where are you?", key="📍 Share my location")
        await anna.does("shares her place", lambda phone: phone.presses("📍 Share my location"))
        anna.sees("Thank you!", key="")
        place = await kept.answer(house, anna, "city")
        assert isinstance(place, Place)
        assert (place.latitude, place.longitude, place.timezone) == (50.45, 30.52, "Europe/Kyiv")
        assert (await kept.prospect_of(house, anna)).timezone == "Europe/Kyiv"


async def test_somebody_elses_place_is_no_answer(trying: Trying) -> None:
    async with trying(CITY) as (_, anna):
        anna.skims()
        await anna.does("forwards a place", lambda phone: phone.sends_location(40.7, -74.0, forwarded=True))
        anna.sees("Where are you?", key=None)


async def test_a_file_is_taken_and_the_wrong_one_is_met_kindly(trying: Trying) -> None:
    async with trying(PLAN) as (house, anna):
        anna.sees("A plan?", buttons=["← Back", "Skip"])
        await anna.says("I have none at hand")
        anna.sees("I need a file here: a photo, a PDF", "A plan?")
        await anna.does("sends a table", lambda phone: phone.sends_document("plan.xlsx", b"PK"))
        anna.sees("cannot take this kind of file", "a photo, a PDF", "A plan?")
        await anna.does("sends a book", lambda phone: phone.sends_document("plan.pdf", b"%PDF" + b"x" * 1_100_000))
        anna.sees("1 MB is the most", "A plan?")
        await anna.does("sends the plan", lambda phone: phone.sends_document("plan.pdf", b"%PDF"))
        anna.sees_change("A plan?", "✓ plan.pdf")
        anna.sees("Thank you!")
        assert isinstance(await kept.answer(house, anna, "plan"), Attached)


async def test_an_edited_message_is_no_second_answer_and_says_how_to_change_it(trying: Trying) -> None:
    size: Step = {"id": "size", "ask": "How many?", "number": {"min": 1}}
    async with trying(size, CITY) as (house, anna):
        anna.skims()
        await anna.says("12")
        anna.skims()
        own = next(message.id for message in anna.person.messages if message.text == "12")
        await anna.does("edits it", lambda phone: phone.edits(own, "1200"))
        anna.sees("Your answer stays as it was", "/answers")
        assert getattr(await kept.answer(house, anna, "size"), "number", None) == 12


KINDS: dict[str, Callable[[Person], object]] = {
    "a poll": lambda phone: phone.sends_poll("Desk?", "Yes", "No"),
    "a dice": lambda phone: phone.sends_dice(),
    "a sticker": lambda phone: phone.sends_sticker(),
    "a voice message": lambda phone: phone.sends_voice(),
    "a video": lambda phone: phone.sends_video(),
}


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_no_answer_is_told_so_and_the_question_stays(trying: Trying, kind: str) -> None:
    size: Step = {"id": "size", "ask": "How many?", "number": {"min": 1}}
    async with trying(size) as (house, anna):
        anna.skims()
        await anna.does(f"sends {kind}", KINDS[kind])
        anna.sees("cannot take this as an answer", "How many?", buttons=["← Back"])
        assert await kept.answers_of(house, anna) == ["who"]
