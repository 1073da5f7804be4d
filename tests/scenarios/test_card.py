"""What a manager can do from the card, as several people see it."""

from __future__ import annotations

import pytest

from tests.scenarios import kept
from tests.scenarios.over_http import Guest, House
from tests.scenarios.stories import HOT_LEAD

CARD = "Hot lead ·"
OWN = ["📞 Contacted", "🏆 Won", "⏳ Not now", "✖️ Lost", "⋯ More"]
MORE = ["📝 Note", "⏰ Remind me", "🔁 Pass on", "❄️ Freeze", "📎 Send material", "🚫 Not a fit", "← Back"]


async def _taken(anna: Guest, max_: Guest, *others: Guest) -> None:
    await anna.goes_through(HOT_LEAD)
    await max_.taps("✋ Take")
    for guest in (anna, max_, *others):
        guest.skims()


async def _opens_more(max_: Guest, label: str) -> None:
    await max_.taps("⋯ More")
    max_.sees_change(CARD, buttons=MORE)
    await max_.taps(label)


async def test_a_note_stands_on_everybodys_card_and_not_with_the_prospect(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await _taken(anna, max_, vera, ada)
    await _opens_more(max_, "📝 Note")
    max_.sees_change(CARD, buttons=OWN)
    max_.sees("Write the note about lead #1 now")
    await max_.says("Wants <grey> chairs,\ncall after lunch")
    max_.sees_change("📝 Max: Wants <grey> chairs, call after lunch")
    vera.sees_change("📝 Max: Wants <grey> chairs, call after lunch", buttons=[])
    max_.sees("The note is on the card")
    anna.sees_nothing()
    await max_.says("This is no note")
    max_.sees("To write to a lead, reply to their card")


async def test_a_note_can_be_left_out(anna: Guest, max_: Guest, vera: Guest, ada: Guest) -> None:
    await _taken(anna, max_, vera, ada)
    await _opens_more(max_, "📝 Note")
    max_.skims()
    await max_.says("/cancel")
    max_.sees("nothing was changed")
    await max_.says("Hi")
    max_.sees("To write to a lead")


async def test_a_reminder_comes_to_the_manager_and_to_nobody_else(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await _taken(anna, max_, vera, ada)
    await _opens_more(max_, "⏰ Remind me")
    max_.is_told("When?")
    choices = ["In an hour", "This evening, 18:00", "Tomorrow morning, 9:00", "✏️ Another time", "← Back"]
    max_.sees_change(CARD, buttons=choices)
    await max_.taps("In an hour")
    max_.is_told("Noted")
    max_.sees_change("Reminder: Mon, 2 Mar, 13:00", buttons=OWN)
    vera.sees_change("Reminder:")
    await house.later(minutes=59)
    max_.sees_nothing()
    await house.later(minutes=1)
    max_.sees_change(CARD, buttons=OWN)
    max_.sees_under(CARD, "You wanted to call now: Anna, lead #1", "+380671234567")
    vera.sees_change(CARD)
    await house.later(days=2)


async def test_a_reminder_at_a_time_of_ones_own(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await _taken(anna, max_, vera, ada)
    await _opens_more(max_, "⏰ Remind me")
    await max_.taps("✏️ Another time")
    max_.skims()
    await max_.says("yesterday")
    max_.sees("I don’t see a time to come in this")
    await max_.says("3.3 10:15")
    max_.sees_change("Reminder: Tue, 3 Mar, 10:15")
    max_.sees("I’ll remind you: Tue, 3 Mar, 10:15")
    vera.skims()
    await house.restarts()
    await house.later(hours=22, minutes=15)
    max_.skims_changes()
    max_.sees("You wanted to call now")
    vera.skims()


async def test_a_lead_is_passed_on_and_its_wait_begins_anew(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await _taken(anna, max_, vera, ada)
    await _opens_more(max_, "🔁 Pass on")
    max_.is_told("To whom?")
    max_.sees_change(CARD, buttons=["Vera", "Ada", "← Back"])
    await max_.taps("Vera")
    max_.is_told("Noted")
    max_.sees_change("Passed on to Vera", "To be taken by 12:05", buttons=[])
    vera.sees_change("Offered to you alone", buttons=["✋ Take"])
    vera.sees(CARD, "Offered to you alone", "To be taken by 12:05", buttons=["✋ Take"])
    ada.sees("Lead #1: Max passed it on to Vera")
    await max_.taps_data("h:1:take:")
    max_.is_told("on its way to Vera")
    max_.skims()
    vera.skims()

    await vera.taps("✋ Take")
    vera.is_told("It’s yours")
    vera.skims()
    max_.sees_change("Taken by Vera", buttons=[])
    anna.sees("Vera has your answers now")
    ada.sees("Vera took it")


async def test_a_lead_passed_on_to_somebody_silent_is_offered_to_everybody(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await _taken(anna, max_, vera, ada)
    await _opens_more(max_, "🔁 Pass on")
    await max_.taps("Vera")
    for guest in (max_, vera, ada):
        guest.skims()
    await house.later(minutes=5)
    ada.sees("Nobody has taken hot lead #1")
    anna.skims()
    for manager in (max_, vera):
        assert "Nobody has taken it yet" in manager.skims()[-1].text
    await max_.taps("✋ Take")
    for guest in (anna, max_, vera, ada):
        guest.skims()
    assert await kept.rows(house, "SELECT phase, taken_by, offered_to FROM hand_offs") == [("taken", 2, None)]


async def test_the_prospects_messages_follow_the_lead_to_its_new_manager(
    anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await _taken(anna, max_, vera, ada)
    await max_.replies(CARD, "Hello Anna")
    await max_.taps("⋯ More")
    await max_.taps("🔁 Pass on")
    await max_.taps("Vera")
    for guest in (anna, max_, vera, ada):
        guest.skims()
    await anna.says("Are you there?")
    vera.sees_under(CARD, "Are you there?")
    await max_.replies(CARD, "Yes")
    max_.sees_under("Yes", "Not sent", "This lead is on its way to Vera")
    await vera.taps("✋ Take")
    for guest in (anna, max_, vera, ada):
        guest.skims()
    await vera.replies("Are you there?", "I am, it’s Vera")
    anna.sees("💬 Vera\nI am, it’s Vera")
    for guest in (max_, vera, ada):
        guest.skims()


@pytest.mark.parametrize("first", ["the reply", "the passing on"])
async def test_a_reply_and_a_passing_on_at_the_same_moment_leave_one_owner(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest, first: str
) -> None:
    await _taken(anna, max_, vera, ada)
    await max_.taps("⋯ More")
    await max_.taps("🔁 Pass on")
    max_.skims()
    card = max_.message(CARD)
    if first == "the reply":
        max_.person.says("Hello Anna", reply_to=card)
        max_.person.taps("Vera")
    else:
        max_.person.taps("Vera")
        max_.person.says("Hello Anna", reply_to=card)
    await house.quiet()
    assert await kept.rows(house, "SELECT phase, taken_by, offered_to FROM hand_offs") == [("offered", None, 4)]
    heard = [line.text for line in anna.skims()]
    said = [line.text for line in max_.skims()]
    assert any("Hello Anna" in text for text in heard) is (first == "the reply")
    assert any("Not sent" in text for text in said) is (first == "the passing on")
    for guest in (vera, ada):
        guest.skims()


async def test_an_admin_passes_on_what_a_sick_manager_has(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await _taken(anna, max_, vera, ada)
    await ada.says("/lead 1")
    ada.sees(CARD, "Taken by Max", buttons=["🔁 Pass on"])
    await ada.taps("🔁 Pass on")
    ada.is_told("To whom?")
    ada.sees_change(CARD, buttons=["Vera", "Ada", "← Back"])
    await ada.taps("Vera")
    ada.is_told("Noted")
    ada.sees_change("Passed on to Vera", buttons=["🔁 Pass on"])
    max_.sees_change("Passed on to Vera", buttons=[])
    vera.skims_changes()
    vera.sees("Offered to you alone", buttons=["✋ Take"])
    ada.sees("Lead #1: Ada passed it on to Vera")


async def test_a_manager_cannot_pass_on_what_another_one_has(
    anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await _taken(anna, max_, vera, ada)
    for data in (
        "h:1:reassign:4",
        "h:1:reassign:",
        "h:1:note:",
        "h:1:call:hour",
        "h:1:freeze:month",
        "h:1:unfit:",
    ):
        await vera.taps_data(data)
        vera.is_told("This lead is with Max")
        vera.skims()
    await vera.taps_data("h:1:reassign:99999")
    vera.skims()
    max_.skims()


async def test_won_with_an_amount(house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest) -> None:
    await _taken(anna, max_, vera, ada)
    await max_.taps("🏆 Won")
    max_.is_told("Noted")
    max_.sees_change("Won", buttons=[])
    vera.sees_change("Won")
    ada.sees("Lead #1: won by Max")
    max_.sees("How much is the deal with lead #1 worth?")
    await max_.says("a lot")
    max_.sees("I can’t read an amount in this")
    await max_.says("1.2k EUR")
    max_.sees_change("Won: 1\u00a0200\u00a0EUR")
    vera.sees_change("Won: 1\u00a0200\u00a0EUR")
    ada.sees("Lead #1: 1\u00a0200\u00a0EUR, Max")
    max_.sees("1\u00a0200\u00a0EUR: noted")
    assert await kept.rows(house, "SELECT outcome, amount, currency FROM hand_offs") == [("won", "1200", "EUR")]


async def test_an_amount_that_is_never_told_takes_nothing_away(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await _taken(anna, max_, vera, ada)
    await max_.taps("🏆 Won")
    for guest in (max_, vera, ada):
        guest.skims()
    await house.later(hours=2)
    await max_.says("100 EUR")
    max_.sees("/start")
    assert (await kept.stages(house))[-1] == "customer"


async def test_not_a_fit(house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest) -> None:
    await _taken(anna, max_, vera, ada)
    await _opens_more(max_, "🚫 Not a fit")
    max_.is_told("Noted")
    max_.sees_change("Not a fit", buttons=[])
    vera.sees_change("Not a fit")
    ada.sees("Lead #1: not a fit, Max")
    assert (await kept.stages(house))[-1] == "unfit"
    anna.sees_nothing()
    await house.later(days=30)


async def test_frozen_for_three_months(house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest) -> None:
    await _taken(anna, max_, vera, ada)
    await _opens_more(max_, "❄️ Freeze")
    max_.is_told("Until when?")
    months = ["For a month", "For three months", "For half a year", "✏️ Another day", "← Back"]
    max_.sees_change(CARD, buttons=months)
    await max_.taps("For three months")
    max_.is_told("Noted")
    max_.sees_change("Frozen until June 2, 2026", buttons=[])
    vera.sees_change("Frozen until June 2, 2026")
    ada.sees("Lead #1: frozen, Max")
    lead = await kept.lead(house)
    assert (lead.stage, f"{lead.frozen_until:%d.%m.%Y %H:%M}") == ("frozen", "02.06.2026 06:00")


async def test_frozen_until_a_day_of_ones_own(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await _taken(anna, max_, vera, ada)
    await _opens_more(max_, "❄️ Freeze")
    await max_.taps("✏️ Another day")
    max_.skims()
    await max_.says("1.1.2020")
    max_.sees("I don’t see a day to come in this")
    await max_.says("15.4")
    max_.sees_change("Frozen until April 15, 2026", buttons=[])
    max_.sees("Frozen until April 15, 2026 ✓")
    for guest in (vera, ada):
        guest.skims()
