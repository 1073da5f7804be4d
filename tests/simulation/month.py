"""A sales team's month: who comes and how they answer, who works when, and all that goes wrong meanwhile.

Every prospect walks a small quiz to its end, each turn through the engine and into the database: two turns for
who just looks, four for who leaves a phone. They come in past the reception and not over HTTP: both are tried
elsewhere. All that managers and the group do goes through the reception, as Telegram's updates do. Messages arrive
at once, but for those to a chat that has blocked the bot.
"""

from __future__ import annotations

import heapq
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import count
from random import Random

from sqlalchemy import select, update

from bot.clock import StandingClock
from bot.conversation import walking
from bot.conversation.reception import receive
from bot.entry.arriving import Arrival
from bot.hand_off.offering import offer_due
from bot.settling import settle
from bot.telegram.callback_data import encode
from bot.telegram.requests import REQUEST, Unreachable
from bot.telegram.taps import CardAction, CardTapped
from bot.telegram.updates import (
    BotBlocked,
    CalledInGroup,
    GroupMoved,
    Happening,
    Incoming,
    LeftGroup,
    Person,
    TapReceived,
    TextReceived,
)
from bot.work import Work, Workshop
from dialogs.session import ContactShared, Event, Tapped
from qualification.handoff import Phase
from qualification.working_time import Calendar, Days, Shift, works
from storage.messages import Fate, Kind
from storage.tables import OutboxRow
from tests.bot.stages.workshop import ADA, NOON

PEOPLE = 2000
MONTH = timedelta(days=30)
"""From Monday, 2 March: four weekends, and the night in which Kyiv's clocks go forward (29 March)."""
KYIV = "Europe/Kyiv"
ROUTING = "{hot: {assign: round_robin, take_within: 5m, escalate_after: 15m}}"
SOURCE = """
quiz: small
languages: [en]
title: A small quiz
controller: {{name: Acme, contact: a@acme.example}}
timezone: Europe/Kyiv
steps:
  - id: role
    ask: Who decides?
    choices:
      - {{id: boss, text: I do, points: 10}}
      - {{id: team, text: We do, points: 5}}
      - {{id: nobody, text: I am just looking, go: bye}}
  - {{id: agree, consent: contact, text: May we call?}}
  - {{id: phone, contact: phone, ask: Which number?}}
  - {{id: bye, end: Bye}}
scoring: {{bands: {{hot: 10, warm: 5}}}}
routing: {routing}
"""


class Outcome(StrEnum):
    """How a prospect's walk ends."""

    LOOKED = "looked"
    REFUSED = "refused"
    WARM = "warm"
    HOT = "hot"


SHARES = {Outcome.LOOKED: 0.78, Outcome.REFUSED: 0.08, Outcome.WARM: 0.08, Outcome.HOT: 0.06}


def _week(days: range, begin: int, end: int, *off: Days) -> Calendar:
    shifts = tuple(Shift(day=day, begin=begin * 60, end=end * 60) for day in days)
    return Calendar(timezone=KYIV, shifts=shifts, days_off=off)


TEAM = {
    11: _week(range(5), 9, 18),
    12: _week(range(5), 9, 18, Days(first=date(2026, 3, 9), last=date(2026, 3, 13))),
    13: _week(range(1, 6), 10, 19),
    14: _week(range(5), 12, 21, Days(first=date(2026, 3, 24), last=date(2026, 3, 25))),
    15: _week(range(5), 8, 17),
}
HEAD, ILL, BLOCKS, VANISHES = 15, 11, 13, 14
"""One is ill for three days, one blocks the bot and comes back, and of one only a message finds it out."""
GROUP, SUPERGROUP = -4321, -1004321

Doing = Callable[[Work], Awaitable[None]]


