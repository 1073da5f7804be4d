"""The door that Telegram's updates come in by: who is let in, what is taken, and when it says yes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from bot.clock import StandingClock
from bot.entrance import address_of
from bot.gathering import Gathering
from bot.main import Hotlead, build
from bot.settings import Settings
from bot.web.asking import Answer, Asked, body_of
from bot.web.receiving import LARGEST_NUMBER, LARGEST_UPDATE, MOST_WAITING, Door, read_update
from storage.database import Database
from tests.bot.conftest import ON_BOTH
from tests.bot.fakes import BOT, PATIENCE, FakeMessenger, running
from tests.scenarios.disk import Disk

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SETTINGS = Settings(
    _env_file=None,
    quiz=("sample",),
    receive="webhook",
    webhook_url="https://bot.acme.example",
    listen="127.0.0.1:0",
)
PATH = f"/webhook/{BOT}"


@dataclass
class Line:
    """A line of one's own to the web server, on which requests follow each other."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def says(self, sent: bytes) -> int:
        """Say something; return the status of the answer, 0 for a line that was closed without one."""
        self.writer.write(sent)
        try:
            await self.writer.drain()
            head = await self.reader.readuntil(b"\r\n\r\n")
        except (ConnectionError, asyncio.IncompleteReadError):
            return 0
        for line in head.lower().splitlines():
            if line.startswith(b"content-length:"):
                await self.reader.readexactly(int(line.partition(b":")[2]))
        return int(head.split()[1])


@dataclass
class Entrance:
    """The web server of a bot that receives by webhook."""

    hotlead: Hotlead
    database: Database
    secret: str

    @property
    def gathering(self) -> Gathering:
        assert self.hotlead.web is not None
        site = self.hotlead.web._answer.__self__  # type: ignore[attr-defined]  # a bound method has it
        door = site._door
        assert isinstance(door, Door)
        return door._gathering

    @asynccontextmanager
    async def line(self) -> AsyncIterator[Line]:
        assert self.hotlead.web is not None
        reader, writer = await asyncio.open_connection("127.0.0.1", self.hotlead.web.port)
        try:
            yield Line(reader, writer)
        finally:
            writer.close()

    def request(
        self, body: bytes, *, path: str = PATH, secret: bytes | None = None, method: str = "POST"
    ) -> bytes:
        shown = self.secret.encode() if secret is None else secret
        head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n".encode()
        return head + b"X-Telegram-Bot-Api-Secret-Token: " + shown + b"\r\n\r\n" + body

    async def posts(self, body: bytes, **how: bytes | str) -> int:
        async with self.line() as line:
            return await line.says(self.request(body, **how))  # type: ignore[arg-type]  # as `request` has them

    async def inbox(self) -> list[int]:
        async with self.database.view(BOT) as view:
            return [received.update_id for received in await view.inbox.waiting(1000)]


async def build_entrance(database: Database) -> Entrance:
    async with database.unit(BOT) as unit:
        await unit.quizzes.publish("sample", "never read here", {}, NOON)
    hotlead = await build(SETTINGS, StandingClock(NOON), FakeMessenger(), database)
    address = address_of(SETTINGS, hotlead.workshop)
    assert address is not None
    return Entrance(hotlead, database, address.secret)


@pytest.fixture
async def entrance(database: Database) -> AsyncIterator[Entrance]:
    built = await build_entrance(database)
    assert built.hotlead.web is not None
    async with running(built.hotlead.web.run()), asyncio.timeout(3 * PATIENCE):
        await built.hotlead.web.started.wait()
        yield built


def update(number: int, **more: object) -> bytes:
    return json.dumps({"update_id": number, **more}).encode()


async def test_an_update_is_in_the_inbox_when_telegram_hears_yes(entrance: Entrance) -> None:
    assert await entrance.posts(update(7)) == 200
    assert await entrance.inbox() == [7]


async def test_many_updates_come_over_one_line(entrance: Entrance) -> None:
    async with entrance.line() as line:
        for number in range(20):
            assert await line.says(entrance.request(update(number))) == 200
        assert await line.says(entrance.request(b"nonsense")) == 400
        assert await line.says(entrance.request(update(20))) == 200
    assert await entrance.inbox() == list(range(21))


async def test_one_update_posted_twenty_times_at_once_is_kept_once(entrance: Entrance) -> None:
    commits = 0

    def committed(_: object) -> None:
        nonlocal commits
        commits += 1

    engine = entrance.database._engine.sync_engine
    event.listen(engine, "commit", committed)
    try:
        assert await asyncio.gather(*(entrance.posts(update(7)) for _ in range(20))) == [200] * 20
    finally:
        event.remove(engine, "commit", committed)
    assert await entrance.inbox() == [7]
    assert commits < 20, "updates that come at the same time share a commit"


