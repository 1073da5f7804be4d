"""Two managers, a timer, one lead: however they meet in the database, it has one owner."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from random import Random

import pytest

from qualification.assignment import Manager, Team, Wanted
from qualification.handoff import HandOff, Phase, take
from qualification.offering import offer, offer_next
from qualification.quiz import HotRoute
from storage.database import Database
from tests.keys import a_keyring
from tests.storage.conftest import Begin
from tests.storage.samples import BOT, NOON, a_lead

MANAGERS = (1001, 1002, 1003)
TEAM = Team(tuple(Manager(number) for number in MANAGERS), (1009,), joined=True)
LEADS = 130
"""Each meets three takers and a timer, twice: a thousand meetings."""


@pytest.mark.parametrize("seed", range(2))
async def test_however_takers_and_timers_meet_each_lead_has_one_owner(
    begin: Begin, address: str, seed: int
) -> None:
    """Two engines on one database, as two processes have them."""
    chance, won, fired = Random(seed), dict[int, list[int]](), 0  # noqa: S311 - an order, not a secret
    other = await Database.open(address, a_keyring())

    async def takes(number: int, manager: int) -> None:
        async with chance.choice((begin(), other.unit(BOT))) as unit:
            await unit.alone_in_office()
            stored = await unit.hand_offs.by_id(number)
            assert stored is not None
            await asyncio.sleep(0)
            taken = take(stored.state, manager, NOON)
            if isinstance(taken, HandOff):
                await unit.hand_offs.save(stored, taken)
                won.setdefault(number, []).append(manager)

    async def fires(number: int) -> None:
        nonlocal fired
        async with chance.choice((begin(), other.unit(BOT))) as unit:
            await unit.alone_in_office()
            for stored in await unit.hand_offs.due(NOON + timedelta(minutes=5), 1000):
                if stored.id == number:
                    again = offer_next(HotRoute(), Wanted("en"), TEAM, stored.state, NOON + timedelta(minutes=5))
                    await asyncio.sleep(0)
                    await unit.hand_offs.save(stored, again)
                    fired += 1

    try:
        async with begin() as unit:
            state = offer(HotRoute(), Wanted("en"), TEAM, NOON)
            lead = await a_lead(unit)
            numbers = []
            for quiz in range(LEADS):
                opened = await unit.leads.open(lead.prospect_id, f"quiz-{quiz}", lead.session_id, NOON)
                numbers.append((await unit.hand_offs.add(opened.id, "sales", state)).id)
        for number in numbers:
            doings = [*(takes(number, manager) for manager in MANAGERS), fires(number)]
            chance.shuffle(doings)
            await asyncio.gather(*doings)
        async with begin() as unit:
            for number in numbers:
                stored = await unit.hand_offs.by_id(number)
                assert stored is not None
                assert stored.state.phase is Phase.TAKEN
                assert [stored.state.taken_by] == won[number]
                assert stored.state.due_at is None
        assert 0 < fired < LEADS  # now the timer was first, and now a taker
    finally:
        await other.close()
