"""Faults on purpose, flood limits, the record of calls, and the check against Telegram's specification."""

import asyncio
import json
import os
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import StandingClock
from bot.demo.emulator import Delay, Emulator, Limits, Person, Refusal, TimeoutBefore, TooManyRequests
from bot.demo.emulator.files import Upload
from bot.demo.serving import served
from tests.bot.demo.asking import Asker
from tests.bot.demo.clients import AiogramClient, PtbClient


async def test_faults_meet_the_requests_they_are_for_in_their_order(
    emulator: Emulator, ask: Asker, anna: Person
) -> None:
    anna.starts()
    emulator.fail(Refusal(400, "Bad Request: first"), method="sendMessage", chat=anna.id)
    emulator.fail(TooManyRequests(3), method="sendMessage")
    emulator.fail(Refusal(400, "Bad Request: elsewhere"), chat=12345)
    assert (await ask("getMe")).status == 200
    replies = [await ask("sendMessage", chat_id=anna.id, text="Hi") for _ in range(3)]
    assert [reply.status for reply in replies] == [400, 429, 200]
    emulator.recover()
    assert (await ask("getChat", chat_id=12345)).description == "Bad Request: chat not found"


async def test_a_delayed_request_is_carried_out_later(emulator: Emulator, ask: Asker, anna: Person) -> None:
    anna.starts()
    emulator.fail(Delay(0.03), method="sendMessage")
    async with asyncio.TaskGroup() as tasks:
        sending = tasks.create_task(ask("sendMessage", chat_id=anna.id, text="late"))
        await asyncio.sleep(0.01)
        assert len(anna.messages) == 1
    assert sending.result().status == 200


async def test_stopping_cuts_a_silent_connection(clock: StandingClock) -> None:
    emulator = Emulator(now=clock.now)
    emulator.fail(TimeoutBefore(60))
    async with asyncio.TaskGroup() as tasks:
        async with served(emulator.app) as address:
            client = AiogramClient(emulator.token, address)
            lost = tasks.create_task(_fails(client))
            await asyncio.sleep(0.03)
            begun = asyncio.get_running_loop().time()
        assert asyncio.get_running_loop().time() - begun < 1
    assert lost.result()


async def _fails(client: AiogramClient) -> bool:
    async with client:
        with pytest.raises(client.errors["network"]):
            await client.username()
    return True


async def test_every_call_is_written_down(
    emulator: Emulator, ask: Asker, anna: Person, clock: StandingClock
) -> None:
    anna.starts()
    await ask("SENDmessage", chat_id=anna.id, text="Hi")
    await ask("sendMessage", chat_id=1, text="Hi")
    first, second = emulator.calls
    assert (first.number, first.at, first.method, first.status) == (1, clock.now(), "sendMessage", 200)
    assert first.params == {"chat_id": anna.id, "text": "Hi"}
    assert first.answer["result"]["message_id"] == 2
    assert (second.number, second.status, second.lost) == (2, 400, False)


async def _statuses(ask: Asker, chat_id: int, times: int) -> list[int]:
    return [(await ask("sendMessage", chat_id=chat_id, text="Hi")).status for _ in range(times)]


async def test_a_person_gets_a_few_messages_at_once_and_one_a_second(clock: StandingClock) -> None:
    emulator = Emulator(now=clock.now, limits=Limits())
    anna = emulator.person(7_000_000_001, first_name="Anna")
    anna.starts()
    async with served(emulator.app) as address, Asker(address, emulator.token) as ask:
        assert await _statuses(ask, anna.id, 4) == [200, 200, 200, 429]
        refused = await ask("sendMessage", chat_id=anna.id, text="Hi")
        assert refused.body["parameters"] == {"retry_after": 3}
        clock.move(timedelta(seconds=3))
        assert await _statuses(ask, anna.id, 1) == [200]


