"""Serves the web over HTTP: takes requests apart, passes them on, and knows no more of what they are about."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from bot.web.asking import Answer, Asked
from bot.web.errors import ListenError
from bot.worker import place_of

LONGEST_LINE, LONGEST_HEADER, MOST_HEADERS = 4096, 8190, 64
IDLE = 30.0
"""Seconds that a connection may say nothing between two requests."""
LAST_WORDS = 1.0
"""Seconds that requests get to end when the process stops."""
EVERY_ANSWER = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Server": "hotlead",
}

log = structlog.get_logger()


class WebServer:
    """Listens at one address. What is asked is never logged: the path of a link stands for a person."""

    def __init__(
        self,
        host: str,
        port: int,
        answer: Callable[[Asked], Awaitable[Answer]],
        finish: Callable[[], Awaitable[None]],
    ) -> None:
        """`finish` is awaited when nothing is asked any more."""
        self._host, self._port = host, port
        self._answer = answer
        self._finish = finish
        self.started = asyncio.Event()
        self.port = port
        """the port that is listened on; the system chooses one for 0"""

    async def run(self) -> None:
        """Serve for ever. Raises ListenError."""
        server = web.Server(
            self._handle,
            access_log=None,
            keepalive_timeout=IDLE,
            lingering_time=LAST_WORDS,
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
        answer = await self._answered(request)
        response = web.Response(
            status=answer.status,
            body=answer.body.encode(),
            headers={**EVERY_ANSWER, "Content-Type": answer.kind, **answer.headers},
        )
        if request.body_exists:
            response.force_close()  # nothing here takes a body, so nobody reads one
        return response

    async def _answered(self, request: web.BaseRequest) -> Answer:
        if request.method not in ("GET", "HEAD"):
            return Answer(405, "Only GET and HEAD here.\n", headers={"Allow": "GET, HEAD"})
        if request.body_exists:
            return Answer(413, "Nothing here takes a body.\n")
        headers = {name.lower(): value for name, value in request.headers.items()}
        try:
            return await self._answer(Asked(request.method, request.rel_url.raw_path, headers))
        except Exception as error:  # noqa: BLE001 - one bad request must not stop the others
            log.error("request_failed", error=place_of(error))  # noqa: TRY400 - no texts in logs
            return Answer(500, "Something went wrong here; it has been written down.\n")
