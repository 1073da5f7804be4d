"""Races for a lead on the real database, through two connections: one owner each time, and nobody's lead is lost.

So many rush at each lead that any two of them meet a thousand times; who is first is shuffled.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from bot.clock import Clock, StandingClock
from bot.conversation.reception import receive
from bot.hand_off.managing import act
from bot.hand_off.offering import offer_due
from bot.telegram.requests import REQUEST, AnswerTap, SendText
from bot.telegram.taps import CardAction, CardTapped
from bot.telegram.updates import Incoming, Person, TapReceived, TextReceived
from bot.work import Workshop
from qualification.handoff import HandOff, Phase, Reach
from storage.database import Database
from storage.messages import Fate, Kind
from storage.records import (
    StoredHandOff,
)
from storage.tables import OutboxRow
from tests.bot.conftest import ON_BOTH
from tests.bot.stages.workshop import ADA, MAX, NOON, VERA, a_hot_lead, a_workshop, person
from tests.storage.samples import a_consent

pytestmark = ON_BOTH
MANAGERS = tuple(range(11, 26))
MINUTE = timedelta(minutes=1)
PROSPECT = 10_000
CARDS = 500
"""From here on managers' cards are numbered."""


@dataclass
class Ring:
    """Two processes on one database, and a lead in it that everybody rushes at."""

    processes: tuple[Workshop, Workshop]
    chance: Random
    _numbers: count[int] = field(default_factory=count)
    _heard: int = 0

    @property
    def clock(self) -> Clock:
        return self.processes[0].clock

    def time_passes(self, span: timedelta) -> None:
        for process in self.processes:
            assert isinstance(process.clock, StandingClock)
            process.clock.move(span)

    async def rush(self, doings: list[Coroutine[Any, Any, None]]) -> None:
        """Let everybody begin at the same moment, in any order."""
        self.chance.shuffle(doings)
        await asyncio.gather(*doings)

    def process(self) -> Workshop:
        return self.chance.choice(self.processes)

    async def a_lead(self, **state: Any) -> StoredHandOff:
        """Put a lead on offer, without cards: they are tried elsewhere, and cost most of the time."""
        async with self.processes[0].work() as work:
            lead = await a_hot_lead(work, PROSPECT + next(self._numbers))
            begun = HandOff(Phase.OFFERED, work.now, due_at=work.now + 5 * MINUTE)
            return await work.unit.hand_offs.add(lead.id, "sales", HandOff(**{**begun.__dict__, **state}))

    async def may_be_written_to(self, stored: StoredHandOff) -> None:
        """Let the prospect have agreed to it, and the owner have the card."""
        async with self.processes[0].work() as work:
            lead = await work.unit.leads.by_id(stored.lead_id)
            prospect = await work.unit.prospects.by_id(lead.prospect_id)
            agreed = a_consent(prospect, purpose="contact", at=work.now)
            await work.unit.consents.record(agreed)
            card = await work.send(SendText(chat_id=MAX, html="A card"), Kind.DIALOG, hand_off_id=stored.id)
            await work.unit.outbox.settle(card, Fate.SENT, work.now, CARDS + stored.id)

    async def taps(self, manager: int, stored: StoredHandOff, action: CardAction, choice: str = "") -> None:
        tap = TapReceived(tap_id=f"{manager}", data="", message_id=1)
        async with self.process().work() as work:
            who = await person(work, manager)
            await work.unit.alone_in_office()  # as everybody has it who works here, from the first word on
            await act(work, who, CardTapped(stored.id, action, choice), tap)

    async def heard(self) -> list[AnswerTap | SendText]:
        """Return what is on its way to people since this was asked last: floating words and messages, in order."""
        query = select(OutboxRow.id, OutboxRow.request).where(OutboxRow.id > self._heard).order_by(OutboxRow.id)
        async with self.processes[0].view() as view:
            rows = (await view._connection.execute(query)).all()
        self._heard = rows[-1][0]
        read = [REQUEST.validate_json(body) for _, body in rows]
        return [request for request in read if isinstance(request, AnswerTap | SendText)]

    async def now(self, stored: StoredHandOff) -> HandOff:
        async with self.processes[0].view() as view:
            found = await view.hand_offs.by_id(stored.id)
        assert found is not None
        return found.state


@pytest.fixture
async def ring(database: Database, other: Database) -> Ring:
    one, two = [await a_workshop(each, managers=(MAX, VERA, *MANAGERS)) for each in (database, other)]
    async with one.work() as work:
        for number in MANAGERS:
            await work.unit.prospects.met(number, f"Manager {number}", None, "en", NOON)
    return Ring((one, two), Random(35))  # noqa: S311 - an order, not a secret


