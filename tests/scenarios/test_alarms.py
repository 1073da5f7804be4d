"""Alarms: each trouble is told once when it begins and once when it is over, however long it goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.demo.emulator import Refusal, ServerError
from bot.telegram.updates import Incoming
from tests.scenarios import kept
from tests.scenarios.conftest import Opening
from tests.scenarios.lines import Read
from tests.scenarios.on_engine import MONDAY_NOON
from tests.scenarios.over_http import ADA, ANNA, Guest, House
from tests.scenarios.quick import quick_quiz


def _carelessly(read: Read, body: str) -> Incoming | None:
    """Fail to read one word."""
    if "poison" in body:
        raise RuntimeError("cannot read this")
    return read(body)


@pytest.fixture
async def fragile(opening: Opening, tmp_path: Path) -> AsyncIterator[House]:
    house = House(tmp_path, MONDAY_NOON, _carelessly)
    async with opening(house, quiz=(str(quick_quiz()),), admins=(ADA,)):
        ada = house.guest(ADA, "Ada")
        await ada.starts()
        ada.skims()
        yield house


async def minutes(house: House, number: int) -> None:
    for _ in range(number):
        await house.later(minutes=1)


async def test_messages_that_do_not_get_out_alarm_once_and_end_with_a_word(
    house: House, anna: Guest, ada: Guest
) -> None:
    await anna.starts()
    anna.skims()
    house.emulator.fail(ServerError(502), method="sendMessage", chat=anna.person.id, times=1000)
    await anna.taps("For a company")
    anna.sees_change("✓ For a company")
    await minutes(house, 2)
    ada.sees_nothing()  # Telegram may have a bad minute
    await minutes(house, 3)
    ada.sees("Messages are not getting through", "still waiting: 1", "Refused or lost in ten minutes: 0")
    await minutes(house, 30)
    ada.sees_nothing()
    house.emulator.recover()
    await minutes(house, 3)
    anna.sees("What do you need?")
    ada.sees("Messages get through again", "The trouble lasted 3")
    await house.later(days=1)
    anna.skims()
    ada.sees_nothing()
    assert [each for each in await kept.events(house) if each.startswith("delivery")] == [
        "delivery_failing",
        "delivery_well",
    ]


async def test_many_refusals_alarm_once_and_one_of_them_does_not(house: House, ada: Guest) -> None:
    guests = [house.guest(9_000_000_000 + number, "Guest") for number in range(5)]
    for guest in guests:
        house.emulator.fail(Refusal(400, "Bad Request: chat is broken"), chat=guest.person.id, times=1000)
    await guests[0].starts()
    await minutes(house, 2)
    ada.sees_nothing()
    for guest in guests:
        await guest.starts()
    await minutes(house, 1)
    ada.sees("Messages are not getting through", "still waiting: 0")
    await minutes(house, 5)
    ada.sees_nothing()
    await house.restarts()
    await house.later(minutes=6)
    ada.sees("Messages get through again")  # the alarm itself was the first
    await house.later(minutes=20)
    ada.sees_nothing()


async def test_updates_that_are_put_aside_alarm_once_and_are_counted_in_the_end(fragile: House) -> None:
    anna, ada = fragile.guest(ANNA, "Anna"), fragile.guests[ADA]
    for _ in range(3):
        await anna.says("poison")
        await fragile.later(minutes=10)
    anna.skims()
    ada.sees("could not be handled and was put aside")
    ada.sees_nothing()
    await fragile.restarts()
    await fragile.later(minutes=19)
    ada.sees_nothing()
    await fragile.later(minutes=1)
    ada.sees("every message has been handled", "Put aside since Mon, 2 Mar, 12:00: 3")
    await anna.says("poison")
    ada.sees("could not be handled and was put aside")  # a trouble of its own
    anna.skims()


async def test_who_was_away_for_longer_than_telegram_keeps_messages_says_what_is_lost(
    house: House, ada: Guest
) -> None:
    await house.later(minutes=2)
    await ada.says("/id")
    ada.skims()
    await house.closes()
    await house.restarts_after(hours=23)
    ada.sees_nothing()  # whatever was written is still there
    await house.closes()
    await house.restarts_after(hours=25)
    ada.sees("I was away from Tue, 3 Mar, 11:02 to Wed, 4 Mar, 12:02", "before Tue, 3 Mar, 12:02 is lost")
    await house.restarts()
    await house.later(hours=2)
    ada.sees_nothing()
    assert (await kept.events(house)).count("gap") == 1