@dataclass
class Month:
    """What happens in the month, in order: people come, managers tap, timers fire, messages arrive."""

    workshop: Workshop
    clock: StandingClock
    chance: Random
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    blocked: set[int] = field(default_factory=set)
    """chats whose messages come back"""
    _agenda: list[tuple[datetime, int, Doing]] = field(default_factory=list)
    _numbers: count[int] = field(default_factory=count)
    _cards_seen: int = 0

    def at(self, moment: datetime, doing: Doing) -> None:
        heapq.heappush(self._agenda, (moment, next(self._numbers), doing))

    def plan(self) -> None:
        """People come by day and by night; of who becomes hot each has a moment of their own."""
        others: dict[datetime, list[int]] = {}
        for person in range(100_000, 100_000 + PEOPLE):
            moment = NOON + self.chance.random() * (MONTH - timedelta(days=1))
            (self.outcomes[person],) = self.chance.choices(tuple(SHARES), tuple(SHARES.values()))
            if self.outcomes[person] is Outcome.HOT:
                self.at(moment, self._come([person]))
            else:
                hour = moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
                others.setdefault(hour, []).append(person)
        for hour, people in others.items():
            self.at(hour, self._come(people))  # in one transaction, as the worker handles what waits for it
        self._go_wrong()

    def _go_wrong(self) -> None:
        day = timedelta(days=1)
        self.at(NOON + 7 * day, self._happens(GROUP, GroupMoved(GROUP, SUPERGROUP)))
        self.at(NOON + 10 * day, self._happens(BLOCKS, BotBlocked()))
        self.at(NOON + 13 * day, self._happens(BLOCKS, TextReceived("/back")))
        self.at(NOON + 14 * day, self._happens(ADA, LeftGroup(SUPERGROUP)))
        self.at(NOON + 16 * day, self._happens(ILL, TextReceived("/away 3d")))
        back = CalledInGroup(SUPERGROUP, "Sales floor", "team_here")
        self.at(NOON + 16 * day, self._happens(ADA, back))
        self.at(NOON + 20 * day, self._vanishes(VANISHES))
        self.at(NOON + 21 * day, self._happens(VANISHES, TextReceived("/back")))

    async def passes(self) -> None:
        """Let it pass; nobody looks at a clock but the one that is moved."""
        while (moment := await self._next()) is not None and moment <= NOON + MONTH:
            self.clock.move(max(moment - self.clock.now(), timedelta(0)))
            async with self.workshop.work() as work:
                for stored in await work.unit.hand_offs.due(work.now, 64):
                    await offer_due(work, stored)
                while self._agenda and self._agenda[0][0] <= work.now:
                    await heapq.heappop(self._agenda)[2](work)
                await self._deliver(work)
                await self._look_at_cards(work)

    async def _next(self) -> datetime | None:
        async with self.workshop.view() as view:
            due = await view.hand_offs.next_due()
        planned = self._agenda[0][0] if self._agenda else None
        return min((each for each in (due, planned) if each is not None), default=None)

    async def _deliver(self, work: Work) -> None:
        """Let what waits arrive, and what goes to somebody who blocked the bot come back."""
        if self.blocked:
            for queued in await work.unit.outbox._queued(
                OutboxRow.chat_id.in_(self.blocked) & (OutboxRow.state == Fate.WAITING)
            ):
                came_back = Unreachable("the bot was blocked")
                await settle(work, queued, REQUEST.validate_json(queued.request), came_back)
        sent = {"state": Fate.SENT, "message_id": OutboxRow.id, "settled_at": work.now}
        await work.unit._connection.execute(
            update(OutboxRow).where(OutboxRow.state == Fate.WAITING).values(**sent)
        )

    async def _look_at_cards(self, work: Work) -> None:
        """Let who got a card look at it in a while; three of ten have no time for it, and fewer read the group."""
        rows = await work.unit._connection.execute(
            select(OutboxRow.id, OutboxRow.chat_id, OutboxRow.hand_off_id)
            .where(
                OutboxRow.id > self._cards_seen,
                OutboxRow.kind == Kind.HAND_OFF,
                OutboxRow.edits.is_(None),
                OutboxRow.hand_off_id.is_not(None),
            )
            .order_by(OutboxRow.id)
        )
        for number, chat, hand_off in rows.all():
            assert hand_off is not None
            self._cards_seen = number
            group = chat if chat < 0 else None
            readers: Iterable[int] = TEAM if group else (chat,)
            for manager in readers:
                calendar, share = TEAM.get(manager), 0.08 if group else 0.7
                if calendar is None or not works(work.now, calendar) or self.chance.random() > share:
                    continue
                if group or manager not in self.blocked:
                    self.at(work.now + self._minutes(1, 12), self._takes(manager, hand_off, group))

    def _takes(self, manager: int, hand_off: int, group: int | None) -> Doing:
        async def doing(work: Work) -> None:
            await self._taps(work, manager, hand_off, CardAction.TAKE, group)
            stored = await work.unit.hand_offs.by_id(hand_off)
            if stored is not None and (stored.state.phase, stored.state.taken_by) == (Phase.TAKEN, manager):
                contact = work.now + self._minutes(2, 60)
                self.at(contact, self._does(manager, hand_off, CardAction.CONTACTED, group))
                if self.chance.random() < 0.7:
                    self.at(contact + self._minutes(600, 4000), self._does(manager, hand_off, CardAction.NOT_NOW))

        return doing

    def _does(self, manager: int, hand_off: int, action: CardAction, group: int | None = None) -> Doing:
        async def doing(work: Work) -> None:
            await self._taps(work, manager, hand_off, action, group)

        return doing

    async def _taps(
        self, work: Work, manager: int, hand_off: int, action: CardAction, group: int | None = None
    ) -> None:
        if group is None and manager in self.blocked:
            return  # who blocked the bot has no chat with it to tap in
        tap = TapReceived("1", encode(CardTapped(hand_off, action)), None, group)
        await receive(work, Incoming(next(self._numbers), self._person(manager), tap))

    def _happens(self, who: int, happening: Happening) -> Doing:
        async def doing(work: Work) -> None:
            if isinstance(happening, BotBlocked):
                self.blocked.add(who)
            else:
                self.blocked.discard(who)
            await receive(work, Incoming(next(self._numbers), self._person(who), happening))

        return doing

    def _vanishes(self, who: int) -> Doing:
        """Let somebody block the bot while it hears nothing of it."""

        async def doing(work: Work) -> None:
            self.blocked.add(who)

        return doing

    def _come(self, people: list[int]) -> Doing:
        async def doing(work: Work) -> None:
            for person in people:
                await self._walks(work, person)

        return doing

    async def _walks(self, work: Work, number: int) -> None:
        """Let somebody walk the quiz to their outcome."""
        person = await work.unit.prospects.met(number, "Somebody", None, "en", work.now)
        await walking.start(work, person, Arrival())
        for event in _answers(self.outcomes[number], number):
            stored = await work.unit.sessions.latest(person.id)
            assert stored is not None
            await walking.go_on(work, person, stored, event)

    @staticmethod
    def _person(number: int) -> Person:
        return Person(number, f"Manager {number}", None, "en")

    def _minutes(self, least: int, most: int) -> timedelta:
        return self.chance.randint(least * 60, most * 60) * timedelta(seconds=1)


def _answers(outcome: Outcome, number: int) -> list[Event]:
    phone = ContactShared(f"+38067{number:07}", own=True)
    match outcome:
        case Outcome.LOOKED:
            return [Tapped("role", "nobody")]
        case Outcome.REFUSED:
            return [Tapped("role", "team"), Tapped("agree", "no")]
        case Outcome.WARM:
            return [Tapped("role", "team"), Tapped("agree", "yes"), phone]
        case Outcome.HOT:
            return [Tapped("role", "boss"), Tapped("agree", "yes"), phone]
