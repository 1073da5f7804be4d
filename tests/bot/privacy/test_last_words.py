"""What is sent and then forgotten: the last words to somebody who was erased, and exports on their way."""

from __future__ import annotations

import asyncio

import pytest

from bot.telegram.requests import FileMedia, NotSent, Refused, Request, Result, SendMedia, Sent, Unreachable, Wait
from storage.erasing import Reason, erase
from storage.inbox import sender_of
from storage.messages import Kind
from tests.bot.bench import ANNA, NOON, Bench
from tests.bot.fakes import BOT, until_fates


async def _export(bench: Bench) -> int:
    async with bench.database.unit(BOT) as unit:
        anna = await unit.prospects.met(ANNA, "Anna", None, "en", NOON)
        number = await unit.files.keep(
            "export", "my-data.json", "application/json", NOON, content=b"{}", prospect_id=anna.id
        )
    request = SendMedia(chat_id=ANNA, html="all of it", kind="document", media=FileMedia(number=number))
    await bench.put_request(request, Kind.DIALOG, ANNA, forget=True)
    return number


async def _files(bench: Bench, number: int) -> bool:
    async with bench.database.view(BOT) as view:
        return await view.files.by_id(number) is not None


@pytest.mark.parametrize("result", [Sent(1, ("BQAC",)), Refused("no"), Unreachable("blocked")])
async def test_an_export_goes_with_its_file_once_its_fate_is_known(bench: Bench, result: Result) -> None:
    number = await _export(bench)
    bench.telegram.results = [result]
    async with bench.delivering():
        await until_fates(bench.database)
    assert not await _files(bench, number)


@pytest.mark.parametrize("result", [Wait(60), NotSent("offline")])
async def test_an_export_that_was_not_sent_yet_is_kept_until_it_is(bench: Bench, result: Result) -> None:
    number = await _export(bench)
    bench.telegram.results = [result]
    async with bench.delivering():
        await until_fates(bench.database, waiting=1)
        assert await _files(bench, number)
        await bench.moves(60)
        await until_fates(bench.database)
    assert not await _files(bench, number)
    assert len(bench.telegram.performed) == 2


async def test_a_message_that_was_under_way_when_its_reader_was_erased_is_not_repeated(bench: Bench) -> None:
    on_the_wire, answered = asyncio.Event(), asyncio.Event()

    async def lost(_: Request) -> Result:
        on_the_wire.set()
        await answered.wait()
        return NotSent("offline")

    bench.telegram.results = [lost]
    async with bench.database.unit(BOT) as unit:
        anna = await unit.prospects.met(ANNA, "Anna", None, "en", NOON)
    await bench.put(Kind.DIALOG, ANNA, "about her")
    async with bench.delivering():
        await on_the_wire.wait()
        async with bench.hotlead.workshop.work() as work:
            await erase(work.unit, anna.id, Reason.ASKED, NOON, bench.erasures)
        answered.set()
        await until_fates(bench.database)
    assert bench.texts == ["about her"]


async def test_a_process_that_ended_in_the_middle_does_not_stumble_over_what_was_erased(bench: Bench) -> None:
    async with bench.database.unit(BOT) as unit:
        anna = await unit.prospects.met(ANNA, "Anna", None, "en", NOON)
    await bench.put(Kind.DIALOG, ANNA, "about her")
    async with bench.database.unit(BOT) as unit:
        await unit.outbox.claim(NOON, 1, ())
        await erase(unit, anna.id, Reason.ASKED, NOON, bench.erasures)
    async with bench.delivering():
        await until_fates(bench.database)
    assert bench.texts == []


@pytest.mark.parametrize(
    ("body", "whose"),
    [
        ('{"update_id": 1, "message": {"from": {"id": 7}}}', 7),
        ('{"update_id": 1, "callback_query": {"from": {"id": 7}, "message": {"from": {"id": 42}}}}', 7),
        ('{"update_id": 1, "something_new": {"from": {"id": 7}}}', 7),
        ('{"update_id": 1, "message": {}}', None),
        ('{"update_id": 1, "message": {"from": {"id": "x"}}}', None),
        ("[1]", None),
        ("nonsense", None),
    ],
)
def test_whose_a_broken_update_is_can_be_told_from_its_json(body: str, whose: int | None) -> None:
    assert sender_of(body) == whose
