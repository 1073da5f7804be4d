"""Broadcasts in the database: people found batch by batch, once each; what waits is taken back; their fates."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError

from dialogs.answers import Choice, Choices, Written
from dialogs.values import Hours
from qualification.merging import MergeState
from qualification.segments import Segment
from qualification.stages import Stage
from storage.broadcasts import NEXT_BROADCAST, BroadcastState, Deed, Placed, Reached
from storage.database import Database
from storage.messages import Fate, Kind, Outgoing
from storage.records import ConsentEventKind
from storage.sealing import seal_what_is_clear
from storage.states import EVERY_BOT, SEALED, States
from storage.tables import AnswerRow, OutboxRow, RecipientRow
from storage.unit import Unit
from tests.storage.conftest import Begin
from tests.storage.samples import (
    BOT,
    DAY,
    MINUTE,
    NOON,
    OTHER_BOT,
    QUIZ,
    a_consent,
    a_session,
    a_walk,
    first_moment,
)

FIRST = 7_200_000_000


async def people(unit: Unit, count: int, first: int = FIRST) -> list[int]:
    """Let some people in who agree to follow-ups."""
    numbers = []
    for telegram_id in range(first, first + count):
        person = await unit.prospects.met(telegram_id, "Anna", None, "uk", NOON)
        await unit.consents.record(a_consent(person))
        numbers.append(person.id)
    return numbers


async def a_broadcast(unit: Unit) -> int:
    return await unit.broadcasts.draft('{"texts": {"": "Hi"}}', 1, Hours(9, 20), "whole", NOON)


async def send_to(unit: Unit, number: int, prospect_id: int) -> int:
    """Put one person's message out, as sending does."""
    person = await unit.prospects.by_id(prospect_id)
    consent = await unit.consents.live(prospect_id, "follow_ups", NOON)
    message = Outgoing(person.telegram_id, Kind.BROADCAST, "{}", consent_id=consent)
    outbox = await unit.outbox.put(message, NOON)
    await unit.broadcasts.place(number, [Placed(prospect_id, outbox)])
    return outbox


async def everybody_found(unit: Unit, number: int, limit: int, batch: int) -> list[int]:
    found: list[int] = []
    after: int | None = 0
    while after is not None:
        some, after = await unit.segments.find(Segment(), NOON, after, limit, number, batch)
        assert len(some) <= limit
        found += [each.prospect_id for each in some]
    return found


async def everybody_counted(unit: Unit, batch: int) -> int:
    people = 0
    after: int | None = 0
    while after is not None:
        counted = await unit.segments.count(Segment(), NOON, after, batch)
        people, after = people + counted.people, counted.last
    return people


@pytest.mark.parametrize(("limit", "batch"), [(1, 1), (2, 3), (3, 2), (100, 100)])
async def test_everybody_is_found_once_whatever_the_batches_are(begin: Begin, limit: int, batch: int) -> None:
    async with begin() as unit:
        expected = await people(unit, 7)
    async with begin(OTHER_BOT) as unit:
        await people(unit, 3)
    async with begin() as unit:
        expected += await people(unit, 2, FIRST + 7)
        number = await a_broadcast(unit)
        assert await everybody_found(unit, number, limit, batch) == expected
        assert await everybody_counted(unit, batch) == len(expected)


async def test_whoever_has_it_already_is_not_found_again(begin: Begin) -> None:
    async with begin() as unit:
        first, second = await people(unit, 2)
        number = await a_broadcast(unit)
        await send_to(unit, number, first)
        found, _ = await unit.segments.find(Segment(), NOON, 0, 10, number)
        assert [each.prospect_id for each in found] == [second]


async def test_nobody_can_be_written_down_twice(begin: Begin) -> None:
    async with begin() as unit:
        (person,) = await people(unit, 1)
        number = await a_broadcast(unit)
        await send_to(unit, number, person)
        with pytest.raises(IntegrityError):
            async with unit.attempt():
                await send_to(unit, number, person)


async def test_only_a_live_consent_that_is_not_over_counts(begin: Begin) -> None:
    async with begin() as unit:
        given, withdrawn, over, blocked = await people(unit, 4)
        await unit.prospects.met(FIRST + 9, "Nobody asked her", None, "uk", NOON)
        person = await unit.prospects.by_id(withdrawn)
        await unit.consents.record(a_consent(person, ConsentEventKind.WITHDRAWN))
        person = await unit.prospects.by_id(over)
        await unit.consents.record(a_consent(person, expires_at=NOON + MINUTE))
        await unit.prospects.blocked(blocked, NOON)
        assert (await unit.segments.count(Segment(), NOON)).people == 2
        assert (await unit.segments.count(Segment(), NOON + MINUTE)).people == 1
        assert [e.prospect_id for e in await unit.segments.still_reachable([given, withdrawn], NOON)] == [given]


