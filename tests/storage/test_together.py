"""Several processes on one PostgreSQL database: whose turn it is, and that none undoes what another did."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from random import Random

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from qualification.handoff import HandOff, take
from qualification.stages import Stage
from storage.database import Database
from storage.errors import DatabaseBusyError, DatabaseFailedError, SupersededError
from storage.members import Role
from storage.messages import Kind
from storage.unit import Unit
from tests.storage.samples import ANNA, BORIS, BOT, HOUR, NOON, OTHER_BOT, a_lead, a_prospect, an_offer, put


@pytest.fixture
def address(on_postgresql: str) -> str:
    return on_postgresql


# Units -----------------------------------------------------------------------------------------------


async def test_units_of_different_people_do_not_wait_for_each_other(database: Database, other: Database) -> None:
    async with database.unit(BOT) as first:
        await first.turns.alone_with(ANNA)
        await a_prospect(first, ANNA)
        async with other.unit(BOT) as second:
            await second.turns.alone_with(BORIS)
            await a_prospect(second, BORIS)
    async with database.view(BOT) as view:
        assert await view.prospects.by_telegram_id(ANNA) is not None
        assert await view.prospects.by_telegram_id(BORIS) is not None


async def test_a_view_cannot_write(database: Database) -> None:
    with pytest.raises(DatabaseFailedError, match="read-only"):
        async with database.view(BOT) as view:
            await view.journal.note("x", None, NOON)


# Turns -----------------------------------------------------------------------------------------------


async def test_who_has_a_persons_turn_has_it_alone_until_the_unit_ends(
    database: Database, other: Database
) -> None:
    async with database.unit(BOT) as first:
        assert await first.turns.take((ANNA, BORIS)) == {ANNA, BORIS}
        async with other.unit(BOT) as second:
            assert await second.turns.take((ANNA, 3)) == {3}
            with pytest.raises(DatabaseBusyError):
                await second.turns.alone_with(BORIS)
        async with other.unit(OTHER_BOT) as third:
            assert await third.turns.take((ANNA,)) == {ANNA}
        assert await first.turns.take((ANNA,)) == {ANNA}  # as often as one likes
    async with other.unit(BOT) as second:
        assert await second.turns.take((ANNA, BORIS)) == {ANNA, BORIS}


async def test_no_more_turns_are_taken_than_asked_for_and_the_first_come_first(
    database: Database, other: Database
) -> None:
    people = [50, 10, 40, 20, 30]
    async with database.unit(BOT) as first, other.unit(BOT) as second:
        assert await first.turns.take(people, 2) == {50, 10}
        assert await second.turns.take(people, 2) == {40, 20}


async def test_a_prospects_turn_is_that_of_the_person(database: Database, other: Database) -> None:
    async with database.unit(BOT) as unit:
        anna, boris = await a_prospect(unit, ANNA), await a_prospect(unit, BORIS)
    async with database.unit(BOT) as first, other.unit(BOT) as second:
        await first.turns.alone_with(ANNA)
        await second.turns.alone_with_prospect(boris.id)
        with pytest.raises(DatabaseBusyError) as busy:
            await second.turns.alone_with_prospect(anna.id)
        assert busy.value.person == ANNA
        await second.turns.alone_with_prospect(12345)  # who was erased has no turn


async def test_a_turn_is_waited_for_a_moment_and_no_longer(database: Database, other: Database) -> None:
    async with database.unit(BOT) as first:
        await first.turns.alone_with(ANNA)
        async with asyncio.timeout(10):
            await other.wait_for_turn(BOT, ANNA)  # in vain

        async def waits() -> None:
            while True:
                await other.wait_for_turn(BOT, ANNA)

        waiting = asyncio.create_task(waits())
        await a_moment_for_somebody_to_wait(first._connection)  # and does not only ask again and again
        waiting.cancel()
        await asyncio.wait([waiting])
        waiting = asyncio.create_task(other.wait_for_turn(BOT, ANNA))
        await asyncio.sleep(0)
    await waiting


async def test_a_turn_that_was_taken_in_an_attempt_that_failed_is_given_back(
    database: Database, other: Database
) -> None:
    async with database.unit(BOT) as first:

        async def fails() -> None:
            async with first.attempt():
                await first.turns.alone_with(ANNA)
                await first.alone_in_office()
                raise RuntimeError

        with pytest.raises(RuntimeError):
            await fails()
        async with other.unit(BOT) as second:
            await second.turns.alone_with(ANNA)
            await second.alone_in_office()
        await first.turns.alone_with(ANNA)
        async with other.unit(BOT) as second:
            assert await second.turns.take((ANNA,)) == set()


async def test_the_office_is_waited_for_and_the_team_is_read_anew(database: Database, other: Database) -> None:
    async with database.unit(BOT) as first:
        await first.alone_in_office()

        async def second() -> list[int]:
            async with other.unit(BOT) as unit:
                assert await unit.members.all() == []
                await unit.alone_in_office()
                return [member.telegram_id for member in await unit.members.all()]

        waiting = asyncio.create_task(second())
        await a_moment_for_somebody_to_wait(first._connection)
        await first.members.join(ANNA, "Anna", Role.MANAGER, "sales", NOON)
    assert await waiting == [ANNA]


async def a_moment_for_somebody_to_wait(connection: AsyncConnection) -> None:
    """Return when somebody waits for a lock; whoever should and does not is an error."""
    async with asyncio.timeout(10):
        while not await connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):  # noqa: ASYNC110
            await asyncio.sleep(0.01)  # the server rings no bell


# Updates ---------------------------------------------------------------------------------------------


def _whose(body: str) -> int:
    return int(body.partition(":")[0])


async def _keep(database: Database, *bodies: str) -> None:
    async with database.unit(BOT) as unit:
        after = len((await unit._connection.execute(text("SELECT 1 FROM inbox"))).all())
        await unit.inbox.keep(enumerate(bodies, start=after), NOON, _whose)


async def test_a_persons_updates_are_one_processs_at_a_time_and_others_do_not_wait(
    database: Database, other: Database
) -> None:
    await _keep(database, "1:a", "2:a", "1:b", "2:b", "3:a")
    async with database.unit(BOT) as first:
        assert [each.body for each in await first.inbox.claim(1, 9)] == ["1:a"]
        async with other.unit(BOT) as second:
            theirs = await second.inbox.claim(9, 9)
            assert [each.body for each in theirs] == ["2:a", "2:b", "3:a"]
            await second.inbox.done(theirs)
        async with other.unit(BOT) as second:
            assert await second.inbox.claim(9, 9) == []
    async with other.unit(BOT) as second:  # the first process gave them back
        assert [each.body for each in await second.inbox.claim(9, 9)] == ["1:a", "1:b"]


async def test_a_batch_with_room_beside_somebodys_thousands_is_filled_with_nobody_whom_another_process_has(
    database: Database, other: Database
) -> None:
    await _keep(database, *("1:a" for _ in range(20)), "2:a", "3:a")
    async with database.unit(BOT) as first, other.unit(BOT) as second:
        assert await first.turns.take((2,)) == {2}
        assert [each.body for each in await second.inbox.claim(4, 2)] == ["1:a", "1:a", "1:a", "3:a"]


async def test_whose_updates_nobody_can_tell_are_handled_one_after_another_too(
    database: Database, other: Database
) -> None:
    async with database.unit(BOT) as unit:
        await unit.inbox.keep([(1, "a"), (2, "b")], NOON)
    async with database.unit(BOT) as first, other.unit(BOT) as second:
        assert [each.body for each in await first.inbox.claim(9, 9)] == ["a", "b"]
        assert await second.inbox.claim(9, 9) == []


async def test_whichever_process_gets_them_each_update_is_handled_once_and_in_its_persons_order(
    database: Database, other: Database
) -> None:
    chance, handled, people = Random(3), list[str](), range(1, 8)  # noqa: S311 - an order, not a secret
    sent = [f"{person}:{number:03}" for number in range(40) for person in people]

    async def works(process: Database) -> None:
        while len(handled) < len(sent):
            async with process.unit(BOT) as unit:
                claimed = await unit.inbox.claim(chance.randrange(1, 9), 9)
                await asyncio.sleep(chance.random() / 500)
                await unit.inbox.done(claimed)
                bodies = [each.body for each in claimed]
            handled.extend(bodies)

    async def receives() -> None:
        for at in range(0, len(sent), 7):
            await _keep(database, *sent[at : at + 7])

    async with asyncio.timeout(60):
        await asyncio.gather(works(database), works(other), works(other), receives())
    assert sorted(handled) == sorted(sent)
    for person in people:
        theirs = [body for body in handled if _whose(body) == person]
        assert theirs == sorted(theirs)


# Hand-offs -------------------------------------------------------------------------------------------


async def test_who_read_a_hand_off_before_somebody_else_changed_it_begins_anew(
    database: Database, other: Database
) -> None:
    async with database.unit(BOT) as unit:
        lead = await a_lead(unit)
        number = (await unit.hand_offs.add(lead.id, "sales", an_offer())).id

    async def takes(process: Database, manager: int) -> None:
        async with process.unit(BOT) as unit:
            stored = await unit.hand_offs.by_id(number)
            assert stored is not None
            await read.wait()
            taken = take(stored.state, manager, NOON)
            assert isinstance(taken, HandOff)
            await unit.hand_offs.save(stored, taken)

    read = asyncio.Barrier(2)
    told = await asyncio.gather(takes(database, 1), takes(other, 2), return_exceptions=True)
    assert {type(each) for each in told} == {type(None), DatabaseBusyError}
    async with database.view(BOT) as view:
        stored = await view.hand_offs.by_id(number)
        assert stored is not None
        assert stored.state.taken_by == (1 if told[0] is None else 2)


async def test_a_lead_is_not_changed_while_another_process_is_at_work_on_its_person(
    database: Database, other: Database
) -> None:
    async with database.unit(BOT) as unit:
        lead = await a_lead(unit)
        offered = await unit.hand_offs.add(lead.id, "sales", an_offer())
    taken = take(offered.state, 1, NOON)
    assert isinstance(taken, HandOff)
    async with database.unit(BOT) as first:
        await first.turns.alone_with(ANNA)
        with pytest.raises(DatabaseBusyError) as busy:
            async with other.unit(BOT) as second:
                await second.hand_offs.save(offered, taken)
        assert busy.value.person == ANNA
        with pytest.raises(DatabaseBusyError) as busy:
            async with other.unit(BOT) as second:
                await second.leads.move(lead, Stage.MQL, "bot", "hot", NOON)
        assert busy.value.person == ANNA
    async with other.unit(BOT) as second:
        await second.hand_offs.save(offered, taken)
        await second.leads.move(lead, Stage.MQL, "bot", "hot", NOON)


async def test_a_lead_that_two_offer_at_once_is_offered_once(database: Database, other: Database) -> None:
    async with database.unit(BOT) as unit:
        lead = await a_lead(unit)

    async def offers(process: Database) -> None:
        async with process.unit(BOT) as unit:
            assert await unit.hand_offs.open_of(lead.id) is None
            await read.wait()
            await unit.hand_offs.add(lead.id, "sales", an_offer())

    read = asyncio.Barrier(2)
    told = await asyncio.gather(offers(database), offers(other), return_exceptions=True)
    assert {type(each) for each in told} == {type(None), DatabaseBusyError}


# Sending ---------------------------------------------------------------------------------------------


async def test_nobody_becomes_the_sender_while_the_last_one_claims(database: Database, other: Database) -> None:
    async with database.unit(BOT) as unit:
        first = await unit.outbox.take_over()
        number = await put(unit, Kind.DIALOG, ANNA)

    async def takes_over() -> list[int]:
        async with other.unit(BOT) as unit:
            await unit.outbox.take_over()
            return [each.id for each in await unit.outbox.interrupted()]

    async with database.unit(BOT) as unit:
        await unit.outbox.still_sends(first)
        taking_over = asyncio.create_task(takes_over())
        await a_moment_for_somebody_to_wait(unit._connection)
        assert [each.id for each in await unit.outbox.claim(NOON, 9, (), first)] == [number]
    assert await taking_over == [number]  # it knows of what the last one claimed
    async with database.unit(BOT) as unit:
        with pytest.raises(SupersededError):
            await unit.outbox.still_sends(first)


async def _claims_message(unit: Unit) -> list[int]:
    return [each.id for each in await unit.outbox.claim(NOON, 1, ())]


async def _claims_mail(unit: Unit) -> list[int]:
    return [each.id for each in await unit.outbox.claim_mail(NOON, 1)]


async def _finds_hand_off(unit: Unit) -> list[int]:
    return [each.id for each in await unit.hand_offs.due(NOON + HOUR, 1)]


async def _finds_enrolment(unit: Unit) -> list[int]:
    return [each.id for each in await unit.enrolments.due(NOON, 1)]


@pytest.mark.parametrize("claims", [_claims_message, _claims_mail, _finds_hand_off, _finds_enrolment])
async def test_what_one_process_is_at_work_on_another_passes_over_without_waiting(
    database: Database, other: Database, claims: Callable[[Unit], Awaitable[list[int]]]
) -> None:
    async with database.unit(BOT) as unit:
        for person in (ANNA, BORIS):
            lead = await a_lead(unit, person)
            await unit.hand_offs.add(lead.id, "sales", an_offer())
            place = (lead.id, lead.prospect_id, lead.quiz, 1, "warm-up", None)
            await unit.enrolments.enrol(*place, NOON, NOON)
            for kind in (Kind.DIALOG, Kind.MAIL):
                await put(unit, kind, person)
    async with asyncio.timeout(10), database.unit(BOT) as first, other.unit(BOT) as second:
        ours, theirs = await claims(first), await claims(second)
        assert len({*ours, *theirs}) == len(ours) + len(theirs) == 2


async def test_what_a_stale_sender_reports_waits_for_the_news_and_does_not_count(
    database: Database, other: Database
) -> None:
    async with database.unit(BOT) as unit:
        first = await unit.outbox.take_over()
        number = await put(unit, Kind.DIALOG, ANNA)
        await unit.outbox.claim(NOON, 9, (), first)

    async def reports() -> set[int]:
        async with database.unit(BOT) as unit:
            return await unit.outbox.held(first, [number])

    async with other.unit(BOT) as unit:
        await unit.outbox.take_over()
        await unit.outbox.retry(number, NOON)
        reporting = asyncio.create_task(reports())
        await a_moment_for_somebody_to_wait(unit._connection)
    assert await reporting == set()
