"""Costs of sources: kept to the cent, found by the days that they have any part of."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from qualification.costs import Cost
from storage.unit import Unit
from tests.storage.conftest import Begin
from tests.storage.samples import DAY, NOON, OTHER_BOT


async def enters(unit: Unit, since: datetime, days: int = 1, amount: str = "500.10") -> Cost:
    cost = Cost("Осінній ярмарок", Decimal(amount), "EUR", since, since + days * DAY)
    await unit.costs.enter(cost, 3, NOON)
    return cost


async def test_a_cost_comes_back_to_the_cent_until_it_is_removed(begin: Begin) -> None:
    async with begin() as unit:
        cost = await enters(unit, NOON, amount="1234567890.10")
        (stored,) = await unit.costs.listed(10)
        assert stored.cost == cost
        assert await unit.costs.by_id(stored.id) == stored
        assert await unit.costs.remove(stored.id)
        assert not await unit.costs.remove(stored.id)
        assert await unit.costs.by_id(stored.id) is None


async def test_costs_of_the_latest_days_are_listed_first(begin: Begin) -> None:
    async with begin() as unit:
        costs = [await enters(unit, NOON + days * DAY) for days in (1, 3, 2)]
        assert [each.cost for each in await unit.costs.listed(2)] == [costs[1], costs[2]]
        assert [each.cost for each in await unit.costs.listed(2, 2)] == [costs[0]]


async def test_a_span_finds_the_costs_that_it_has_any_part_of(begin: Begin) -> None:
    async with begin() as unit:
        over, partly, within, ahead = [await enters(unit, NOON + d * DAY, 3) for d in (-7, -5, 0, 2)]
        assert await unit.costs.between(NOON - 3 * DAY, NOON + 2 * DAY) == [partly, within]
        assert await unit.costs.between(None, NOON + 2 * DAY) == [over, partly, within]
        assert await unit.costs.between(None, NOON + 9 * DAY) == [over, partly, within, ahead]


async def test_two_bots_have_costs_of_their_own(begin: Begin) -> None:
    async with begin() as unit:
        await enters(unit, NOON)
        (stored,) = await unit.costs.listed(10)
    async with begin(OTHER_BOT) as unit:
        assert await unit.costs.listed(10) == []
        assert await unit.costs.between(None, NOON + DAY) == []
        assert await unit.costs.by_id(stored.id) is None
        assert not await unit.costs.remove(stored.id)
