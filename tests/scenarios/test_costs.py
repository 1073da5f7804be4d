"""/costs: what a source cost, entered in one line or step by step, and what /stats makes of it."""

from __future__ import annotations

from sqlalchemy import select, update

from storage.tables import CostRow, HandOffRow
from tests.scenarios import kept
from tests.scenarios.over_http import Guest, House
from tests.scenarios.quick import QUICK
from tests.scenarios.stories import HOT_LEAD, walk

LIST = ["🗑 ads_feb · €310.00", "➕ Add a cost"]


async def amounts(house: House) -> list[tuple[str, str, str]]:
    found = await kept.rows(house, select(CostRow.source, CostRow.amount, CostRow.currency))
    return [(source, amount, currency) for source, amount, currency in found]


async def test_a_cost_in_one_line_gives_the_price_of_a_contact_and_of_a_customer(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await anna.starts(f"{QUICK}--ads_feb")
    await walk(anna, HOT_LEAD, "en")
    await max_.taps("✋ Take")
    await max_.taps("🏆 Won")
    for person in (anna, max_, vera, ada):
        person.skims()
    async with house._database.unit(house.emulator.bot_id) as unit:
        await unit._connection.execute(update(HandOffRow).values(amount="700.50", currency="EUR"))
    await ada.says("/costs ads_feb 300 EUR 1.2–28.2")
    ada.sees("Noted", "ads_feb: €300.00, February 1, 2026 – February 28, 2026", buttons=["💶 All costs"])
    await ada.says("/stats")
    ada.sees("• ads_feb: began 1, contacts 1, hot 1, won 1", "Cost €53.57: a contact €53.57")  # 5 of 28 days
    await ada.taps("All")
    ada.sees_change(
        "Cost €300.00: a contact €300.00, a hot lead €300.00, a customer €300.00",
        "Brought in €700.50, ROI +134 %",  # (700.50 − 300) / 300
    )


async def test_a_cost_is_entered_step_by_step_with_buttons(house: House, anna: Guest, ada: Guest) -> None:
    await anna.starts(f"{QUICK}--ads_feb")
    anna.skims()
    await ada.says("/costs")
    ada.sees("Nothing is entered yet", buttons=["➕ Add a cost"])
    await ada.taps("➕ Add a cost")
    ada.sees("Which source", buttons=["ads_feb"])
    await ada.taps("ads_feb")
    ada.sees("How much")
    await ada.says("a lot")
    ada.sees("I don’t see the amount")
    await ada.says("310")
    ada.sees("In which currency")
    await ada.says("310 €")
    ada.sees("For which days", buttons=["Today", "The last 7 days", "This month", "Last month"])
    await ada.taps("Last month")
    ada.sees("Noted", "ads_feb: €310.00, February 1, 2026 – February 28, 2026")
    assert await amounts(house) == [("ads_feb", "310", "EUR")]
    await ada.taps("💶 All costs")
    ada.sees_change("What your sources cost", "ads_feb: €310.00", buttons=LIST)


async def test_a_source_that_brought_nobody_yet_may_be_mistyped_and_is_said_so(house: House, ada: Guest) -> None:
    await ada.says("/costs")
    await ada.taps("➕ Add a cost")
    ada.skims()
    await ada.says("Осінній <b>ярмарок</b>")
    ada.sees("How much")
    await ada.says("12 500 грн")
    ada.sees("For which days")
    await ada.says("1.2–28.2")
    ada.sees("Осінній <b>ярмарок</b>: ", "12,500.00", "Nobody has come by “Осінній <b>ярмарок</b>” so far")
    await ada.says("/stats")
    ada.sees("Nobody has begun", "Where they came from", "Осінній <b>ярмарок</b>: began 0")


async def test_a_cost_is_removed_after_a_second_thought_and_only_once(house: House, ada: Guest) -> None:
    await ada.says("/costs ads_feb 310 EUR 1.2–28.2")
    await ada.says("/costs")
    ada.skims()
    await ada.taps(LIST[0])
    ada.sees_change("Remove this cost?", "ads_feb: €310.00", buttons=["🗑 Yes, remove it", "← Back"])
    await ada.taps("← Back")
    ada.sees_change("What your sources cost", buttons=LIST)
    await ada.taps(LIST[0])
    ada.sees_change("Remove this cost?")
    sure = ada.button_data("🗑 Yes, remove it")
    await ada.taps("🗑 Yes, remove it")
    ada.is_told("Removed")
    ada.sees_change("Nothing is entered yet", buttons=["➕ Add a cost"])
    await ada.taps_data(sure)
    ada.is_told("Removed")
    ada.skims()
    assert await amounts(house) == []


async def test_many_costs_are_turned_over_page_by_page(ada: Guest) -> None:
    for day in range(1, 9):
        await ada.says(f"/costs ads {day} EUR {day}.2")
    await ada.says("/costs")
    ada.skims()
    assert "🗑 ads · €8.00" in ada.labels_on_screen()
    await ada.taps("▶")
    ada.sees_change("€2.00", "€1.00", buttons=["🗑 ads · €2.00", "🗑 ads · €1.00", "◀", "➕ Add a cost"])
    await ada.taps("◀")
    ada.sees_change("€8.00", "€3.00")


async def test_a_line_that_is_not_understood_says_what_is_missing(house: House, ada: Guest) -> None:
    for typed, said in (
        ("ads_feb", "For which days?"),
        ("ads_feb 1.2–28.2", "I don’t see the amount"),
        ("ads_feb 310 1.2–28.2", "In which currency?"),
        ("310 EUR 1.2–28.2", "I need the source’s name"),
    ):
        await ada.says(f"/costs {typed}")
        ada.sees(said)
    assert await amounts(house) == []


async def test_whatever_else_an_admin_turns_to_ends_a_cost_that_was_begun(house: House, ada: Guest) -> None:
    for other in ("/cancel", "/stats", "/links", "/id"):
        await ada.says("/costs")
        await ada.taps("➕ Add a cost")
        await ada.says(other)
        ada.skims()
        await ada.says("ads_feb 310 EUR 1.2–28.2")
        assert not any("Noted" in line.text for line in ada.skims())
    await ada.says("/link")
    await ada.says("/costs")
    await ada.taps("➕ Add a cost")
    ada.skims()
    await ada.says("ads_feb 310 EUR 1.2–28.2")  # and no link of that name
    ada.sees("Noted")
    assert await amounts(house) == [("ads_feb", "310", "EUR")]


async def test_old_buttons_of_a_cost_that_is_settled_change_nothing(house: House, anna: Guest, ada: Guest) -> None:
    await anna.starts(f"{QUICK}--ads_feb")
    anna.skims()
    await ada.says("/costs")
    await ada.taps("➕ Add a cost")
    source = ada.button_data("ads_feb")
    await ada.says("ads_feb 310 EUR 1.2–28.2")
    ada.skims()
    for data in (source, "i:days:0:today", "i:source:63:", "i:days:0:century"):
        await ada.taps_data(data)
        ada.is_told("settled already")
    await ada.says("/costs")
    await ada.taps("➕ Add a cost")
    ada.skims()
    await house.later(hours=1)
    await ada.taps_data(source)
    ada.is_told("settled already")
    assert len(await amounts(house)) == 1


async def test_nobody_but_an_admin_enters_or_removes_costs(
    house: House, anna: Guest, max_: Guest, ada: Guest
) -> None:
    await ada.says("/costs ads_feb 310 EUR 1.2–28.2")
    await ada.says("/costs")
    ada.skims()
    await anna.starts()
    anna.skims()
    for person in (anna, max_):
        await person.says("/costs ads_feb 1 EUR 1.2–28.2")
        person.sees("/start")
        for data in ("i:costs:0:", "i:new:0:", "i:source:0:", "i:days:0:today", "i:remove:1:", "i:now:1:"):
            await person.taps_data(data)
            person.is_told("button")
        person.sees_nothing()
    assert await amounts(house) == [("ads_feb", "310", "EUR")]
