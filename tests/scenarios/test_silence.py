"""Silence: a reminder in good manners, then the lead is kept as it is; whoever comes back goes on."""

from __future__ import annotations

import pytest

from tests.scenarios import kept
from tests.scenarios.over_http import MAX, Guest
from tests.scenarios.small import AGREE, PHONE, Step, Trying

SIZE: Step = {"id": "size", "ask": "How many desks?", "number": {"min": 1, "max": 100}}
CITY: Step = {"id": "city", "ask": "Which city are you in?", "city": True, "optional": True}
WISH: Step = {"id": "wish", "ask": "Anything else?", "text": {}}
NUDGE = "We stopped at this question"


def _nudged(anna: Guest) -> None:
    anna.sees_change("How many desks?", buttons=[])
    anna.sees(NUDGE, "Acme will not insist", "How many desks?", buttons=["← Back"])


async def test_an_open_question_is_called_back_once_and_then_left(trying: Trying) -> None:
    async with trying(SIZE) as (house, anna):  # noon in Kyiv
        anna.skims()
        await house.later(hours=2, minutes=59)
        anna.sees_nothing()
        await house.later(minutes=1)
        _nudged(anna)
        for _ in range(5):
            await house.later(days=1)
            anna.sees_nothing()
        assert (await kept.events(house))[-2:] == ["nudged", "abandoned"]


async def test_nobody_is_reminded_at_night(trying: Trying) -> None:
    async with trying(SIZE) as (house, anna):
        await house.later(hours=8)  # eight in the evening
        anna.skims()
        await anna.says("what?")
        anna.skims()
        await house.later(hours=12, minutes=59)  # all night, up to 8:59
        anna.sees_nothing()
        await house.later(minutes=1)
        _nudged(anna)


async def test_the_night_is_that_of_the_prospects_own_city(trying: Trying) -> None:
    async with trying(CITY, SIZE) as (house, anna):
        anna.skims()
        await anna.says("New York")  # five in the morning there
        assert (await kept.prospect_of(house, anna)).timezone == "America/New_York"
        anna.skims()
        await house.later(hours=3, minutes=59)
        anna.sees_nothing()
        await house.later(minutes=1)
        _nudged(anna)


async def test_a_question_may_have_more_patience_than_the_others(trying: Trying) -> None:
    async with trying(SIZE | {"nudge_after": "30m"}, WISH) as (house, anna):
        anna.skims()
        await house.later(minutes=30)
        _nudged(anna)
        await anna.says("12")
        anna.skims()
        await house.later(hours=2, minutes=59)
        anna.sees_nothing()
        await house.later(minutes=1)
        anna.sees_change("Anything else?", buttons=[])
        anna.sees(NUDGE, "Anything else?")


async def test_an_admin_may_want_no_reminders_or_words_of_their_own(trying: Trying) -> None:
    silence = {"nudges": 0, "abandon_after": "1d"}
    async with trying(SIZE, silence=silence) as (house, anna):
        anna.skims()
        await house.later(days=1)
        anna.sees_nothing()
        assert "abandoned" in await kept.events(house)


async def test_a_reminder_may_have_the_admins_own_words(trying: Trying) -> None:
    async with trying(SIZE, silence={"say": "Still there, <friend>?"}) as (house, anna):
        anna.skims()
        await house.later(hours=3)
        anna.sees_change("How many desks?")
        anna.sees("Still there, <friend>?", "How many desks?")


async def test_who_answers_the_reminder_goes_on(trying: Trying) -> None:
    async with trying(SIZE, WISH) as (house, anna):
        anna.skims()
        await house.later(hours=3)
        _nudged(anna)
        await anna.says("12")
        anna.sees_change(NUDGE[:0], "How many desks?", "✓ 12")
        anna.sees("Anything else?")
        assert "abandoned" not in await kept.events(house)


@pytest.mark.parametrize("leaves", ["/stop", "blocks"])
async def test_who_said_stop_or_left_is_not_reminded(trying: Trying, leaves: str) -> None:
    async with trying(SIZE) as (house, anna):
        anna.skims()
        if leaves == "/stop":
            await anna.says("/stop")
            anna.skims()
        else:
            await anna.does("blocks the bot", lambda phone: phone.blocks())
        for _ in range(8):
            await house.later(days=1)
            anna.sees_nothing()
        assert "nudged" not in await kept.events(house)
        assert "abandoned" in await kept.events(house)


async def test_who_started_over_is_reminded_of_the_new_walk_only(trying: Trying) -> None:
    async with trying(SIZE) as (house, anna):
        anna.skims()
        await house.later(hours=1)
        await anna.says("/restart")
        anna.skims()
        await house.later(hours=2)
        anna.sees_nothing()
        await house.later(hours=1)
        anna.sees_change("Who is it for?", buttons=[])
        anna.sees(NUDGE, "Who is it for?")


LATER: Step = {"id": "later", "consent": "follow_ups", "text": "May we write?"}


async def test_a_hot_lead_that_stopped_after_leaving_a_phone_is_handed_off(trying: Trying) -> None:
    async with trying(AGREE, PHONE, LATER, managers=True) as (house, anna):
        await anna.taps("✅ I agree")
        await anna.shares_her_phone()
        anna.skims()
        await house.later(hours=3)
        anna.sees_change("May we write?")
        anna.sees(NUDGE, "May we write?")
        house.guests[MAX].sees_nothing()
        await house.later(days=3)
        house.guests[MAX].sees("Hot lead · 10 points", "+380671234567")
        assert (await kept.lead(house)).band == "hot"
        anna.sees_nothing()
        house.guests[MAX].skims()
        for guest in house.guests.values():
            guest.skims()


async def test_a_lead_that_started_over_and_left_is_not_lost(trying: Trying) -> None:
    async with trying(AGREE, PHONE, LATER, managers=True) as (house, anna):
        await anna.taps("✅ I agree")
        await anna.shares_her_phone()
        await anna.says("/restart")
        anna.skims()
        for _ in range(2):
            await house.later(days=3)
        house.guests[MAX].sees("Hot lead · 10 points", "+380671234567")
        for guest in house.guests.values():
            guest.skims()


@pytest.mark.parametrize("how", ["typing", "the old button", "/start"])
async def test_who_comes_back_after_weeks_goes_on_where_they_stopped(trying: Trying, how: str) -> None:
    hurry: Step = {"id": "hurry", "ask": "How urgent?", "rating": {"max": 3}}
    async with trying(hurry, SIZE) as (house, anna):
        for hours in (3, 72, 1000):
            await house.later(hours=hours)
        anna.skims()
        assert "abandoned" in await kept.events(house)
        if how == "typing":
            await anna.says("2")
        elif how == "the old button":
            await anna.taps("2")
        else:
            await anna.says("/start")
            anna.sees("Good to see you again")
            await anna.taps("▶️ Continue from question 2")
            anna.sees_change("Good to see you again")
            anna.sees("How urgent?")
            await anna.taps("2")
        anna.sees_change("How urgent?", "✓ 2/3")
        anna.sees("How many desks?")
        await house.later(hours=3)
        _nudged(anna)  # a new question, a new reminder