async def test_who_has_two_accounts_is_written_to_at_the_one_seen_last_unless_that_one_blocked_the_bot(
    begin: Begin,
) -> None:
    async with begin() as unit:
        older, newer = await people(unit, 2)
        leads = []
        for person in (older, newer):
            session = await unit.sessions.start(person, a_walk(), None)
            leads.append(await unit.leads.open(person, QUIZ, session.id, NOON))
        merge = await unit.merges.suggest(leads[0].id, leads[1].id, "phone", NOON)
        assert merge is not None
        await unit.merges.decide(merge.id, MergeState.MERGED, 3, NOON)
        for blocked, found in ((None, [newer]), (newer, [older])):
            if blocked is not None:
                await unit.prospects.blocked(blocked, NOON)
            some, _ = await unit.segments.find(Segment(), NOON + 2 * DAY, 0, 10, await a_broadcast(unit))
            assert [each.prospect_id for each in some] == found


async def test_answers_are_found_by_their_marks_and_the_newest_walk_counts(begin: Begin) -> None:
    async with begin() as unit:
        first, second = await people(unit, 2)
        for person, choice in ((first, "company"), (second, "self")):
            session = await unit.sessions.start(person, a_walk(ended_with="bye", at=None), None)
            await unit.sessions.save_answer(session.id, "role", Choice(choice=choice), NOON)
            await unit.sessions.save_answer(session.id, "needs", Choices(choices=("desk", "chair")), NOON)
            await unit.sessions.save_answer(session.id, "note", Written(text="company"), NOON)

        async def found(question: str, *choices: str) -> int:
            segment = Segment()
            for choice in choices:
                segment = segment.with_choice(QUIZ, question, choice)
            return (await unit.segments.count(segment, NOON + DAY)).people

        assert [await found("role", "company"), await found("role", "company", "self")] == [1, 2]
        assert [await found("needs", "chair"), await found("needs", "lamp"), await found("note", "company")] == [
            2,
            0,
            0,
        ]
        changed = await unit.sessions.latest(first)
        assert changed is not None
        await unit.sessions.save_answer(changed.id, "role", Choice(choice="self"), NOON)
        assert await found("role", "company") == 0
        again = await unit.sessions.start(second, a_walk(ended_with="bye", at=None), None)
        assert await found("role", "self") == 1
        await unit.sessions.save_answer(again.id, "role", Choice(choice="company"), NOON)
        assert await found("role", "company") == 1


async def test_answers_of_an_older_release_get_their_marks_and_are_looked_at_once(database: Database) -> None:
    async with database.unit(BOT) as unit:
        session = await a_session(unit)
        await unit.sessions.save_answer(session.id, "role", Choice(choice="company"), NOON)
        await unit.sessions.save_answer(session.id, "note", Written(text="hm"), NOON)
        marks = select(AnswerRow.marks).order_by(AnswerRow.id)
        expected = list(await unit._connection.scalars(marks))
        await unit._connection.execute(update(AnswerRow).values(marks=None))
        await States(unit._connection, EVERY_BOT).drop(SEALED)
    assert await seal_what_is_clear(database.transaction) == 2
    async with database.unit(BOT) as unit:
        assert list(await unit._connection.scalars(marks)) == expected
        stored = await unit._connection.execute(text("SELECT answer, marks FROM answers WHERE id = 1"))
        assert not any("company" in str(value) for value in stored.one())
    assert await seal_what_is_clear(database.transaction) == 0


async def test_what_waits_is_taken_back_and_its_people_are_found_again(begin: Begin) -> None:
    async with begin() as unit:
        sent, waiting, _ = await people(unit, 3)
        number = await a_broadcast(unit)
        outbox = [await send_to(unit, number, person) for person in (sent, waiting)]
        await unit.outbox.settle(outbox[0], Fate.SENT, NOON, 7)
        await unit.broadcasts.change(number, cursor=waiting, found_all=True)
        for person in (sent, waiting):
            made = (person, f"token-{person}", "https://acme.example", "Look", "ad_link", "once")
            await unit.tracked_links.make(*made, NOON, broadcast_id=number)
        await unit.broadcasts.take_back(number, NOON)
        links = [await unit.tracked_links.by_fingerprint(f"token-{person}") for person in (sent, waiting)]
        assert [link is not None for link in links] == [True, False], "it was never sent, and its link stays"
        assert await unit.broadcasts.settle(number) == 0
        broadcast = await unit.broadcasts.by_id(number)
        assert broadcast is not None
        assert (broadcast.cursor, broadcast.found_all) == (waiting - 1, False)
        found, _ = await unit.segments.find(Segment(), NOON, broadcast.cursor, 10, number)
        assert [each.prospect_id for each in found] == [waiting, waiting + 1]
        assert (await unit.outbox.counts())[Fate.DROPPED] == 1
        assert (await unit.broadcasts.numbers(number)).by_fate == {Reached.SENT: 1}


