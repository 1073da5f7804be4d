"""The making of tables: beside everything else, in pieces, once, and only for whom may still have it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from bot.bell import Bell
from bot.insight.alarms import Watch
from bot.leads.exporting import Exporting
from bot.leads.ordering import export_command
from bot.telegram.requests import REQUEST, FileMedia, SendMedia, SendText
from bot.timers import Timers
from bot.watching.pulse import Pulse
from bot.work import Workshop
from storage.database import Database
from storage.erasing import ErasureList, Reason, erase
from storage.records import KeptFile
from storage.tables import OutboxRow, ProspectRow, SessionRow
from tests.bot.stages.workshop import ADA, MAX, a_hot_lead, a_workshop, an_offered_lead, person

LEADS = range(101, 106)
OUTBOX = select(OutboxRow.request).order_by(OutboxRow.id)
UNKNOWN_REVISION = update(SessionRow).values(revision=99)
LONG_NAME = update(ProspectRow).where(ProspectRow.telegram_id == 110).values(first_name="A" * 1_000_000)
SOME_PAGES = 40
"""Room on the disk: enough for a few words."""


@pytest.fixture
async def workshop(database: Database) -> Workshop:
    """A workshop with five leads."""
    made = await a_workshop(database)
    async with made.work() as work:
        for number in LEADS:
            await a_hot_lead(work, number, f"+3806712345{number % 100:02d}")
    return made


async def orders(workshop: Workshop, who: int = ADA) -> bool:
    async with workshop.work() as work:
        return await export_command(work, await person(work, who), "export")


async def ordered(workshop: Workshop) -> list[KeptFile]:
    async with workshop.view() as view:
        return await view.files.to_handle(5)


async def sent(workshop: Workshop) -> list[SendMedia | SendText]:
    """Return what was put into the outbox."""
    async with workshop.view() as view:
        found = [REQUEST.validate_json(each) for each in await view._connection.scalars(OUTBOX)]
    return [each for each in found if isinstance(each, SendMedia | SendText)]


async def goes_on(workshop: Workshop, making: Exporting) -> int:
    """Go on until nothing is left to be made; return how many times that took."""
    times = 0
    while waiting := await ordered(workshop):
        await making.go_on(waiting[0])
        times += 1
        assert times < 50
    return times


async def content(workshop: Workshop) -> str:
    """Return the table that was put into the outbox last."""
    media = [each.media for each in await sent(workshop) if isinstance(each, SendMedia)][-1]
    assert isinstance(media, FileMedia)
    async with workshop.view() as view:
        kept = await view.files.by_id(media.number)
    assert kept is not None
    return (kept.content or b"").decode("utf-8-sig")


async def test_it_is_made_in_pieces_and_sent_once(workshop: Workshop) -> None:
    making = Exporting(workshop, at_once=2)
    assert await orders(workshop)
    assert await goes_on(workshop, making) == 4  # two, two, one, and none
    (document,) = await sent(workshop)
    assert document.chat_id == ADA
    assert "5 leads" in document.html
    lines = (await content(workshop)).splitlines()
    assert [line.partition(",")[0] for line in lines] == ['"Lead"', "1", "2", "3", "4", "5"]


async def test_who_asks_again_meanwhile_is_told_that_it_is_on_its_way(workshop: Workshop) -> None:
    await orders(workshop)
    await orders(workshop)
    (told,) = await sent(workshop)
    assert "being put together" in told.html
    await goes_on(workshop, Exporting(workshop))
    await orders(workshop)  # it is not sent yet
    assert [type(each) for each in await sent(workshop)] == [SendText, SendMedia, SendText]


async def test_a_process_that_ends_in_between_leaves_the_order_to_the_next_one(workshop: Workshop) -> None:
    await orders(workshop)
    (order,) = await ordered(workshop)
    await Exporting(workshop, at_once=2).go_on(order)
    await goes_on(workshop, Exporting(workshop))
    assert len((await content(workshop)).splitlines()) == 6


async def test_who_was_erased_while_it_was_made_does_not_stand_in_it(workshop: Workshop, tmp_path: Path) -> None:
    making = Exporting(workshop, at_once=2)
    await orders(workshop)
    (order,) = await ordered(workshop)
    await making.go_on(order)
    async with workshop.work() as work:
        erasures = ErasureList(tmp_path / "erased", lambda _, value: value)
        await erase(work.unit, (await person(work, LEADS[0])).id, Reason.ASKED, work.now, erasures)
    await goes_on(workshop, making)
    (document,) = await sent(workshop)
    assert "4 leads" in document.html
    assert "P101" not in await content(workshop)


async def test_a_table_that_telegram_does_not_take_is_not_sent_and_the_command_is_named(
    workshop: Workshop,
) -> None:
    await orders(workshop)
    await goes_on(workshop, Exporting(workshop, largest=500, at_once=2))
    (told,) = await sent(workshop)
    assert isinstance(told, SendText)
    assert "hotlead export --to leads.csv" in told.html
    async with workshop.view() as view:
        assert await view.audit.newest(5) == []
    assert await orders(workshop)  # the order is done with: another one may come
    assert len(await ordered(workshop)) == 1


async def test_who_is_no_admin_any_more_gets_nothing(workshop: Workshop) -> None:
    await orders(workshop)
    without = replace(workshop, setup=replace(workshop.setup, admins=()))
    await goes_on(without, Exporting(without))
    assert await sent(workshop) == []


async def test_nobody_but_who_runs_things_can_order_one(workshop: Workshop) -> None:
    assert not await orders(workshop, MAX)
    assert await ordered(workshop) == []


async def test_an_export_is_written_into_the_audit_log(workshop: Workshop) -> None:
    await orders(workshop)
    await goes_on(workshop, Exporting(workshop))
    async with workshop.view() as view:
        (entry,) = await view.audit.newest(5)
    assert (entry.admin, entry.action, entry.subject, entry.facts) == (ADA, "export", "leads", {"leads": 5})


async def test_a_lead_that_cannot_be_told_stops_the_table_and_nothing_else(workshop: Workshop) -> None:
    async with workshop.work() as work:
        await work.unit._connection.execute(UNKNOWN_REVISION)
    await orders(workshop)
    await goes_on(workshop, Exporting(workshop))
    (told,) = await sent(workshop)
    assert "could not be put together" in told.html


async def test_a_table_for_which_the_disk_has_no_room_is_given_up_and_the_admin_told(workshop: Workshop) -> None:
    async with workshop.work() as work:
        await a_hot_lead(work, 110)
        await work.unit._connection.execute(LONG_NAME)
    await orders(workshop)
    async with workshop.database.transaction() as connection:
        pages = await connection.scalar(text("PRAGMA page_count"))
        await connection.exec_driver_sql(f"PRAGMA max_page_count={pages + SOME_PAGES}")
    await goes_on(workshop, Exporting(workshop))
    (told,) = await sent(workshop)
    assert "could not be put together" in told.html


async def test_what_is_due_meanwhile_does_not_wait_for_the_table(workshop: Workshop) -> None:
    async with workshop.work() as work:
        lead = await an_offered_lead(work, 110)
        (offered,) = await work.unit.hand_offs.all_of([lead.id])
        await work.unit.hand_offs.postpone(offered.id, work.now)
    await orders(workshop)
    timers = Timers(workshop, Bell(), lambda: None, Watch(workshop, Pulse(workshop.clock), lambda: None))
    await timers.do_due()
    assert len(await ordered(workshop)) == 1  # it is not whole yet
    async with workshop.view() as view:
        (moved,) = await view.hand_offs.all_of([lead.id])
    assert moved.state.due_at != offered.state.due_at
    assert moved.state.due_at is None or moved.state.due_at > workshop.clock.now()
    assert await timers.next_due() == workshop.clock.now()
