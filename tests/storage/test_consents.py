"""Consents: the last event decides, the clock ends them, and none is changed or taken out unseen."""

from __future__ import annotations

import hashlib
from datetime import datetime

import pytest
from sqlalchemy import select, text

from storage.consents import NEXT_CONSENT_END
from storage.messages import Fate, Kind
from storage.records import ConsentEventKind
from storage.tables import ConsentRow
from storage.unit import Unit
from tests.storage.conftest import Begin
from tests.storage.samples import ANNA, BORIS, DAY, HOUR, MINUTE, NOON, a_consent, a_prospect, first_moment, put

GIVEN, CONFIRMED, REFUSED = ConsentEventKind.GIVEN, ConsentEventKind.CONFIRMED, ConsentEventKind.REFUSED
WITHDRAWN, EXPIRED = ConsentEventKind.WITHDRAWN, ConsentEventKind.EXPIRED


async def live(unit: Unit, prospect_id: int, now: datetime = NOON) -> int | None:
    return await unit.consents.live(prospect_id, "follow_ups", now)


@pytest.mark.parametrize(
    ("events", "lives"),
    [
        ([], False),
        ([GIVEN], True),
        ([GIVEN, CONFIRMED], True),
        ([REFUSED], False),
        ([GIVEN, WITHDRAWN], False),
        ([GIVEN, EXPIRED], False),
        ([GIVEN, REFUSED], False),
        ([REFUSED, GIVEN], True),
        ([GIVEN, WITHDRAWN, GIVEN], True),
    ],
)
async def test_the_last_event_of_a_purpose_decides(
    begin: Begin, events: list[ConsentEventKind], lives: bool
) -> None:
    async with begin() as unit:
        anna = await a_prospect(unit)
        numbers = [await unit.consents.record(a_consent(anna, event)) for event in events]
        assert await live(unit, anna.id) == (numbers[-1] if lives else None)
        assert [each.id for each in await unit.consents.all_live(anna.id, NOON)] == (numbers[-1:] if lives else [])


async def test_consent_to_one_purpose_is_none_to_another_and_of_nobody_else(begin: Begin) -> None:
    async with begin() as unit:
        anna, boris = await a_prospect(unit), await a_prospect(unit, BORIS)
        await unit.consents.record(a_consent(anna))
        assert await unit.consents.live(anna.id, "contact", NOON) is None
        assert await live(unit, boris.id) is None


async def test_a_consent_is_over_at_its_moment_even_before_the_clock_carried_that_out(begin: Begin) -> None:
    async with begin() as unit:
        anna = await a_prospect(unit)
        number = await unit.consents.record(a_consent(anna, expires_at=NOON + DAY))
        assert await live(unit, anna.id, NOON + DAY - MINUTE) == number
        assert await live(unit, anna.id, NOON + DAY) is None


async def test_consents_are_added_and_never_changed_with_the_exact_text_and_its_hash(begin: Begin) -> None:
    async with begin() as unit:
        anna = await a_prospect(unit)
        for event in (GIVEN, WITHDRAWN):
            await unit.consents.record(a_consent(anna, event, "Надсилати «корисне»?"))
        shown = (ConsentRow.event, ConsentRow.text, ConsentRow.text_sha256)
        rows = await unit._connection.execute(select(*shown).order_by(ConsentRow.id))
        kept = [tuple(row) for row in rows]
    digest = hashlib.sha256("Надсилати «корисне»?".encode()).hexdigest()
    assert kept == [("given", "Надсилати «корисне»?", digest), ("withdrawn", "Надсилати «корисне»?", digest)]


# The chain -----------------------------------------------------------------------------------------------


async def _a_chain(unit: Unit) -> int:
    anna, boris = await a_prospect(unit), await a_prospect(unit, BORIS)
    await unit.consents.record(a_consent(anna, expires_at=NOON + DAY))
    await unit.consents.record(a_consent(boris))
    await unit.consents.record(a_consent(anna, purpose="contact"))
    await unit.consents.record(a_consent(anna, WITHDRAWN))
    return anna.id


async def test_a_chain_that_nobody_touched_is_whole(begin: Begin) -> None:
    async with begin() as unit:
        anna = await _a_chain(unit)
        assert await unit.consents.broken(anna) is None
        first, second, third = await unit.consents.history(anna)
    assert (first.previous_sha256, second.previous_sha256) == (None, first.sha256)
    assert third.previous_sha256 == second.sha256
    assert len({each.event.record for each in (first, second, third)}) == 3


@pytest.mark.parametrize(
    ("tampering", "found"),
    [
        ("UPDATE consents SET event = 'refused' WHERE id = 1", 0),
        ("UPDATE consents SET text = 'I agree to everything' WHERE id = 3", 1),
        ("UPDATE consents SET at = '2020-01-01 00:00:00.000000' WHERE id = 3", 1),
        ("UPDATE consents SET expires_at = NULL WHERE id = 1", 0),
        ("UPDATE consents SET purpose = 'contact' WHERE id = 4", 2),
        ("UPDATE consents SET record = 'another' WHERE id = 4", 2),
        ("UPDATE consents SET previous_sha256 = NULL WHERE id = 3", 1),
        ("DELETE FROM consents WHERE id = 3", 2),
    ],
)
async def test_a_change_and_a_gap_are_found(begin: Begin, tampering: str, found: int) -> None:
    async with begin() as unit:
        anna = await _a_chain(unit)
        await unit._connection.execute(text("DELETE FROM consent_ends"))
        await unit._connection.execute(text(tampering))
        records = {each.id: each.event.record for each in await unit.consents.history(anna)}
        assert await unit.consents.broken(anna) == records[(1, 3, 4)[found]]


