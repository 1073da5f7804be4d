"""The way to a receiver, over HTTP: whatever it answers, or does not, is a value that names no address."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from aiohttp import web

from bot.clock import StandingClock
from bot.receivers.port import Answered, CourierResult, Unanswered
from bot.receivers.with_aiohttp import AiohttpCourier
from tests.bot.bench import NOON
from tests.bot.receivers.listening import Listening, listening
from tests.ports import free_port


async def posted(there: Listening, answer_within: float = 5) -> CourierResult:
    clock = StandingClock(NOON)
    return await AiohttpCourier(clock, private=True, answer_within=answer_within).post(
        there.url, b'{"type":"lead.hot"}', {"webhook-id": "msg_1"}
    )


async def test_a_notice_is_posted_as_json_byte_by_byte() -> None:
    async with listening() as there:
        assert await posted(there) == Answered(204)
    (heard,) = there.heard
    assert heard.body == b'{"type":"lead.hot"}'
    assert (heard.id, heard.headers["content-type"]) == ("msg_1", "application/json")


@pytest.mark.parametrize("status", [200, 201, 302, 404, 410, 500])
async def test_any_status_is_told_as_it_is(status: int) -> None:
    async with listening() as there:
        there.sayings = [web.Response(status=status)]
        assert await posted(there) == Answered(status)


@pytest.mark.parametrize(
    ("written", "rest"),
    [
        ("120", timedelta(minutes=2)),
        ("Mon, 02 Mar 2026 12:10:00 GMT", timedelta(minutes=10)),
        ("Mon, 02 Mar 2026 11:00:00 GMT", timedelta(0)),
        ("9" * 400, timedelta(seconds=10**9)),
        ("soon", None),
        ("-5", None),
    ],
)
async def test_a_rest_that_is_asked_for_is_read_in_both_ways_it_may_be_written(
    written: str, rest: timedelta | None
) -> None:
    async with listening() as there:
        there.sayings = [web.Response(status=429, headers={"Retry-After": written})]
        assert await posted(there) == Answered(429, rest)


async def test_who_is_slow_gets_no_more_than_the_time_there_is() -> None:
    never = asyncio.Event()

    async def slow(_: web.Request) -> web.StreamResponse:
        await never.wait()
        return web.Response()

    async with listening() as there:
        there.sayings = [slow]
        assert await posted(there, answer_within=0.2) == Unanswered("no answer in 0.2 s")
        never.set()


async def test_an_endless_answer_is_not_read_to_its_end() -> None:
    taken = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal taken
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"a" * 65536)
            taken += 1

    async with listening() as there:
        there.sayings = [endless]
        assert await posted(there) == Answered(200)
    assert taken < 200  # what fits between two sockets


async def test_an_answer_that_stays_away_after_its_status_still_counts() -> None:
    never = asyncio.Event()

    async def stuck(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await never.wait()
        return response

    async with listening() as there:
        there.sayings = [stuck]
        assert await posted(there, answer_within=0.3) == Answered(200)
        never.set()


async def test_who_is_down_or_hangs_up_is_told_without_an_address() -> None:
    async def hangs_up(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async with listening() as there:
        there.sayings = [hangs_up]
        assert await posted(there) == Unanswered("the connection broke")
    there.port = free_port()
    result = await posted(there)
    assert isinstance(result, Unanswered)
    assert result.reason.startswith("no connection: ")
    assert "127.0.0.1" not in result.reason


async def test_what_speaks_no_tls_is_not_spoken_to() -> None:
    async with listening() as there:
        url = there.url.replace("http://", "https://")
        result = await AiohttpCourier(StandingClock(NOON), private=True).post(url, b"{}", {})
    assert isinstance(result, Unanswered)
    assert "127.0.0.1" not in result.reason
    assert there.heard == []