async def test_nobody_hears_yes_before_the_commit(entrance: Entrance) -> None:
    async with entrance.database.unit(BOT):  # somebody else writes: nothing can be committed
        asked = [asyncio.create_task(entrance.posts(update(number))) for number in range(5)]
        for _ in range(50):
            await entrance.inbox()
        assert not any(each.done() for each in asked)
        assert await entrance.inbox() == []
    assert await asyncio.gather(*asked) == [200] * 5
    assert sorted(await entrance.inbox()) == list(range(5))


@ON_BOTH
@pytest.mark.parametrize(
    "shown",
    [b"", b"wrong", "секрет".encode(), b"\xff\xfe\x80", b"secret\xe9", b"x" * 5000],
    ids=["none", "wrong", "cyrillic", "no utf-8", "latin-1", "long"],
)
async def test_who_does_not_show_the_secret_is_not_let_in(entrance: Entrance, shown: bytes) -> None:
    assert await entrance.posts(update(7), secret=shown) == 401
    assert await entrance.posts(update(7), secret=entrance.secret.encode() + shown[:1] or b"x") == (
        401 if shown else 200
    )
    assert await entrance.inbox() == ([] if shown else [7])


@ON_BOTH
async def test_a_header_that_is_missing_is_no_secret(entrance: Entrance) -> None:
    body = update(7)
    async with entrance.line() as line:
        head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
        assert await line.says(head.encode() + body) == 401
    assert await entrance.inbox() == []


def test_a_door_without_a_secret_cannot_be_made() -> None:
    async def never(_: object) -> None:
        raise AssertionError

    with pytest.raises(ValueError, match="needs a secret"):
        Door("", Gathering(never))


async def test_each_bot_has_its_own_door(entrance: Entrance) -> None:
    assert await entrance.posts(update(7), path="/webhook/43") == 404
    assert await entrance.posts(update(7), path="/webhook/") == 404
    assert await entrance.posts(update(7), path="/r/x") == 405
    assert await entrance.posts(update(7), method="PUT") == 405
    assert await entrance.posts(b"", method="GET") == 405
    assert await entrance.inbox() == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b"null",
        b"[1]",
        b"{}",
        b'{"update_id": null}',
        b'{"update_id": true}',
        b'{"update_id": "7"}',
        b'{"update_id": 7.0}',
        b'{"update_id": -1}',
        b'{"update_id": 1e999}',
        b'{"update_id": %d}' % LARGEST_NUMBER,
        b'{"update_id": ' + b"9" * 5000 + b"}",
        b'{"update_id": 7, "message": "\xff"}',
        b'{"update_id": 7, "message": "\x00"}',
        b"[" * 100_000,
        b'{"update_id": 7, "a": ' * 40_000,
    ],
    ids=lambda body: str(body[:24]),
)
async def test_what_is_no_update_is_refused_and_the_next_one_taken(entrance: Entrance, body: bytes) -> None:
    async with entrance.line() as line:
        assert await line.says(entrance.request(body)) == 400
        assert await line.says(entrance.request(update(8))) == 200
    assert await entrance.inbox() == [8]


async def test_an_update_that_nobody_can_handle_is_taken_all_the_same(entrance: Entrance) -> None:
    strange = (
        b'{"update_id": 7, "surprise": {"text": "\\ud800 \\u0000", "deep": ' + b"[" * 500 + b"]" * 500 + b"}}"
    )
    assert await entrance.posts(strange) == 200
    assert await entrance.inbox() == [7]


async def test_ten_megabytes_are_refused_before_they_are_read(entrance: Entrance) -> None:
    huge = b"x" * 10 * 1024 * 1024
    async with entrance.line() as line:
        head = entrance.request(b"").replace(b"Content-Length: 0", b"Content-Length: %d" % len(huge))
        assert await line.says(head) == 413  # not a byte of the body was sent
    just_fits = update(7, text="x" * (LARGEST_UPDATE - 40))
    assert len(just_fits) <= LARGEST_UPDATE
    assert await entrance.posts(just_fits) == 200


