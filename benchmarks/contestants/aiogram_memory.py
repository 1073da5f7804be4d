"""aiogram with its memory storage, written as its documentation writes a form: nothing survives a restart."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

from aiogram import Bot, Dispatcher, F, Router
from aiogram.filters import CommandStart
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.types import (
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from benchmarks.contestants.aiogram_line import Line
from benchmarks.contestants.place import Place
from benchmarks.contestants.script import AFTER, ASK_CONTACT, CONSENT, POINTS, QUESTIONS, thanks
from benchmarks.people import ASK_NEED, TOKEN, People


class Form(StatesGroup):
    """Where somebody stands."""

    consent = State()
    size = State()
    budget = State()
    start = State()
    decides = State()
    need = State()
    contact = State()


def choices(step: str) -> InlineKeyboardMarkup:
    """Return a question's buttons."""
    labels = QUESTIONS[step][1]
    rows = [[InlineKeyboardButton(text=text, callback_data=f"{step}:{n}")] for n, text in enumerate(labels)]
    return InlineKeyboardMarkup(inline_keyboard=rows)


AGREE = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="I agree", callback_data="consent:yes")]])
SHARE = ReplyKeyboardMarkup(
    resize_keyboard=True, keyboard=[[KeyboardButton(text="Share contact", request_contact=True)]]
)


async def show_next(query: CallbackQuery, step: str) -> None:
    """Show the next question in place of the one before."""
    await query.answer()
    if not isinstance(query.message, Message):
        return
    if step == "need":
        await query.message.edit_text(ASK_NEED)
    else:
        await query.message.edit_text(QUESTIONS[step][0], reply_markup=choices(step))


class Filters:
    """Filters as aiogram's documentation writes them."""

    def at(self, state: State) -> Any:
        """Let through who stands there."""
        return state

    def begins(self, prefix: str) -> Any:
        """Let through buttons whose data begins so."""
        return F.data.startswith(prefix)

    def has(self, what: str) -> Any:
        """Let through messages that have this."""
        return getattr(F, what)


def form(which: Filters) -> Router:
    """Return the handlers."""
    router = Router()

    @router.message(CommandStart(deep_link=True))
    async def _start(message: Message, state: FSMContext) -> None:
        await state.set_state(Form.consent)
        await message.answer(CONSENT, reply_markup=AGREE)

    @router.callback_query(which.at(Form.consent), which.begins("consent:"))
    async def _agreed(query: CallbackQuery, state: FSMContext) -> None:
        await state.set_state(Form.size)
        await state.update_data(consent_at=time.time())
        await show_next(query, "size")

    def question(step: str) -> None:
        @router.callback_query(which.at(getattr(Form, step)), which.begins(f"{step}:"))
        async def _answered(query: CallbackQuery, state: FSMContext) -> None:
            await state.set_state(getattr(Form, AFTER[step]))
            await state.update_data({step: int((query.data or "").split(":")[1])})
            await show_next(query, AFTER[step])

    for step in QUESTIONS:
        question(step)

    @router.message(which.at(Form.need), which.has("text"))
    async def _told(message: Message, state: FSMContext) -> None:
        await state.set_state(Form.contact)
        await state.update_data(need=message.text)
        await message.answer(ASK_CONTACT, reply_markup=SHARE)

    @router.message(which.at(Form.contact), which.has("contact"))
    async def _reached(message: Message, state: FSMContext) -> None:
        data = await state.get_data()
        await state.clear()
        score = sum(POINTS[data[step]] for step in QUESTIONS)
        await message.answer(thanks(score), reply_markup=ReplyKeyboardRemove())

    return router


def dispatcher() -> Dispatcher:
    """Return the bot."""
    built = Dispatcher(storage=MemoryStorage())
    built.include_router(form(Filters()))
    return built


async def run(people: People, _folder: Path, _database: str = "") -> asyncio.Task[None]:
    """Start the bot; cancelling the task stops it."""
    return serve(people, dispatcher())


async def live(place: Place) -> None:
    """Run over HTTP."""
    from benchmarks.contestants.aiogram_http import receive

    await receive(dispatcher(), place)


def serve(people: People, dispatcher: Dispatcher) -> asyncio.Task[None]:
    """Hand people's updates to a dispatcher, each in a task of its own, as its polling does."""
    bot = Bot(TOKEN, session=Line(people))
    tasks: set[asyncio.Task[Any]] = set()

    async def feed(update: dict[str, Any]) -> None:
        task = asyncio.create_task(dispatcher.feed_raw_update(bot, update))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    people.feed = feed
    return asyncio.create_task(asyncio.sleep(86_400))
