"""A hot lead on its way to exactly one manager."""

from __future__ import annotations

from tests.scenarios import kept
from tests.scenarios.actor import PHONE
from tests.scenarios.over_http import Guest, House
from tests.scenarios.stories import FURNITURE_HOT, HOT_LEAD

TAKEN = ["📞 Contacted", "🏆 Won", "⏳ Not now", "✖️ Lost", "⋯ More"]


async def test_a_hot_lead_reaches_every_manager_with_all_that_they_need(
    anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await anna.starts("ads_oct")
    anna.skims()
    await anna.goes_through(FURNITURE_HOT)
    for manager in (max_, vera):
        manager.sees(
            "Hot lead · 90 points · #1",
            "Anna @anna",
            f"{PHONE} · confirmed by Telegram",
            "Office furniture · from ads_oct",
            "Why 90",
            "Work places: 12 +10",
            "A company that needs it this month +15",
            "To be taken by 12:05 (within 5 minutes)",
            buttons=["✋ Take"],
        )
    ada.sees_nothing()


async def test_one_manager_takes_a_lead_and_the_other_is_told_who_was_first(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await anna.goes_through(HOT_LEAD)
    max_.sees("Hot lead")
    vera.sees("Hot lead")
    take = vera.button_data("✋ Take")
    await house.later(seconds=40)

    await max_.taps("✋ Take")
    max_.is_told("It’s yours")
    max_.sees_change("Yours. Taken after 40 seconds", buttons=TAKEN)
    vera.sees_change("Taken by Max after 40 seconds", buttons=[])
    anna.sees("Max has your answers now")
    ada.sees("Lead #1: Max took it after 40 seconds")

    await vera.taps_data(take)
    vera.is_told("Max was first")
    anna.sees_nothing()


async def test_two_managers_who_tap_at_the_same_moment_get_one_winner(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await anna.goes_through(HOT_LEAD)
    taps = {guest: guest.person.taps("✋ Take") for guest in (max_, vera)}
    await house.quiet()
    said = sorted(tap.text or "" for tap in taps.values())
    assert said == ["It’s yours. Good luck!", "Max was first"]
    anna.sees("has your answers now")
    ada.sees("took it")
    max_.skims()
    vera.skims()


async def test_a_lead_that_nobody_takes_in_time_is_offered_again_and_never_forgotten(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await anna.goes_through(HOT_LEAD)
    max_.sees("To be taken by 12:05")
    vera.sees("To be taken by 12:05")

    await house.later(minutes=5)
    for manager in (max_, vera):
        manager.skims_changes()
        manager.sees("Nobody has taken it yet", "Waiting for 5 minutes", buttons=["✋ Take"])
    anna.sees("it takes us longer than we promised")
    ada.sees("Nobody has taken hot lead #1 (90 points)", "5 minutes")

    await house.later(minutes=10)  # `escalate_after`: the admin gets the card too
    for manager in (max_, vera):
        manager.skims_changes()
        manager.sees("Nobody has taken it yet", "15 minutes")
    ada.sees("Hot lead", "Nobody has taken it yet", buttons=["✋ Take"])
    ada.sees("Nobody has taken hot lead #1", "15 minutes")
    anna.sees_nothing()  # once is enough

    await house.later(minutes=15)
    max_.skims_changes()
    max_.sees("30 minutes")
    await ada.taps("✋ Take")
    ada.is_told("It’s yours")
    anna.sees("Ada has your answers now")
    for person in (max_, vera, ada):
        person.skims()
    assert not any("Take" in label for label in max_.labels_on_screen())
    await house.later(days=1)


async def test_a_card_does_not_go_on_to_name_a_deadline_that_has_passed(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await anna.goes_through(HOT_LEAD)
    await house.later(minutes=6)
    cards = [message.text for message in max_.person.messages if "Hot lead ·" in message.text]
    assert not any("To be taken by 12:05" in card for card in cards)
    for person in (anna, max_, vera, ada):
        person.skims()


async def test_a_hand_off_waits_through_a_restart(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await anna.goes_through(HOT_LEAD)
    max_.skims()
    vera.skims()
    await house.restarts()
    await house.later(minutes=5)
    anna.sees("longer than we promised")
    ada.sees("Nobody has taken")
    max_.skims_changes()
    max_.sees("Nobody has taken it yet")
    vera.skims()


async def test_only_managers_can_take_a_lead(house: House, anna: Guest, max_: Guest, vera: Guest) -> None:
    await anna.goes_through(HOT_LEAD)
    tap = await anna.taps_data(max_.button_data("✋ Take"))
    anna.is_told("Only managers can do this")
    assert tap.alert
    max_.sees("Hot lead")
    vera.sees("Hot lead")
    assert "take" not in await kept.events(house)
