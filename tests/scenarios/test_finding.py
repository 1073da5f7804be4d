"""Those who work here find their leads: /mine, /queue, /lead, /find."""

from __future__ import annotations

import pytest

from tests.scenarios.actor import PHONE
from tests.scenarios.over_http import Guest, House
from tests.scenarios.stories import HOT_LEAD, WARM_LEAD

CARD = "Hot lead ·"


async def test_my_leads_with_their_next_step(
    house: House, anna: Guest, boris: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await max_.says("/mine")
    max_.sees("You have no open leads")
    for guest in (anna, boris):
        await guest.goes_through(HOT_LEAD)
        await max_.taps("✋ Take")
    await house.later(minutes=2)
    for guest in (anna, boris, max_, vera, ada):
        guest.skims()
    await max_.says("/mine")
    max_.sees(
        "Your open leads: 2",
        "#1 Anna · 90 points\n📞 to be contacted, waiting for 2 minutes",
        "#2 Boris · 90 points",
        buttons=["#1", "#2"],
    )
    await max_.taps("#2")
    max_.sees(CARD, "Boris", "Yours")
    await max_.replies("Boris", "Hello Boris")
    boris.sees("Max from")
    boris.sees("Hello Boris")
    for guest in (max_, vera, ada):
        guest.skims()
    await max_.says("/mine")
    max_.sees("#2 Boris · 90 points\n💬 in conversation since 12:02")


async def test_the_queue_has_the_oldest_first_and_every_card_can_be_taken_from_it(
    house: House, anna: Guest, boris: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await anna.goes_through(HOT_LEAD)
    await house.later(minutes=2)
    await boris.goes_through(HOT_LEAD)
    for guest in (max_, vera):
        guest.skims()
    await ada.says("/queue")
    queue = ada.sees("Nobody’s yet: 2", buttons=["#1", "#2"])
    assert queue.text.index("#1 Anna") < queue.text.index("#2 Boris")
    await ada.taps("#1")
    ada.sees(CARD, "Anna", buttons=["✋ Take"])
    await ada.taps("✋ Take")
    ada.is_told("It’s yours")
    for guest in (anna, max_, vera, ada):
        guest.skims()
    await max_.says("/queue")
    max_.sees("Nobody’s yet: 1", buttons=["#2"])


async def test_a_leads_card_comes_again_with_notes_and_the_last_of_the_talk(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await anna.goes_through(HOT_LEAD)
    await max_.taps("✋ Take")
    await max_.replies(CARD, "Hello Anna")
    await anna.says("Hello Max\n<3")
    await max_.taps("⋯ More")
    await max_.taps("📝 Note")
    await max_.says("A friendly one")
    for guest in (anna, max_, vera, ada):
        guest.skims()
    await vera.says("/lead 1")
    vera.sees(CARD, "Taken by Max", "📝 Max: A friendly one", buttons=[])
    vera.sees(
        "📝 Max: A friendly one", "The last messages, lead #1", "12:00 Max: Hello Anna", "Anna: Hello Max <3"
    )


async def test_a_lead_that_was_never_hot_is_shown_without_buttons(house: House, anna: Guest, max_: Guest) -> None:
    await anna.goes_through(WARM_LEAD)
    await max_.says("/lead #1")
    max_.sees("Lead · 60 points · #1", "Anna", PHONE, "Stage: MQL", buttons=[])


@pytest.mark.parametrize("sought", ["+38 (067) 123-45-67", "067 123 45 67", "380671234567", "1", "#1"])
async def test_a_lead_is_found_however_the_phone_is_written(anna: Guest, max_: Guest, sought: str) -> None:
    await anna.goes_through(WARM_LEAD)
    await max_.says(f"/find {sought}")
    max_.sees("Anna", PHONE)


async def test_several_leads_with_one_phone_are_listed(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    for guest in (anna, house.guest(77, "Clara")):
        await guest.goes_through(HOT_LEAD)
    for person in (max_, vera, ada):
        person.skims()
    await max_.says(f"/find {PHONE}")
    max_.sees("These leads left it", "#2 Clara", "#1 Anna", buttons=["#2", "#1"])


async def test_nothing_is_found_politely(max_: Guest) -> None:
    for said, told in (
        ("/lead", "Which one?"),
        ("/lead 99", "no lead of this number"),
        ("/lead abc", "Which one?"),
        ("/find", "Whom shall I look for?"),
        ("/find nobody@example.com", "Nobody found"),
        ("/find ' OR 1=1", "Nobody found"),
        ("/find 99", "Nobody found"),
        ("/queue", "Nobody is waiting"),
    ):
        await max_.says(said)
        max_.sees(told)


async def test_prospects_get_the_help_instead(anna: Guest, boris: Guest, max_: Guest, vera: Guest) -> None:
    await boris.goes_through(HOT_LEAD)
    await anna.starts()
    anna.skims()
    for command in ("/mine", "/queue", "/lead 1", f"/find {PHONE}"):
        await anna.says(command)
        line = anna.sees("/privacy")
        assert "Boris" not in line.text
        assert PHONE not in line.text
    await anna.taps_data("h:1:show:")
    anna.is_told("Only managers can do this")
    max_.skims()
    vera.skims()
