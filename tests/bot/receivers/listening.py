"""A receiver on this machine, which says what a test wants, and checks signatures as the standard says."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web

PAGE = (Path(__file__).parents[3] / "docs/receivers.md").read_text("utf-8")
TOLERANCE = timedelta(minutes=5)
Saying = web.Response | Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Heard:
    """A notice as it came."""

    body: bytes
    headers: Mapping[str, str]

    @property
    def type(self) -> str:
        return str(json.loads(self.body)["type"])

    @property
    def data(self) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(self.body)["data"]
        return data

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


@dataclass
class Listening:
    """Answers with what `sayings` hold, then with 204."""

    sayings: list[Saying] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?token=of-its-own"

    @property
    def types(self) -> list[str]:
        return [each.type for each in self.heard]

    async def hear(self, request: web.Request) -> web.StreamResponse:
        self.heard.append(Heard(await request.read(), {k.lower(): v for k, v in request.headers.items()}))
        saying = self.sayings.pop(0) if self.sayings else web.Response(status=204)
        return await saying(request) if callable(saying) else saying


@asynccontextmanager
async def listening() -> AsyncIterator[Listening]:
    """Listen on a free port."""
    there = Listening()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", there.hear)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    there.port = runner.addresses[0][1]
    try:
        yield there
    finally:
        await runner.cleanup()


def is_genuine(heard: Heard, secret: str, now: datetime) -> bool:
    """Verify as Standard Webhooks says: the moment within a tolerance, any signature of the list, on raw bytes."""
    moment = int(heard.headers["webhook-timestamp"])
    if abs(now.timestamp() - moment) > TOLERANCE.total_seconds():
        return False
    key = base64.b64decode(secret.split("_", 1)[1])
    to_sign = f"{heard.headers['webhook-id']}.{moment}.{heard.body.decode()}".encode()
    expected = base64.b64encode(hmac.new(key, to_sign, hashlib.sha256).digest()).decode()
    for versioned in heard.headers["webhook-signature"].split(" "):
        version, signature = versioned.split(",", 1)
        if version == "v1" and hmac.compare_digest(expected, signature):
            return True
    return False


def the_pages_verify() -> Callable[[bytes, Mapping[str, str], str, Callable[[], float]], bool]:
    """Return the check that docs/receivers.md shows, as who follows the page has it."""
    (code,) = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    shown: dict[str, Any] = {}
    exec(code, shown)  # noqa: S102 - our own page
    verify: Callable[[bytes, Mapping[str, str], str, Callable[[], float]], bool] = shown["verify"]
    return verify


def proven_by(heard: Heard, *secrets: str) -> list[str]:
    """Return which of the secrets prove a notice, when it comes, to who follows docs/receivers.md."""
    verify, came_at = the_pages_verify(), float(heard.headers["webhook-timestamp"])
    return [each for each in secrets if verify(heard.body, heard.headers, each, lambda: came_at)]
