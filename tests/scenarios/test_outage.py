"""The bot was off, and Telegram has forgotten the taps: the open question is asked again, once."""

from __future__ import annotations

from tests.scenarios import kept
from tests.scenarios.over_http import ADA, Guest
from tests.scenarios.small import Step, Trying

SORRY = "I was out of reach for a while, sorry"
HURRY: Step = {"id": "hurry", "ask": "How urgent?", "rating": {"max": 3}}
SIZE: Step = {"id": "size", "ask": "How many desks?", "number": {"min": 1, "max": 100}}
RATINGS = ["1", "2", "3", "← Back"]


def _asked_again(anna: Guest) -> None:
    anna.sees_change("How urgent?", buttons=[])
    anna.sees(SORRY, "How urgent?", buttons=RATINGS)


async def test_a_tap_that_was_lost_is_asked_for_again_once(trying: Trying) -> None:
    async with trying(HURRY, SIZE) as (house, anna):
        anna.skims()
        await house.later(minutes=30)
        await house.closes()
        anna.person.taps("2")
        await house.restarts_after(minutes=3)
        anna.sees_nothing()  # first, what was written meanwhile
        await house.later(seconds=10)
        _asked_again(anna)
        await house.restarts()
        await house.later(minutes=1)
        anna.sees_nothing()
        await anna.taps("2")
        anna.sees_change("How urgent?", "✓ 2/3")
        anna.sees("How many desks?")


async def test_two_minutes_are_no_outage(trying: Trying) -> None:
    async with trying(HURRY, SIZE) as (house, anna):
        anna.skims()
        await house.closes()
        anna.person.taps("2")
        await house.restarts_after(minutes=2)
        anna.sees_change("✓ 2/3")
        anna.sees("How many desks?")
        await house.closes()
        await house.restarts_after(minutes=2)
        await house.later(minutes=1)
        anna.sees_nothing()


async def test_who_wrote_meanwhile_is_simply_answered(trying: Trying) -> None:
    async with trying(HURRY, SIZE) as (house, anna):
        anna.skims()
        await house.closes()
        anna.person.says("2")
        await house.restarts_after(minutes=10)
        anna.sees_change("✓ 2/3")
        anna.sees("How many desks?")
        await house.later(minutes=1)
        anna.sees_nothing()


async def test_who_was_not_there_lately_is_left_in_peace(trying: Trying) -> None:
    async with trying(HURRY, SIZE, silence={"nudges": 0}) as (house, anna):
        anna.skims()
        await house.later(hours=1, minutes=1)
        await house.guests[ADA].says("/id")  # the bot is there, and notes it
        house.guests[ADA].skims()
        await house.closes()
        await house.restarts_after(minutes=10)
        await house.later(minutes=1)
        anna.sees_nothing()


async def test_who_said_stop_is_left_in_peace(trying: Trying) -> None:
    async with trying(HURRY, SIZE) as (house, anna):
        await anna.says("/stop")
        anna.skims()
        await house.closes()
        await house.restarts_after(minutes=10)
        await house.later(minutes=1)
        anna.sees_nothing()


async def test_a_clock_that_is_put_forward_is_no_outage(trying: Trying) -> None:
    async with trying(HURRY, SIZE) as (house, anna):
        anna.skims()
        for _ in range(3):
            await house.later(minutes=20)
            anna.sees_nothing()
        await anna.says("nonsense")
        anna.skims()
        await house.later(minutes=20)
        anna.sees_nothing()
        assert "outage" not in await kept.events(house)


async def test_an_outage_is_no_second_reminder(trying: Trying) -> None:
    async with trying(HURRY | {"nudge_after": "30m"}, SIZE) as (house, anna):
        anna.skims()
        await house.later(minutes=30)
        anna.sees_change("How urgent?")
        anna.sees("We stopped at this question")
        await house.closes()
        await house.restarts_after(minutes=5)
        await house.later(seconds=10)
        _asked_again(anna)
        await house.later(hours=5)
        anna.sees_nothing()


async def test_nobody_is_woken_up_because_a_long_outage_is_over(trying: Trying) -> None:
    async with trying(HURRY, SIZE, silence={"nudges": 0}) as (house, anna):
        await house.later(hours=8)
        await anna.says("nonsense")  # eight in the evening
        anna.skims()
        await house.closes()
        await house.restarts_after(hours=6)
        await house.later(hours=6, minutes=59)
        anna.sees_nothing()
        await house.later(minutes=1)  # nine in the morning
        _asked_again(anna)
