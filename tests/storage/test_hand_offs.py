"""Hand-offs: which messages are their cards."""

from __future__ import annotations

from dataclasses import replace

from qualification.handoff import HandOff, Phase
from storage.messages import Fate, Kind
from tests.storage.conftest import Begin
from tests.storage.samples import NOON, a_lead, put


async def test_a_hand_offs_cards_are_those_that_were_or_will_be_sent(begin: Begin) -> None:
    async with begin() as unit:
        lead = await a_lead(unit)
        number = (await unit.hand_offs.add(lead.id, "sales", HandOff(Phase.OFFERED, NOON))).id
        sent, refused, unknown, waiting = [
            await put(unit, Kind.HAND_OFF, chat, hand_off_id=number) for chat in (1, 2, 3, 4)
        ]
        await unit.outbox.settle(sent, Fate.SENT, NOON, 5)
        await unit.outbox.settle(refused, Fate.REFUSED, NOON, refusal="no")
        await unit.outbox.settle(unknown, Fate.UNKNOWN, NOON)
        await put(unit, Kind.HAND_OFF, 1, edits=sent, hand_off_id=number)
        await put(unit, Kind.HAND_OFF, 9)
        assert [(card.number, card.chat_id) for card in await unit.hand_offs.cards(number)] == [
            (sent, 1),
            (waiting, 4),
        ]


async def test_nothing_is_due_while_the_owner_is_writing_and_what_is_on_offer_is(begin: Begin) -> None:
    async with begin() as unit:
        lead = await a_lead(unit)
        talking = HandOff(Phase.CONTACTED, NOON, due_at=NOON, taken_by=1, talking_since=NOON)
        theirs = await unit.hand_offs.add(lead.id, "sales", talking)
        assert await unit.hand_offs.due(NOON, 10) == []
        assert await unit.hand_offs.next_due() is None
        nobodys = replace(talking, phase=Phase.OFFERED, taken_by=None)
        await unit.hand_offs.save(theirs, nobodys)
        assert [each.id for each in await unit.hand_offs.due(NOON, 10)] == [theirs.id]
        assert await unit.hand_offs.next_due() == NOON
