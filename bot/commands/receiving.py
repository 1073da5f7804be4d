"""What `hotlead doctor` says of the web server, and of the way in which updates come."""

from __future__ import annotations

from collections.abc import Callable

from bot.entrance import webhook_of
from bot.intake import host_of
from bot.settings import Settings
from bot.telegram.port import BotIdentity, Messenger, TelegramError
from bot.telegram.updates import ALLOWED_UPDATES

Tell = Callable[[bool | None, str, str], bool]


def check_web(settings: Settings, tell: Tell) -> bool:
    """Tell where the web server listens, and what it is for."""
    if settings.listens_on is None:
        return tell(True, "web", "no web server: HOTLEAD_LISTEN or HOTLEAD_PUBLIC_URL would start one")
    host, port = settings.listens_on
    links = f"links by {settings.public_url}/r/" if settings.public_url else "links open by a tap in the chat"
    metrics = "need their token" if settings.metrics_token else "are for this machine only"
    return tell(True, "web", f"listens on {host}:{port}; {links}; metrics {metrics}")


async def check_receiving(settings: Settings, messenger: Messenger, identity: BotIdentity, tell: Tell) -> bool:
    """Tell how updates come, and what Telegram says of the webhook."""
    try:
        found = await messenger.webhook()
    except TelegramError as error:
        return tell(False, "receive", str(error))
    address = webhook_of(settings, identity.id)
    if address is None:
        if found.url:
            left = f"a webhook at {host_of(found.url)} is set, where {found.waiting} updates wait"
            return tell(None, "receive", f"by polling; {left}: the next start deletes it and fetches them")
        return tell(True, "receive", "by polling")
    if not found.url:
        return tell(None, "receive", f"by webhook at {address}; the next start registers it")
    if found.url != address:
        return tell(None, "receive", f"by webhook at {address}; at {host_of(found.url)} until the next start")
    if set(found.allowed) != set(ALLOWED_UPDATES):
        return tell(None, "receive", f"by webhook at {address} for other updates; a start mends that")
    told = f"by webhook at {address}, {found.waiting} updates wait"
    if found.last_error_at is None:
        return tell(True, "receive", told)
    return tell(None, "receive", f"{told}; at {found.last_error_at:%Y-%m-%d %H:%M:%S} UTC: {found.last_error}")
