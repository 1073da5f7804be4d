"""The webhook, through the port: set, described, refused and deleted."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from bot.demo.emulator import Emulator, Person, Refusal
from bot.telegram.port import TelegramError, TokenRefusedError, WebhookRefusedError
from bot.telegram.updates import ALLOWED_UPDATES
from bot.telegram.with_aiogram import AiogramMessenger

URL = "https://bot.acme.example/webhook/42"


async def test_without_a_webhook_there_is_none(messenger: AiogramMessenger) -> None:
    state = await messenger.webhook()
    assert (state.url, state.waiting, state.last_error, state.last_error_at) == ("", 0, None, None)


async def test_a_webhook_gets_the_kinds_of_updates_that_polling_asks_for(
    emulator: Emulator, messenger: AiogramMessenger
) -> None:
    await messenger.receive(None, 0)
    polled = emulator._world.updates.allowed
    emulator._world.updates.allowed = ()
    await messenger.set_webhook(URL, "a-secret-of-ours")
    state = await messenger.webhook()
    assert (state.url, set(state.allowed)) == (URL, set(ALLOWED_UPDATES))
    assert set(polled) == set(ALLOWED_UPDATES)
    webhook = emulator._world.courier.webhook
    assert webhook is not None
    assert webhook.secret == "a-secret-of-ours"


async def test_what_waits_is_counted_and_kept_and_what_went_wrong_is_told(
    emulator: Emulator, messenger: AiogramMessenger, anna: Person
) -> None:
    await messenger.set_webhook(URL, "a-secret-of-ours")
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


async def test_an_address_that_is_not_taken_is_told_in_telegrams_words(messenger: AiogramMessenger) -> None:
    with pytest.raises(WebhookRefusedError, match="bad webhook: An HTTPS URL must be provided for webhook"):
        await messenger.set_webhook("http://bot.acme.example", "a-secret-of-ours")


@pytest.mark.parametrize("method", ["setWebhook", "getWebhookInfo", "deleteWebhook"])
async def test_every_failure_is_one_of_the_ports(
    emulator: Emulator, messenger: AiogramMessenger, method: str
) -> None:
    asks = {
        "setWebhook": lambda: messenger.set_webhook(URL, "a-secret-of-ours"),
        "getWebhookInfo": messenger.webhook,
        "deleteWebhook": messenger.delete_webhook,
    }
    emulator.fail(Refusal(401, "Unauthorized"), method=method)
    with pytest.raises(TokenRefusedError):
        await asks[method]()
    emulator.fail(Refusal(500, "Internal Server Error"), method=method)
    with pytest.raises(TelegramError):
        await asks[method]()