# The clock -----------------------------------------------------------------------------------------------


async def test_a_consent_that_ends_is_found_when_its_time_is_over(begin: Begin) -> None:
    async with begin() as unit:
        anna = await a_prospect(unit)
        assert await first_moment(unit, NEXT_CONSENT_END) is None
        number = await unit.consents.record(a_consent(anna, expires_at=NOON + DAY))
        assert await first_moment(unit, NEXT_CONSENT_END) == NOON + DAY
        assert await unit.consents.ends_due(NOON + DAY - MINUTE, 9) == []
        assert [each.id for each in await unit.consents.ends_due(NOON + DAY, 9)] == [number]
        await unit.consents.postpone_end(number, NOON + 2 * DAY)
        assert await first_moment(unit, NEXT_CONSENT_END) == NOON + 2 * DAY


@pytest.mark.parametrize("event", [WITHDRAWN, REFUSED, EXPIRED])
async def test_what_was_taken_back_does_not_end_once_more(begin: Begin, event: ConsentEventKind) -> None:
    async with begin() as unit:
        anna = await a_prospect(unit)
        await unit.consents.record(a_consent(anna, expires_at=NOON + DAY))
        await unit.consents.record(a_consent(anna, event))
        assert await first_moment(unit, NEXT_CONSENT_END) is None


async def test_what_is_given_anew_ends_later_and_the_end_of_another_purpose_stays(begin: Begin) -> None:
    async with begin() as unit:
        anna = await a_prospect(unit)
        await unit.consents.record(a_consent(anna, purpose="contact", expires_at=NOON + 3 * DAY))
        await unit.consents.record(a_consent(anna, expires_at=NOON + DAY))
        await unit.consents.record(a_consent(anna, expires_at=NOON + 2 * DAY))
        assert [each.event.purpose for each in await unit.consents.ends_due(NOON + 9 * DAY, 9)] == [
            "follow_ups",
            "contact",
        ]
        assert await first_moment(unit, NEXT_CONSENT_END) == NOON + 2 * DAY


async def test_what_is_confirmed_ends_when_what_was_given_would_have(begin: Begin) -> None:
    async with begin() as unit:
        anna = await a_prospect(unit)
        await unit.consents.record(a_consent(anna, expires_at=NOON + DAY))
        await unit.consents.record(a_consent(anna, CONFIRMED))
        assert await first_moment(unit, NEXT_CONSENT_END) == NOON + DAY
        assert await live(unit, anna.id, NOON + DAY) is None
        assert await unit.consents.broken(anna.id) is None


# No record, no send --------------------------------------------------------------------------------------


async def test_a_follow_up_whose_consent_ended_meanwhile_is_dropped_when_it_would_be_sent(begin: Begin) -> None:
    async with begin() as unit:
        anna = await a_prospect(unit)
        rests_on = await unit.consents.record(a_consent(anna))
        follow_up = await put(unit, Kind.FOLLOW_UP, ANNA, consent_id=rests_on)
        behind = await put(unit, Kind.DIALOG, ANNA)
        await unit.consents.record(a_consent(anna, WITHDRAWN))
        assert [each.id for each in await unit.outbox.claim(NOON, 1, ())] == [behind]
        assert await unit.outbox.counts() == {Fate.DROPPED: 1, Fate.SENDING: 1}
        assert follow_up < behind


async def test_a_follow_up_whose_time_of_consent_is_over_is_dropped(begin: Begin) -> None:
    async with begin() as unit:
        anna = await a_prospect(unit)
        rests_on = await unit.consents.record(a_consent(anna, expires_at=NOON + HOUR))
        await put(unit, Kind.FOLLOW_UP, ANNA, consent_id=rests_on)
        assert await unit.outbox.claim(NOON + HOUR, 1, ()) == []
        assert await unit.outbox.counts() == {Fate.DROPPED: 1}


async def test_a_follow_up_on_a_confirmed_consent_goes_out_and_others_of_the_batch_too(begin: Begin) -> None:
    async with begin() as unit:
        anna, boris = await a_prospect(unit), await a_prospect(unit, BORIS)
        rests_on = await unit.consents.record(a_consent(anna))
        await unit.consents.record(a_consent(anna, CONFIRMED))
        kept = await put(unit, Kind.FOLLOW_UP, ANNA, consent_id=rests_on)
        await put(unit, Kind.FOLLOW_UP, BORIS)
        await unit.consents.record(a_consent(boris, WITHDRAWN))
        assert [each.id for each in await unit.outbox.claim(NOON, 9, ())] == [kept]


async def test_a_follow_up_without_any_record_is_never_sent(begin: Begin) -> None:
    async with begin() as unit:
        await put(unit, Kind.FOLLOW_UP, ANNA, consent_id=None)
        assert await unit.outbox.claim(NOON, 1, ()) == []
        assert await unit.outbox.counts() == {Fate.DROPPED: 1}
