"""Statistics: unique people and how far they came, without test sessions, with invalid contacts apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import update

from dialogs.answers import Contact
from qualification.funnel import Funnel, Step, Waits, together
from qualification.handoff import HandOff, Outcome, Phase
from qualification.score import Band
from storage.messages import Fate, Kind
from storage.records import Lead
from storage.statistics import DeliveryHealth, Untaken, Won
from storage.tables import HandOffRow, OutboxRow
from storage.unit import Unit
from tests.storage.conftest import Begin
from tests.storage.samples import ANNA, BORIS, DAY, HOUR, MINUTE, NOON, OTHER_BOT, QUIZ, a_prospect, a_walk, put

CLARA = 7_100_000_003
PHONE = Contact(contact="phone", value="+380671234567", verified=True)


async def begins(
    unit: Unit,
    who: int = ANNA,
    *,
    source: str | None = None,
    at: datetime = NOON,
    finishes: bool = False,
    is_test: bool = False,
    quiz: str = QUIZ,
) -> int:
    """Let somebody begin a quiz; return the session."""
    prospect = await a_prospect(unit, who)
    walk = a_walk().model_copy(update={"started_at": at, "quiz": quiz})
    stored = await unit.sessions.start(prospect.id, walk, source, is_test=is_test)
    if finishes:
        await unit.sessions.save(stored, walk.model_copy(update={"ended_with": "bye", "ended_at": at}))
    return stored.id


async def leaves_contact(
    unit: Unit, who: int = ANNA, band: Band | None = None, *, at: datetime = NOON, quiz: str = QUIZ, **more: Any
) -> Lead:
    """Let somebody begin, finish and leave a contact."""
    session = await begins(unit, who, at=at, finishes=True, quiz=quiz, **more)
    lead = await unit.leads.open((await a_prospect(unit, who)).id, quiz, session, at)
    await unit.leads.save_contact(lead.id, PHONE, at)
    if band is not None:
        await unit.leads.banded(lead.id, band)
    return lead


async def is_offered(unit: Unit, lead: Lead, at: datetime = NOON, **state: Any) -> int:
    """Offer a lead, and let things come as `state` says; return the hand-off."""
    stored = await unit.hand_offs.add(lead.id, "sales", replace(HandOff(Phase.OFFERED, at), **state))
    return stored.id


async def is_contacted(unit: Unit, lead: Lead, after: timedelta, at: datetime = NOON) -> int:
    moments = {"taken_by": 2, "taken_at": at, "contacted_at": at + after}
    return await is_offered(unit, lead, at, phase=Phase.CONTACTED, **moments)


async def is_won(unit: Unit, lead: Lead, amount: str | None = None, currency: str | None = None) -> None:
    number = await is_offered(
        unit, lead, phase=Phase.CLOSED, taken_by=2, taken_at=NOON, closed_at=NOON, outcome=Outcome.WON
    )
    await unit._connection.execute(
        update(HandOffRow).where(HandOffRow.id == number).values(amount=amount, currency=currency)
    )


async def funnel_of(unit: Unit, since: datetime | None) -> Funnel:
    return together((await unit.statistics.sources(since)).values())


def steps(funnel: Funnel) -> list[int]:
    return [funnel.at(step) for step in Step]


async def test_nobody_is_nobody(begin: Begin) -> None:
    async with begin() as unit:
        assert steps(await funnel_of(unit, None)) == [0] * 7
        assert await unit.statistics.sources(None) == {}
        assert await unit.statistics.won(None) == []
        assert await unit.statistics.first_contacts(None) is None
        assert await unit.statistics.untaken() == Untaken(0, None)


async def test_everybody_is_counted_as_far_as_they_came(begin: Begin) -> None:
    async with begin() as unit:
        await begins(unit, 1)
        await begins(unit, 2, finishes=True)
        await leaves_contact(unit, 3, Band.WARM)
        await is_offered(unit, await leaves_contact(unit, 4, Band.HOT))
        await is_offered(unit, await leaves_contact(unit, 5, Band.HOT), taken_at=NOON, phase=Phase.TAKEN)
        await is_contacted(unit, await leaves_contact(unit, 6, Band.HOT), MINUTE)
        await is_won(unit, await leaves_contact(unit, 7, Band.HOT))
        funnel = await funnel_of(unit, None)
    assert steps(funnel) == [7, 6, 5, 4, 3, 2, 1]
    assert funnel.bands == {None: 0, Band.UNFIT: 0, Band.COLD: 0, Band.WARM: 1, Band.HOT: 4}


async def test_who_comes_back_ten_times_is_one_person(begin: Begin) -> None:
    async with begin() as unit:
        for hours in range(10):
            await leaves_contact(unit, ANNA, Band.HOT, at=NOON + hours * HOUR, source=f"ads_{hours}")
        await begins(unit, BORIS)
        assert steps(await funnel_of(unit, None)) == [2, 1, 1, 1, 0, 0, 0]
        found = await unit.statistics.sources(None)
    assert {source: funnel.at(Step.STARTED) for source, funnel in found.items()} == {None: 1, "ads_0": 1}


async def test_two_quizzes_of_one_person_count_once_with_the_better_band(begin: Begin) -> None:
    async with begin() as unit:
        await leaves_contact(unit, ANNA, Band.COLD)
        await leaves_contact(unit, ANNA, Band.WARM, quiz="dance-school")
        funnel = await funnel_of(unit, None)
    assert (funnel.at(Step.CONTACT), funnel.bands[Band.WARM], funnel.bands[Band.COLD]) == (1, 1, 0)


async def test_a_lead_that_has_cooled_down_was_hot_all_the_same(begin: Begin) -> None:
    async with begin() as unit:
        await is_offered(unit, await leaves_contact(unit, ANNA, Band.WARM))
        funnel = await funnel_of(unit, None)
    assert (funnel.at(Step.HOT), funnel.bands[Band.WARM]) == (1, 1)


async def test_a_contact_without_a_finish_has_no_band_yet(begin: Begin) -> None:
    async with begin() as unit:
        session = await begins(unit, ANNA)
        await unit.leads.open((await a_prospect(unit, ANNA)).id, QUIZ, session, NOON)
        funnel = await funnel_of(unit, None)
    assert steps(funnel)[:3] == [1, 0, 1]
    assert funnel.bands[None] == 1


async def test_a_session_that_an_admin_tried_is_never_counted(begin: Begin) -> None:
    async with begin() as unit:
        await begins(unit, ANNA, finishes=True, is_test=True, source="ads_oct")
        assert steps(await funnel_of(unit, None)) == [0] * 7
        assert await unit.statistics.sources(None) == {}


async def test_a_scrubbed_lead_is_counted_apart_and_in_nothing_else(begin: Begin) -> None:
    async with begin() as unit:
        await is_contacted(unit, lead := await leaves_contact(unit, ANNA, Band.HOT, source="ads_oct"), HOUR)
        await unit.journal.note("scrubbed", lead.prospect_id, NOON + DAY, lead=lead.id, why="invalid")
        await is_contacted(unit, await leaves_contact(unit, BORIS, Band.HOT, source="ads_oct"), MINUTE)
        funnel = await funnel_of(unit, None)
        waited = await unit.statistics.first_contacts(None)
    assert steps(funnel) == [2, 2, 1, 1, 1, 1, 0]
    assert funnel.scrubbed == 1
    assert funnel.bands[Band.HOT] == 1
    assert waited == Waits(1, MINUTE, MINUTE)


async def test_a_contact_given_after_an_older_one_was_scrubbed_counts(begin: Begin) -> None:
    async with begin() as unit:
        lead = await leaves_contact(unit, ANNA)
        await unit.journal.note("scrubbed", lead.prospect_id, NOON + HOUR, lead=lead.id)
        await leaves_contact(unit, ANNA, at=NOON + DAY)
        assert steps(await funnel_of(unit, NOON + DAY))[:3] == [1, 1, 1]


async def test_a_span_holds_who_began_in_it_with_all_they_have_done_since(begin: Begin) -> None:
    async with begin() as unit:
        await leaves_contact(unit, ANNA, Band.HOT, at=NOON - 8 * DAY)
        await is_won(unit, await leaves_contact(unit, BORIS, Band.HOT, at=NOON - 6 * DAY))
        assert steps(await funnel_of(unit, NOON - 7 * DAY)) == [1, 1, 1, 1, 1, 1, 1]
        assert (await funnel_of(unit, None)).at(Step.STARTED) == 2


async def test_who_only_looked_in_again_left_no_contact_again(begin: Begin) -> None:
    async with begin() as unit:
        await leaves_contact(unit, ANNA, Band.HOT, at=NOON - 8 * DAY)
        await begins(unit, ANNA)
        assert steps(await funnel_of(unit, NOON - DAY)) == [1, 0, 0, 0, 0, 0, 0]
        await leaves_contact(unit, ANNA, Band.HOT)
        assert steps(await funnel_of(unit, NOON - DAY)) == [1, 1, 1, 1, 0, 0, 0]


async def test_everyone_belongs_to_the_first_source_they_came_by_in_the_span(begin: Begin) -> None:
    async with begin() as unit:
        await begins(unit, ANNA, at=NOON - 2 * DAY)
        await begins(unit, ANNA, at=NOON - DAY, source="ads_oct")
        await leaves_contact(unit, ANNA, Band.HOT, source="ads_nov")
        await begins(unit, BORIS, source="ads_oct")
        await begins(unit, CLARA)
        ever, last = await unit.statistics.sources(None), await unit.statistics.sources(NOON - HOUR)
    assert {source: steps(funnel)[:4] for source, funnel in ever.items()} == {
        "ads_oct": [2, 1, 1, 1],
        None: [1, 0, 0, 0],
    }
    assert list(ever) == ["ads_oct", None]
    assert {source: funnel.at(Step.STARTED) for source, funnel in last.items()} == {
        "ads_nov": 1,
        "ads_oct": 1,
        None: 1,
    }


async def test_what_was_won_is_told_by_source_and_amount(begin: Begin) -> None:
    async with begin() as unit:
        for who, amount in enumerate(("1200.50", "1200.50", "90", None), start=1):
            lead = await leaves_contact(unit, who, Band.HOT, source="ads_oct")
            await is_won(unit, lead, amount, "EUR" if amount else None)
        await is_won(unit, await leaves_contact(unit, 5, Band.HOT), "70000", "UAH")
        won = await unit.statistics.won(None)
        assert await unit.statistics.won(NOON + DAY) == []
    assert sorted(won, key=str) == sorted(
        [
            Won("ads_oct", Decimal("1200.50"), "EUR", 2),
            Won("ads_oct", Decimal(90), "EUR", 1),
            Won("ads_oct", None, "", 1),
            Won(None, Decimal(70_000), "UAH", 1),
        ],
        key=str,
    )


@pytest.mark.parametrize(
    ("minutes", "median", "ninety_fifth"),
    [([4], 4, 4), ([600, 1, 2], 2, 600), ([1, 2, 3, 4], 2.5, 4), (list(range(20, 0, -1)), 10.5, 19)],
)
async def test_the_waits_for_a_first_contact(
    begin: Begin, minutes: list[int], median: float, ninety_fifth: int
) -> None:
    async with begin() as unit:
        for who, each in enumerate(minutes, start=1):
            await is_contacted(unit, await leaves_contact(unit, who, Band.HOT), each * MINUTE)
        await is_offered(unit, await leaves_contact(unit, 99, Band.HOT))
        waited = await unit.statistics.first_contacts(None)
        assert await unit.statistics.first_contacts(NOON + MINUTE) is None
    assert waited == Waits(len(minutes), median * MINUTE, ninety_fifth * MINUTE)


async def test_working_time_is_told_of_those_where_it_was_measured(begin: Begin) -> None:
    async with begin() as unit:
        for who, worked in enumerate((60, None, 180), start=1):
            number = await is_contacted(unit, await leaves_contact(unit, who, Band.HOT), DAY)
            await unit._connection.execute(
                update(HandOffRow).where(HandOffRow.id == number).values(worked_seconds=worked)
            )
        assert await unit.statistics.first_contacts_at_work(None) == Waits(2, 2 * MINUTE, 3 * MINUTE)
        assert await unit.statistics.first_contacts(None) == Waits(3, DAY, DAY)


async def test_untaken_is_what_waits_now_whenever_it_began(begin: Begin) -> None:
    async with begin() as unit:
        await is_offered(unit, await leaves_contact(unit, 1, Band.HOT), NOON - DAY)
        await is_offered(unit, await leaves_contact(unit, 2, Band.HOT), NOON)
        await is_contacted(unit, await leaves_contact(unit, 3, Band.HOT), HOUR, NOON - 2 * DAY)
        assert await unit.statistics.untaken() == Untaken(2, NOON - DAY)


async def test_two_bots_have_numbers_of_their_own(begin: Begin) -> None:
    async with begin() as unit:
        await is_contacted(unit, await leaves_contact(unit, ANNA, Band.HOT), HOUR)
        await is_offered(unit, await leaves_contact(unit, BORIS, Band.HOT))
    async with begin(OTHER_BOT) as unit:
        assert steps(await funnel_of(unit, None)) == [0] * 7
        assert await unit.statistics.first_contacts(None) is None
        assert await unit.statistics.untaken() == Untaken(0, None)


async def test_delivery_is_told_by_what_was_settled_lately_and_what_is_stuck(begin: Begin) -> None:
    async with begin() as unit:
        fates = (Fate.SENT, Fate.REFUSED, Fate.UNKNOWN, Fate.DROPPED)
        for fate in fates:
            await unit.outbox.settle(await put(unit, Kind.DIALOG), fate, NOON)
        await unit.outbox.settle(await put(unit, Kind.DIALOG), Fate.SENT, NOON - HOUR)
        edited = await put(unit, Kind.DIALOG)
        await unit.outbox.settle(await put(unit, Kind.DIALOG, edits=edited), Fate.REFUSED, NOON)  # needless
        await unit.outbox.settle(await put(unit, Kind.FOLLOW_UP), Fate.REFUSED, NOON)
        stuck = await put(unit, Kind.HAND_OFF, chat=BORIS)
        await unit._connection.execute(update(OutboxRow).where(OutboxRow.id == stuck).values(attempts=3))
        found = await unit.statistics.delivery(NOON - MINUTE, NOON)
        assert found == DeliveryHealth(sent=1, refused=2, stuck=1, sent_last=NOON, refused_last=NOON)
        assert (await unit.statistics.delivery(NOON - MINUTE, NOON - MINUTE)).stuck == 0
    async with begin(OTHER_BOT) as unit:
        assert await unit.statistics.delivery(NOON - MINUTE, NOON) == DeliveryHealth(0, 0, 0, None, None)
