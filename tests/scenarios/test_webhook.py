"""Receiving by webhook: repeats, a disk that is full, a proxy that is down, and changing the way of receiving."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.telegram.updates import ALLOWED_UPDATES
from tests.scenarios import kept
from tests.scenarios.conftest import Opening
from tests.scenarios.disk import Disk
from tests.scenarios.on_engine import MONDAY_NOON
from tests.scenarios.over_http import ADA, ANNA, BORIS, WEBHOOKS_AT, Guest, House
from tests.scenarios.quick import quick_quiz

NOWHERE = "http://127.0.0.1:9"
"""Where nobody listens: the proxy in front of the bot is down."""


@pytest.fixture
def disk() -> Iterator[Disk]:
    with Disk().installed() as disk:
        yield disk


@pytest.fixture
async def house(opening: Opening, disk: Disk, tmp_path: Path) -> AsyncIterator[House]:
    """The furniture maker's bot, which receives by webhook, with an admin."""
    house = House(tmp_path, MONDAY_NOON)
    house.receive = "webhook"
    async with opening(house, quiz=("office-furniture", str(quick_quiz())), admins=(ADA,)):
        await house.guest(ADA, "Ada").starts()
        house.guests[ADA].skims()
        yield house


@pytest.fixture
def anna(house: House) -> Guest:
    return house.guest(ANNA, "Anna")


@pytest.fixture
def boris(house: House) -> Guest:
    return house.guest(BORIS, "Boris")


def _statuses(house: House) -> list[int | None]:
    return [delivery.status for delivery in house.emulator.deliveries]


async def test_updates_come_by_the_webhook_of_exactly_the_kinds_in_use(house: House, anna: Guest) -> None:
    await anna.starts()
    anna.sees("Hi Anna!")
    anna.sees("Who is the furniture for?")
    await anna.taps("For a company")
    anna.sees_change("✓ For a company")
    anna.sees("What do you need?")
    assert set(_statuses(house)) == {200}
    assert not [call for call in house.emulator.calls if call.method == "getUpdates"]
    assert house.emulator._world.updates.allowed == ALLOWED_UPDATES


async def test_one_update_posted_twenty_times_at_once_has_one_effect(house: House, anna: Guest) -> None:
    await anna.starts()
    anna.skims()
    await house.closes()
    anna.person.says("/help")
    (update,) = house.emulator._world.updates.pending
    await house.restarts_after(seconds=1)
    anna.sees("/privacy")
    courier = house.emulator._world.courier
    assert courier.webhook is not None
    local = courier.webhook.url.replace(WEBHOOKS_AT, courier.roads[WEBHOOKS_AT])
    headers = {"X-Telegram-Bot-Api-Secret-Token": courier.webhook.secret}
    async with aiohttp.ClientSession() as session:

        async def again() -> int:
            async with session.post(local, data=json.dumps(update.to_wire()), headers=headers) as answer:
                return answer.status

        assert await asyncio.gather(*(again() for _ in range(20))) == [200] * 20
    await house.quiet()
    anna.sees_nothing()
    numbers = await kept.rows(house, "SELECT update_id FROM inbox")
    assert numbers.count((update.id,)) == 1


async def test_while_the_disk_takes_nothing_telegram_keeps_it_and_it_goes_on_by_itself(
    house: House, anna: Guest, disk: Disk
) -> None:
    await anna.starts()
    await anna.taps("For a company")
    anna.skims()
    with disk.read_only():
        tap = anna.person.taps("☐ Desks")
        while 503 not in _statuses(house):
            await house.emulator._world.changed.heard(within=0.01)
        anna.sees_nothing()
        assert house.emulator._world.updates.pending
    await house.recovers()
    assert _statuses(house)[-1] == 200
    anna.notices(tap)
    anna.sees_change("What do you need?")
    house.guests[ADA].skims()


async def test_while_the_proxy_is_down_admins_are_told_and_then_questions_are_asked_again(
    house: House, anna: Guest, boris: Guest
) -> None:
    ada = house.guests[ADA]
    for guest in (anna, boris):
        await guest.starts()
        guest.skims()
    way = house.emulator._world.courier.roads[WEBHOOKS_AT]
    house.emulator.lead(WEBHOOKS_AT, NOWHERE)
    await house.later(seconds=30)
    boris.person.taps("For a company")  # lost: Telegram forgets it after 150 seconds
    for _ in range(50):
        house.clock.move(timedelta(seconds=5))
        await asyncio.sleep(0.05)
    assert not house.emulator._world.updates.pending
    ada.sees("Telegram cannot bring me messages", "Connection refused")
    house.emulator.lead(WEBHOOKS_AT, way)
    await anna.taps("For a company")
    anna.sees_change("✓ For a company")
    anna.sees("What do you need?")
    await house.later(minutes=1)
    await house.later(minutes=1)
    ada.sees("Telegram reaches me again")
    boris.sees_change("Who is the furniture for?", buttons=[])
    boris.sees("I was out of reach for a while, sorry", "Who is the furniture for?")
    await boris.taps("For a company")
    boris.sees_change("✓ For a company")
    boris.sees("What do you need?")
    anna.sees_nothing()


async def test_who_polls_again_deletes_the_webhook_and_fetches_what_waited(house: House, anna: Guest) -> None:
    await anna.starts()
    await house.closes()
    anna.skims()
    anna.person.says("/help")
    house.receive = "polling"
    await house.restarts_after(seconds=1)
    anna.sees("/privacy")
    assert house.emulator._world.courier.webhook is None
    await anna.taps("For a company")
    anna.sees_change("✓ For a company")
    anna.sees("What do you need?")


async def test_what_waits_when_a_bot_changes_to_a_webhook_is_delivered_there(house: House, anna: Guest) -> None:
    house.receive = "polling"
    await house.restarts()
    await anna.starts()
    await house.closes()
    anna.skims()
    anna.person.says("/help")
    house.receive = "webhook"
    await house.restarts_after(seconds=1)
    anna.sees("/privacy")
    assert house.emulator._world.updates.pending == ()


async def test_who_takes_the_webhook_away_loses_it_again_within_a_minute(house: House, anna: Guest) -> None:
    house.emulator._world.courier.set(None)  # as another process that polls would have it
    anna.person.starts()
    await house.later(minutes=1)
    anna.sees("Hi Anna!")
    anna.sees("Who is the furniture for?")
