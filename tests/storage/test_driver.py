"""The driver's threads: none outlives the event loop that it reports to."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage.driver import Driver


async def test_a_connection_that_was_given_up_half_way_is_waited_for(tmp_path: Path) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'leads.db'}")
    driver, opening, may_open = Driver(engine), threading.Event(), threading.Event()
    _open_slowly(engine, opening, may_open)
    connecting = asyncio.create_task(engine.connect().__aenter__())
    await asyncio.to_thread(opening.wait, 5)
    connecting.cancel()
    await asyncio.wait([connecting])
    await engine.dispose()

    ending = asyncio.create_task(driver.end())
    await asyncio.wait([ending], timeout=0.05)
    assert not ending.done()
    may_open.set()
    await ending
    assert not [each for each in threading.enumerate() if "_connection_worker_thread" in each.name]


def _open_slowly(engine: AsyncEngine, opening: threading.Event, may_open: threading.Event) -> None:
    class Slow(sqlite3.Connection):
        def __init__(self, *args: Any, **options: Any) -> None:
            opening.set()
            may_open.wait(5)
            super().__init__(*args, **options)

    @event.listens_for(engine.sync_engine, "do_connect")
    def _slow(_dialect: Any, _record: Any, _args: Any, options: dict[str, Any]) -> None:
        options["factory"] = Slow
