"""The ledger: what counts for a lead, what is written once, and what replaces what."""

from __future__ import annotations

from dataclasses import replace

from qualification.score import Entry, Origin
from tests.storage.conftest import Begin
from tests.storage.samples import (
    BORIS,
    NOON,
    a_lead,
)

FIT = [Entry(Origin.ANSWER, "role", 20, NOON, "company"), Entry(Origin.RULE, "urgent", 15, NOON)]
LINK = Entry(Origin.LINK, "product_link", 30, NOON, "Каталог")


async def test_points_for_the_same_thing_are_written_once(begin: Begin) -> None:
    async with begin() as unit:
        lead = await a_lead(unit)
        assert await unit.ledger.enter(lead, 1, FIT, lead.session_id) is True
        assert await unit.ledger.enter(lead, 1, FIT, lead.session_id) is False
        assert await unit.ledger.enter(lead, 1, [LINK], once="link:warm-up:one") is True
        assert await unit.ledger.enter(lead, 1, [LINK], once="link:warm-up:one") is False
        assert await unit.ledger.enter(lead, 1, [LINK], once="link:warm-up:two") is True
        assert await unit.ledger.entries(lead) == [*FIT, LINK, LINK]


async def test_nothing_to_enter_is_nothing_new(begin: Begin) -> None:
    async with begin() as unit:
        assert await unit.ledger.enter(await a_lead(unit), 1, []) is False


async def test_the_fit_of_the_last_session_counts_and_all_activity(begin: Begin) -> None:
    async with begin() as unit:
        lead = await a_lead(unit)
        await unit.ledger.enter(lead, 1, FIT, lead.session_id)
        await unit.ledger.enter(lead, 1, [LINK], once="link")
        again = await a_lead(unit)
        assert await unit.ledger.entries(again) == [LINK]
        await unit.ledger.enter(again, 2, FIT[:1], again.session_id)
        assert await unit.ledger.entries(again) == [LINK, FIT[0]]


async def test_two_leads_have_their_own_points(begin: Begin) -> None:
    async with begin() as unit:
        annas, boris = await a_lead(unit), await a_lead(unit, BORIS)
        assert await unit.ledger.enter(annas, 1, [LINK], once="link") is True
        assert await unit.ledger.enter(boris, 1, [LINK], once="link") is True


async def test_a_changed_answer_replaces_its_points_for_each_product(begin: Begin) -> None:
    desks = replace(FIT[0], product="desks", points=30)
    async with begin() as unit:
        lead = await a_lead(unit)
        await unit.ledger.score_session(lead, 1, [FIT[0], desks], lead.session_id, NOON)
        assert await unit.ledger.entries(lead) == [FIT[0], desks]
        fewer = replace(desks, points=5)
        await unit.ledger.score_session(lead, 1, [FIT[0], fewer], lead.session_id, NOON)
        assert await unit.ledger.entries(lead) == [FIT[0], fewer]


async def test_a_deed_of_a_session_outlives_its_answers_and_ends_with_the_session(begin: Begin) -> None:
    speed = Entry(Origin.SPEED, "speed", 5, NOON, "90")
    async with begin() as unit:
        lead = await a_lead(unit)
        await unit.ledger.enter(lead, 1, [speed], lead.session_id, once="speed:1")
        await unit.ledger.score_session(lead, 1, FIT, lead.session_id, NOON)
        assert await unit.ledger.entries(lead) == [speed, *FIT]
        again = await a_lead(unit)  # a new session of the same lead
        assert await unit.ledger.entries(again) == []


async def test_a_deed_of_nought_points_counts_nothing_but_is_remembered_with_its_revision(begin: Begin) -> None:
    nothing = replace(LINK, points=0)
    async with begin() as unit:
        lead = await a_lead(unit)
        await unit.ledger.enter(lead, 3, [nothing], once="link")
        assert await unit.ledger.entries(lead) == []
        assert await unit.ledger.history(lead) == [(3, nothing)]


async def test_a_days_cap_stands_beside_the_deed_it_caps(begin: Begin) -> None:
    cap = Entry(Origin.DAY_CAP, LINK.rule, -5, NOON, "5")
    async with begin() as unit:
        lead = await a_lead(unit)
        assert await unit.ledger.enter(lead, 1, [LINK, cap], once="link") is True
        assert await unit.ledger.enter(lead, 1, [LINK, cap], once="link") is False
        assert await unit.ledger.entries(lead) == [LINK, cap]
