"""The port over real HTTP, on each framework: what comes of every fault."""

from __future__ import annotations

import asyncio
import logging

import pytest

from bot.demo.emulator import (
    ConnectionDropAfter,
    Emulator,
    Fault,
    Person,
    Refusal,
    ServerError,
    TimeoutAfter,
    TimeoutBefore,
    TooManyRequests,
)
from bot.demo.serving import served
from bot.settings import Framework
from bot.telegram import frameworks
from bot.telegram.port import (
    AnotherPollerError,
    BotIdentity,
    Messenger,
    TelegramError,
    TokenRefusedError,
    TooFastError,
)
from bot.telegram.requests import (
    AnswerTap,
    EditText,
    Moved,
    Needless,
    NotSent,
    Refused,
    Request,
    Result,
    SendText,
    Sent,
    Uneditable,
    Unknown,
    Unreachable,
    Wait,
)
from tests.bot.telegram.samples import ANNA

HI = SendText(chat_id=ANNA, html="Hi")
GATEWAY = '{"ok": false, "error_code": 500, "description": "Internal Server Error"}'


@pytest.mark.parametrize(
    ("fault", "result"),
    [
        (TooManyRequests(17), Wait(17.0)),
        (Refusal(403, "Forbidden: bot was blocked by the user"), Unreachable),
        (Refusal(403, "Forbidden: user is deactivated"), Unreachable),
        (Refusal(403, "Forbidden: bot can't initiate conversation with a user"), Unreachable),
        (Refusal(400, "Bad Request: chat not found"), Unreachable),
        (Refusal(400, "Bad Request: not enough rights to send text messages to the chat"), Unreachable),
        (Refusal(400, "Bad Request: CHAT_WRITE_FORBIDDEN"), Unreachable),
        (Refusal(400, "Bad Request: message is not modified: specified new message content"), Needless),
        (Refusal(400, "Bad Request: message to edit not found"), Uneditable),
        (Refusal(400, "Bad Request: message can't be edited"), Uneditable),
        (Refusal(400, "Bad Request: query is too old and response timeout expired"), Needless),
        (Refusal(400, "Bad Request: message is too long"), Refused),
        (Refusal(401, "Unauthorized"), NotSent),  # nothing is lost while the token is mended
        (Refusal(404, "Not Found"), Refused),
        (ServerError(502), Unknown),
        (ServerError(500, GATEWAY), Unknown),
        (ServerError(504, ""), Unknown),
        (ServerError(200, "<html>Log in to the airport's network</html>"), Unknown),
        (ServerError(200, '{"ok": true, "result": {"message_id": "of next year"}}'), Unknown),
        (ConnectionDropAfter(), Unknown),
        (TimeoutAfter(0.01), Unknown),
        (TimeoutBefore(0.01), Unknown),
    ],
    ids=repr,
)
async def test_every_fault_has_its_outcome_and_none_is_raised(
    messenger: Messenger, emulator: Emulator, anna: Person, fault: Fault, result: Result | type[Result]
) -> None:
    anna.starts()
    emulator.fail(fault)
    found = await messenger.perform(HI)
    assert isinstance(found, result) if isinstance(result, type) else found == result
    assert isinstance(await messenger.perform(HI), Sent)


@pytest.mark.parametrize(
    ("request_", "result"),
    [
        (SendText(chat_id=ANNA, html="a" * 4097), Refused("Bad Request: message is too long")),
        (SendText(chat_id=ANNA, html=""), Refused("Bad Request: message text is empty")),
        (SendText(chat_id=ANNA, html="<b>Hi"), Refused),
        (SendText(chat_id=12345, html="Hi"), Unreachable("Bad Request: chat not found")),
        (EditText(chat_id=ANNA, html="Hi", message_id=999), Uneditable("Bad Request: message to edit not found")),
        (AnswerTap(tap_id="123"), Needless),
    ],
    ids=["too long", "empty", "markup left open", "nobody", "no such message", "an old tap"],
)
async def test_what_telegram_refuses_by_itself_has_its_outcome(
    messenger: Messenger, anna: Person, request_: Request, result: Result | type[Result]
) -> None:
    anna.starts()
    found = await messenger.perform(request_)
    assert isinstance(found, result) if isinstance(result, type) else found == result


async def test_who_blocked_the_bot_or_is_gone_cannot_be_reached(messenger: Messenger, anna: Person) -> None:
    anna.starts()
    anna.blocks()
    assert await messenger.perform(HI) == Unreachable("Forbidden: bot was blocked by the user")
    anna.unblocks()
    anna.deactivates()
    assert await messenger.perform(HI) == Unreachable("Forbidden: user is deactivated")


