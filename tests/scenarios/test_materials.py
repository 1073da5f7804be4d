"""Materials: admins fill a library, managers send from it with two taps, and hear when it is opened."""

from __future__ import annotations

import pytest

from tests.scenarios import kept
from tests.scenarios.over_http import ANNA, BORIS, Guest, House
from tests.scenarios.stories import HOT_LEAD

CARD = "Hot lead ·"
LINK = "https://acme.example/prices"


async def _adds_a_link(ada: Guest) -> None:
    await ada.says("/materials")
    await ada.taps("➕ Add")
    await ada.says(f"Price list\n{LINK}")
    await ada.taps("product_link")
    ada.skims()


async def _taken(anna: Guest, max_: Guest, *others: Guest) -> None:
    await anna.goes_through(HOT_LEAD)
    await max_.taps("✋ Take")
    for guest in (anna, max_, *others):
        guest.skims()


async def test_an_admin_fills_the_library_with_a_link_and_a_file(house: House, ada: Guest) -> None:
    await ada.says("/materials")
    ada.sees("There is nothing to send yet", buttons=["➕ Add"])
    await ada.taps("➕ Add")
    ada.sees("Send me a file with its title as the caption")
    await ada.says("no link here")
    ada.sees("I need a title of up to 60 letters")
    await ada.says("Bad\nhttp://insecure.example/")
    ada.sees("I need a title")
    await ada.says(f"Price <list>\n{LINK}")
    ada.sees("What kind is Price <list>?", buttons=["product_link", "other_link", "ad_link"])
    await ada.taps("product_link")
    ada.is_told("Noted")
    ada.sees("What managers can send", "• Price <list> · product_link", buttons=["➕ Add", "✖️ Price <list>"])

    await ada.taps("➕ Add")
    ada.skims()
    await ada.sends_file("case.pdf", b"%PDF case", "How a team of 40 moved")
    ada.sees("What kind is How a team of 40 moved?")
    await ada.taps("other_link")
    ada.is_told("Noted")
    ada.sees("• How a team of 40 moved · other_link", "• Price <list> · product_link")
    await ada.taps("✖️ Price <list>")
    ada.is_told("Taken out")
    ada.sees("How a team of 40 moved", buttons=["➕ Add", "✖️ How a team of 40 moved"])


async def test_two_taps_send_a_link_and_its_opening_gives_points_and_is_told(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await _adds_a_link(ada)
    await _taken(anna, max_, vera, ada)
    await max_.taps("⋯ More")
    max_.skims()
    await max_.taps("📎 Send material")
    max_.is_told("What shall I send?")
    max_.sees_change(CARD, buttons=["Price list", "← Back"])
    await max_.taps("Price list")
    max_.is_told("Sent ✓")
    max_.sees_change(CARD, buttons=["📞 Contacted", "🏆 Won", "⏳ Not now", "✖️ Lost", "⋯ More"])
    anna.sees("Max has something for you: Price list", buttons=["👀 Open"])

    before = sum((await kept.points(house)).values())
    await anna.taps("👀 Open")
    assert anna.person.opens("Price list") == LINK
    anna.skims()
    max_.sees_under(CARD, "Anna (lead #1) has opened “Price list”")
    assert sum((await kept.points(house)).values()) > before
    after = await kept.points(house)
    await anna.taps("👀 Open")
    anna.skims()
    max_.sees_nothing()
    assert await kept.points(house) == after
    await max_.says("/lead 1")
    max_.sees(CARD, "opened “Price list” +")
    max_.sees("Max: 📎 Price list")


async def test_a_file_is_brought_when_it_is_opened(anna: Guest, max_: Guest, vera: Guest, ada: Guest) -> None:
    await ada.says("/materials")
    await ada.taps("➕ Add")
    await ada.sends_file("case.pdf", b"%PDF case", "A case")
    await ada.taps("other_link")
    await _taken(anna, max_, vera, ada)
    for label in ("⋯ More", "📎 Send material", "A case"):
        await max_.taps(label)
    max_.skims()
    anna.sees("Max has something for you: A case")
    await anna.taps("👀 Open")
    assert anna.sees("A case").picture == "case.pdf"
    document = anna.person.messages[-1].document
    assert document is not None
    assert document.content == b"%PDF case"
    max_.sees("has opened “A case”")


async def test_nobody_opens_what_was_sent_to_another_or_fills_the_library_unasked(
    house: House, anna: Guest, boris: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await _adds_a_link(ada)
    await _taken(anna, max_, vera, ada)
    for label in ("⋯ More", "📎 Send material", "Price list"):
        await max_.taps(label)
    max_.skims()
    anna.skims()
    await boris.starts()
    boris.skims()
    for data in ("o:1", "o:99", "y:add:", "y:retire:1", "y:kind:product_link", "h:1:send:1"):
        await boris.taps_data(data)
        assert boris.chat.floating  # that the button does not work
        assert boris.skims() == []
    await vera.taps_data("h:1:send:1")
    vera.is_told("This lead is with Max")
    vera.skims()
    max_.skims()
    anna.sees_nothing()
    assert await kept.rows(house, "SELECT count(*) FROM materials_sent") == [(1,)]
    assert await kept.rows(house, "SELECT retired_at FROM materials") == [(None,)]
    assert {ANNA, BORIS} <= set(house.guests)


@pytest.mark.parametrize("why", ["an empty library", "no consent", "blocked"])
async def test_what_cannot_be_sent_is_said(anna: Guest, max_: Guest, vera: Guest, ada: Guest, why: str) -> None:
    if why != "an empty library":
        await _adds_a_link(ada)
    await _taken(anna, max_, vera, ada)
    if why == "blocked":
        await anna.does("blocks the bot", lambda person: person.blocks())
    if why == "no consent":
        await anna.says("/privacy")
        await anna.taps("↩️ Please don’t contact me any more")
        anna.skims()
        max_.skims()
    await max_.taps_data("h:1:send:1")
    told = {"an empty library": "The library is empty", "no consent": "closed", "blocked": "has blocked the bot"}
    max_.is_told(told[why])
    for guest in (max_, vera, ada):
        guest.skims()
    anna.sees_nothing()
