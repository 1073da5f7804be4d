"""Delivery: files that go out, files that are fetched, and what is done when neither works."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.pace import Pace
from bot.telegram.requests import (
    FetchFile,
    FileMedia,
    NotSent,
    Refused,
    Result,
    RevisionMedia,
    SendAlbum,
    SendMedia,
    Sent,
    Unknown,
    Unreachable,
    Wait,
)
from bot.work import Workshop
from storage.database import Database
from storage.errors import DatabaseFailedError
from storage.messages import Fate, Kind
from storage.records import KeptFile
from storage.unit import Unit
from tests.bot.bench import ANNA, NOON, UNBOUND, Bench, a_bench, agrees
from tests.bot.fakes import BOT, until_fates

ALBUM = SendAlbum(
    chat_id=ANNA, media=tuple(RevisionMedia(quiz="sample", revision=1, name=name) for name in ("a.jpg", "a.jpg"))
)


async def _wanted(bench: Bench) -> int:
    """A file that somebody sent, and the request that brings it."""
    async with bench.hotlead.workshop.work() as work:
        number = await work.unit.files.keep("answer", "plan.pdf", "application/pdf", NOON, file_id="BQAC", size=4)
        await work.send(FetchFile(chat_id=ANNA, number=number, file_id="BQAC"))
    return number


async def _kept(bench: Bench, number: int) -> KeptFile:
    async with bench.database.view(BOT) as view:
        found = await view.files.by_id(number)
    assert found is not None
    return found


async def _to_handle(bench: Bench) -> list[int]:
    async with bench.database.view(BOT) as view:
        return [file.id for file in await view.files.to_handle(10)]


# Fetching ----------------------------------------------------------------------------------------------------


async def test_what_was_fetched_is_kept_and_whoever_waits_is_woken(bench: Bench) -> None:
    bench.telegram.results = [Sent(content=b"%PDF")]
    number = await _wanted(bench)
    woken: list[None] = []
    bench.hotlead.delivery._due = lambda: woken.append(None)
    async with bench.delivering():
        await until_fates(bench.database, sent=1)
    assert (await _kept(bench, number)).content == b"%PDF"
    assert await _to_handle(bench) == [number]
    assert woken == [None]


@pytest.mark.parametrize("result", [Refused("Bad Request: file is too big"), Unreachable("Forbidden")], ids=repr)
async def test_what_cannot_be_fetched_is_there_without_content_so_that_it_can_be_said(
    bench: Bench, result: Result
) -> None:
    bench.telegram.results = [result]
    number = await _wanted(bench)
    async with bench.delivering():
        await until_fates(bench.database, refused=1)
    assert (await _kept(bench, number)).content is None
    assert await _to_handle(bench) == [number]


async def test_a_download_that_breaks_off_is_tried_again_but_not_for_ever(bench: Bench) -> None:
    bench.telegram.results = [Unknown("the download broke off")] * 5
    number = await _wanted(bench)
    async with bench.delivering():
        for tries, pause in enumerate((1, 2, 4, 8), start=1):
            await bench.until_performed(tries)
            await until_fates(bench.database, waiting=1)
            assert await _to_handle(bench) == []
            await bench.moves(pause)
        await until_fates(bench.database, refused=1)
    assert len(bench.telegram.performed) == 5
    assert await _to_handle(bench) == [number]


async def test_without_a_connection_a_download_waits_as_everything_does(bench: Bench) -> None:
    bench.telegram.results = [NotSent("no connection")] * 8
    await _wanted(bench)
    async with bench.delivering():
        for tries, pause in enumerate([1, 2, 4, 8, 16, 32, 60, 60], start=1):
            await bench.until_performed(tries)
            await until_fates(bench.database, waiting=1)
            await bench.moves(pause)
        await until_fates(bench.database, sent=1)


async def test_a_download_holds_up_no_message_of_the_chat(bench: Bench) -> None:
    bench.telegram.results = [Wait(0)]
    bench.telegram.results = [NotSent("no connection")]
    await _wanted(bench)
    await bench.put(Kind.DIALOG, ANNA)
    async with bench.delivering():
        await until_fates(bench.database, waiting=1, sent=1)
    assert bench.texts == ["Hi"]


async def test_a_download_that_the_last_process_began_is_begun_again(bench: Bench) -> None:
    number = await _wanted(bench)
    async with bench.database.unit(BOT) as unit:
        assert len(await unit.outbox.claim(NOON, 1, ())) == 1
    bench.telegram.results = [Sent(content=b"%PDF")]
    async with bench.delivering():
        await until_fates(bench.database, waiting=1)
        await bench.moves(1, sent=1)
    assert (await _kept(bench, number)).content == b"%PDF"


# Going out ---------------------------------------------------------------------------------------------------


async def test_an_album_counts_as_its_photos(database: Database) -> None:
    bench = await a_bench(database, Pace(bot=UNBOUND, chat=1, chat_burst=2))
    await bench.put_request(ALBUM, Kind.DIALOG)
    await bench.put(Kind.DIALOG, ANNA)
    async with bench.delivering():
        await until_fates(database, sent=1, waiting=1)
        await bench.moves(0.9, sent=1, waiting=1)
        await bench.moves(0.1, sent=2)


async def test_an_album_weighs_on_the_bots_own_pace_too(database: Database) -> None:
    bench = await a_bench(database, Pace(bot=2, chat=UNBOUND))
    await bench.put_request(ALBUM, Kind.DIALOG)
    await bench.put(Kind.DIALOG, 99)
    async with bench.delivering():
        await until_fates(database, sent=1, waiting=1)
        await bench.moves(1, sent=1, waiting=1)
        await bench.moves(0.03, sent=2)


async def test_an_albums_files_are_named_after_the_first_upload(bench: Bench) -> None:
    bench.telegram.results = [Sent(5, ("id-1", "id-2"))]
    async with bench.database.unit(BOT) as unit:
        await unit.quizzes.publish("two", "never read here", {"a.jpg": b"one", "b.jpg": b"two"}, NOON)
    media = tuple(RevisionMedia(quiz="two", revision=1, name=name) for name in ("a.jpg", "b.jpg"))
    await bench.put_request(SendAlbum(chat_id=ANNA, media=media), Kind.DIALOG)
    async with bench.delivering():
        await until_fates(bench.database, sent=1)
    async with bench.database.view(BOT) as view:
        assert await view.quizzes.media("two", 1, "a.jpg") == (b"one", "id-1")
        assert await view.quizzes.media("two", 1, "b.jpg") == (b"two", "id-2")


async def test_a_kept_file_is_named_too(bench: Bench) -> None:
    bench.telegram.results = [Sent(5, ("id-1",))]
    async with bench.database.unit(BOT) as unit:
        number = await unit.files.keep("export", "you.json", "application/json", NOON, content=b"{}")
    request = SendMedia(chat_id=ANNA, kind="document", media=FileMedia(number=number))
    await bench.put_request(request, Kind.DIALOG)
    async with bench.delivering():
        await until_fates(bench.database, sent=1)
    assert (await _kept(bench, number)).file_id == "id-1"


@pytest.mark.parametrize(
    ("kind", "result", "fate", "times"),
    [
        (Kind.DIALOG, Unknown("no answer"), Fate.SENT, 2),
        (Kind.FOLLOW_UP, Unknown("no answer"), Fate.UNKNOWN, 1),
        (Kind.DIALOG, Wait(1), Fate.SENT, 2),
        (Kind.DIALOG, Refused("Bad Request: too many messages to send as an album"), Fate.REFUSED, 1),
    ],
    ids=["an unknown fate: again", "a follow-up: never again", "a 429: later", "refused"],
)
async def test_an_album_has_the_rule_of_its_class(
    bench: Bench, kind: Kind, result: Result, fate: Fate, times: int
) -> None:
    bench.telegram.results = [result]
    await bench.put_request(ALBUM, kind)
    async with bench.delivering():
        await bench.until_performed(1)
        if times == 2:
            await until_fates(bench.database, waiting=1)
            await bench.moves(1)
        await until_fates(bench.database, **{fate.value: 1})
    assert len(bench.telegram.performed) == times


async def test_what_is_sent_to_many_stays_when_one_of_them_is_erased_meanwhile(bench: Bench) -> None:
    arrived = asyncio.Event()

    async def when_erased(_request: object) -> Result:
        await arrived.wait()
        return Sent(7)

    bench.telegram.results = [when_erased]
    async with bench.database.unit(BOT) as unit:
        number = await unit.files.keep("broadcast", "spring.jpg", "image/jpeg", NOON, content=b"picture")
        consent = await agrees(unit, ANNA, NOON)
    media = SendMedia(chat_id=ANNA, html="Hi", kind="photo", media=FileMedia(number=number))
    await bench.put_request(media, Kind.BROADCAST, consent_id=consent)
    async with bench.delivering():
        await bench.until_performed(1)
        async with bench.database.unit(BOT) as unit:
            anna = await unit.prospects.by_telegram_id(ANNA)
            assert anna is not None
            await unit.holdings.remove(anna.id, ANNA)
        arrived.set()
        await until_fates(bench.database)
    assert (await _kept(bench, number)).name == "spring.jpg"


class Forgetful:
    """A workshop whose database fails once while a file is gathered."""

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop
        self.has_failed = False

    def __getattr__(self, name: str) -> object:
        return getattr(self._workshop, name)

    @asynccontextmanager
    async def view(self) -> AsyncIterator[Unit]:
        task = asyncio.current_task()
        assert task is not None
        if not self.has_failed and getattr(task.get_coro(), "__name__", "") == "_deliver":
            self.has_failed = True
            raise DatabaseFailedError
        async with self._workshop.view() as view:
            yield view


async def test_a_database_that_fails_while_a_file_is_gathered_refuses_no_message(bench: Bench) -> None:
    forgetful = Forgetful(bench.hotlead.workshop)
    bench.hotlead.delivery._workshop = forgetful  # type: ignore[assignment]  # as far as delivery uses one
    async with bench.database.unit(BOT) as unit:
        await unit.quizzes.publish("sample", "never read here", {"a.jpg": b"JPEG"}, NOON)
    picture = SendMedia(chat_id=ANNA, media=RevisionMedia(quiz="sample", revision=1, name="a.jpg"))
    await bench.put_request(picture, Kind.DIALOG)
    async with bench.delivering():
        await until_fates(bench.database, waiting=1)
        await bench.moves(1, sent=1)
    assert forgetful.has_failed
    assert len(bench.telegram.performed) == 1
