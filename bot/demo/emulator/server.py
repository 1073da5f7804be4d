"""The Bot API over HTTP: requests come in as Telegram takes them, answers go out as it gives them."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.demo.emulator import refusals
from bot.demo.emulator.desk import Answer, Desk
from bot.demo.emulator.files import Upload
from bot.demo.emulator.messages import Media
from bot.demo.emulator.parameters import Parameters
from bot.demo.emulator.refusals import Refused, bad_request

_LARGEST_BODY = 50 * 1024 * 1024
# Put into the scope by `bot.demo.serving`: breaks the connection under a request.
CUT = "hotlead.cut"


def bot_api(desk: Desk) -> Starlette:
    """Return the Bot API of one bot as an ASGI application."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        desk.open()
        yield
        desk.close()
        await desk.world.courier.closed()

    async def not_found(_request: Request, _error: Exception) -> Response:
        return _response(Answer.of(refusals.NOT_FOUND_PATH))

    app = Starlette(
        routes=[
            Route("/bot{token}/{method}", _Methods(desk)),
            Route("/file/bot{token}/{path:path}", _Downloads(desk)),
        ],
        exception_handlers={404: not_found},
        lifespan=lifespan,
    )
    # `bot.demo.serving` calls it before it waits for the open requests to end.
    app.state.stop = desk.close
    return app


class _Methods:
    """Answers `/bot<token>/<method>`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        token, method = request.path_params["token"], request.path_params["method"]
        try:
            asked = await _parameters(request)
        except Refused as refused:
            await _response(Answer.of(refused.refusal))(scope, receive, send)
            return
        answer = await self._desk.answer(token, method, asked)
        if answer.silent_for is None:
            await _response(answer)(scope, receive, send)
            return
        await self._desk.stay_silent(answer.silent_for)
        await _cut(scope, receive)


class _Downloads:
    """Answers `/file/bot<token>/<path>`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = scope["path_params"]
        found = await self._desk.download(asked["token"], asked["path"])
        if isinstance(found, Media):
            await Response(found.content, media_type=found.content_type)(scope, receive, send)
        elif found.silent_for is None:
            await _response(found)(scope, receive, send)
        else:
            await self._desk.stay_silent(found.silent_for)
            await _cut(scope, receive)


async def _parameters(request: Request) -> Parameters:
    if int(request.headers.get("content-length", "0")) > _LARGEST_BODY:
        raise Refused(refusals.UPLOAD_TOO_LARGE)
    values: dict[str, Any] = dict(request.query_params)
    uploads: dict[str, Upload] = {}
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind == "application/json":
        values |= _object(await request.body())
    elif kind in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        try:
            async with request.form(max_part_size=_LARGEST_BODY) as form:
                for name, part in form.multi_items():
                    if isinstance(part, UploadFile):
                        uploads[name] = await _upload(name, part)
                    else:
                        values[name] = part
        except HTTPException as error:
            raise Refused(bad_request(str(error.detail))) from None
    return Parameters(values, uploads)


def _object(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body) if body else {}
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise Refused(bad_request("can't parse the JSON body of the request"))
    return content


async def _upload(name: str, part: UploadFile) -> Upload:
    return Upload(
        name=part.filename or name,
        content_type=part.content_type or "application/octet-stream",
        content=await part.read(),
    )


def _response(answer: Answer) -> Response:
    if isinstance(answer.body, str):
        return HTMLResponse(answer.body, answer.status)
    parameters = answer.body.get("parameters", {})
    wait = parameters.get("retry_after")
    headers = None if wait is None else {"Retry-After": str(wait)}
    # Telegram escapes all but ASCII, and so can send half a character, which no encoding has.
    return Response(json.dumps(answer.body), answer.status, headers, "application/json")


async def _cut(scope: Scope, receive: Receive) -> None:
    cut: Callable[[], None] | None = scope.get("extensions", {}).get(CUT)
    if cut is None:
        raise RuntimeError("this server cannot break a connection: serve the emulator with bot.demo.serving")
    cut()
    # Until the server has noticed: it would answer 500 in our place otherwise.
    while (await receive())["type"] != "http.disconnect":
        pass
