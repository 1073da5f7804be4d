"""Moves: legal ones are kept with who and why, others change nothing, and frozen leads come back."""

from __future__ import annotations

from random import Random

import pytest

from qualification.stages import CLOSED, IllegalMove, Stage, replay
from storage.leads import NEXT_THAW
from storage.records import Lead
from tests.storage.conftest import Begin
from tests.storage.samples import ANNA, DAY, HOUR, NOON, OTHER_BOT, a_lead, first_moment


async def test_an_illegal_move_changes_nothing_and_says_where_to_go_first(begin: Begin) -> None:
    async with begin() as unit:
        lead = await a_lead(unit)
        before = await unit.leads.moves(lead.id)
        refused = await unit.leads.move(lead, Stage.CUSTOMER, "manager 5", "won", NOON)
        assert refused == IllegalMove(Stage.LEAD, Stage.CUSTOMER, Stage.MQL)
        assert (await unit.leads.by_id(lead.id), await unit.leads.moves(lead.id)) == (lead, before)


async def test_a_move_is_judged_by_where_the_lead_stands_and_not_by_where_it_stood(begin: Begin) -> None:
    async with begin() as unit:
        lead = await a_lead(unit)
        await unit.leads.move(lead, Stage.LOST, "manager 5", "price", NOON)
        refused = await unit.leads.move(lead, Stage.MQL, "bot", "hot", NOON)  # as it was looked up before
        assert refused == IllegalMove(Stage.LOST, Stage.MQL, Stage.LEAD)


async def test_a_lost_lead_is_opened_again_unless_there_is_another_one(begin: Begin) -> None:
    async with begin() as unit:
        lost = await a_lead(unit)
        await unit.leads.move(lost, Stage.LOST, "manager 5", "price", NOON)
        again = await unit.leads.move(lost, Stage.LEAD, "manager 5", "changed their mind", NOON)
        assert isinstance(again, Lead)
        assert (again.stage, again.closed_at) == (Stage.LEAD, None)
        await unit.leads.move(lost, Stage.LOST, "manager 5", "price", NOON)
        new = await a_lead(unit)
        refused = await unit.leads.move(lost, Stage.LEAD, "manager 5", "changed their mind", NOON)
        assert refused == IllegalMove(Stage.LOST, Stage.LEAD, open_lead=new.id)


async def test_a_frozen_lead_has_a_day_to_come_back_and_no_other_has(begin: Begin) -> None:
    async with begin() as unit:
        lead = await a_lead(unit)
        with pytest.raises(ValueError, match="a moment to come back"):
            await unit.leads.move(lead, Stage.FROZEN, "bot", "", NOON)
        with pytest.raises(ValueError, match="a moment to come back"):
            await unit.leads.move(lead, Stage.MQL, "bot", "", NOON, until=NOON + DAY)
        frozen = await unit.leads.move(lead, Stage.FROZEN, "bot", "not now", NOON, until=NOON + DAY)
        assert isinstance(frozen, Lead)
        assert (frozen.frozen_until, await first_moment(unit, NEXT_THAW)) == (NOON + DAY, NOON + DAY)
        assert await unit.leads.thaws_due(NOON + HOUR, 9) == []
        assert await unit.leads.thaws_due(NOON + DAY, 9) == [frozen]
        await unit.leads.move(frozen, Stage.LEAD, "prospect", "came back", NOON)
        assert await first_moment(unit, NEXT_THAW) is None
    async with begin(OTHER_BOT) as unit:
        assert await unit.leads.thaws_due(NOON + 9 * DAY, 9) == []


async def test_whatever_is_tried_the_kept_history_replays_to_the_present_stage(begin: Begin) -> None:
    chance = Random(4)  # noqa: S311 - not for secrets
    async with begin() as unit:
        for number in range(60):
            lead = await a_lead(unit, ANNA + number)
            for _ in range(12):
                to = chance.choice([*Stage])
                until = NOON + DAY if to is Stage.FROZEN else None
                await unit.leads.move(lead, to, "manager 5", "why not", NOON, until=until)
            present = await unit.leads.by_id(lead.id)
            assert replay((before, to) for before, to, _, _ in await unit.leads.moves(lead.id)) is present.stage
            assert (present.frozen_until is not None) is (present.stage is Stage.FROZEN)
            assert (present.closed_at is not None) is (present.stage in CLOSED)
