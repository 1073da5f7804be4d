"""aiogram with its memory storage, made fast: no threads, no model built twice, little to collect."""

from __future__ import annotations

import asyncio
import gc
from pathlib import Path
from typing import Any

from aiogram import Dispatcher
from aiogram.filters import BaseFilter, StateFilter
from aiogram.fsm.state import State
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.methods import Response
from aiogram.types import CallbackQuery, Message

from benchmarks.contestants.aiogram_memory import Filters, form, serve
from benchmarks.contestants.place import Place
from benchmarks.people import People

_PINNED = [Response[kind] for kind in (Message, bool, Message | bool)]  # type: ignore[valid-type]
"""pydantic forgets a generic's classes when nobody holds them, and building one anew takes milliseconds."""


class Begins(BaseFilter):
    """Lets through what begins so; aiogram runs what is not a coroutine in a thread."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix

    async def __call__(self, query: CallbackQuery) -> bool:
        """Tell whether it does."""
        return (query.data or "").startswith(self._prefix)


class Has(BaseFilter):
    """Lets through messages that have this."""

    def __init__(self, what: str) -> None:
        self._what = what

    async def __call__(self, message: Message) -> bool:
        """Tell whether it does."""
        return bool(getattr(message, self._what))


class Tuned(Filters):
    """Filters that are coroutines."""

    def at(self, state: State) -> Any:
        return StateFilter(state)

    def begins(self, prefix: str) -> Any:
        return Begins(prefix)

    def has(self, what: str) -> Any:
        return Has(what)


def dispatcher() -> Dispatcher:
    """Return the bot."""
    built = Dispatcher(storage=MemoryStorage())
    built.include_router(form(Tuned()))
    gc.collect()
    gc.freeze()
    return built


async def run(people: People, _folder: Path, _database: str = "") -> asyncio.Task[None]:
    """Start the bot; cancelling the task stops it."""
    return serve(people, dispatcher())


async def live(place: Place) -> None:
    """Run over HTTP."""
    from benchmarks.contestants.aiogram_http import receive

    await receive(dispatcher(), place)
