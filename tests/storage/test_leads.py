"""Leads, their contacts, their stages, and their hand-offs and follow-ups."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from dialogs.answers import Contact
from qualification.handoff import HandOff, Outcome, Phase
from qualification.score import Band, Entry, Origin
from qualification.stages import Stage, way
from storage.enrolments import EndReason
from storage.records import Inside, StoredContact
from tests.storage.conftest import ON_SQLITE, Begin
from tests.storage.samples import (
    BORIS,
    BOT,
    DAY,
    HOUR,
    MINUTE,
    NOON,
    OTHER_BOT,
    QUIZ,
    a_lead,
    a_session,
    an_enrolment,
    an_offer,
)

FIT = [Entry(Origin.ANSWER, "role", 20, NOON, "company"), Entry(Origin.RULE, "urgent", 15, NOON)]
LINK = Entry(Origin.LINK, "product_link", 30, NOON, "Каталог")


async def test_a_prospect_has_one_open_lead_a_quiz(begin: Begin) -> None:
    async with begin() as unit:
        first = await a_lead(unit)
        again = await a_lead(unit)  # after /restart: the same lead, scored by the new session
        other = await unit.leads.open(first.prospect_id, "dance-school", again.session_id, NOON)
    assert (first.stage, first.band, first.opened_at, first.closed_at) == (Stage.LEAD, None, NOON, None)
    assert (again.id, again.session_id > first.session_id) == (first.id, True)
    assert other.id != first.id


async def test_the_database_itself_allows_one_open_lead_a_quiz(begin: Begin) -> None:
    async with begin() as unit:
        lead = await a_lead(unit)
        with pytest.raises(IntegrityError, match=r"leads\.quiz|uq_leads_open"):
            await unit._connection.execute(
                text(
                    "INSERT INTO leads (bot_id, prospect_id, quiz, session_id, stage, opened_at) "
                    "SELECT bot_id, prospect_id, quiz, session_id, stage, opened_at FROM leads"
                )
            )
        assert lead.closed_at is None


@pytest.mark.parametrize("end", [Stage.CUSTOMER, Stage.LOST])
async def test_after_a_lead_is_closed_a_new_one_can_be_opened(begin: Begin, end: Stage) -> None:
    async with begin() as unit:
        lead = await a_lead(unit)
        for stage in way(lead.stage, end):
            await unit.leads.move(lead, stage, "manager 5", "because", NOON + HOUR)
        closed = await unit.leads.by_id(lead.id)
        assert (closed.stage, closed.closed_at) == (end, NOON + HOUR)
        assert await unit.leads.of(lead.prospect_id, QUIZ) is None
        assert (await a_lead(unit)).id != lead.id


async def test_every_move_is_kept_with_who_and_why(begin: Begin) -> None:
    async with begin() as unit:
        lead = await a_lead(unit)
        await unit.leads.move(lead, Stage.MQL, "bot", "hot, 85 points", NOON)
        await unit.leads.move(await unit.leads.by_id(lead.id), Stage.SQL, "manager 5", "contacted", NOON)
        moves = await unit.leads.moves(lead.id)
        assert (await unit.leads.by_id(lead.id)).closed_at is None
    assert moves == [
        (None, Stage.LEAD, "bot", "left a contact"),
        (Stage.LEAD, Stage.MQL, "bot", "hot, 85 points"),
        (Stage.MQL, Stage.SQL, "manager 5", "contacted"),
    ]


async def test_a_later_phone_takes_the_place_of_an_earlier_one(begin: Begin) -> None:
    async with begin() as unit:
        lead = await a_lead(unit)
        for value, verified in (("+380671111111", False), ("+380672222222", True)):
            phone = Contact(contact="phone", value=value, verified=verified)
            await unit.leads.save_contact(lead.id, phone, NOON)
        await unit.leads.save_contact(lead.id, Contact(contact="email", value="a@b.c"), NOON)
        contacts = await unit.leads.contacts(lead.id)
    assert contacts == [StoredContact("phone", "+380672222222", True), StoredContact("email", "a@b.c", False)]


async def test_a_band_is_kept(begin: Begin) -> None:
    async with begin() as unit:
        lead = await a_lead(unit)
        await unit.leads.banded(lead.id, Band.HOT)
        assert (await unit.leads.by_id(lead.id)).band is Band.HOT


# The ledger ---------------------------------------------------------------------------------------------


async def test_the_leads_of_a_quiz_come_in_their_order_some_at_once(begin: Begin) -> None:
    async with begin() as unit:
        annas, boris = await a_lead(unit), await a_lead(unit, BORIS)
        await unit.leads.open(annas.prospect_id, "dance-school", annas.session_id, NOON)
        assert await unit.leads.of_quiz(QUIZ, 0, 9) == [annas, boris]
        assert await unit.leads.of_quiz(QUIZ, 0, 1) == [annas]
        assert await unit.leads.of_quiz(QUIZ, annas.id, 9) == [boris]
    async with begin(OTHER_BOT) as unit:
        assert await unit.leads.of_quiz(QUIZ, 0, 9) == []


# Hand-offs ------------------------------------------------------------------------------------------------


async def test_a_hand_off_comes_back_as_it_was_saved(begin: Begin) -> None:
    state = HandOff(Phase.CLOSED, NOON, 3, None, 5, NOON + MINUTE, NOON + HOUR, NOON + DAY, Outcome.LOST, "price")
    async with begin() as unit:
        stored = await unit.hand_offs.add((await a_lead(unit)).id, "sales", an_offer())
        assert await unit.hand_offs.by_id(stored.id) == stored
        saved = await unit.hand_offs.save(stored, state)
        assert await unit.hand_offs.by_id(stored.id) == saved == replace(stored, state=state)


async def test_the_database_itself_allows_one_open_hand_off_a_lead(begin: Begin) -> None:
    async with begin() as unit:
        lead = await a_lead(unit)
        first = await unit.hand_offs.add(lead.id, "sales", an_offer())
        assert await unit.hand_offs.open_of(lead.id) == first
        with pytest.raises(IntegrityError, match=r"hand_offs\.lead_id|uq_hand_offs_open"):
            async with unit.attempt():
                await unit.hand_offs.add(lead.id, "sales", an_offer())
        await unit.hand_offs.save(first, replace(first.state, phase=Phase.CLOSED, closed_at=NOON))
        assert await unit.hand_offs.open_of(lead.id) is None
        await unit.hand_offs.add(lead.id, "sales", an_offer())


async def test_due_hand_offs_come_the_longest_first(begin: Begin) -> None:
    async with begin() as unit:
        late = await unit.hand_offs.add((await a_lead(unit)).id, "sales", an_offer(NOON + 2 * MINUTE))
        early = await unit.hand_offs.add((await a_lead(unit, BORIS)).id, "sales", an_offer(NOON + MINUTE))
        assert await unit.hand_offs.next_due() == NOON + MINUTE
        assert await unit.hand_offs.due(NOON + MINUTE, 10) == [early]
        assert await unit.hand_offs.due(NOON + HOUR, 10) == [early, late]
        assert await unit.hand_offs.due(NOON + HOUR, 1) == [early]
        await unit.hand_offs.postpone(early.id, NOON + DAY)
        assert await unit.hand_offs.next_due() == NOON + 2 * MINUTE
        await unit.hand_offs.save(late, replace(late.state, due_at=None))
        assert await unit.hand_offs.due(NOON + HOUR, 10) == []


# Enrolments ------------------------------------------------------------------------------------------------


async def test_a_lead_is_in_one_sequence_at_a_time(begin: Begin) -> None:
    async with begin() as unit:
        lead = await a_lead(unit)
        first = await an_enrolment(unit, lead)
        second = await an_enrolment(unit, lead, sequence="long")
        assert [each.id for each in await unit.enrolments.active_of(lead.prospect_id)] == [second]
        replaced = await unit.enrolments.by_id(first)
        assert replaced is not None
        assert (replaced.ended_at, replaced.due_at) == (NOON, None)


async def test_the_database_itself_allows_one_active_enrolment_a_lead(begin: Begin) -> None:
    async with begin() as unit:
        lead = await a_lead(unit)
        first, _ = await an_enrolment(unit, lead), await an_enrolment(unit, lead)
        with pytest.raises(IntegrityError, match=r"enrolments\.lead_id|uq_enrolments_active"):
            await unit._connection.execute(text(f"UPDATE enrolments SET ended_at = NULL WHERE id = {first}"))  # noqa: S608


async def test_due_follow_ups_come_the_longest_first(begin: Begin) -> None:
    async with begin() as unit:
        late = await an_enrolment(unit, await a_lead(unit), NOON + 2 * DAY)
        early = await an_enrolment(unit, await a_lead(unit, BORIS), NOON + DAY)
        assert await unit.enrolments.next_due() == NOON + DAY
        assert [each.id for each in await unit.enrolments.due(NOON + DAY, 10)] == [early]
        assert [each.id for each in await unit.enrolments.due(NOON + 3 * DAY, 10)] == [early, late]
        await unit.enrolments.postpone(early, NOON + 5 * DAY)
        assert [each.id for each in await unit.enrolments.due(NOON + 3 * DAY, 10)] == [late]


async def test_a_sequence_goes_on_until_its_last_message(begin: Begin) -> None:
    async with begin() as unit:
        number = await an_enrolment(unit, await a_lead(unit))
        enrolment = await unit.enrolments.by_id(number)
        assert enrolment is not None
        await unit.enrolments.advanced(enrolment, "message-1", 1, NOON + 2 * DAY, NOON + DAY)
        going_on = await unit.enrolments.by_id(number)
        assert going_on is not None
        assert (going_on.last_step, going_on.unanswered, going_on.due_at) == ("message-1", 1, NOON + 2 * DAY)
        await unit.enrolments.reacted(number)
        await unit.enrolments.advanced(going_on, "message-2", 1, None, NOON + 2 * DAY)
        over = await unit.enrolments.by_id(number)
        assert over is not None
        assert (over.last_step, over.due_at, over.ended_at) == ("message-2", None, NOON + 2 * DAY)
        assert await unit.enrolments.next_due() is None


async def test_where_a_lead_left_a_sequence_is_remembered(begin: Begin) -> None:
    async with begin() as unit:
        lead = await a_lead(unit)
        assert await unit.enrolments.left_at(lead.id, QUIZ, "warm-up") is None
        enrolment = await unit.enrolments.by_id(await an_enrolment(unit, lead))
        assert enrolment is not None
        await unit.enrolments.advanced(enrolment, "message-1", 1, NOON + DAY, NOON)
        await unit.enrolments.stop(lead.prospect_id, EndReason.HANDED_OFF, NOON)
        assert await unit.enrolments.left_at(lead.id, QUIZ, "warm-up") == Inside("warm-up", 1, "message-1")
        assert await unit.enrolments.left_at(lead.id, QUIZ, "long") is None
        assert await unit.enrolments.left_at(lead.id, "dance-school", "warm-up") is None


async def test_a_reaction_ends_the_silence(begin: Begin) -> None:
    async with begin() as unit:
        number = await an_enrolment(unit, await a_lead(unit))
        enrolment = await unit.enrolments.by_id(number)
        assert enrolment is not None
        await unit.enrolments.advanced(enrolment, "message-1", 4, NOON + DAY, NOON)
        await unit.enrolments.reacted(number)
        after = await unit.enrolments.by_id(number)
        assert after is not None
        assert after.unanswered == 0


async def test_stopping_ends_all_that_goes_on_for_one_person_and_once(begin: Begin) -> None:
    async with begin() as unit:
        lead, boris = await a_lead(unit), await a_lead(unit, BORIS)
        other = await unit.leads.open(lead.prospect_id, "dance-school", lead.session_id, NOON)
        for each in (lead, other, boris):
            await an_enrolment(unit, each)
        assert await unit.enrolments.stop(lead.prospect_id, EndReason.UNSUBSCRIBED, NOON) == 2
        assert await unit.enrolments.stop(lead.prospect_id, EndReason.BLOCKED, NOON) == 0
        assert len(await unit.enrolments.active_of(boris.prospect_id)) == 1
        reasons = await unit._connection.scalars(text("SELECT end_reason FROM enrolments ORDER BY id"))
        assert list(reasons) == ["unsubscribed", "unsubscribed", None]


# Two bots ------------------------------------------------------------------------------------------------


async def test_two_bots_do_not_see_each_others_work(begin: Begin) -> None:
    async with begin(BOT) as unit:
        lead = await a_lead(unit)
        hand_off = await unit.hand_offs.add(lead.id, "sales", an_offer(NOON))
        enrolment = await an_enrolment(unit, lead, NOON)
    async with begin(OTHER_BOT) as unit:
        await a_session(unit)
        assert await unit.hand_offs.by_id(hand_off.id) is None
        assert await unit.enrolments.by_id(enrolment) is None
        assert (await unit.hand_offs.due(NOON, 9), await unit.hand_offs.next_due()) == ([], None)
        assert (await unit.enrolments.due(NOON, 9), await unit.enrolments.next_due()) == ([], None)


async def test_people_inside_are_counted_by_where_they_stand(begin: Begin) -> None:
    async with begin() as unit:
        lead, other = await a_lead(unit), await a_lead(unit, BORIS)
        first = await unit.enrolments.by_id(await an_enrolment(unit, lead))
        second = await unit.enrolments.by_id(await an_enrolment(unit, other))
        assert first is not None
        assert second is not None
        assert await unit.enrolments.inside(QUIZ) == {Inside("warm-up", 1, None): 2}
        await unit.enrolments.advanced(first, "message-1", 1, NOON + 2 * DAY, NOON + DAY)
        assert await unit.enrolments.inside(QUIZ) == {
            Inside("warm-up", 1, None): 1,
            Inside("warm-up", 1, "message-1"): 1,
        }
        await unit.enrolments.end(second.id, EndReason.GOAL, NOON)
        assert await unit.enrolments.inside(QUIZ) == {Inside("warm-up", 1, "message-1"): 1}
        assert await unit.enrolments.inside("dance-school") == {}
    async with begin(OTHER_BOT) as unit:
        assert await unit.enrolments.inside(QUIZ) == {}


async def test_people_inside_go_on_in_another_revision_with_the_wait_it_has(begin: Begin) -> None:
    async with begin() as unit:
        lead, other = await a_lead(unit), await a_lead(unit, BORIS)
        moved = await unit.enrolments.by_id(await an_enrolment(unit, lead))
        stays = await an_enrolment(unit, other)
        assert moved is not None
        await unit.enrolments.advanced(moved, "message-1", 1, NOON + 9 * DAY, NOON + DAY + MINUTE)
        place = Inside("warm-up", 1, "message-1")
        await unit.enrolments.carry_over(QUIZ, place, 2, "sets", 2 * DAY)
        after, untouched = await unit.enrolments.by_id(moved.id), await unit.enrolments.by_id(stays)
        assert after is not None
        assert untouched is not None
        assert (after.revision, after.last_step, after.due_at) == (2, "sets", NOON + 3 * DAY + MINUTE)
        assert (untouched.revision, untouched.last_step, untouched.due_at) == (1, None, NOON + DAY)
        assert await unit.enrolments.next_due() == NOON + DAY
        assert [each.id for each in await unit.enrolments.due(NOON + 3 * DAY + MINUTE, 5)] == [stays, moved.id]


async def test_where_nothing_else_is_said_the_next_step_stays_due_when_it_was(begin: Begin) -> None:
    async with begin() as unit:
        number = await an_enrolment(unit, await a_lead(unit))
        await unit.enrolments.carry_over(QUIZ, Inside("warm-up", 1, None), 2, None, None)
        after = await unit.enrolments.by_id(number)
        assert after is not None
        assert (after.revision, after.due_at) == (2, NOON + DAY)


async def test_people_inside_can_all_be_let_out_at_once(begin: Begin) -> None:
    async with begin() as unit:
        number = await an_enrolment(unit, await a_lead(unit))
        await unit.enrolments.end_all(QUIZ, Inside("warm-up", 1, "message-1"), EndReason.EDITED, NOON)
        assert (await unit.enrolments.inside(QUIZ)) != {}
        await unit.enrolments.end_all(QUIZ, Inside("warm-up", 1, None), EndReason.EDITED, NOON)
        assert await unit.enrolments.inside(QUIZ) == {}
        ended = await unit.enrolments.by_id(number)
        assert ended is not None
        assert (ended.end_reason, ended.due_at) == ("edited", None)
        assert not await unit.enrolments.end(number, EndReason.GOAL, NOON)


@ON_SQLITE
async def test_what_is_due_is_found_by_its_index(begin: Begin) -> None:
    async with begin() as unit:
        plan = await unit._connection.execute(
            text("EXPLAIN QUERY PLAN SELECT id FROM enrolments WHERE bot_id = 1 AND due_at <= 'x' ORDER BY due_at")
        )
        told = " ".join(str(row) for row in plan)
        assert "ix_enrolments_due (bot_id=? AND due_at<?)" in told
        assert "TEMP B-TREE" not in told
