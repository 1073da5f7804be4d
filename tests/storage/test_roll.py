"""The roll: every lead with all that a table tells of it, in batches, and nobody else's."""

from __future__ import annotations

from dataclasses import replace

from dialogs.answers import Contact
from qualification.handoff import Outcome, Phase
from qualification.score import Entry, Origin
from qualification.stages import Stage
from storage.records import ConsentEventKind, StoredContact
from storage.roll import Listed, Selection
from storage.unit import Unit
from tests.storage.conftest import Begin
from tests.storage.samples import (
    ANNA,
    BORIS,
    DAY,
    HOUR,
    MINUTE,
    NOON,
    OTHER_BOT,
    QUIZ,
    a_consent,
    a_lead,
    a_prospect,
    a_walk,
    an_enrolment,
    an_offer,
)

EVERYTHING = Selection()


async def _all(unit: Unit, selection: Selection = EVERYTHING) -> list[Listed]:
    return await unit.roll.after(0, selection, 10, NOON)


async def test_a_lead_is_told_with_everything_that_belongs_to_it(begin: Begin) -> None:
    async with begin() as unit:
        lead = await a_lead(unit)
        await unit.leads.save_contact(
            lead.id, Contact(contact="phone", value="+380671234567", verified=True), NOON
        )
        await unit.leads.save_contact(lead.id, Contact(contact="email", value="anna@example.org"), NOON + HOUR)
        await unit.ledger.enter(lead, 1, [Entry(Origin.ANSWER, "role", 20, NOON, "company")], lead.session_id)
        await unit.ledger.enter(lead, 1, [Entry(Origin.LINK, "product_link", 30, NOON)], once="a tap")
        prospect = await a_prospect(unit)
        await unit.prospects.choose_language(prospect.id, "ru")
        await unit.consents.record(a_consent(prospect, purpose="contact"))
        offered = await unit.hand_offs.add(lead.id, "sales", an_offer(NOON + 5 * MINUTE))
        await an_enrolment(unit, lead, NOON + 2 * MINUTE)
        (listed,) = await _all(unit)
    assert (listed.first_name, listed.username, listed.language) == ("Anna", "anna", "ru")
    assert (listed.lead.id, listed.source, listed.session.quiz) == (lead.id, "ads_oct", QUIZ)
    phone, mail = StoredContact("phone", "+380671234567", True), StoredContact("email", "anna@example.org", False)
    assert listed.contacts == (phone, mail)
    assert [entry.points for entry in listed.entries] == [20, 30]
    assert listed.hand_off == offered
    assert listed.may_be_contacted
    assert (listed.changed_at, listed.due_at) == (NOON + HOUR, NOON + 2 * MINUTE)


async def test_points_of_an_earlier_session_do_not_count(begin: Begin) -> None:
    async with begin() as unit:
        first = await a_lead(unit)
        await unit.ledger.enter(first, 1, [Entry(Origin.ANSWER, "role", 20, NOON)], first.session_id)
        again = await a_lead(unit)
        await unit.ledger.enter(again, 1, [Entry(Origin.ANSWER, "role", 5, NOON)], again.session_id)
        (listed,) = await _all(unit)
    assert [entry.points for entry in listed.entries] == [5]


async def test_whoever_took_the_consent_back_or_let_it_end_may_not_be_contacted(begin: Begin) -> None:
    async with begin() as unit:
        for person in (ANNA, BORIS):
            await a_lead(unit, person)
        anna, boris = await a_prospect(unit, ANNA), await a_prospect(unit, BORIS)
        for consent in (
            a_consent(anna, purpose="contact"),
            a_consent(anna, purpose="follow_ups"),
            a_consent(anna, ConsentEventKind.WITHDRAWN, purpose="contact", at=NOON + MINUTE),
            a_consent(boris, purpose="contact", expires_at=NOON + DAY),
        ):
            await unit.consents.record(consent)
        assert [each.may_be_contacted for each in await _all(unit)] == [False, True]
        later = await unit.roll.after(0, EVERYTHING, 10, NOON + DAY)
        assert [each.may_be_contacted for each in later] == [False, False]


