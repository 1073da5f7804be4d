"""The webhook: where the bot wants its updates posted to, and how that goes."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from bot.demo.emulator import refusals, wire
from bot.demo.emulator.courier import Webhook
from bot.demo.emulator.parameters import Parameters
from bot.demo.emulator.refusals import Refused
from bot.demo.emulator.world import World

_ALLOWED_PORT = re.compile(r"^[^:]+(:(80|88|443|8443))?$")
_SECRET = re.compile(r"[A-Za-z0-9_-]*")
_LONGEST_SECRET = 256
_CONNECTIONS, _MOST_CONNECTIONS = 40, 100


def set_webhook(world: World, asked: Parameters) -> bool:
    """Set the webhook, which ends a poll that waits; an empty address removes it."""
    url, webhook = asked.text("url"), None
    if url:
        _check(url, asked.text("secret_token"))
        world.updates.end_poll(refusals.WEBHOOK_SET)
        connections = min(max(asked.integer("max_connections", _CONNECTIONS), 1), _MOST_CONNECTIONS)
        webhook = Webhook(url, asked.text("secret_token"), connections)
    if (allowed := asked.items("allowed_updates")) is not None:
        world.updates.allowed = tuple(allowed)
    return _set(world, asked, webhook)


def delete_webhook(world: World, asked: Parameters) -> bool:
    """Remove the webhook."""
    return _set(world, asked, None)


def get_webhook_info(world: World, _asked: Parameters) -> Any:
    """Describe the webhook."""
    webhook = world.courier.webhook
    info: dict[str, Any] = {
        "url": webhook.url if webhook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(world.updates.pending),
    }
    if webhook is not None:
        info["max_connections"] = webhook.max_connections
        if world.courier.last_error is not None:
            at, text = world.courier.last_error
            info |= {"last_error_date": wire.unix(at), "last_error_message": text}
    if world.updates.allowed:
        info["allowed_updates"] = list(world.updates.allowed)
    return info


def _set(world: World, asked: Parameters, webhook: Webhook | None) -> bool:
    if asked.flag("drop_pending_updates"):
        world.updates.drop_all()
    world.courier.set(webhook)
    return True


def _check(url: str, secret: str) -> None:
    if len(secret) > _LONGEST_SECRET:
        raise Refused(refusals.WEBHOOK_SECRET_LONG)
    if not _SECRET.fullmatch(secret):
        raise Refused(refusals.WEBHOOK_SECRET)
    if urlsplit(url).scheme != "https":
        raise Refused(refusals.WEBHOOK_HTTPS)
    if not _ALLOWED_PORT.search(urlsplit(url).netloc):
        raise Refused(refusals.WEBHOOK_PORT)


METHODS: Mapping[str, Callable[[World, Parameters], Any]] = {
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
}
