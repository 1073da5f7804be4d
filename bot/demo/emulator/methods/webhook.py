"""The webhook's settings; the emulator remembers them, but delivers by long polling only."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from bot.demo.emulator import refusals
from bot.demo.emulator.parameters import Parameters
from bot.demo.emulator.refusals import Refused
from bot.demo.emulator.world import World

_ALLOWED_PORT = re.compile(r"^[^:]+(:(80|88|443|8443))?$")
_SECRET = re.compile(r"[A-Za-z0-9_-]*")
_LONGEST_SECRET = 256


def set_webhook(world: World, asked: Parameters) -> bool:
    """Set the webhook, which ends a poll that waits; an empty address removes it."""
    url = asked.text("url")
    if url:
        _check(url, asked.text("secret_token"))
        world.updates.end_poll(refusals.WEBHOOK_SET)
    if (allowed := asked.items("allowed_updates")) is not None:
        world.updates.allowed = tuple(allowed)
    return _set(world, asked, url)


def delete_webhook(world: World, asked: Parameters) -> bool:
    """Remove the webhook."""
    return _set(world, asked, "")


def get_webhook_info(world: World, _asked: Parameters) -> Any:
    """Describe the webhook."""
    info: dict[str, Any] = {
        "url": world.webhook,
        "has_custom_certificate": False,
        "pending_update_count": len(world.updates.pending),
    }
    if world.updates.allowed:
        info["allowed_updates"] = list(world.updates.allowed)
    return info


def _set(world: World, asked: Parameters, url: str) -> bool:
    world.webhook = url
    if asked.flag("drop_pending_updates"):
        world.updates.drop_all()
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