async def test_a_body_of_unsaid_length_is_read_no_further_than_the_limit(entrance: Entrance) -> None:
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    head = entrance.request(b"").replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    async with entrance.line() as line:
        assert await line.says(head + chunk * (LARGEST_UPDATE // 0x10000 + 1)) == 413  # it does not end
    async with entrance.line() as line:
        whole = update(7)
        assert await line.says(head + b"%x\r\n" % len(whole) + whole + b"\r\n0\r\n\r\n") == 200
    async with entrance.line() as line:
        assert await line.says(head + b"nonsense\r\nmore\r\n") == 400
    assert await entrance.inbox() == [7]


async def test_a_length_that_lies_harms_nobody(entrance: Entrance) -> None:
    body = update(7)
    async with entrance.line() as line:  # more comes than was said: what is left is no request
        said = entrance.request(body).replace(b"Length: %d" % len(body), b"Length: 5")
        assert await line.says(said) == 400
    async with entrance.line() as line:  # less comes, then the line is cut
        line.writer.write(entrance.request(body).replace(b"Length: %d" % len(body), b"Length: 500"))
        await line.writer.drain()
        line.writer.transport.abort()
    assert await entrance.posts(update(8)) == 200
    assert await entrance.inbox() == [8]


@pytest.fixture
def disk() -> Iterator[Disk]:
    with Disk().installed() as disk:
        yield disk


async def test_while_nothing_can_be_stored_telegram_is_told_to_come_again(disk: Disk, entrance: Entrance) -> None:
    with disk.read_only():
        async with entrance.line() as line:
            line.writer.write(entrance.request(update(7)))
            head = await line.reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 503 ")
        assert b"\r\nretry-after: 3\r\n" in head.lower()
    assert await entrance.posts(update(7)) == 200  # by itself
    assert await entrance.inbox() == [7]


async def test_a_crowd_that_waits_for_the_disk_does_not_become_the_memory(database: Database) -> None:
    async def never(_: object) -> None:
        await asyncio.Event().wait()

    gathering = Gathering(never)
    door = Door("secret", gathering)

    async def posted(number: int) -> Answer:
        asked = Asked("POST", PATH, {"x-telegram-bot-api-secret-token": "secret"}, body_of(update(number)))
        return await door.answer(asked)

    crowd = [asyncio.create_task(posted(number)) for number in range(MOST_WAITING + 50)]
    for _ in range(10):
        await asyncio.sleep(0)
    assert gathering.waiting == MOST_WAITING
    refused = await posted(0)
    assert (refused.status, refused.headers["Retry-After"]) == (503, "3")
    for each in crowd:
        each.cancel()
    assert gathering._writing is not None
    gathering._writing.cancel()
    await asyncio.gather(*crowd, gathering._writing, return_exceptions=True)


async def test_what_was_posted_before_the_stop_is_answered(database: Database) -> None:
    entrance = await build_entrance(database)
    web = entrance.hotlead.web
    assert web is not None
    serving = asyncio.create_task(web.run())
    async with asyncio.timeout(PATIENCE):
        await web.started.wait()
        async with database.unit(BOT):
            asked = [asyncio.create_task(entrance.posts(update(number))) for number in range(5)]
            while entrance.gathering.waiting < 5:
                await entrance.inbox()
            serving.cancel()
            await asyncio.sleep(0.05)
        assert await asyncio.gather(*asked) == [200] * 5
        await asyncio.gather(serving, return_exceptions=True)
    assert sorted(await entrance.inbox()) == list(range(5))


ANY_BODY = st.one_of(
    st.binary(max_size=300),
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    ).map(lambda value: json.dumps({"update_id": value} if not isinstance(value, dict) else value).encode()),
)


@given(body=ANY_BODY)
def test_whatever_is_taken_as_an_update_can_be_stored(body: bytes) -> None:
    found = read_update(body)
    if found is not None:
        number, text = found
        assert 0 <= number < LARGEST_NUMBER
        assert text.isascii()
        assert "\0" not in text
        assert json.loads(text)["update_id"] == number


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=ANY_BODY, header=st.binary(max_size=60), shows=st.booleans(), chunked=st.booleans())
async def test_no_bytes_at_all_make_the_server_fail(
    entrance: Entrance, body: bytes, header: bytes, shows: bool, chunked: bool
) -> None:
    request = entrance.request(body, secret=entrance.secret.encode() if shows else header)
    if chunked:
        request = request.replace(b"Content-Length: %d" % len(body), b"Transfer-Encoding: chunked")
    async with entrance.line() as line:
        line.writer.write(request + b"\r\n\r\n")
        line.writer.write_eof()
        answer = await line.reader.read()
    assert not answer.startswith(b"HTTP/1.1 5"), answer[:100]


async def test_polling_opens_no_door(database: Database) -> None:
    async with database.unit(BOT) as unit:
        await unit.quizzes.publish("sample", "never read here", {}, NOON)
    polling = Settings(_env_file=None, quiz=("sample",), listen="127.0.0.1:0")
    hotlead = await build(polling, StandingClock(NOON), FakeMessenger(), database)
    assert hotlead.web is not None
    entrance = Entrance(hotlead, database, "secret")
    async with running(hotlead.web.run()), asyncio.timeout(PATIENCE):
        await hotlead.web.started.wait()
        assert await entrance.posts(update(7)) == 405
