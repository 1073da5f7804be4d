"""aiogram's way to the Bot API without sockets: it serialises and validates all that it would over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.methods import TelegramMethod

from benchmarks.people import People


class Line(BaseSession):
    """Hands each request to the people; `getUpdates` waits for what they do."""

    def __init__(self, people: People) -> None:
        super().__init__()
        self._people = people
        self.updates: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def make_request(self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None) -> Any:  # noqa: ASYNC109 - aiogram's
        """Carry out a request."""
        if method.__api_method__ == "getUpdates":
            waiting = [await self.updates.get()]
            while not self.updates.empty():
                waiting.append(self.updates.get_nowait())
            return waiting
        asked: dict[str, Any] = {}
        for key, value in method.model_dump(warnings=False).items():
            prepared = self.prepare_value(value, bot=bot, files={})
            if prepared:
                asked[key] = prepared
        body = self._people.answer(method.__api_method__, asked)
        return self.check_response(bot, method, 200, body.decode()).result

    async def close(self) -> None:
        """There is nothing to close."""

    async def stream_content(self, *_: Any, **__: Any) -> AsyncGenerator[bytes, None]:
        """Files are not sent here."""
        yield b""
