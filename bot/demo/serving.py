"""Serves an ASGI application inside the running event loop, on this machine only."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing

import uvicorn
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.demo.emulator.server import CUT

_LOOPBACK = "127.0.0.1"
_PATIENCE = 0.5
_Connections = dict[tuple[str, int] | None, asyncio.Transport]
_Application = Callable[[Scope, Receive, Send], Awaitable[None]]


@asynccontextmanager
async def served(app: Starlette, port: int = 0) -> AsyncIterator[str]:
    """Serve the application (on a free port, when none is named) and yield its base address.

    On the way out the application's own `state.stop()`, if it has one, is called first: requests that
    wait on purpose, such as long polls and event streams, end there. What is still open then is cut.
    """
    connections: _Connections = {}
    server = _server(_with_cut(app, connections), connections)
    with closing(_listener(port)) as listener:
        await server.startup(sockets=[listener])
        try:
            yield f"http://{_LOOPBACK}:{listener.getsockname()[1]}"
        finally:
            stop: Callable[[], None] | None = getattr(app.state, "stop", None)
            if stop is not None:
                stop()
            await _shut_down(server, connections)


def _listener(port: int) -> socket.socket:
    # TCP by name: only then does asyncio send small answers at once; else each waits 40 ms for an echo.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((_LOOPBACK, port))
    except OSError:
        listener.close()
        raise
    return listener


def _nothing_to_cut() -> None:
    """Stand in for a connection that broke before its request began."""


def _with_cut(app: Starlette, connections: _Connections) -> _Application:
    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            transport = connections.get(scope["client"])
            cut = transport.abort if transport else _nothing_to_cut
            scope["extensions"] = {**scope.get("extensions", {}), CUT: cut}
        await app(scope, receive, send)

    return application


def _server(app: _Application, connections: _Connections) -> uvicorn.Server:
    class Protocol(H11Protocol):
        """Remembers its connection, so that a request can break it."""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            connections[self.client] = transport

        def connection_lost(self, exc: Exception | None) -> None:
            connections.pop(self.client, None)
            super().connection_lost(exc)

    config = uvicorn.Config(
        app,
        http=Protocol,
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        log_level="warning",
        date_header=False,
    )
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    return server


async def _shut_down(server: uvicorn.Server, connections: _Connections) -> None:
    """Do what `uvicorn.Server.shutdown` does, without its pauses: a test suite starts hundreds of servers."""
    for listener in server.servers:
        listener.close()
    state = server.server_state
    for connection in list(state.connections):
        connection.shutdown()
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _PATIENCE
    while (state.connections or state.tasks) and loop.time() < deadline:  # noqa: ASYNC110  (no event tells it)
        await asyncio.sleep(0.002)
    for transport in list(connections.values()):
        transport.abort()
    leftover = list(state.tasks)
    for task in leftover:
        task.cancel()
    await asyncio.gather(*leftover, return_exceptions=True)
    await server.lifespan.shutdown()
