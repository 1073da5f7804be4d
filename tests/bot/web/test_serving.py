"""The web server: what it takes, what it refuses, and how it stops."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from bot.web.asking import Answer, Asked
from bot.web.errors import ListenError
from bot.web.serving import WebServer
from tests.bot.fakes import PATIENCE, running

HELLO = "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


async def _hello(asked: Asked) -> Answer:
    return Answer(200, f"{asked.method} {asked.path}")


async def _nothing() -> None:
    return


@asynccontextmanager
async def serving(
    answer: Callable[[Asked], Awaitable[Answer]] = _hello, finish: Callable[[], Awaitable[None]] = _nothing
) -> AsyncIterator[WebServer]:
    server = WebServer("127.0.0.1", 0, answer, finish)
    async with running(server.run()), asyncio.timeout(PATIENCE):
        await server.started.wait()
        yield server


async def _says(server: WebServer, sent: str) -> str:
    """Say something over a line of one's own, and return the whole answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(sent.encode())
    await writer.drain()
    answer = (await reader.read()).decode()
    writer.close()
    await writer.wait_closed()
    return answer


async def test_a_request_is_answered_and_nobody_is_to_keep_the_answer() -> None:
    async with serving() as server:
        answer = await _says(server, HELLO)
    head, _, body = answer.partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 200 ")
    assert body == "GET /hello"
    for header in ("Cache-Control: no-store", "Referrer-Policy: no-referrer", "Server: hotlead"):
        assert header in head
    assert "aiohttp" not in head


async def test_a_head_gets_no_body() -> None:
    async with serving() as server:
        answer = await _says(server, HELLO.replace("GET", "HEAD"))
    assert answer.startswith("HTTP/1.1 200 ")
    assert answer.endswith("\r\n\r\n")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (HELLO.replace("GET", "POST"), 405),
        (HELLO.replace("GET", "DELETE"), 405),
        ("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello", 413),
        (f"GET /{'x' * 5000} HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (f"GET / HTTP/1.1\r\nHost: x\r\nA: {'x' * 9000}\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: x\r\n" + "A: b\r\n" * 100 + "\r\n", 400),
        ("nonsense\r\n\r\n", 400),
    ],
    ids=["POST", "DELETE", "a body", "a long address", "a long header", "many headers", "nonsense"],
)
async def test_what_is_too_much_is_refused_and_the_next_one_served(sent: str, status: int) -> None:
    async with serving() as server:
        assert (await _says(server, sent)).startswith(f"HTTP/1.1 {status} ") or status == 400
        answer = await _says(server, HELLO)
        assert answer.startswith("HTTP/1.1 200 ")


async def test_an_error_gives_nothing_away_and_the_next_request_is_served() -> None:
    failed = False

    async def fails_once(asked: Asked) -> Answer:
        nonlocal failed
        if not failed:
            failed = True
            raise RuntimeError("secret of Anna")
        return await _hello(asked)

    async with serving(fails_once) as server:
        answer = await _says(server, HELLO)
        assert answer.startswith("HTTP/1.1 500 ")
        assert "secret" not in answer
        assert (await _says(server, HELLO)).startswith("HTTP/1.1 200 ")


async def test_an_address_that_is_taken_is_one_clear_line() -> None:
    async with serving() as server:
        second = WebServer("127.0.0.1", server.port, _hello, _nothing)
        with pytest.raises(ListenError, match=r"HOTLEAD_LISTEN: .* cannot be listened on: "):
            await second.run()


async def test_what_was_begun_is_finished_when_the_server_stops() -> None:
    begun, go_on, finished = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def slow(asked: Asked) -> Answer:
        begun.set()
        await go_on.wait()
        return await _hello(asked)

    async def finish() -> None:
        finished.set()

    server = WebServer("127.0.0.1", 0, slow, finish)
    serving_it = asyncio.create_task(server.run())
    async with asyncio.timeout(PATIENCE):
        await server.started.wait()
        asking = asyncio.create_task(_says(server, HELLO))
        await begun.wait()
        serving_it.cancel()
        asyncio.get_running_loop().call_soon(go_on.set)
        assert "GET /hello" in await asking
        with pytest.raises(asyncio.CancelledError):
            await serving_it
        assert finished.is_set()


async def test_who_never_ends_does_not_hold_the_server_up() -> None:
    begun = asyncio.Event()

    async def endless(_: Asked) -> Answer:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError("nobody sets it")

    server = WebServer("127.0.0.1", 0, endless, _nothing)
    serving_it = asyncio.create_task(server.run())
    async with asyncio.timeout(PATIENCE):
        await server.started.wait()
        _, idle = await asyncio.open_connection("127.0.0.1", server.port)
        _, asking = await asyncio.open_connection("127.0.0.1", server.port)
        asking.write(HELLO.encode())
        await begun.wait()
        serving_it.cancel()
        with pytest.raises(asyncio.CancelledError):
            await serving_it
        for writer in (idle, asking):
            writer.close()
