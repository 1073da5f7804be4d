"""python-telegram-bot with its ConversationHandler and no persistence: nothing survives a restart."""

from __future__ import annotations

import asyncio
import json
import time
import warnings
from pathlib import Path
from typing import Any

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    Update,
)
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    filters,
)
from telegram.request import BaseRequest, RequestData

from benchmarks.contestants.place import HOOK, Place
from benchmarks.contestants.script import AFTER, ASK_CONTACT, CONSENT, POINTS, QUESTIONS, thanks
from benchmarks.people import ASK_NEED, TOKEN, People

Context = ContextTypes.DEFAULT_TYPE
STATES = {step: number for number, step in enumerate(("consent", *QUESTIONS, "need", "contact"))}


class Line(BaseRequest):
    """The way to the Bot API without sockets."""

    def __init__(self, people: People) -> None:
        self._people = people

    @property
    def read_timeout(self) -> float | None:
        """There is nothing to wait for."""
        return None

    async def initialize(self) -> None:
        """There is nothing to open."""

    async def shutdown(self) -> None:
        """There is nothing to close."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_: Any, **__: Any
    ) -> tuple[int, bytes]:
        """Carry out a request."""
        asked = request_data.json_parameters if request_data else {}
        return 200, self._people.answer(url.rsplit("/", 1)[1], asked)


def _buttons(step: str) -> InlineKeyboardMarkup:
    labels = QUESTIONS[step][1]
    rows = [[InlineKeyboardButton(text, callback_data=f"{step}:{n}")] for n, text in enumerate(labels)]
    return InlineKeyboardMarkup(rows)


async def _show_next(update: Update, step: str) -> int:
    query = update.callback_query
    assert query is not None
    await query.answer()
    if step == "need":
        await query.edit_message_text(ASK_NEED)
    else:
        await query.edit_message_text(QUESTIONS[step][0], reply_markup=_buttons(step))
    return STATES[step]


async def _start(update: Update, context: Context) -> int:
    assert update.message is not None
    assert context.user_data is not None
    context.user_data.clear()
    agree = InlineKeyboardMarkup([[InlineKeyboardButton("I agree", callback_data="consent:yes")]])
    await update.message.reply_text(CONSENT, reply_markup=agree)
    return STATES["consent"]


async def _agreed(update: Update, context: Context) -> int:
    assert context.user_data is not None
    context.user_data["consent_at"] = time.time()
    return await _show_next(update, "size")


async def _answered(update: Update, context: Context) -> int:
    assert update.callback_query is not None
    assert context.user_data is not None
    step, chosen = (update.callback_query.data or "").split(":")
    context.user_data[step] = int(chosen)
    return await _show_next(update, AFTER[step])


async def _told(update: Update, context: Context) -> int:
    assert update.message is not None
    assert context.user_data is not None
    context.user_data["need"] = update.message.text
    share = ReplyKeyboardMarkup([[KeyboardButton("Share contact", request_contact=True)]], resize_keyboard=True)
    await update.message.reply_text(ASK_CONTACT, reply_markup=share)
    return STATES["contact"]


async def _reached(update: Update, context: Context) -> int:
    assert update.message is not None
    assert context.user_data is not None
    score = sum(POINTS[context.user_data[step]] for step in QUESTIONS)
    await update.message.reply_text(thanks(score), reply_markup=ReplyKeyboardRemove())
    return ConversationHandler.END


def _form() -> ConversationHandler[Context]:
    warnings.filterwarnings("ignore", message=".*per_message.*")  # PTB's advice, which does not concern this form
    states: dict[object, Any] = {
        STATES["consent"]: [CallbackQueryHandler(_agreed, pattern="^consent:")],
        STATES["need"]: [MessageHandler(filters.TEXT & ~filters.COMMAND, _told)],
        STATES["contact"]: [MessageHandler(filters.CONTACT, _reached)],
    }
    for step in QUESTIONS:
        states[STATES[step]] = [CallbackQueryHandler(_answered, pattern=f"^{step}:")]
    start = CommandHandler("start", _start)
    return ConversationHandler(entry_points=[start], states=states, fallbacks=[start])


async def run(people: People, _folder: Path, _database: str = "") -> asyncio.Task[None]:
    """Start the bot; cancelling the task stops it."""
    line = Line(people)
    application = Application.builder().token(TOKEN).request(line).get_updates_request(line).updater(None).build()
    application.add_handler(_form())
    await application.initialize()
    waiting: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def live() -> None:
        while True:  # one update at a time: PTB's own default
            update = Update.de_json(json.loads(json.dumps(await waiting.get())), application.bot)
            await application.process_update(update)

    async def feed(update: dict[str, Any]) -> None:
        waiting.put_nowait(update)

    people.feed = feed
    return asyncio.create_task(live())


async def live(place: Place) -> None:
    """Run over HTTP: with its polling, or its Starlette example of a webhook of one's own."""
    application = Application.builder().token(TOKEN).base_url(f"{place.api}/bot")
    if not place.port:
        polling = application.build()
        polling.add_handler(_form())
        await polling.initialize()
        await polling.start()
        assert polling.updater is not None
        await polling.updater.start_polling()
        await asyncio.Event().wait()
    hooked = application.updater(None).build()
    hooked.add_handler(_form())
    await _serve(hooked, place.port)


async def _serve(application: Application[Any, Any, Any, Any, Any, Any], port: int) -> None:
    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    async def telegram(request: Request) -> Response:
        await application.update_queue.put(Update.de_json(data=await request.json(), bot=application.bot))
        return Response()

    app = Starlette(routes=[Route(HOOK, telegram, methods=["POST"])])
    server = uvicorn.Server(
        uvicorn.Config(app=app, port=port, use_colors=False, host="127.0.0.1", log_level="error")
    )
    async with application:
        await application.start()
        await server.serve()
        await application.stop()
