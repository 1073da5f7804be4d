"""Runs the demo: prints its address, opens the browser, and stops at Ctrl-C."""

from __future__ import annotations

import asyncio
import errno
import gc
import os
import signal
import sys
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.applications import Starlette

ATTEMPTS = 20
"""Ports that are tried, one after another, before the system may choose one."""
LANGUAGE = "en"


class DemoEndedError(Exception):
    """The demo ended by itself; the log says why."""


async def run_demo(port: int = 8080, open_browser: bool = True) -> None:  # noqa: FBT001, FBT002 - as on the command line
    """Run the demo until Ctrl-C or SIGTERM."""
    stopping = asyncio.Event()
    with _signals(stopping):
        _print("Starting… (the real bot, and a Telegram of its own: a few seconds)")
        running = asyncio.create_task(_run(port, open_browser=open_browser))
        told_to_stop = asyncio.create_task(stopping.wait())
        try:
            await asyncio.wait({running, told_to_stop}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            running.cancel()
            told_to_stop.cancel()
            await asyncio.wait({running, told_to_stop})
        if not running.cancelled():
            running.result()
    _print("Stopped. Nothing of it is left on the disk.")
    # Python searches a quarter of a million objects for cycles before it exits: seconds that nobody needs.
    gc.freeze()


async def _run(port: int, *, open_browser: bool) -> None:
    # These imports cost seconds: «Starting…» is to be read before.
    from bot.demo.page import page  # noqa: PLC0415
    from bot.demo.player import Tempo  # noqa: PLC0415
    from bot.demo.show import Show  # noqa: PLC0415
    from bot.demo.stage import built  # noqa: PLC0415
    from bot.settings import read_framework  # noqa: PLC0415

    async with AsyncExitStack() as open_things:
        stage = await open_things.enter_async_context(built(LANGUAGE, framework=read_framework()))
        show = Show(stage, LANGUAGE, Tempo())
        await open_things.enter_async_context(show.open())
        address = await _serve(open_things, page(show), port)
        _print(f"\n  The demo is at {address}\n\n  Press Ctrl-C to stop it.\n")
        if open_browser:
            _open_browser(address)
        await asyncio.wait([stage.running])
        stage.running.result()
        raise DemoEndedError


async def _serve(open_things: AsyncExitStack, app: Starlette, port: int) -> str:
    """Serve the page at the port, or at the next one that is free."""
    from bot.demo.serving import served  # noqa: PLC0415

    for candidate in (*range(port, min(port + ATTEMPTS, 65536)), 0):
        try:
            address = await open_things.enter_async_context(served(app, candidate))
        except OSError as error:
            if error.errno not in {errno.EADDRINUSE, errno.EACCES} or candidate == 0:
                raise
            continue
        if candidate != port:
            _print(f"Port {port} is busy, so the demo takes port {address.rpartition(':')[2]}.")
        return address
    raise OSError(errno.EADDRINUSE, "no port is free")


@contextmanager
def _signals(stopping: asyncio.Event) -> Iterator[None]:
    """Let Ctrl-C and SIGTERM set the event; where that is not possible, Python's own way stays."""
    loop, caught = asyncio.get_running_loop(), []
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(number, stopping.set)
            caught.append(number)
    try:
        yield
    finally:
        for number in caught:
            loop.remove_signal_handler(number)


def _open_browser(address: str) -> None:
    """Open the browser, if there is one with a window; a text browser would take the terminal away."""
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return

    def open_it() -> None:
        with suppress(webbrowser.Error, OSError):
            webbrowser.open(address)

    threading.Thread(target=open_it, daemon=True).start()


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
