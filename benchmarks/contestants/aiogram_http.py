"""aiogram's own ways to receive over HTTP: its polling, and its handler for aiohttp."""

from __future__ import annotations

import asyncio

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
from aiohttp import web

from benchmarks.contestants.place import HOOK, Place
from benchmarks.people import TOKEN


async def receive(dispatcher: Dispatcher, place: Place) -> None:
    """Receive for ever."""
    bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(place.api)))
    if not place.port:
        await dispatcher.start_polling(bot, handle_signals=False)
        return
    app = web.Application()
    SimpleRequestHandler(dispatcher=dispatcher, bot=bot).register(app, path=HOOK)
    setup_application(app, dispatcher, bot=bot)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", place.port).start()
    await asyncio.Event().wait()