async def test_each_fate_is_written_down_as_what_it_means_for_a_broadcast(begin: Begin) -> None:
    async with begin() as unit:
        everybody = await people(unit, 7)
        number = await a_broadcast(unit)
        outbox = [await send_to(unit, number, person) for person in everybody]
        fates = (Fate.SENT, Fate.REFUSED, Fate.REFUSED, Fate.UNKNOWN, Fate.DROPPED)
        for message, fate in zip(outbox, fates, strict=False):
            await unit.outbox.settle(message, fate, NOON)
        await unit.prospects.blocked(everybody[1], NOON)
        await unit._connection.execute(delete(OutboxRow).where(OutboxRow.id == outbox[5]))
        assert await unit.broadcasts.settle(number) == 1
        assert await unit.broadcasts.did(number, everybody[0], Deed.TAPPED, NOON)
        assert await unit.broadcasts.did(number, everybody[0], Deed.TAPPED, NOON + DAY)
        assert not await unit.broadcasts.did(number, 999, Deed.TAPPED, NOON)
        numbers = await unit.broadcasts.numbers(number)
        assert numbers.by_fate == {
            Reached.SENT: 1,
            Reached.BLOCKED: 1,
            Reached.REFUSED: 1,
            Reached.UNKNOWN: 2,
            Reached.DROPPED: 1,
            Reached.WAITING: 1,
        }
        assert (numbers.tapped, numbers.stopped, numbers.all) == (1, 0, 7)
        tapped_at = select(RecipientRow.tapped_at).where(RecipientRow.tapped_at.is_not(None))
        assert list(await unit._connection.scalars(tapped_at)) == [NOON]
        assert await unit.broadcasts.who(number, Reached.BLOCKED, 5) == [everybody[1]]


async def test_a_broadcast_waits_for_everything_else_and_for_a_live_consent(begin: Begin) -> None:
    async with begin() as unit:
        first, second = await people(unit, 2)
        number = await a_broadcast(unit)
        out = [await send_to(unit, number, person) for person in (first, second)]
        reply = await unit.outbox.put(Outgoing(FIRST + 6, Kind.DIALOG, "{}"), NOON)
        consent = await unit.consents.live(second, "follow_ups", NOON)
        follow_up = await unit.outbox.put(Outgoing(FIRST + 5, Kind.FOLLOW_UP, "{}", consent_id=consent), NOON)
        taken = [(await unit.outbox.claim(NOON, 1, ()))[0].id for _ in range(2)]
        assert taken == [reply, follow_up]  # though the broadcast waits longer
        await unit.outbox.settle(reply, Fate.SENT, NOON)
        person = await unit.prospects.by_id(first)
        await unit.consents.record(a_consent(person, ConsentEventKind.WITHDRAWN))
        assert [each.id for each in await unit.outbox.claim(NOON, 1, ())] == [out[1]]
        await unit.broadcasts.settle(number)
        assert (await unit.broadcasts.numbers(number)).of(Reached.DROPPED) == 1


async def test_nothing_is_due_while_follow_ups_are_held(begin: Begin) -> None:
    async with begin() as unit:
        number = await a_broadcast(unit)
        await unit.broadcasts.change(number, state=BroadcastState.SCHEDULED, due_at=NOON)
        assert [each.id for each in await unit.broadcasts.due(NOON, 5)] == [number]
        assert await unit.broadcasts.due(NOON - timedelta(seconds=1), 5) == []
        assert await first_moment(unit, NEXT_BROADCAST) == NOON
    async with begin(EVERY_BOT) as unit:
        await unit.states.keep("held", "since then")
    async with begin() as unit:
        assert await unit.broadcasts.due(NOON, 5) == []
        assert await first_moment(unit, NEXT_BROADCAST) is None


async def test_who_is_frozen_until_a_day_is_left_alone_by_broadcasts_till_then(begin: Begin) -> None:
    async with begin() as unit:
        frozen, other = await people(unit, 2)
        lead = await unit.leads.open(frozen, QUIZ, (await unit.sessions.start(frozen, a_walk(), None)).id, NOON)
        await unit.leads.move(lead, Stage.FROZEN, "bot", "not now", NOON, until=NOON + DAY)
        later = NOON + DAY + MINUTE  # nobody counts as walking a quiz any more
        counted = await unit.segments.count(Segment(), later)
        assert (counted.people, counted.busy) == (1, 1)
        reachable = await unit.segments.still_reachable([frozen, other], later)
        assert [each.prospect_id for each in reachable] == [other]
