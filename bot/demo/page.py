"""The page of the demo: what changed goes down as a stream of events, what a visitor does comes up as requests."""

from __future__ import annotations

import asyncio
import json
import mimetypes
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.demo.phones import CannotDoError
from bot.demo.plays import Ending
from bot.demo.screen import Screen
from bot.demo.show import Show

STATIC = Path(__file__).parent / "static"
HOSTS = ("127.0.0.1", "localhost")
"""Names under which this machine knows itself; any other is somebody's rebound domain."""
PICTURES = frozenset({"image/jpeg", "image/png"})
LONGEST_TEXT = 4096
BREATH = 0.015
"""Real seconds in which changes gather before they are sent together."""
SIGN_OF_LIFE = 15.0
JUMPS = {"hour": timedelta(hours=1), "day": timedelta(days=1)}

_HEADERS = {
    b"content-security-policy": b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    b"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cache-control": b"no-store",
}

Action = Callable[[Show, dict[str, Any]], Awaitable[None]]


def page(show: Show) -> Starlette:
    """Return the page of a show as an application."""
    screen, closing = Screen(show), asyncio.Event()

    async def index(_request: Request) -> Response:
        return FileResponse(STATIC / "index.html")

    async def events(_request: Request) -> Response:
        return StreamingResponse(_stream(show, screen, closing), media_type="text/event-stream")

    async def media(request: Request) -> Response:
        found = screen.media(request.path_params["file_id"])
        if found is None or found.content is None:
            return Response(status_code=404)
        kind = mimetypes.guess_type(found.name)[0]
        if found.kind == "photo" and kind in PICTURES:
            return Response(found.content, media_type=kind)
        if found.kind != "document":
            return Response(status_code=404)
        # Never shown in the page's own name: whatever is in it, it is saved.
        named = f"attachment; filename*=UTF-8''{quote(found.name, safe='')}"
        headers = {"Content-Disposition": named}
        return Response(found.content, headers=headers, media_type="application/octet-stream")

    async def act(request: Request) -> Response:
        action = _ACTIONS.get(request.path_params["action"])
        if action is None:
            return Response(status_code=404)
        try:
            asked = await request.json()
            await action(show, asked)
        except (CannotDoError, KeyError, TypeError, ValueError) as wrong:
            return JSONResponse({"error": str(wrong)}, status_code=409)
        return Response(status_code=204)

    app = Starlette(
        routes=[
            Route("/", index),
            Route("/events", events),
            Route("/media/{file_id}", media),
            Route("/do/{action}", act, methods=["POST"]),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=list(HOSTS), www_redirect=False),
            Middleware(OwnPageOnly),
        ],
    )

    def stop() -> None:
        closing.set()
        show.changes.ring()

    # `bot.demo.serving` calls it before it waits for the open requests to end.
    app.state.stop = stop
    return app


async def _stream(show: Show, screen: Screen, closing: asyncio.Event) -> AsyncIterator[str]:
    """Send everything once, and from then on each section that changed."""
    sent: dict[str, Any] = {}
    while not closing.is_set():
        seen = show.changes.number
        sections = screen.sections()
        changed = {name: part for name, part in sections.items() if name not in sent or sent[name] != part}
        sent = sections
        yield f"data: {json.dumps(changed, ensure_ascii=False)}\n\n" if changed else ":\n\n"
        with suppress(TimeoutError):
            async with asyncio.timeout(SIGN_OF_LIFE):
                await show.changes.after(seen)
        await asyncio.sleep(BREATH)


class OwnPageOnly:
    """Refuses requests that another site's page makes, and hardens every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        origin = headers.get(b"origin", b"").decode("latin-1")
        host = headers.get(b"host", b"").decode("latin-1")
        if scope["method"] not in {"GET", "HEAD"} and origin and urlsplit(origin).netloc != host:
            await Response("Only the demo's own page may do this.", status_code=403)(scope, receive, send)
            return

        async def hardened(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *_HEADERS.items()]}
            await send(message)

        await self._app(scope, receive, hardened)


async def _start(show: Show, asked: dict[str, Any]) -> None:
    await show.press_start(str(asked["phone"]))


async def _tap(show: Show, asked: dict[str, Any]) -> None:
    await show.tap(str(asked["phone"]), int(asked["message"]), str(asked["button"]))


async def _say(show: Show, asked: dict[str, Any]) -> None:
    text = str(asked["text"]).strip()[:LONGEST_TEXT]
    if text:
        await show.say(str(asked["phone"]), text)


async def _play(show: Show, asked: dict[str, Any]) -> None:
    await show.play(Ending(asked["ending"]))


async def _restart(show: Show, _asked: dict[str, Any]) -> None:
    await show.restart()


async def _choose(show: Show, asked: dict[str, Any]) -> None:
    await show.choose(str(asked.get("quiz", show.quiz)), str(asked.get("language", show.language)))


async def _clock(show: Show, asked: dict[str, Any]) -> None:
    if asked["to"] == "next":
        if not await show.skip():
            raise CannotDoError("nothing is planned")
    else:
        show.move_clock(JUMPS[asked["to"]])


_ACTIONS: dict[str, Action] = {
    "start": _start,
    "tap": _tap,
    "say": _say,
    "play": _play,
    "restart": _restart,
    "choose": _choose,
    "clock": _clock,
}
