"""Long polling, as Telegram's server does it."""

import asyncio
from datetime import timedelta

import pytest

from bot.clock import StandingClock
from bot.demo.emulator import Emulator, Person
from bot.demo.serving import served
from tests.bot.demo.asking import Asker, Reply


def _ids(reply: Reply) -> list[int]:
    return [update["update_id"] for update in reply.result]


async def _begun(emulator: Emulator) -> None:
    """Give a request the moment to arrive and to wait."""
    await asyncio.sleep(0.02)
    assert not [call for call in emulator.calls if call.method == "getUpdates"]


async def test_update_ids_start_where_they_are_told(clock: StandingClock) -> None:
    emulator = Emulator(now=clock.now, first_update_id=5_000_000_000)
    anna = emulator.person(7_000_000_001, first_name="Anna")
    anna.says("one")
    anna.says("two")
    async with served(emulator.app) as address, Asker(address, emulator.token) as ask:
        assert _ids(await ask("getUpdates")) == [5_000_000_000, 5_000_000_001]


async def test_a_limit_keeps_the_rest_for_later(ask: Asker, anna: Person) -> None:
    for number in range(5):
        anna.says(str(number))
    assert _ids(await ask("getUpdates", limit=2)) == [1, 2]
    assert _ids(await ask("getUpdates", limit=0)) == [1]
    assert _ids(await ask("getUpdates", limit=1000, offset=3)) == [3, 4, 5]


async def test_a_hundred_updates_come_at_once_at_most(ask: Asker, anna: Person) -> None:
    for number in range(101):
        anna.says(str(number))
    assert len(_ids(await ask("getUpdates", limit=1000))) == 100


async def test_a_negative_offset_forgets_all_but_the_last(ask: Asker, anna: Person) -> None:
    for number in range(5):
        anna.says(str(number))
    assert _ids(await ask("getUpdates", offset=-2)) == [4, 5]
    assert _ids(await ask("getUpdates")) == [4, 5]


async def test_only_wanted_kinds_are_queued_and_the_wish_is_remembered(ask: Asker, anna: Person) -> None:
    await ask("getUpdates", allowed_updates=["callback_query"])
    anna.starts()
    assert _ids(await ask("getUpdates")) == []
    await ask("getUpdates", allowed_updates=[])
    anna.says("hello")
    assert len(_ids(await ask("getUpdates"))) == 1


async def test_an_old_message_falls_out_of_the_queue(ask: Asker, anna: Person, clock: StandingClock) -> None:
    anna.says("yesterday")
    clock.move(timedelta(hours=23, minutes=59))
    assert _ids(await ask("getUpdates")) == [1]
    clock.move(timedelta(minutes=1))
    assert _ids(await ask("getUpdates")) == []


async def test_a_tap_falls_out_of_the_queue_much_earlier(ask: Asker, anna: Person, clock: StandingClock) -> None:
    anna.starts()
    buttons = {"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]}
    await ask("sendMessage", chat_id=anna.id, text="?", reply_markup=buttons)
    anna.taps("A")
    clock.move(timedelta(seconds=149))
    assert _ids(await ask("getUpdates")) == [1, 2]
    clock.move(timedelta(seconds=1))
    assert _ids(await ask("getUpdates")) == [1]


async def test_a_tap_cannot_be_answered_after_a_quarter_of_an_hour(
    ask: Asker, anna: Person, clock: StandingClock
) -> None:
    anna.starts()
    buttons = {"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]}
    await ask("sendMessage", chat_id=anna.id, text="?", reply_markup=buttons)
    tap = anna.taps("A")
    clock.move(timedelta(minutes=16))
    assert (await ask("answerCallbackQuery", callback_query_id=tap.id)).status == 400
    assert not tap.answered


async def test_no_polling_beside_a_webhook(ask: Asker, anna: Person) -> None:
    anna.starts()
    await ask("setWebhook", url="https://bot.example/hook", secret_token="s3cret")
    refused = await ask("getUpdates")
    assert (refused.status, refused.description.startswith("Conflict: can't use getUpdates")) == (409, True)
    info = (await ask("getWebhookInfo")).result
    assert (info["url"], info["pending_update_count"]) == ("https://bot.example/hook", 1)
    await ask("deleteWebhook", drop_pending_updates=True)
    assert _ids(await ask("getUpdates")) == []


async def test_a_new_webhook_ends_a_waiting_poll(emulator: Emulator, ask: Asker) -> None:
    async with asyncio.TaskGroup() as tasks:
        poll = tasks.create_task(ask("getUpdates", timeout=30))
        await _begun(emulator)
        await ask("setWebhook", url="https://bot.example/hook")
    assert poll.result().description == "Conflict: terminated by setWebhook request"


async def test_stopping_ends_a_waiting_poll_at_once(emulator: Emulator, ask: Asker) -> None:
    async with asyncio.timeout(2), asyncio.TaskGroup() as tasks:
        poll = tasks.create_task(ask("getUpdates", timeout=50))
        await _begun(emulator)
        emulator.stop()
    assert poll.result().result == []


async def test_a_poll_with_a_time_out_ends_empty(ask: Asker) -> None:
    loop = asyncio.get_running_loop()
    begun = loop.time()
    assert _ids(await ask("getUpdates", timeout=1)) == []
    assert 0.9 < loop.time() - begun < 3


@pytest.mark.parametrize("open_polls", [0, 1])
async def test_serving_ends_within_a_second_and_begins_again(emulator: Emulator, open_polls: int) -> None:
    loop = asyncio.get_running_loop()
    for _ in range(2):
        async with asyncio.TaskGroup() as tasks:
            async with served(emulator.app) as address:
                ask = Asker(address, emulator.token)
                polls = [tasks.create_task(ask("getUpdates", timeout=50)) for _ in range(open_polls)]
                await asyncio.sleep(0.02)
                begun = loop.time()
            assert loop.time() - begun < 1
        assert [poll.result().result for poll in polls] == [[]] * open_polls
        await ask.__aexit__(None, None, None)


async def test_a_taken_port_is_an_error(emulator: Emulator, address: str) -> None:
    with pytest.raises(OSError, match="in use"):
        async with served(emulator.app, port=int(address.rpartition(":")[2])):
            pass