async def test_of_fifteen_who_take_at_the_same_moment_one_has_the_lead_and_the_others_are_told_who(
    ring: Ring,
) -> None:
    """Fifteen at once are 105 pairs: at ten leads they meet 1,050 times."""
    winners: set[int] = set()
    for _ in range(10):
        stored = await ring.a_lead()
        await ring.rush([ring.taps(manager, stored, CardAction.TAKE) for manager in MANAGERS])
        state = await ring.now(stored)
        assert (state.phase, state.due_at) == (Phase.TAKEN, None)
        assert state.taken_by is not None
        winners.add(state.taken_by)
        said = await ring.heard()
        told = Counter(each.text for each in said if isinstance(each, AnswerTap))
        assert told == {"It’s yours. Good luck!": 1, f"Manager {state.taken_by} was first": 14}
        prospects = [each for each in said if isinstance(each, SendText) and each.chat_id >= PROSPECT]
        assert len(prospects) == 1  # the prospect hears of one manager
    assert len(winners) > 3


async def test_however_takers_meet_the_timer_the_lead_has_one_owner_or_is_on_offer_with_an_alarm(
    ring: Ring,
) -> None:
    """Ten takers and ten timers are a hundred pairs of one and the other: at ten leads they meet 1,000 times."""
    fired = 0

    async def fires() -> None:
        async with ring.process().work() as work:
            await work.unit.alone_in_office()
            for due in await work.unit.hand_offs.due(work.now, 64):
                await offer_due(work, due)

    for _ in range(10):
        stored = await ring.a_lead()
        ring.time_passes(5 * MINUTE)
        takers = [ring.taps(manager, stored, CardAction.TAKE) for manager in MANAGERS[:10]]
        await ring.rush([*takers, *(fires() for _ in range(10))])
        state = await ring.now(stored)
        assert (state.phase, state.due_at) == (Phase.TAKEN, None)
        assert state.taken_by in MANAGERS
        said = await ring.heard()
        told = Counter(each.text for each in said if isinstance(each, AnswerTap))
        assert told == {"It’s yours. Good luck!": 1, f"Manager {state.taken_by} was first": 9}
        alarms = [each for each in said if isinstance(each, SendText) and "Nobody has taken" in each.html]
        late = [each for each in alarms if each.chat_id == ADA]
        assert len(late) == (1 if state.round else 0)  # of ten timers one fires, and only while it is nobody's
        fired += len(late)
    assert 0 < fired < 10  # now a timer was first, and now a taker


async def test_however_a_reply_meets_passing_on_it_arrives_or_its_writer_is_told_why_not(ring: Ring) -> None:
    """Ten replies and ten taps on «pass on» are a hundred pairs: at ten leads they meet 1,000 times."""
    arrived = 0

    async def replies(stored: StoredHandOff, number: int) -> None:
        words = TextReceived(f"word {number}")
        async with ring.process().work() as work:
            said = Incoming(number, Person(MAX, "Max"), words, message_id=number, reply_to=CARDS + stored.id)
            await receive(work, said)

    for _ in range(10):
        stored = await ring.a_lead(phase=Phase.TAKEN, taken_by=MAX, taken_at=NOON, due_at=None)
        await ring.may_be_written_to(stored)
        heads = [ring.taps(ADA, stored, CardAction.REASSIGN, str(VERA)) for _ in range(10)]
        await ring.rush([*heads, *(replies(stored, number) for number in range(1, 11))])
        state = await ring.now(stored)
        assert (state.phase, state.reach, state.taken_by) == (Phase.OFFERED, Reach.ONE, None)
        assert (state.offered_to, state.due_at) == (VERA, ring.clock.now() + 5 * MINUTE)
        said = await ring.heard()
        written = [each for each in said if isinstance(each, SendText)]
        got = {
            int(each.html.rpartition("word ")[2])
            for each in written
            if each.chat_id >= PROSPECT and "word " in each.html
        }
        refused = [each.reply_to or 0 for each in written if each.chat_id == MAX and "Not sent" in each.html]
        assert sorted([*got, *refused]) == [*range(1, 11)]
        cards = [each for each in written if each.chat_id == VERA and "Hot lead" in each.html]
        assert len(cards) == 1  # of ten taps one passes it on
        after = written[written.index(cards[0]) :]
        assert not any(each.chat_id >= PROSPECT for each in after)  # what was Max's is Max's no more
        arrived += bool(got)
    assert 0 < arrived < 10  # now a tap was first, and now a reply