async def test_the_newest_hand_off_is_told_and_when_it_changed(begin: Begin) -> None:
    async with begin() as unit:
        lead = await a_lead(unit)
        first = await unit.hand_offs.add(lead.id, "sales", an_offer())
        lost = replace(first.state, phase=Phase.CLOSED, outcome=Outcome.LOST, closed_at=NOON + HOUR, due_at=None)
        await unit.hand_offs.save(first, lost)
        second = await unit.hand_offs.add(lead.id, "sales", replace(an_offer(None), offered_at=NOON + 2 * HOUR))
        (listed,) = await _all(unit)
        assert listed.hand_off == second
        assert (listed.changed_at, listed.due_at) == (NOON + 2 * HOUR, None)
        await unit.leads.move(lead, Stage.FROZEN, "manager", "later", NOON + 3 * HOUR, until=NOON + DAY)
        (listed,) = await _all(unit)
    assert (listed.changed_at, listed.due_at) == (NOON + 3 * HOUR, NOON + DAY)


async def test_leads_come_in_batches_by_their_numbers_and_none_twice(begin: Begin) -> None:
    async with begin() as unit:
        leads = [await a_lead(unit, ANNA + n) for n in range(5)]
        found: list[int] = []
        while batch := await unit.roll.after(found[-1] if found else 0, EVERYTHING, 2, NOON):
            assert len(batch) <= 2
            found += [each.lead.id for each in batch]
    assert found == [lead.id for lead in leads]


async def test_a_selection_is_of_one_quiz_or_of_leads_since_a_moment(begin: Begin) -> None:
    async with begin() as unit:
        first = await a_lead(unit, ANNA)
        second = await a_lead(unit, BORIS, quiz="dance-school")
        session = await unit.sessions.start(first.prospect_id, a_walk(revision=3), None)
        later = await unit.leads.open(first.prospect_id, "third", session.id, NOON + DAY)
        for selection, expected in (
            (EVERYTHING, [first, second, later]),
            (Selection(quiz="dance-school"), [second]),
            (Selection(since=NOON + HOUR), [later]),
            (Selection("dance-school", NOON + HOUR), []),
        ):
            assert [each.lead for each in await _all(unit, selection)] == expected
            assert await unit.roll.count(selection) == len(expected)
        assert await unit.roll.revisions(EVERYTHING) == [(QUIZ, 3), (QUIZ, 1)]
        assert await unit.roll.revisions(Selection(quiz=QUIZ)) == [(QUIZ, 1)]


async def test_leads_of_another_bot_are_nobodys_here(begin: Begin) -> None:
    async with begin(OTHER_BOT) as unit:
        await a_lead(unit)
        await unit.holdings.keep_proof("somebody", "asked", "{}", NOON)
    async with begin() as unit:
        assert await _all(unit) == []
        assert await unit.roll.count(EVERYTHING) == 0
        assert await unit.roll.revisions(EVERYTHING) == []
        assert await unit.roll.erasures() == 0


async def test_an_erasure_is_noticed_and_leaves_no_row(begin: Begin) -> None:
    async with begin() as unit:
        lead, other = await a_lead(unit, ANNA), await a_lead(unit, BORIS)
        before = await unit.roll.erasures()
        await unit.holdings.remove(lead.prospect_id, ANNA)
        await unit.holdings.keep_proof("somebody", "asked", "{}", NOON)
        assert await unit.roll.erasures() != before
        assert [each.lead for each in await _all(unit)] == [other]


async def test_an_order_is_to_be_handled_until_it_is_made_and_on_its_way_until_it_is_sent(begin: Begin) -> None:
    async with begin() as unit:
        anna, boris = await a_prospect(unit, ANNA), await a_prospect(unit, BORIS)
        number = await unit.files.order("leads", "leads.csv", "text/csv", NOON, anna.id)
        (waiting,) = await unit.files.to_handle(5)
        assert (waiting.id, waiting.purpose, waiting.prospect_id) == (number, "leads", anna.id)
        assert await unit.agenda.next() == (NOON, False)
        assert await unit.files.is_on_its_way("leads", anna.id)
        assert not await unit.files.is_on_its_way("leads", boris.id)
        assert not await unit.files.is_on_its_way("export", anna.id)
        await unit.files.arrived(number, b"table", NOON)
        await unit.files.handled(number, NOON)
        assert not await unit.files.is_to_handle(number)
        assert await unit.files.is_on_its_way("leads", anna.id)
        await unit.files.dispose(number)
        assert not await unit.files.is_on_its_way("leads", anna.id)
    async with begin(OTHER_BOT) as unit:
        assert not await unit.files.is_to_handle(number)
