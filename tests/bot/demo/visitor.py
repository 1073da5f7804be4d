"""A visitor of the demo page without a browser: hears the events, asks for things, looks at the phones."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp

PATIENCE = 30
"""Real seconds after which something that should happen has not happened."""


class Visitor:
    """Keeps what the page would show; sections are replaced as they come."""

    def __init__(self, address: str, session: aiohttp.ClientSession) -> None:
        self.address = address
        self.screen: dict[str, Any] = {}
        self._session = session
        self._heard = asyncio.Event()

    async def asks(self, action: str, **details: Any) -> int:
        status, _ = await self.posts(action, details)
        return status

    async def posts(
        self, action: str, details: dict[str, Any], headers: dict[str, str] | None = None
    ) -> tuple[int, str]:
        async with self._session.post(f"{self.address}/do/{action}", json=details, headers=headers) as answer:
            return answer.status, await answer.text()

    async def gets(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, Mapping[str, str], bytes]:
        async with self._session.get(self.address + path, headers=headers) as answer:
            return answer.status, answer.headers, await answer.read()

    async def sees(self, so: Callable[[], bool]) -> None:
        """Wait until it is so on the screen."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not so():
                    self._heard.clear()
                    await self._heard.wait()
        except TimeoutError:
            raise AssertionError(f"never seen; the screen:\n{self.transcript()}") from None

    def texts(self, role: str) -> list[str]:
        return [message["html"] for message in self.screen[role]["messages"]]

    def buttons(self, role: str) -> dict[str, tuple[int, str]]:
        """Text → message and data of every button on a phone, the newest winning."""
        return {
            button["text"]: (message["id"], button["data"])
            for message in self.screen[role]["messages"]
            for row in message["buttons"]
            for button in row
        }

    async def taps(self, role: str, text: str) -> int:
        await self.sees(lambda: text in self.buttons(role))
        message, data = self.buttons(role)[text]
        return await self.asks("tap", phone=role, message=message, button=data)

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The strip, from the newest prospect's first step on."""
        story: list[dict[str, Any]] = self.screen["story"]
        begun = [place for place, line in enumerate(story) if line["opens"]]
        return story[begun[-1] if begun else 0 :]

    @property
    def story(self) -> list[str]:
        return [line["title"] for line in self.lines]

    @property
    def last(self) -> str:
        """The newest sentence of the strip."""
        return self.story[-1] if self.story else ""

    @property
    def playing(self) -> str | None:
        playing: str | None = self.screen["play"]["playing"]
        return playing

    def transcript(self) -> str:
        chats = [f"{role}: {self.texts(role)}" for role in ("prospect", "manager", "admin")]
        return "\n".join((*chats, *self.story))

    async def listen(self) -> None:
        async with self._session.get(f"{self.address}/events") as events:
            async for line in events.content:
                if line.startswith(b"data: "):
                    self.screen |= json.loads(line.removeprefix(b"data: "))
                    self._heard.set()


@asynccontextmanager
async def visiting(address: str) -> AsyncIterator[Visitor]:
    timeout = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(timeout=timeout, read_bufsize=2**22) as session:
        visitor = Visitor(address, session)
        listening = asyncio.create_task(visitor.listen())
        try:
            await visitor.sees(lambda: "prospect" in visitor.screen)
            yield visitor
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening
