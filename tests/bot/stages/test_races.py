"""Races on the real database, through two connections: one winner each time, and nobody lost."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import permutations

from bot.clock import StandingClock
from bot.hand_off.managing import act
from bot.stages.merging import decide
from bot.stages.placing import seek_place
from bot.telegram.taps import (
    CardAction,
    CardTapped,
    MergeAction,
    MergeTapped,
)
from bot.telegram.updates import TapReceived
from bot.work import Workshop
from storage.database import Database
from storage.records import Lead
from tests.bot.conftest import ON_BOTH
from tests.bot.stages.workshop import (
    ADA,
    MAX,
    QUIZ,
    VERA,
    a_hot_lead,
    a_workshop,
    an_offered_lead,
    person,
    the_quiz,
)

ROUNDS, RIVALS = 24, 10
"""240 who want 24 places, ten at the same moment: 1,080 pairs that race."""
TAP = TapReceived(tap_id="1", data="", message_id=1)
ONE_A_DAY = "{hot: {cap: {leads: 1, per: day}}}"
pytestmark = ON_BOTH


async def test_the_last_place_under_a_cap_is_won_by_exactly_one(database: Database, other: Database) -> None:
    one, two = [await a_workshop(each, ONE_A_DAY, managers=()) for each in (database, other)]
    async with one.work() as work:
        people = [await a_hot_lead(work, 10_000 + number) for number in range(ROUNDS * RIVALS)]

    async def wins(workshop: Workshop, lead: Lead) -> bool:
        async with workshop.work() as work:
            return await seek_place(work, lead, await the_quiz(work)) is None

    for number in range(ROUNDS):
        rivals = people[number * RIVALS : (number + 1) * RIVALS]
        # Those of one connection queue up inside it; the two connections fight for the file.
        won = await asyncio.gather(*(wins((one, two)[place % 2], lead) for place, lead in enumerate(rivals)))
        assert won.count(True) == 1
        async with one.work() as work:
            waiting = await work.unit.places.waiting(QUIZ)
            assert {lead.id for lead in waiting} == {
                lead.id for lead, first in zip(rivals, won, strict=True) if not first
            }
            for lead in waiting:
                await work.unit.places.stop_waiting(lead.id)
        for workshop in (one, two):
            assert isinstance(workshop.clock, StandingClock)
            workshop.clock.move(timedelta(days=1))  # there is one place again
    async with one.view() as view:
        hand_offs = await view.hand_offs.all_of(lead.id for lead in people)
    assert len({each.lead_id for each in hand_offs}) == len(hand_offs) == ROUNDS


async def test_leads_that_are_merged_while_each_is_taken_by_another_have_one_owner(
    database: Database, other: Database
) -> None:
    one, two = [await a_workshop(each) for each in (database, other)]

    async def takes(workshop: Workshop, manager: int, hand_off: int) -> None:
        async with workshop.work() as work:
            await work.unit.alone_in_office()  # as everybody has it who works here, from the first word on
            await act(work, await person(work, manager), CardTapped(hand_off, CardAction.TAKE), TAP)

    async def merges(workshop: Workshop, number: int) -> None:
        async with workshop.work() as work:
            await work.unit.alone_in_office()
            await decide(work, await person(work, ADA), MergeTapped(number, MergeAction.MERGE), TAP)

    for number, order in enumerate([*permutations(range(3))] * 2):
        async with one.work() as work:
            leads = [await an_offered_lead(work, 10_000 + 2 * number + place) for place in (0, 1)]
            merge = await work.unit.merges.suggest(leads[0].id, leads[1].id, "phone", work.now)
            assert merge is not None
            mine, hers = (each.id for each in await work.unit.hand_offs.all_of(lead.id for lead in leads))
        doings = [takes(one, MAX, mine), takes(two, VERA, hers), merges(two, merge.id)]
        await asyncio.gather(*(doings[place] for place in order))
        async with one.view() as view:
            after = await view.hand_offs.all_of(lead.id for lead in leads)
            (alive,) = [each for each in after if each.state.closed_at is None]
            assert alive.state.taken_by in (MAX, VERA)
            assert [await view.hand_offs.open_of(lead.id) for lead in leads] == [alive, alive]
