"""The port over real HTTP, on each framework: where Telegram is to post updates."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from bot.demo.emulator import Emulator, Person, Refusal, ServerError
from bot.telegram.port import (
    AnotherPollerError,
    Messenger,
    TelegramError,
    TokenRefusedError,
    WebhookRefusedError,
    WebhookState,
)
from bot.telegram.updates import ALLOWED_UPDATES

HERE = "https://acme.example/telegram/42"


async def test_a_webhook_is_set_with_its_secret_asked_after_and_deleted_and_what_waits_stays(
    messenger: Messenger, emulator: Emulator, anna: Person
) -> None:
    anna.says("I wait")
    await messenger.set_webhook(HERE, "a-secret_1")
    asked = emulator.calls[-1].params
    assert (asked["url"], asked["secret_token"]) == (HERE, "a-secret_1")
    state = await messenger.webhook()
    assert (state.url, state.waiting, state.allowed) == (HERE, 1, ALLOWED_UPDATES)
    with pytest.raises(AnotherPollerError):
        await messenger.receive(None, 0)
    await messenger.delete_webhook()
    assert (await messenger.webhook()).url == ""
    assert len(await messenger.receive(None, 0)) == 1


async def test_an_address_that_telegram_does_not_take_is_told_with_its_reason(messenger: Messenger) -> None:
    with pytest.raises(WebhookRefusedError) as told:
        await messenger.set_webhook("http://acme.example/telegram/42", "a-secret")
    assert "Bad Request" not in told.value.reason
    assert "HTTPS" in told.value.reason.upper()


async def test_what_telegram_says_of_a_failing_webhook_is_brought(
    messenger: Messenger, emulator: Emulator
) -> None:
    said = """{"ok": true, "result": {"url": "%s", "has_custom_certificate": false, "pending_update_count": 3,
        "last_error_date": 1772452800, "last_error_message": "Connection refused", "max_connections": 40}}"""
    emulator.fail(ServerError(200, said % HERE))
    at = datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert await messenger.webhook() == WebhookState(HERE, 3, (), "Connection refused", at)
    emulator.fail(ServerError(200, '{"ok": true, "result": {"url": []}}'))
    with pytest.raises(TelegramError):
        await messenger.webhook()


@pytest.mark.parametrize(
    ("fault", "error"),
    [(Refusal(401, "Unauthorized"), TokenRefusedError), (ServerError(502), TelegramError)],
    ids=repr,
)
async def test_what_goes_wrong_with_a_webhook_is_told(
    messenger: Messenger, emulator: Emulator, fault: Refusal | ServerError, error: type[TelegramError]
) -> None:
    emulator.fail(fault, times=3)
    for asking in (messenger.set_webhook(HERE, "a-secret"), messenger.webhook(), messenger.delete_webhook()):
        with pytest.raises(TelegramError) as told:
            await asking
        assert type(told.value) is error


async def test_a_webhook_gets_the_kinds_of_updates_that_polling_asks_for(
    emulator: Emulator, messenger: Messenger
) -> None:
    await messenger.receive(None, 0)
    polled = emulator._world.updates.allowed
    emulator._world.updates.allowed = ()
    await messenger.set_webhook(HERE, "a-secret-of-ours")
    state = await messenger.webhook()
    assert (state.url, set(state.allowed)) == (HERE, set(ALLOWED_UPDATES))
    assert set(polled) == set(ALLOWED_UPDATES)
    webhook = emulator._world.courier.webhook
    assert webhook is not None
    assert webhook.secret == "a-secret-of-ours"


async def test_what_waits_is_counted_and_kept_and_what_went_wrong_is_told(
    emulator: Emulator, messenger: Messenger, anna: Person
) -> None:
    await messenger.set_webhook(HERE, "a-secret-of-ours")
    anna.starts()
    async with asyncio.timeout(5):
        while not emulator.deliveries:
            await messenger.webhook()
    state = await messenger.webhook()
    assert (state.waiting, state.last_error) == (1, "Failed to resolve host: Name or service not known")
    assert state.last_error_at == datetime(2026, 3, 2, 12, tzinfo=UTC)
    await messenger.delete_webhook()
    assert (await messenger.webhook()).url == ""
    assert len(await messenger.receive(None, 0)) == 1
