"""Places under a cap: who waits keeps their turn, and each lead takes one place."""

from __future__ import annotations

from dataclasses import replace

from qualification.stages import Stage
from storage.places import NEXT_PLACE
from storage.unit import Unit
from tests.storage.conftest import Begin
from tests.storage.samples import ANNA, BORIS, DAY, HOUR, NOON, QUIZ, a_lead, an_offer, first_moment


async def _leads(unit: Unit) -> list[int]:
    return [(await a_lead(unit, person)).id for person in (ANNA, BORIS, 7_100_000_003, 7_100_000_004)]


async def test_places_go_by_turns_and_a_second_wait_keeps_the_first_turn(begin: Begin) -> None:
    async with begin() as unit:
        one, two, three, _ = await _leads(unit)
        for number, since in ((two, NOON), (one, NOON + HOUR), (two, NOON + DAY)):
            await unit.places.wait(number, since, since + DAY)
        assert [lead.id for lead in await unit.places.waiting(QUIZ)] == [two, one]
        assert await first_moment(unit, NEXT_PLACE) == NOON + HOUR + DAY
        assert [lead.id for lead in await unit.places.due(NOON + 2 * DAY, 9)] == [two, one]
        ahead = [await unit.places.ahead_of(await unit.leads.by_id(each)) for each in (one, two, three)]
        assert ahead == [1, 0, 2]
        await unit.places.stop_waiting(two)
        await unit.leads.move(await unit.leads.by_id(one), Stage.LOST, "prospect", "gone", NOON)
        assert await unit.places.waiting() == []
        assert await first_moment(unit, NEXT_PLACE) is None


async def test_each_lead_takes_one_place_in_the_period_it_was_first_offered(begin: Begin) -> None:
    async with begin() as unit:
        one, two, three, _ = await _leads(unit)
        old = await unit.hand_offs.add(one, "sales", an_offer())
        await unit.hand_offs.save(old, replace(old.state, offered_at=NOON - DAY, closed_at=NOON))
        for number, team in ((one, "sales"), (two, "sales"), (three, "partners")):
            await unit.hand_offs.add(number, team, an_offer())
        assert await unit.places.taken(QUIZ, NOON, "partners") == 1
        assert await unit.places.taken(QUIZ, NOON, "wait") == 2
        assert await unit.places.taken(QUIZ, NOON - 2 * DAY, "wait") == 3
        assert await unit.places.taken("dance-school", NOON - 2 * DAY, "wait") == 0