async def test_a_group_gets_twenty_a_minute_and_the_bot_sends_thirty_a_second(clock: StandingClock) -> None:
    emulator = Emulator(now=clock.now, limits=Limits())
    groups = [emulator.group(-1000 - number, title="Sales") for number in range(2)]
    async with served(emulator.app) as address, Asker(address, emulator.token) as ask:
        assert await _statuses(ask, groups[0].id, 21) == [200] * 20 + [429]
        assert (await ask("sendMessage", chat_id=groups[0].id, text="Hi")).retry_after == "60"
        assert await _statuses(ask, groups[1].id, 11) == [200] * 10 + [429]
        assert (await ask("sendMessage", chat_id=groups[1].id, text="Hi")).retry_after == "1"


SPECIFICATION = {
    "methods": {
        "sendPhoto": {
            "fields": [
                {"name": "chat_id", "types": ["Integer", "String"], "required": True},
                {"name": "photo", "types": ["InputFile", "String"], "required": True},
                {"name": "disable_notification", "types": ["Boolean"], "required": False},
                {"name": "reply_markup", "types": ["Keyboard"], "required": False},
            ]
        }
    },
    "types": {
        "Keyboard": {"subtypes": ["Inline"]},
        "Inline": {
            "fields": [{"name": "inline_keyboard", "types": ["Array of Array of Button"], "required": True}]
        },
        "Button": {"fields": [{"name": "text", "types": ["String"], "required": True}]},
    },
}


async def test_requests_are_checked_against_a_specification(clock: StandingClock, tmp_path: Path) -> None:
    path = tmp_path / "api.json"
    path.write_text(json.dumps(SPECIFICATION))
    emulator = Emulator(now=clock.now, spec=path)
    good = {"inline_keyboard": [[{"text": "A"}]]}
    async with served(emulator.app) as address, Asker(address, emulator.token) as ask:
        await ask("sendPhoto", chat_id="5", photo="https://a.b/c", reply_markup=json.dumps(good), newer=1)
        assert emulator.violations == []
        bad: dict[str, list[list[dict[str, str]]]] = {"inline_keyboard": [[{}]]}
        await ask("sendPhoto", chat_id="5", disable_notification="7", reply_markup=bad)
    found = [(violation.field, violation.problem.split(":")[0]) for violation in emulator.violations]
    assert found == [
        ("photo", "is required"),
        ("disable_notification", "is no Boolean"),
        ("reply_markup", "is no Keyboard"),
    ]


@pytest.mark.skipif(
    "HOTLEAD_BOT_API_SPEC" not in os.environ,
    reason="HOTLEAD_BOT_API_SPEC names no machine-readable specification of the Bot API",
)
@pytest.mark.parametrize("library", [AiogramClient, PtbClient], ids=["aiogram", "ptb"])
async def test_both_libraries_keep_to_telegrams_specification(
    library: type[AiogramClient | PtbClient], clock: StandingClock
) -> None:
    emulator = Emulator(now=clock.now, spec=os.environ["HOTLEAD_BOT_API_SPEC"])
    anna = emulator.person(7_000_000_001, first_name="Anna")
    anna.starts()
    async with served(emulator.app) as address, library(emulator.token, address) as client:
        sent = await client.send(anna.id, "<b>Hi</b>", buttons=[[("A", "a")]], html=True)
        await client.edit(anna.id, sent, "Bye", buttons=[[("B", "b")]])
        await client.ask_contact(anna.id, "Phone?", "Share")
        await client.photo(anna.id, b"bytes", caption="A chair")
        await client.document(anna.id, "a.txt", b"text")
        await client.type_in(anna.id)
        await client.updates()
        await client.answer(anna.taps("B").id, "ok")
    assert emulator.violations == []


def test_an_upload_in_the_record_shows_its_size_and_not_its_bytes() -> None:
    assert repr(Upload("a.txt", "text/plain", b"secret")) == "Upload('a.txt', 'text/plain', 6 bytes)"
