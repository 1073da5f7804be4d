"""Who may be one person: only by contacts that both confirmed, never with themselves, and never asked twice."""

from __future__ import annotations

from bot.stages.contacts import keep_contact
from bot.stages.merging import decide
from bot.telegram.taps import MergeAction, MergeTapped
from bot.telegram.updates import TapReceived
from bot.work import Work
from dialogs.answers import Contact
from dialogs.session import Session
from qualification.merging import MergeState
from storage.database import Database
from storage.merges import Merge
from storage.records import Lead
from tests.bot.stages.workshop import ADA, QUIZ, a_hot_lead, a_workshop, an_offered_lead, person, the_quiz

PHONE, OTHER = "+380671234567", "+380672345678"
TAP = TapReceived(tap_id="1", data="", message_id=1)


async def leaves(work: Work, lead: Lead, phone: str = PHONE, *, confirmed: bool = True) -> list[Merge]:
    """Let somebody leave a phone; return what was suggested so far."""
    contact = Contact(contact="phone", value=phone, verified=confirmed)
    await keep_contact(work, await the_quiz(work), lead, contact)
    found = [await work.unit.merges.by_id(number) for number in range(1, 10)]
    return [merge for merge in found if merge is not None]


async def merges(work: Work, merge: Merge) -> None:
    await decide(work, await person(work, ADA), MergeTapped(merge.id, MergeAction.MERGE), TAP)


async def test_a_phone_that_somebody_typed_says_nothing_about_who_confirmed_it(database: Database) -> None:
    async with (await a_workshop(database)).work() as work:
        typed, owner = await a_hot_lead(work, 10_001), await a_hot_lead(work, 10_002)
        assert await leaves(work, typed, confirmed=False) == []
        assert await leaves(work, owner) == []
        third = await a_hot_lead(work, 10_003)
        (merge,) = await leaves(work, third)
        assert (merge.lead_id, merge.same_as) == (third.id, owner.id)


async def test_nobody_is_suggested_to_be_themselves(database: Database) -> None:
    async with (await a_workshop(database)).work() as work:
        lead = await a_hot_lead(work, 10_001)
        walk = Session(quiz=QUIZ, revision=1, language="en", started_at=work.now, at=None)
        session = await work.unit.sessions.start(lead.prospect_id, walk, None)
        elsewhere = await work.unit.leads.open(lead.prospect_id, "another-quiz", session.id, work.now)
        contact = Contact(contact="phone", value=PHONE, verified=True)
        await work.unit.leads.save_contact(elsewhere.id, contact, work.now)
        assert await leaves(work, lead) == []


async def test_who_is_one_person_already_by_way_of_a_third_is_not_asked_about(database: Database) -> None:
    async with (await a_workshop(database)).work() as work:
        one, two, three = [await a_hot_lead(work, 10_001 + number) for number in range(3)]
        await leaves(work, one)
        (first,) = await leaves(work, two)
        await merges(work, first)
        await leaves(work, two, OTHER)
        second = (await leaves(work, three, OTHER))[-1]
        assert (second.lead_id, second.same_as) == (three.id, two.id)
        await merges(work, second)
        assert await work.unit.merges.group(one.id) == [one.id, two.id, three.id]
        assert len(await leaves(work, three)) == 2  # the phone of the first: nothing new


async def test_whoever_is_merged_with_a_lead_on_offer_waits_for_a_place_no_more(database: Database) -> None:
    async with (await a_workshop(database)).work() as work:
        offered, waiting = await an_offered_lead(work, 10_001, PHONE), await a_hot_lead(work, 10_002)
        await work.unit.places.wait(waiting.id, work.now, work.now)
        (merge,) = await leaves(work, waiting)
        await merges(work, merge)
        assert await work.unit.places.waiting() == []
        assert await work.unit.places.due(work.now, 10) == []
        assert (await work.unit.leads.by_id(offered.id)).waiting_since is None
        decided = await work.unit.merges.by_id(merge.id)
        assert decided is not None
        assert decided.state is MergeState.MERGED