async def test_a_group_that_became_a_supergroup_names_it(messenger: Messenger, emulator: Emulator) -> None:
    emulator.group(-4321, title="Sales").migrates(to=-1001234567890)
    assert await messenger.perform(HI.model_copy(update={"chat_id": -4321})) == Moved(-1001234567890)


async def test_the_same_text_again_is_a_needless_edit(messenger: Messenger, anna: Person) -> None:
    anna.starts()
    sent = await messenger.perform(HI)
    assert isinstance(sent, Sent)
    assert isinstance(await messenger.perform(EditText(chat_id=ANNA, html="Hi"), sent.message_id), Needless)


async def test_without_a_server_nothing_was_sent_and_the_token_is_not_told(
    emulator: Emulator, framework: Framework
) -> None:
    async with served(emulator.app) as address:
        pass  # a port where nobody listens any more
    line = frameworks.messenger(framework, emulator.token, address)
    try:
        assert await line.perform(HI) == NotSent("no connection to Telegram")
        for asking in (line.identify(), line.receive(None, 0), line.announce({"": {"start": "x"}})):
            with pytest.raises(TelegramError) as told:
                await asking
            assert str(told.value) == "Telegram cannot be reached"
    finally:
        await line.close()


# Asking who the bot is, and for updates ----------------------------------------------------------------------


async def test_the_bot_is_told_who_it_is(messenger: Messenger) -> None:
    assert await messenger.identify() == BotIdentity(42, "hotlead_demo_bot", "Hotlead demo")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Refusal(401, "Unauthorized"), TokenRefusedError),
        (Refusal(404, "Not Found"), TokenRefusedError),
        (Refusal(409, "Conflict: terminated by other getUpdates request"), AnotherPollerError),
        (TooManyRequests(5), TooFastError),
        (ServerError(502), TelegramError),
        (ServerError(500, GATEWAY), TelegramError),
        (ConnectionDropAfter(), TelegramError),
    ],
    ids=repr,
)
async def test_what_goes_wrong_with_asking_is_told_without_the_token(
    messenger: Messenger, emulator: Emulator, fault: Fault, error: type[TelegramError]
) -> None:
    emulator.fail(fault, times=2)
    for asking in (messenger.receive(None, 0), messenger.identify()):
        with pytest.raises(TelegramError) as told:
            await asking
        assert type(told.value) is error
        assert emulator.token not in str(told.value)
        assert "127.0.0.1" not in str(told.value)


async def test_a_wrong_token_is_refused(emulator: Emulator, framework: Framework) -> None:
    async with served(emulator.app) as address:
        line = frameworks.messenger(framework, "43:another-token", address)
        with pytest.raises(TokenRefusedError, match="@BotFather"):
            await line.identify()
        await line.close()


async def test_neither_the_token_nor_what_is_said_gets_into_any_log(
    messenger: Messenger, emulator: Emulator, anna: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    anna.starts()
    anna.says("my secret wish")
    await messenger.identify()
    await messenger.perform(SendText(chat_id=ANNA, html="a secret answer"))
    await messenger.receive(None, 0)
    for fault in (ServerError(502, "a secret page"), Refusal(400, "Bad Request: secret"), ConnectionDropAfter()):
        emulator.fail(fault, times=2)
        await messenger.perform(SendText(chat_id=ANNA, html="a secret answer"))
        with pytest.raises(TelegramError):
            await messenger.receive(None, 0)
    logged = [record for record in caplog.records if not record.name.startswith("uvicorn")]
    said = "\n".join(logging.Formatter().format(record) for record in logged)
    assert emulator.token.partition(":")[2] not in said
    assert "secret" not in said


async def test_what_is_sent_does_not_wait_for_the_question_for_updates_nor_for_each_other(
    messenger: Messenger, emulator: Emulator, anna: Person
) -> None:
    anna.starts()
    await messenger.receive(2, 0)
    polling = asyncio.create_task(messenger.receive(None, 25))
    emulator.fail(TimeoutBefore(1), method="sendMessage", times=32)
    sending = [asyncio.create_task(messenger.perform(HI)) for _ in range(32)]
    async with asyncio.timeout(10):
        while len([call for call in emulator.calls if call.method == "sendMessage"]) < 32:  # noqa: ASYNC110 - from outside
            await asyncio.sleep(0.01)
    assert not polling.done()
    anna.says("Hi")
    assert len(await polling) == 1
    await asyncio.gather(*sending)
