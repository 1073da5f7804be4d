"""Hotlead inside a bot that receives by webhook: Telegram hears yes to what is on the disk, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from aiogram import Dispatcher, Router
from aiogram.types import ErrorEvent, TelegramObject
from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
from aiohttp import web
from telegram.ext import Defaults

from bot.demo.emulator import Emulator, Person
from bot.telegram.with_aiogram.embedding import hotlead_router
from tests.bot.embedding.conftest import Running
from tests.bot.embedding.page import Outside, aiogram_by_webhook, example
from tests.bot.embedding.watching import (
    PRICE,
    a_while,
    kept,
    nobody_can_write,
    quiet,
    rows,
    said,
    sees,
    starts,
    until,
)
from tests.scenarios.disk import Disk


async def test_updates_are_posted_with_the_secret_and_each_is_answered_with_yes(
    posted_to: Running, outside: Outside, emulator: Emulator, anna: Person, tmp_path: Path
) -> None:
    async with posted_to():
        await starts(emulator, anna)
        anna.taps("For a company")
        anna.says("/price")
        await sees(emulator, anna, "What do you need?")
        await sees(emulator, anna, PRICE)
        await quiet(emulator, tmp_path)
    assert set(outside.statuses()) == {200}
    assert not [call for call in emulator.calls if call.method == "getUpdates"]
    assert len(rows(tmp_path, "SELECT update_id FROM inbox")) == 2  # the command was not for us


async def test_whoever_does_not_know_the_secret_is_refused_and_not_heard(
    posted_to: Running, outside: Outside, emulator: Emulator, anna: Person, tmp_path: Path
) -> None:
    async with posted_to():
        update = await starts(emulator, anna)
        seen = said(anna)
        for secret in ("a-guess", ""):
            assert await outside.post(replace(update, id=update.id + 7), secret) == 401
        await quiet(emulator, tmp_path)
        assert said(anna) == seen
        assert kept(tmp_path, update.id + 7) == 0


async def test_one_update_posted_twenty_times_at_once_has_one_effect(
    posted_to: Running, outside: Outside, emulator: Emulator, anna: Person, tmp_path: Path
) -> None:
    async with posted_to():
        update = await starts(emulator, anna)
        assert await asyncio.gather(*(outside.post(update) for _ in range(20))) == [200] * 20
        await quiet(emulator, tmp_path)
        assert len(said(anna)) == 2
        assert kept(tmp_path, update.id) == 1


async def test_while_nothing_can_be_kept_nobody_says_yes_and_what_is_repeated_is_handled_once(
    posted_to: Running, outside: Outside, emulator: Emulator, anna: Person, tmp_path: Path
) -> None:
    boris = emulator.person(8, first_name="Boris", language="en")
    async with posted_to():
        await starts(emulator, anna)
        await quiet(emulator, tmp_path)
        answered = len(emulator.deliveries)
        with nobody_can_write(tmp_path):
            anna.taps("For a company")
            (tap,) = emulator._world.updates.pending
            await a_while(emulator)
            boris.says("/price")  # their own: it may be answered meanwhile, and must not be twice
            for _ in range(3):
                await outside.hangs_up()
                await a_while(emulator)
            assert tap in emulator._world.updates.pending
            assert kept(tmp_path, tap.id) == 0
        await until(emulator, lambda: not emulator._world.updates.pending)
        await quiet(emulator, tmp_path)
    assert {delivery.status for delivery in emulator.deliveries[answered:]} == {200}
    assert kept(tmp_path, tap.id) == 1
    assert [text for text in said(anna) if "What do you need?" in text] == [said(anna)[-1]]
    assert said(boris) == [PRICE]


# aiogram ---------------------------------------------------------------------------------------------------


def _their_app(outside: Outside, dispatcher: Dispatcher) -> web.Application:
    app, bot = web.Application(), outside.aiogram_bot()
    SimpleRequestHandler(dispatcher, bot, handle_in_background=False).register(app, path="/telegram")
    setup_application(app, dispatcher, bot=bot)
    return app


async def test_aiogram_hears_in_time_that_nothing_is_kept_whatever_its_error_handlers_think(
    outside: Outside, emulator: Emulator, anna: Person, tmp_path: Path
) -> None:
    dispatcher, caught = Dispatcher(), list[Exception]()

    @dispatcher.error()
    async def all_is_well(event: ErrorEvent) -> bool:
        caught.append(event.exception)
        return True

    dispatcher.include_router(hotlead_router(patience=0.1))
    with Disk().installed() as disk:
        async with outside.posts_to(_their_app(outside, dispatcher)):
            await outside.registers()
            await starts(emulator, anna)
            await quiet(emulator, tmp_path)
            with disk.read_only():
                anna.taps("For a company")
                (tap,) = emulator._world.updates.pending
                await until(emulator, lambda: 500 in outside.statuses())
                assert emulator._world.updates.pending == (tap,)
            outside.tries_again()
            await sees(emulator, anna, "What do you need?")
            await quiet(emulator, tmp_path)
    assert caught == []
    assert kept(tmp_path, tap.id) == 1
    assert outside.statuses()[-1] == 200


async def test_aiogram_hears_no_for_what_arrives_while_the_bot_stops_and_telegram_brings_it_again(
    outside: Outside, emulator: Emulator, anna: Person
) -> None:
    module = example("hotlead_router", "SimpleRequestHandler")
    dispatcher: Dispatcher = module["dispatcher"]
    arrived, stopped = asyncio.Event(), asyncio.Event()

    @dispatcher.update.outer_middleware
    async def slowly(handler: Callable[..., Awaitable[Any]], event: TelegramObject, data: dict[str, Any]) -> Any:
        arrived.set()
        await stopped.wait()
        return await handler(event, data)

    last = Router()
    last.shutdown.register(stopped.set)
    dispatcher.include_router(last)
    async with outside.posts_to(module["served"](outside.aiogram_bot())):
        anna.starts()
        await arrived.wait()
    await until(emulator, emulator.deliveries.__len__)
    assert outside.statuses()[0] == 500
    async with aiogram_by_webhook(outside):
        await sees(emulator, anna, "Who is the furniture for?")


# python-telegram-bot -----------------------------------------------------------------------------------------


async def test_ptb_confirms_what_is_on_the_disk_even_where_a_bots_handlers_do_not_block(
    outside: Outside, emulator: Emulator, anna: Person, tmp_path: Path
) -> None:
    module = example("HotleadHandler", "cleanup_ctx")
    builder = outside.ptb_builder().updater(None).defaults(Defaults(block=False))
    async with outside.posts_to(module["served"](module["build"](builder))):
        await starts(emulator, anna)
        await quiet(emulator, tmp_path)
        with nobody_can_write(tmp_path):
            anna.taps("For a company")
            await a_while(emulator)
            assert emulator._world.updates.pending
        await sees(emulator, anna, "What do you need?")
