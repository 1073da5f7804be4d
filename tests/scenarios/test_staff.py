"""Those who work here: their own /start, and managers who cannot be reached."""

from __future__ import annotations

import pytest

from tests.scenarios import kept
from tests.scenarios.conftest import Opening
from tests.scenarios.over_http import ADA, ANNA, MAX, Guest, House
from tests.scenarios.quick import quick_quiz
from tests.scenarios.stories import HOT_LEAD


async def test_a_manager_is_welcomed_and_can_try_the_quiz(max_: Guest) -> None:
    await max_.starts()
    max_.sees("You are a manager here", "Take", buttons=["▶️ Walk the quiz myself"])
    await max_.taps("▶️ Walk the quiz myself")
    max_.sees("Hi Max!")
    max_.sees("Who is the furniture for?")


async def test_an_admin_is_told_what_for(ada: Guest) -> None:
    await ada.starts()
    ada.sees("You are an admin here", buttons=["▶️ Walk the quiz myself"])


async def test_who_is_both_is_told_both(opening: Opening) -> None:
    async with opening(quiz=(str(quick_quiz()),), managers=(MAX,), admins=(MAX,)) as house:
        boss = house.guest(MAX, "Max", language="uk")
        await boss.starts()
        boss.sees("Ви тут менеджер", "Ви тут адміністратор")


@pytest.mark.parametrize("known", [True, False], ids=["known to Telegram", "a mistyped id"])
async def test_a_manager_who_never_pressed_start_is_an_alarm_for_the_admin(
    opening: Opening, *, known: bool
) -> None:
    lost = 8_000_000_000
    async with opening(quiz=(str(quick_quiz()),), managers=(MAX, lost), admins=(ADA,)) as house:
        max_, ada = house.guest(MAX, "Max"), house.guest(ADA, "Ada")
        if known:
            house.guest(lost, "Leo")
        await max_.starts()
        await ada.starts()
        max_.skims()
        ada.skims()
        anna = house.guest(ANNA, "Anna")
        await anna.goes_through(HOT_LEAD)
        max_.sees("Hot lead", buttons=["✋ Take"])
        ada.sees("cannot get cards of hot leads", str(lost), "press Start")
        await max_.taps("✋ Take")
        max_.sees_change("Yours")
        for guest in (anna, max_, ada):
            guest.skims()


async def test_without_managers_the_admins_get_the_cards(opening: Opening) -> None:
    async with opening(quiz=(str(quick_quiz()),), admins=(ADA,)) as house:
        ada = house.guest(ADA, "Ada")
        await ada.starts()
        ada.skims()
        await house.guest(ANNA, "Anna").goes_through(HOT_LEAD)
        ada.sees("Hot lead", buttons=["✋ Take"])


async def test_without_anybody_a_hot_lead_is_kept_for_later(opening: Opening) -> None:
    async with opening(quiz=(str(quick_quiz()),)) as house:
        anna = house.guest(ANNA, "Anna")
        await anna.goes_through(HOT_LEAD)
        max_ = house.guest(MAX, "Max")
        await house.restarts(managers=(MAX,))
        await max_.starts()
        max_.skims()
        await house.later(minutes=5)
        max_.sees("Hot lead", "Nobody has taken it yet", buttons=["✋ Take"])
        anna.skims()
        assert (await kept.lead(house)).band == "hot"


async def test_a_manager_can_be_a_prospect_too(house: House, max_: Guest, vera: Guest) -> None:
    await max_.taps("▶️ Walk the quiz myself")
    await max_.taps("Just looking")
    max_.skims()
    await max_.says("thank you")
    max_.sees("/start")
    vera.sees_nothing()
