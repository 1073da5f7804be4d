"""What is no answer: forwards, stickers, voices, photos, other people's contacts. Never met by silence."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.demo.emulator import Person
from tests.scenarios import kept
from tests.scenarios.over_http import Guest, House
from tests.scenarios.stories import HOT_LEAD

KINDS: dict[str, Callable[[Person], object]] = {
    "forwards «For a company»": lambda phone: phone.forwards("For a company"),
    "forwards /restart": lambda phone: phone.forwards("/restart"),
    "sends a sticker": lambda phone: phone.sends_sticker(),
    "sends a voice message": lambda phone: phone.sends_voice(),
    "sends a photo": lambda phone: phone.sends_photo(),
    "sends a photo that says «For a company»": lambda phone: phone.sends_photo(caption="For a company"),
    "sends a file": lambda phone: phone.sends_document("plan.pdf", b"%PDF"),
    "sends a place": lambda phone: phone.sends_location(50.45, 30.52),
    "shares her contact": lambda phone: phone.shares_contact(),
    "forges «For a company» of a Mini App": lambda phone: phone.forges_mini_app_data("x", "For a company"),
    "forges «Yes, contact me» of a Mini App": lambda phone: phone.forges_mini_app_data("Yes, contact me", "yes"),
}


async def test_before_the_start_it_is_told_how_to_begin(anna: Guest) -> None:
    for kind, act in KINDS.items():
        await anna.does(kind, act)
        anna.sees("/start")


async def test_it_is_no_answer_to_a_question(house: House, anna: Guest) -> None:
    await anna.starts()
    anna.skims()
    for kind, act in KINDS.items():
        await anna.does(kind, act)
        anna.sees("Who is the furniture for?", buttons=["For a company", "For myself", "Just looking"])
        assert await kept.answers_of(house, anna) == []


async def test_it_is_no_consent(house: House, anna: Guest) -> None:
    await anna.goes_through(HOT_LEAD, until="agree")
    buttons = ["Yes, contact me", "No, don’t contact me", "← Back"]
    for kind, act in KINDS.items():
        await anna.does(kind, act)
        anna.sees("Please tap a button", "may a manager contact you", buttons=buttons)
        assert await kept.rows(house, "SELECT id FROM consents") == []


async def test_after_the_end_it_is_told_that_nobody_reads_it(anna: Guest) -> None:
    await anna.starts()
    await anna.taps("Just looking")
    anna.skims()
    for kind, act in KINDS.items():
        await anna.does(kind, act)
        anna.sees("I am a bot", "/start")


@pytest.mark.parametrize("user_id", [None, 555], ids=["of nobody on Telegram", "of somebody else"])
async def test_somebody_elses_contact_is_taken_and_marked_as_not_confirmed(
    anna: Guest, max_: Guest, vera: Guest, user_id: int | None
) -> None:
    await anna.goes_through(HOT_LEAD, until="phone")
    await anna.does(
        "shares Olena’s contact", lambda phone: phone.shares_contact("+380501112233", "Olena", user_id)
    )
    anna.sees("Thank you", key="")
    anna.sees("send you some ideas")
    await anna.taps("No messages, please")
    anna.skims()
    for manager in (max_, vera):
        manager.sees("+380501112233 · not confirmed")


async def test_a_typed_phone_is_not_confirmed(anna: Guest, max_: Guest, vera: Guest) -> None:
    await anna.goes_through(HOT_LEAD.but(phone="+380 67 123 45 67"))
    for manager in (max_, vera):
        manager.sees("+380671234567 · not confirmed")
