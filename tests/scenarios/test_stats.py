"""/stats: an admin sees how far people came, how long they waited, where they came from; nobody else does."""

from __future__ import annotations

from tests.scenarios import kept
from tests.scenarios.over_http import Guest, House
from tests.scenarios.quick import QUICK
from tests.scenarios.stories import HOT_LEAD, WARM_LEAD, walk

SPANS = ["Today", "· 7 days ·", "30 days", "All"]
PICTURES = ["🖼 Funnel", "🖼 Sources"]


async def comes(guest: Guest, source: str, story: object = None) -> None:
    """Come by a link, and go a story's way."""
    await guest.starts(f"{QUICK}--{source}")
    if story is not None:
        await walk(guest, story, "en")  # type: ignore[arg-type]  # a story
    guest.skims()


async def test_without_anybody_stats_say_so(ada: Guest) -> None:
    await ada.says("/stats")
    ada.sees(
        "7 days, since February 24, 2026",
        "Nobody has begun the quiz",
        "No hot lead is waiting",
        buttons=SPANS,
    )


async def test_stats_show_how_far_people_came_and_where_they_came_from(
    house: House, anna: Guest, boris: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await comes(anna, "ads_oct", HOT_LEAD)
    await comes(boris, "ads_oct", WARM_LEAD)
    await comes(house.guest(7_000_000_003, "Clara"), "flyer")
    await house.later(minutes=3)
    await max_.taps("✋ Take")
    await max_.taps("📞 Contacted")
    for person in (anna, max_, vera, ada):
        person.skims()
    await ada.says("/stats")
    ada.sees(
        "Began the quiz: 3",
        "Finished it: 2 · 67 %",
        "Left a contact: 2 · 67 %",
        "Hot: 1 · 50 % of the contacts",
        "Taken by a manager: 1 · 100 % of the hot ones",
        "Contacted: 1 · 100 %",
        "Won: 0 · 0 %",
        "🔥 hot 1 · 🌤 warm 1 · ❄️ cold 0 · ✖️ not a fit 0",
        "First contact: half within 3 minutes, 95 % within 3 minutes (1 lead)",
        "No hot lead is waiting for a manager",
        "• ads_oct: began 2, contacts 2, hot 1, won 0",
        "• flyer: began 1, contacts 0, hot 0, won 0",
        buttons=[*SPANS, *PICTURES],
    )
    await max_.taps("🏆 Won")
    for person in (max_, vera, ada):
        person.skims()
    await ada.taps("All")
    ada.sees_change("All", "Won: 1 · 100 %", "won 1", buttons=["Today", "7 days", "30 days", "· All ·", *PICTURES])


async def test_the_days_are_chosen_by_buttons_and_the_message_changes_in_place(
    house: House, anna: Guest, boris: Guest, ada: Guest
) -> None:
    await comes(anna, "ads_oct")
    await house.later(days=8)
    await comes(boris, "ads_oct")
    anna.skims()
    await ada.says("/stats")
    ada.sees("Began the quiz: 1")
    for button, people in (("30 days", 2), ("Today", 1), ("All", 2), ("7 days", 1)):
        await ada.taps(button)
        ada.sees_change(f"Began the quiz: {people}", f"• ads_oct: began {people}")
        assert f"· {button} ·" in ada.labels_on_screen()


async def test_a_hot_lead_that_nobody_took_is_told_with_its_age(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await anna.goes_through(HOT_LEAD)
    await house.later(minutes=4)
    await ada.says("/stats")
    ada.sees("Hot and untaken right now: 1, the oldest for 4 minutes")
    max_.skims()
    vera.skims()


async def test_nobody_but_an_admin_sees_numbers(anna: Guest, max_: Guest, ada: Guest) -> None:
    for person in (anna, max_):
        await person.says("/stats")
        assert "Began" not in person.sees("/start").text
    await ada.says("/stats")
    ada.sees("Nobody has begun")
    everything = ada.button_data("All")
    await anna.starts()
    anna.skims()
    for data in (everything, "i:picture:0:all", "i:costs:0:", "i:new:0:", "i:now:1:"):
        await anna.taps_data(data)
        anna.is_told("button")
    anna.sees_nothing()


async def test_made_up_data_is_answered_and_changes_nothing(ada: Guest) -> None:
    await ada.says("/stats")
    ada.sees("7 days")
    for data in ("i:stats:0:century", "i:stats:0:", "i:picture:0:x", "i:stats:zz:all", "i:nonsense:0:all", "i:"):
        await ada.taps_data(data)
        ada.is_told("button")


async def test_numbers_come_in_the_admins_language(house: House, anna: Guest, ada: Guest) -> None:
    await comes(anna, "ads_oct")
    ada.person.language = "uk"
    await ada.says("/stats")
    ada.sees("7 днів, з 24 лютого 2026", "Почали опитування: 1", "• ads_oct: почали 1")


async def test_the_numbers_come_as_pictures_of_which_nothing_is_kept(
    house: House, anna: Guest, ada: Guest
) -> None:
    await comes(anna, "ads_oct")
    await ada.says("/stats")
    ada.sees("Began the quiz: 1", buttons=[*SPANS, *PICTURES])
    await ada.taps("🖼 Funnel")
    assert ada.sees("7 days, since February 24, 2026").picture == "funnel-2026-03-02.png"
    await ada.taps("30 days")
    ada.sees_change("30 days")
    await ada.taps("🖼 Sources")
    assert ada.sees("30 days").picture == "sources-2026-03-02.png"
    assert await kept.rows(house, "SELECT id FROM files WHERE purpose = 'chart'") == []


async def test_an_admin_asks_how_many_leads_a_revenue_takes(anna: Guest, ada: Guest) -> None:
    await ada.says("/goal")
    ada.sees("How many leads does a revenue take?")
    await ada.says("/goal 10 000 000 / 50 000 / 25 / 20 / 40")
    ada.sees("10,000 leads for a revenue of 10,000,000")
    await anna.says("/goal 10 / 5 / 25 / 20 / 40")
    assert "leads" not in anna.sees("/start").text
