"""Whose turn it is under a cap: nobody is passed by a newcomer, and nobody needs a place twice."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.clock import StandingClock
from bot.stages.merging import suggest
from bot.stages.placing import place_due, seek_place
from bot.work import Work, Workshop
from dialogs.answers import Contact
from qualification.handoff import ended
from qualification.merging import MergeState
from storage.database import Database
from storage.records import Lead
from tests.bot.conftest import ON_POSTGRESQL
from tests.bot.stages.workshop import a_hot_lead, a_workshop, the_quiz

ONE_A_DAY = "{hot: {cap: {leads: 1, per: day}}}"
DAY = timedelta(days=1)


async def has_a_place(work: Work, lead: Lead) -> bool:
    return await seek_place(work, lead, await the_quiz(work)) is None


def days_pass(workshop: Workshop, days: int = 1) -> None:
    assert isinstance(workshop.clock, StandingClock)
    workshop.clock.move(days * DAY)


async def test_who_comes_first_in_the_morning_takes_no_place_from_who_has_waited(
    database: Database,
) -> None:
    workshop = await a_workshop(database, ONE_A_DAY)
    async with workshop.work() as work:
        first, second = await a_hot_lead(work, 10_001), await a_hot_lead(work, 10_002)
        assert await has_a_place(work, first)
        assert not await has_a_place(work, second)
    days_pass(workshop)
    async with workshop.work() as work:  # before the clock has given the day's place away
        third = await a_hot_lead(work, 10_003)
        assert not await has_a_place(work, third)
        await place_due(work, await work.unit.leads.by_id(second.id))
        assert [lead.id for lead in await work.unit.places.waiting()] == [third.id]
        assert await work.unit.hand_offs.open_of(second.id) is not None


async def test_a_lead_that_had_a_place_once_needs_no_other_though_all_are_taken(database: Database) -> None:
    workshop = await a_workshop(database, ONE_A_DAY)
    async with workshop.work() as work:
        again = await a_hot_lead(work, 10_001)
        assert await has_a_place(work, again)
        stored = await work.unit.hand_offs.open_of(again.id)
        assert stored is not None
        await work.unit.hand_offs.save(stored, ended(stored.state, work.now))
    days_pass(workshop)
    async with workshop.work() as work:
        assert await has_a_place(work, await a_hot_lead(work, 10_002))
        assert await has_a_place(work, again)
        assert await work.unit.hand_offs.open_of(again.id) is not None


async def test_who_is_one_person_with_a_lead_that_had_a_place_needs_no_other(database: Database) -> None:
    workshop = await a_workshop(database, ONE_A_DAY)
    async with workshop.work() as work:
        first, same = await a_hot_lead(work, 10_001), await a_hot_lead(work, 10_002)
        assert await has_a_place(work, first)
        merge = await work.unit.merges.suggest(first.id, same.id, "phone", work.now)
        assert merge is not None
        assert not await has_a_place(work, same)
        await work.unit.merges.decide(merge.id, MergeState.MERGED, None, work.now)
        assert await has_a_place(work, same)
        assert [each.state.outcome for each in await work.unit.hand_offs.all_of([first.id, same.id])] == [None]


@ON_POSTGRESQL
async def test_two_who_confirm_the_same_phone_at_the_same_moment_are_noticed_once(
    database: Database, other: Database
) -> None:
    one, two = [await a_workshop(each) for each in (database, other)]
    async with one.work() as work:
        leads = [await a_hot_lead(work, 10_000 + number) for number in (0, 1)]
    phone, saved = Contact(contact="phone", value="+380671111111", verified=True), asyncio.Barrier(2)

    async def confirms(workshop: Workshop, lead: Lead) -> None:
        async with workshop.work() as work:
            await work.unit.leads.save_contact(lead.id, phone, work.now)
            await saved.wait()
            await suggest(work, lead, phone)

    await asyncio.gather(*(confirms(*each) for each in zip((one, two), leads, strict=True)))
    async with one.view() as view:
        merge = await view.merges.by_id(1)
        assert merge is not None
        assert {merge.lead_id, merge.same_as} == {lead.id for lead in leads}
        assert await view.merges.by_id(2) is None
