"""Serves the web over HTTP: takes requests apart, passes them on, and knows no more of what they are about."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import ClientPayloadError, web
from aiohttp.http_exceptions import HttpProcessingError

from bot.web.asking import Answer, Asked
from bot.web.errors import BodyBrokenError, BodyTooLargeError, ListenError
from bot.worker import place_of

LONGEST_LINE, LONGEST_HEADER, MOST_HEADERS = 4096, 8190, 64
PART = 64 * 1024
IDLE = 75.0
"""Seconds that a connection may say nothing between two requests: longer than nginx keeps one in store."""
LAST_WORDS = 1.0
"""Seconds that requests get to end when the process stops."""
BODY_WITHIN = 10.0
"""Seconds that a body may take to come; whoever sends it slower holds a connection for nothing."""
BROKEN = (TimeoutError, ConnectionError, ClientPayloadError, HttpProcessingError, web.RequestPayloadError)
"""What is raised when a body ends before its end, is chopped wrongly, or does not come."""
EVERY_ANSWER = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Server": "hotlead",
}

log = structlog.get_logger()


class _Body:
    """The body of a request, read only by whoever wants it, and no further than they want."""

    def __init__(self, request: web.BaseRequest) -> None:
        self._request = request
        self.was_read = False

    async def read(self, most: int) -> bytes:
        """Read it whole. Raises BodyTooLargeError or BodyBrokenError."""
        if (self._request.content_length or 0) > most:
            raise BodyTooLargeError
        content = bytearray()
        try:
            async with asyncio.timeout(BODY_WITHIN):
                while part := await self._request.content.read(PART):
                    content += part
                    if len(content) > most:  # what was said of its length may be a lie, or nothing was said
                        raise BodyTooLargeError
        except BROKEN as error:
            raise BodyBrokenError from error
        self.was_read = True
        return bytes(content)


class WebServer:
    """Listens at one address. What is asked is never logged: the path of a link stands for a person."""

    def __init__(
        self,
        host: str,
        port: int,
        answer: Callable[[Asked], Awaitable[Answer]],
        finish: Callable[[], Awaitable[None]],
        posted: str | None = None,
        started: asyncio.Event | None = None,
    ) -> None:
        """`finish` is awaited when nothing is asked any more; `started` is set once it listens.

        Addresses that begin with `posted` may be sent something; all others are only looked at.
        """
        self._host, self._port = host, port
        self._posted = posted
        self._answer = answer
        self._finish = finish
        self.started = started or asyncio.Event()
        self.port = port
        """the port that is listened on; the system chooses one for 0"""

    async def run(self) -> None:
        """Serve for ever. Raises ListenError."""
        server = web.Server(
            self._handle,
            access_log=None,
            keepalive_timeout=IDLE,
            lingering_time=LAST_WORDS,
            auto_decompress=False,
            max_line_size=LONGEST_LINE,
            max_field_size=LONGEST_HEADER,
            max_headers=MOST_HEADERS,
        )
        runner = web.ServerRunner(server, handle_signals=False, shutdown_timeout=LAST_WORDS)
        await runner.setup()
        try:
            site = web.TCPSite(runner, self._host, self._port)
            try:
                await site.start()
            except OSError as error:
                where = f"{self._host}:{self._port}"
                raise ListenError(f"HOTLEAD_LISTEN: {where} cannot be listened on: {error.strerror}") from None
            self.port = runner.addresses[0][1]
            self.started.set()
            log.info("listening", host=self._host, port=self.port)
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()
            await self._finish()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        body = _Body(request)
        answer = await self._answered(request, body)
        response = web.Response(
            status=answer.status,
            body=answer.body.encode(),
            headers={**EVERY_ANSWER, "Content-Type": answer.kind, **answer.headers},
        )
        if request.body_exists and not body.was_read:
            response.force_close()  # nobody reads what is left of it
        return response

    async def _answered(self, request: web.BaseRequest, body: _Body) -> Answer:
        path = request.rel_url.raw_path
        if self._posted is None or not path.startswith(self._posted):
            if request.method not in ("GET", "HEAD"):
                return Answer(405, "Only GET and HEAD here.\n", headers={"Allow": "GET, HEAD"})
            if request.body_exists:
                return Answer(413, "Nothing here takes a body.\n")
        headers = {name.lower(): value for name, value in request.headers.items()}
        try:
            return await self._answer(Asked(request.method, path, headers, body.read))
        except Exception as error:  # noqa: BLE001 - one bad request must not stop the others
            log.error("request_failed", error=place_of(error))  # noqa: TRY400 - no texts in logs
            return Answer(500, "Something went wrong here; it has been written down.\n")
