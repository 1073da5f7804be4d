"""A browser, or what pretends to be one: opens addresses of the bot's own web server."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp
from yarl import URL

from bot.web.serving import WebServer
from tests.scenarios.over_http import PATIENCE, House
from tests.scenarios.together import Together

PUBLIC = "https://go.acme.example"
PHONE = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile"


@dataclass(frozen=True)
class Page:
    """What came back: a redirect is not followed."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def leads_to(self) -> str | None:
        return self.headers.get("Location")


class Browser:
    """Opens pages of a house's web server as somebody from outside would."""

    def __init__(self, house: House | Together) -> None:
        self._house = house

    async def opens(self, address: str, method: str = "GET", *, agent: str = PHONE, **headers: str) -> Page:
        """Open an address, public or a path, and wait for what the bot does about it."""
        web = self._house.ensemble.web if isinstance(self._house, Together) else self._house.app.web
        assert isinstance(web, WebServer)
        async with asyncio.timeout(PATIENCE):
            await web.started.wait()
        path = address.removeprefix(PUBLIC)
        sent = {"User-Agent": agent, **{name.replace("_", "-"): value for name, value in headers.items()}}
        # The path goes out as it was written: a client that tidies it up would hide an attack.
        async with (
            aiohttp.ClientSession(skip_auto_headers=("User-Agent",)) as session,
            session.request(
                method, _exactly(f"http://127.0.0.1:{web.port}{path}"), headers=sent, allow_redirects=False
            ) as response,
        ):
            page = Page(response.status, response.headers, await response.text())
        await self._house.quiet()
        return page


def _exactly(address: str) -> URL:
    return URL(address, encoded=True)
