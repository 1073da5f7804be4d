"""What `hotlead doctor` says of the web server and of the webhook."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.commands.receiving import check_receiving, check_web
from bot.settings import Settings
from bot.telegram.port import BotIdentity, TelegramError, WebhookState
from bot.telegram.updates import ALLOWED_UPDATES
from tests.bot.commands.typing import hotlead
from tests.bot.fakes import BOT, FakeMessenger

TOKEN = "123456:AAH-secret_secret_secret_secret_sec"
AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
PUBLIC = "https://bot.acme.example"
OURS = f"{PUBLIC}/webhook/{BOT}"
POLLING = Settings(_env_file=None)
WEBHOOK = Settings(_env_file=None, receive="webhook", public_url=PUBLIC)
FINE = WebhookState(OURS, 3, ALLOWED_UPDATES)


class Said:
    """What the doctor said."""

    def __init__(self) -> None:
        self.fine: bool | None = None
        self.found = ""

    def __call__(self, fine: bool | None, what: str, found: str) -> bool:
        self.fine, self.found = fine, found
        return fine is not False


@pytest.mark.parametrize(
    ("settings", "state", "fine", "found"),
    [
        (POLLING, WebhookState(), True, "by polling"),
        (
            POLLING,
            WebhookState("https://other.example/123:TOKEN", 4),
            None,
            "by polling; a webhook at other.example is set, where 4 updates wait: the next start deletes it",
        ),
        (WEBHOOK, FINE, True, f"by webhook at {OURS}, 3 updates wait"),
        (WEBHOOK, WebhookState(), None, f"by webhook at {OURS}; the next start registers it"),
        (WEBHOOK, WebhookState("https://other.example/123:TOKEN"), None, "at other.example until the next start"),
        (WEBHOOK, WebhookState(OURS), None, "for other updates"),
        (
            WEBHOOK,
            WebhookState(OURS, 3, ALLOWED_UPDATES, "Connection refused", AT),
            None,
            "3 updates wait; at 2026-03-02 12:00:00 UTC: Connection refused",
        ),
    ],
)
async def test_the_doctor_asks_telegram(
    settings: Settings, state: WebhookState, fine: bool | None, found: str
) -> None:
    said = Said()
    assert await check_receiving(settings, FakeMessenger(state=state), BotIdentity(BOT, "a_bot", "A"), said)
    assert said.fine is fine
    assert found in said.found
    assert "TOKEN" not in said.found


async def test_the_doctor_says_when_telegram_does_not_answer() -> None:
    said, away = Said(), FakeMessenger(trouble=TelegramError("Telegram cannot be reached"))
    assert not await check_receiving(WEBHOOK, away, BotIdentity(BOT, "a_bot", "A"), said)
    assert said.found == "Telegram cannot be reached"


def test_the_doctor_says_where_the_web_server_listens() -> None:
    said = Said()
    assert check_web(WEBHOOK, said)
    assert said.found == f"listens on 127.0.0.1:8080; links by {PUBLIC}/r/; metrics are for this machine only"


@pytest.mark.parametrize(
    ("way", "told"),
    [
        ("webhook", "hotlead: HOTLEAD_PUBLIC_URL is missing; to receive by webhook, Telegram must know where:"),
        ("pigeons", "hotlead: HOTLEAD_RECEIVE: `pigeons` is no way to receive; write polling or webhook"),
    ],
)
def test_the_way_to_receive_can_be_said_with_the_command(way: str, told: str) -> None:
    result = hotlead("run", "--receive", way, bot_token=TOKEN, quiz="office-furniture")
    assert result.exit_code == 2
    assert result.output.startswith(told)
    assert result.output.count("\n") == 1
