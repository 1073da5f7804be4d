"""Cohorts in the database: who enters a sequence with everybody else, who does not and why, and nobody twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import event

from dialogs.answers import Choice
from qualification.merging import MergeState
from qualification.score import Band
from qualification.segments import Answered, Segment
from qualification.stages import Stage
from storage.cohorts import Cohort, Obstacle
from storage.database import Database
from storage.enrolments import EndReason
from storage.records import ConsentEventKind, Lead
from storage.unit import Unit
from tests.storage.conftest import ON_SQLITE, Begin
from tests.storage.samples import (
    BOT,
    DAY,
    HOUR,
    MINUTE,
    NOON,
    OTHER_BOT,
    QUIZ,
    a_consent,
    a_prospect,
    a_walk,
    an_enrolment,
    an_offer,
)

FIRST = 7_300_000_000
NEWS = Cohort(QUIZ, "news", Segment())
DUE: dict[str | None, datetime] = {None: NOON + DAY}


async def a_warm_lead(unit: Unit, telegram_id: int = FIRST, *, agreed: bool = True, quiz: str = QUIZ) -> Lead:
    """Let somebody finish the quiz, leave a contact, and agree to be written to."""
    person = await a_prospect(unit, telegram_id)
    session = await unit.sessions.start(person.id, a_walk(), "ads_oct")
    await unit.sessions.save(session, a_walk(ended_with="bye", at=None))
    lead = await unit.leads.open(person.id, quiz, session.id, NOON)
    await unit.leads.banded(lead.id, Band.WARM)
    if agreed:
        await unit.consents.record(a_consent(person))
    return await unit.leads.by_id(lead.id)


async def warm_leads(unit: Unit, count: int, first: int = FIRST) -> list[int]:
    return [(await a_warm_lead(unit, number)).id for number in range(first, first + count)]


async def free(unit: Unit, cohort: Cohort = NEWS, now: datetime = NOON) -> list[int]:
    return [each.lead_id for each in (await unit.cohorts.find(cohort, now, 0, 100))[0]]


async def enrolled(unit: Unit, *leads: int, cohort: Cohort = NEWS, now: datetime = NOON) -> int:
    return await unit.cohorts.enrol(cohort, 1, leads, DUE, now)


async def merged(unit: Unit, one: int, other: int) -> None:
    merge = await unit.merges.suggest(one, other, "phone", NOON)
    assert merge is not None
    await unit.merges.decide(merge.id, MergeState.MERGED, 5, NOON)


# What an enrolment is --------------------------------------------------------------------------------


async def test_a_lead_enrolled_with_others_is_as_one_enrolled_alone(begin: Begin) -> None:
    async with begin() as unit:
        alone, together = await a_warm_lead(unit), await a_warm_lead(unit, FIRST + 1)
        due = NOON + DAY
        await unit.enrolments.enrol(alone.id, alone.prospect_id, QUIZ, 1, "news", None, due, NOON)
        facts: dict[str, str | int | None] = {"lead": alone.id, "sequence": "news", "due": due.isoformat()}
        await unit.journal.note("enrolled", alone.prospect_id, NOON, **facts)
        assert await enrolled(unit, together.id) == 1
        one, other = await unit.enrolments.last_of(alone.id), await unit.enrolments.last_of(together.id)
        assert one is not None
        assert other is not None
        assert other == replace(one, id=other.id, lead_id=together.id, prospect_id=together.prospect_id)
        noted, other_noted = await unit.journal.after(0)
        assert other_noted == replace(
            noted, id=other_noted.id, prospect_id=together.prospect_id, facts={**facts, "lead": together.id}
        )
        assert [each.id for each in await unit.enrolments.due(due, 10)] == [one.id, other.id]


async def test_each_begins_at_the_time_of_the_zone_that_they_live_in(begin: Begin) -> None:
    due = {None: NOON + DAY, "Europe/Kyiv": NOON + HOUR, "Asia/Tokyo": NOON + MINUTE}
    async with begin() as unit:
        leads = [await a_warm_lead(unit, FIRST + place) for place in range(3)]
        for lead, zone in zip(leads[1:], ("Asia/Tokyo", "America/Lima"), strict=True):
            await unit.prospects.lives_in(lead.prospect_id, zone)
        found, _ = await unit.cohorts.find(NEWS, NOON, 0, 10)
        assert [each.timezone for each in found] == [None, "Asia/Tokyo", "America/Lima"]
        assert await unit.cohorts.enrol(NEWS, 1, [each.lead_id for each in found], due, NOON) == 3
        moments = [(await unit.enrolments.active_of(lead.prospect_id))[0].due_at for lead in leads]
        assert moments == [NOON + DAY, NOON + MINUTE, NOON + DAY]
        told = [each.facts["due"] for each in await unit.journal.after(0)]
        assert told == [moment.isoformat() for moment in moments if moment]


# Who is not among them -------------------------------------------------------------------------------


async def _unfit_by_band(unit: Unit, lead: Lead) -> None:
    await unit.leads.banded(lead.id, Band.UNFIT)


async def _unfit_by_stage(unit: Unit, lead: Lead) -> None:
    await unit.leads.move(lead, Stage.UNFIT, "bot", "not a fit", NOON)


async def _blocked(unit: Unit, lead: Lead) -> None:
    await unit.prospects.blocked(lead.prospect_id, NOON)


async def _unsubscribed(unit: Unit, lead: Lead) -> None:
    await unit.consents.record(a_consent(await unit.prospects.by_id(lead.prospect_id), ConsentEventKind.WITHDRAWN))


async def _agreed_until_now(unit: Unit, lead: Lead) -> None:
    await unit.consents.record(a_consent(await unit.prospects.by_id(lead.prospect_id), expires_at=NOON))


async def _handed_off(unit: Unit, lead: Lead) -> None:
    await unit.hand_offs.add(lead.id, "sales", an_offer())


async def _handed_off_as_another(unit: Unit, lead: Lead) -> None:
    other = await a_warm_lead(unit, FIRST + 50, agreed=False)
    await unit.hand_offs.add(other.id, "sales", an_offer())
    await merged(unit, lead.id, other.id)


async def _frozen(unit: Unit, lead: Lead) -> None:
    await unit.leads.move(lead, Stage.FROZEN, "bot", "not now", NOON, until=NOON + DAY)


async def _waits_for_a_place(unit: Unit, lead: Lead) -> None:
    await unit.places.wait(lead.id, NOON, NOON + DAY)


async def _walks_a_quiz(unit: Unit, lead: Lead) -> None:
    await unit.sessions.start(lead.prospect_id, a_walk(), None)


async def _inside(unit: Unit, lead: Lead) -> None:
    await an_enrolment(unit, lead)


async def _inside_of_another_quiz(unit: Unit, lead: Lead) -> None:
    other = await unit.leads.open(lead.prospect_id, "catering", lead.session_id, NOON)
    await an_enrolment(unit, other)


async def _inside_as_another(unit: Unit, lead: Lead) -> None:
    """Over two merges, and with an account that nobody would choose."""
    between, other = [await a_warm_lead(unit, FIRST + 50 + place, agreed=False) for place in range(2)]
    await merged(unit, lead.id, between.id)
    await merged(unit, between.id, other.id)
    await an_enrolment(unit, other)


async def _had_it(unit: Unit, lead: Lead) -> None:
    await unit.enrolments.end(await an_enrolment(unit, lead, sequence="news"), EndReason.FINISHED, NOON)


async def _speaks_elsewhere(unit: Unit, lead: Lead) -> None:
    """Over two merges."""
    between = await a_warm_lead(unit, FIRST + 50, agreed=False)
    other = await unit.prospects.met(FIRST + 51, "Anna", None, "uk", NOON + MINUTE)
    await unit.consents.record(a_consent(other))
    session = await unit.sessions.start(other.id, a_walk(), None)
    later = await unit.leads.open(other.id, "catering", session.id, NOON)
    await merged(unit, lead.id, between.id)
    await merged(unit, between.id, later.id)


async def test_a_sequence_of_that_name_in_another_quiz_is_another_one(begin: Begin) -> None:
    async with begin() as unit:
        lead = await a_warm_lead(unit)
        other = await unit.leads.open(lead.prospect_id, "catering", lead.session_id, NOON)
        number = await unit.enrolments.enrol(other.id, lead.prospect_id, "catering", 1, "news", None, NOON, NOON)
        await unit.enrolments.end(number, EndReason.FINISHED, NOON)
        assert await free(unit) == [lead.id]


@pytest.mark.parametrize(
    ("happens", "obstacle"),
    [
        (_unfit_by_band, Obstacle.UNFIT),
        (_unfit_by_stage, Obstacle.UNFIT),
        (_blocked, Obstacle.BLOCKED),
        (_unsubscribed, Obstacle.NOT_AGREED),
        (_agreed_until_now, Obstacle.NOT_AGREED),
        (_handed_off, Obstacle.BUSY),
        (_handed_off_as_another, Obstacle.BUSY),
        (_frozen, Obstacle.BUSY),
        (_waits_for_a_place, Obstacle.BUSY),
        (_walks_a_quiz, Obstacle.BUSY),
        (_inside, Obstacle.INSIDE),
        (_inside_of_another_quiz, Obstacle.INSIDE),
        (_inside_as_another, Obstacle.INSIDE),
        (_had_it, Obstacle.HAD_IT),
        (_speaks_elsewhere, Obstacle.ELSEWHERE),
    ],
)
async def test_whoever_has_something_in_the_way_is_counted_but_neither_found_nor_enrolled(
    begin: Begin, happens: Callable[[Unit, Lead], Awaitable[None]], obstacle: Obstacle
) -> None:
    async with begin() as unit:
        lead, other = await a_warm_lead(unit), await a_warm_lead(unit, FIRST + 99)
        assert await free(unit) == [lead.id, other.id]
        await happens(unit, lead)  # between the look and the enrolment, too
        assert lead.id not in await free(unit)
        counted, _ = await unit.cohorts.count(NEWS, NOON)
        assert counted[obstacle] >= 1
        assert counted[None] == 1
        inside = len(await unit.enrolments.active_of(lead.prospect_id))
        assert await enrolled(unit, lead.id, other.id) == 1
        assert len(await unit.enrolments.active_of(lead.prospect_id)) == inside
        assert len(await unit.enrolments.active_of(other.prospect_id)) == 1


async def test_a_closed_lead_and_one_of_another_quiz_are_not_meant_at_all(begin: Begin) -> None:
    async with begin() as unit:
        lost, elsewhere = await a_warm_lead(unit), await a_warm_lead(unit, FIRST + 1, quiz="catering")
        await unit.leads.move(lost, Stage.LOST, "bot", "gone", NOON)
        assert await unit.cohorts.count(NEWS, NOON) == (Counter(), None)
        assert await enrolled(unit, lost.id, elsewhere.id) == 0


async def test_a_bot_neither_finds_nor_enrols_the_leads_of_another_one(begin: Begin) -> None:
    async with begin() as unit:
        leads = await warm_leads(unit, 2)
    async with begin(OTHER_BOT) as unit:
        assert await unit.cohorts.count(NEWS, NOON) == (Counter(), None)
        assert await free(unit) == []
        assert await enrolled(unit, *leads) == 0


async def test_of_two_accounts_of_one_person_only_the_one_that_was_heard_last_begins(begin: Begin) -> None:
    async with begin() as unit:
        first, second = await warm_leads(unit, 2)
        await merged(unit, first, second)
        assert await enrolled(unit, first, second) == 1
        assert await unit.enrolments.last_of(first) is None
        assert await enrolled(unit, first, second) == 0
        assert await unit.cohorts.count(NEWS, NOON) == (Counter({Obstacle.INSIDE: 2}), None)


@pytest.mark.parametrize("happens", [_blocked, _unsubscribed, _agreed_until_now])
async def test_an_account_that_cannot_be_written_to_is_in_the_way_of_no_other(
    begin: Begin, happens: Callable[[Unit, Lead], Awaitable[None]]
) -> None:
    async with begin() as unit:
        first, last = await a_warm_lead(unit), await a_warm_lead(unit, FIRST + 1)
        await merged(unit, first.id, last.id)
        assert await free(unit) == [last.id]
        await happens(unit, last)
        assert await free(unit) == [first.id]


async def test_merged_accounts_whose_merge_was_undone_are_two_people_again(begin: Begin) -> None:
    async with begin() as unit:
        first, second = await warm_leads(unit, 2)
        merge = await unit.merges.suggest(first, second, "phone", NOON)
        assert merge is not None
        assert await free(unit) == [first, second]
        await unit.merges.decide(merge.id, MergeState.MERGED, 5, NOON)
        assert await free(unit) == [second]
        await unit.merges.decide(merge.id, MergeState.UNDONE, 5, NOON)
        assert await enrolled(unit, first, second) == 2


# The segment ---------------------------------------------------------------------------------------------


async def test_bands_and_stages_are_those_of_the_lead_that_begins(begin: Begin) -> None:
    async with begin() as unit:
        lead = await a_warm_lead(unit)
        other = await unit.leads.open(lead.prospect_id, "catering", lead.session_id, NOON)
        await unit.leads.banded(other.id, Band.COLD)
        await unit.leads.move(other, Stage.MQL, "bot", "", NOON)
        for segment, found in (
            (Segment(bands=(Band.WARM,)), [lead.id]),
            (Segment(bands=(Band.COLD,)), []),
            (Segment(stages=(Stage.LEAD,)), [lead.id]),
            (Segment(stages=(Stage.MQL,)), []),
        ):
            assert await free(unit, replace(NEWS, segment=segment)) == found


async def test_the_segments_other_facets_are_those_of_the_person(begin: Begin) -> None:
    async with begin() as unit:
        lead = await a_warm_lead(unit)
        await unit.sessions.save_answer(lead.session_id, "role", Choice(choice="company"), NOON)
        for segment in (
            Segment(languages=("en",)),
            Segment(sources=("leaflet",)),
            Segment(silent_for=1),
            Segment(answers=(Answered(quiz=QUIZ, question="role", choices=("self",)),)),
        ):
            assert await free(unit, replace(NEWS, segment=segment)) == []
        answers = (Answered(quiz=QUIZ, question="role", choices=("company",)),)
        mine = Segment(languages=("uk",), active_for=1, answers=answers)
        assert await free(unit, replace(NEWS, segment=mine)) == [lead.id]


# So many at a time ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("limit", "batch"), [(1, 1), (2, 3), (3, 2), (100, 100)])
async def test_everybody_is_found_and_counted_once_whatever_the_batches_are(
    begin: Begin, limit: int, batch: int
) -> None:
    async with begin() as unit:
        expected = await warm_leads(unit, 7)
    async with begin(OTHER_BOT) as unit:
        await warm_leads(unit, 3)
    async with begin() as unit:
        expected += await warm_leads(unit, 2, FIRST + 7)
        found: list[int] = []
        after: int | None = 0
        while after is not None:
            some, after = await unit.cohorts.find(NEWS, NOON, after, limit, batch)
            assert len(some) <= limit
            found += [each.lead_id for each in some]
        assert found == expected
        people: Counter[Obstacle | None] = Counter()
        after = 0
        while after is not None:
            counted, after = await unit.cohorts.count(NEWS, NOON, after, batch)
            people += counted
        assert people == Counter({None: 9})


@ON_SQLITE
async def test_no_look_goes_through_all_enrolments_or_makes_an_index_of_them(
    begin: Begin, database: Database
) -> None:
    """A plan tells more than a clock: what one lead costs does not grow with all the others."""
    asked: list[tuple[str, Any]] = []

    def listen(_: object, __: object, statement: str, values: object, *___: object) -> None:
        if "accounts" in statement:
            asked.append((statement, values))

    async with begin() as unit:
        lead = await a_warm_lead(unit)
        event.listen(database._engine.sync_engine, "before_cursor_execute", listen)
        await unit.cohorts.count(NEWS, NOON)
        await unit.cohorts.find(NEWS, NOON, 0, 10)
        await enrolled(unit, lead.id)
        event.remove(database._engine.sync_engine, "before_cursor_execute", listen)
        for statement, values in asked:
            plan = await unit.cohorts._connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            steps = [row.detail for row in plan]
            assert [each for each in steps if "AUTOMATIC" in each] == []
            assert {each for each in steps if each.startswith("SCAN")} <= {"SCAN accounts", "SCAN CONSTANT ROW"}
    assert len(asked) == 3


async def test_what_is_due_all_at_once_is_claimed_so_many_at_a_time(begin: Begin) -> None:
    async with begin() as unit:
        leads = await warm_leads(unit, 40)
        assert await enrolled(unit, *leads) == 40
        due = await unit.enrolments.due(NOON + DAY, 16)
        assert [each.lead_id for each in due] == leads[:16]


async def test_two_who_enrol_the_same_people_at_once_enrol_each_once(database: Database, other: Database) -> None:
    async with database.unit(BOT) as unit:
        leads = await warm_leads(unit, 20)
        people = range(FIRST, FIRST + 20)

    async def enrol(through: Database) -> int:
        async with through.unit(BOT) as unit:
            ours = await unit.turns.take(people)
            mine = [lead for lead, person in zip(leads, people, strict=True) if person in ours]
            await asyncio.sleep(0)
            return await enrolled(unit, *mine)

    assert sum(await asyncio.gather(enrol(database), enrol(other))) == 20
    async with database.view(BOT) as view:
        assert await view.enrolments.count(NOON) == (0, 20)
