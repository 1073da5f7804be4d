"""Merges: suggested once, decided, and a hand-off that all merged leads share."""

from __future__ import annotations

from dialogs.answers import Contact
from qualification.merging import MergeState
from storage.unit import Unit
from tests.storage.conftest import Begin
from tests.storage.samples import ANNA, BORIS, DAY, HOUR, NOON, OTHER_BOT, a_lead, an_offer

OLHA, IHOR = 7_100_000_003, 7_100_000_004
PHONE = Contact(contact="phone", value="+380671111111", verified=True)


async def _leads(unit: Unit, count: int = 4) -> list[int]:
    return [(await a_lead(unit, person)).id for person in (ANNA, BORIS, OLHA, IHOR)[:count]]


async def _merge(unit: Unit, one: int, other: int, state: MergeState = MergeState.MERGED) -> int:
    merge = await unit.merges.suggest(one, other, "phone", NOON)
    assert merge is not None
    await unit.merges.decide(merge.id, state, 5, NOON)
    return merge.id


async def test_two_leads_are_suggested_once_whichever_comes_first(begin: Begin) -> None:
    async with begin() as unit:
        one, other, *_ = await _leads(unit)
        merge = await unit.merges.suggest(one, other, "phone", NOON)
        assert merge is not None
        assert (merge.lead_id, merge.same_as, merge.state) == (other, one, MergeState.SUGGESTED)
        assert await unit.merges.suggest(other, one, "email", NOON) is None
        assert await unit.merges.by_id(merge.id) == merge
    async with begin(OTHER_BOT) as unit:
        assert await unit.merges.by_id(merge.id) is None


async def test_leads_are_one_person_over_however_many_merges(begin: Begin) -> None:
    async with begin() as unit:
        one, two, three, four = await _leads(unit)
        await _merge(unit, one, three)
        link = await _merge(unit, three, two)
        await _merge(unit, three, four, MergeState.REFUSED)
        assert await unit.merges.group(two) == [one, two, three]
        assert await unit.merges.group(four) == [four]
        await unit.merges.decide(link, MergeState.UNDONE, 5, NOON)
        assert await unit.merges.group(one) == [one, three]
        assert await unit.merges.group(two) == [two]
        assert await unit.merges.merged(two) == []


async def test_merged_leads_share_the_open_hand_off_and_their_own_comes_first(begin: Begin) -> None:
    async with begin() as unit:
        one, two, *_ = await _leads(unit)
        first = await unit.hand_offs.add(one, "sales", an_offer())
        assert await unit.hand_offs.open_of(two) is None
        await _merge(unit, one, two)
        assert await unit.hand_offs.open_of(two) == first
        own = await unit.hand_offs.add(two, "sales", an_offer())
        assert await unit.hand_offs.open_of(two) == own
        assert await unit.hand_offs.all_of([one, two]) == [first, own]


async def test_only_confirmed_contacts_of_others_are_found(begin: Begin) -> None:
    async with begin() as unit:
        mine, theirs, typed, _ = [await unit.leads.by_id(each) for each in await _leads(unit)]
        other_quiz = await unit.leads.open(mine.prospect_id, "dance-school", mine.session_id, NOON)
        for lead in (mine, theirs, other_quiz):
            await unit.leads.save_contact(lead.id, PHONE, NOON)
        await unit.leads.save_contact(typed.id, PHONE.model_copy(update={"verified": False}), NOON)
        found = await unit.leads.confirmed_by_others(mine, "phone", "+38 (067) 111-11-11")
        assert [lead.id for lead in found] == [theirs.id]


async def test_when_a_contact_was_left_before_is_known_by_its_kind(begin: Begin) -> None:
    async with begin() as unit:
        first, second, third, _ = [await unit.leads.by_id(each) for each in await _leads(unit)]
        for lead, moment in ((first, NOON), (second, NOON + HOUR), (third, NOON + DAY)):
            await unit.leads.save_contact(lead.id, PHONE, moment)
        mail = Contact(contact="email", value="a@b.c")
        await unit.leads.save_contact(third.id, mail, NOON)
        assert await unit.leads.left_before(first) == {"phone": (NOON, None)}
        assert await unit.leads.left_before(second) == {"phone": (NOON + HOUR, NOON)}
        assert await unit.leads.left_before(third) == {"phone": (NOON + DAY, NOON + HOUR), "email": (NOON, None)}
