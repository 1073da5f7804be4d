"""The examples of docs/embedding.md as they stand there, each run as the page says, on an emulated Telegram."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import telegram.ext
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiohttp import web

from bot.clock import FlowingClock
from bot.demo.emulator import Emulator
from bot.demo.emulator.updates import Update

PAGE = (Path(__file__).parents[3] / "docs/embedding.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
WEBHOOKS_AT = "https://hooks.acme.example"
URL, SECRET = f"{WEBHOOKS_AT}/telegram", "a-secret-of-theirs"
PATIENCE = 30


class Outside:
    """Telegram as the examples find it: an emulator at an address."""

    def __init__(self, emulator: Emulator, clock: FlowingClock, address: str) -> None:
        self.emulator = emulator
        self.clock = clock
        self.address = address

    def aiogram_bot(self) -> Bot:
        session = AiohttpSession(api=TelegramAPIServer.from_base(self.address))
        return Bot(self.emulator.token, session=session)

    def ptb_builder(self) -> Any:
        builder = telegram.ext.Application.builder().token(self.emulator.token)
        return builder.base_url(f"{self.address}/bot")

    async def post(self, update: Update, secret: str = SECRET) -> int:
        """Post an update to the webhook, as anybody can; return the status."""
        local = URL.replace(WEBHOOKS_AT, self.emulator._world.courier.roads[WEBHOOKS_AT])
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
        async with (
            aiohttp.ClientSession() as session,
            session.post(local, json=update.to_wire(), headers=headers) as answer,
        ):
            return answer.status

    async def registers(self) -> None:
        """Set the webhook, as a bot does whose start does not."""
        async with self.aiogram_bot() as bot:
            await bot.set_webhook(URL)

    async def hangs_up(self) -> None:
        """Let Telegram wait no longer for what it has posted; it posts it again at once."""
        self.emulator._world.courier.close()
        await self.emulator._world.courier.closed()
        self.emulator._world.courier.open()

    def statuses(self) -> list[int | None]:
        """Return what Telegram was answered, post by post."""
        return [delivery.status for delivery in self.emulator.deliveries]

    def tries_again(self) -> None:
        """Let the pause go by that follows a webhook that did not answer well."""
        self.clock.move(timedelta(seconds=10))

    @asynccontextmanager
    async def posts_to(self, app: web.Application) -> AsyncIterator[web.AppRunner]:
        """Serve what the webhook leads to."""
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            self.emulator.lead(WEBHOOKS_AT, f"http://127.0.0.1:{runner.addresses[0][1]}")
            self.tries_again()
            yield runner
        finally:
            await runner.cleanup()


Driver = Callable[[Outside], AbstractAsyncContextManager[object]]


def example(*names: str) -> dict[str, Any]:
    """Run the page's examples that have these words, one after another, as a module of their own."""
    module: dict[str, Any] = {"__name__": "example"}
    for name in names:
        (source,) = [source for source in EXAMPLES if name in source]
        exec(compile(source, f"docs/embedding.md: {name}", "exec"), module)  # noqa: S102 - our own page
    return module


@asynccontextmanager
async def aiogram_polls(outside: Outside) -> AsyncIterator[None]:
    module = example("hotlead_router")
    running = asyncio.create_task(module["main"](outside.aiogram_bot()))
    try:
        yield
    finally:
        await module["dispatcher"].stop_polling()
        await running


@asynccontextmanager
async def ptb_polls(outside: Outside) -> AsyncIterator[None]:
    """Run the application as its own `run_polling` does, in a thread with an event loop of its own."""
    application = example("HotleadHandler")["build"](outside.ptb_builder())
    loop = asyncio.new_event_loop()

    def run() -> None:
        asyncio.set_event_loop(loop)
        application.run_polling(allowed_updates=telegram.Update.ALL_TYPES, stop_signals=None)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(application.stop_running)
        await asyncio.to_thread(thread.join, PATIENCE)
        assert not thread.is_alive()


def aiogram_by_webhook(outside: Outside) -> AbstractAsyncContextManager[object]:
    module = example("hotlead_router", "SimpleRequestHandler")
    return outside.posts_to(module["served"](outside.aiogram_bot()))


def ptb_by_webhook(outside: Outside) -> AbstractAsyncContextManager[object]:
    module = example("HotleadHandler", "cleanup_ctx")
    return outside.posts_to(module["served"](module["build"](outside.ptb_builder().updater(None))))


BY_POLLING: dict[str, Driver] = {"aiogram": aiogram_polls, "ptb": ptb_polls}
BY_WEBHOOK: dict[str, Driver] = {"aiogram_by_webhook": aiogram_by_webhook, "ptb_by_webhook": ptb_by_webhook}
