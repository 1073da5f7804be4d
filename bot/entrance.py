"""The entrance: by which the web comes to a bot, where the settings want it to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from bot.bell import Bell
from bot.registration import Address, secret_of
from bot.roles import Role, Roles
from bot.settings import Settings
from bot.watching.pulse import Pulse
from bot.web.receiving import PATH as WEBHOOKS
from bot.web.receiving import Door, path_of
from bot.work import Workshop

if TYPE_CHECKING:
    from bot.web.asking import Answer, Asked
    from bot.web.serving import WebServer
    from bot.web.site import Site


class Answering(Protocol):
    """What the web server asks."""

    async def answer(self, asked: Asked) -> Answer:
        """Answer a request."""
        ...

    async def finish(self) -> None:
        """Bring to an end what is under way."""
        ...


def port_of(settings: Settings, roles: Roles) -> tuple[str, int] | None:
    """Return the host and port that a process listens on; None when it is not to."""
    # The rest of a fleet listens only where it is told to: on one machine they would all want the same port.
    return settings.listens_on if Role.RECEIVE in roles or settings.listen is not None else None


def address_of(settings: Settings, workshop: Workshop) -> Address | None:
    """Return where Telegram posts a bot's updates, and what it shows there; None where they are polled."""
    url = webhook_of(settings, workshop.bot_id)
    if url is None:
        return None
    given = settings.webhook_secret.get_secret_value() if settings.webhook_secret else None
    return Address(url, secret_of(given, workshop.setup.fingerprint, workshop.bot_id))


def webhook_of(settings: Settings, bot_id: int) -> str | None:
    """Return where Telegram posts a bot's updates; None where they are polled."""
    return f"{settings.webhooks_at}{path_of(bot_id)}" if settings.webhooks_at is not None else None


# Who serves nothing need not wait for what serves to be imported.
def site_of(
    settings: Settings,
    workshop: Workshop,
    pulse: Pulse,
    due: Bell,
    room: Callable[[], int | None],
    door: Door | None,
) -> Site:
    """Put together what a bot answers the web; its updates come by the `door`."""
    from bot.web.redirecting import Redirects  # noqa: PLC0415
    from bot.web.site import Site  # noqa: PLC0415

    token = settings.metrics_token.get_secret_value() if settings.metrics_token else None
    return Site(workshop, pulse, Redirects(workshop, due), room, token, door)


def web_server(settings: Settings, roles: Roles, site: Answering, listening: asyncio.Event) -> WebServer | None:
    """Put the web server together, if there is to be one; `listening` is set once it is."""
    at = port_of(settings, roles)
    if at is None:
        return None
    from bot.web.serving import WebServer  # noqa: PLC0415

    posted = WEBHOOKS if settings.webhooks_at is not None else None
    return WebServer(*at, site.answer, site.finish, posted=posted, started=listening)
