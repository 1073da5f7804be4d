"""A month of a sales team on a moved clock: no hot lead of two thousand people is without owner or alarm."""

from __future__ import annotations

import heapq
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from statistics import median

import pytest
from sqlalchemy import text

from bot.clock import StandingClock
from bot.hand_off.managing import act
from bot.hand_off.offering import offer_due
from bot.teams.presence import lost, seen
from bot.telegram.taps import CardAction, CardTapped
from bot.telegram.updates import TapReceived
from bot.work import Work, Workshop
from qualification.handoff import Phase
from qualification.working_time import Calendar, Days, Shift, worked_between, works
from storage.database import Database
from storage.members import Role
from tests.bot.stages.workshop import ADA, NOON, a_workshop, an_offered_lead
from tests.keys import a_keyring

PEOPLE, HOT = 2000, 0.06
MONTH = timedelta(days=30)
"""From Monday, 2 March: four weekends, and the night in which Kyiv's clocks go forward (29 March)."""
MINUTE = timedelta(minutes=1)
KYIV = "Europe/Kyiv"
ROUTING = "{hot: {assign: round_robin, take_within: 5m, escalate_after: 15m}}"


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
BLOCKS, BLOCKED_AT, BACK_AT = 13, NOON + timedelta(days=10), NOON + timedelta(days=13)
SICK, SICK_AT, WELL_AT = 11, NOON + timedelta(days=16), NOON + timedelta(days=19)

Doing = Callable[[Work], Awaitable[None]]


@dataclass
class Month:
    """What happens in the month, in order: people come, managers tap, timers fire."""

    workshop: Workshop
    clock: StandingClock
    chance: Random
    agenda: list[tuple[datetime, int, Doing]] = field(default_factory=list)
    _numbers: count[int] = field(default_factory=count)
    _cards_seen: int = 0

    def at(self, moment: datetime, doing: Doing) -> None:
        heapq.heappush(self.agenda, (moment, next(self._numbers), doing))

    async def passes(self) -> None:
        """Let it pass; nobody looks at a clock but the one that is moved."""
        while (moment := await self._next()) is not None and moment <= NOON + MONTH:
            self.clock.move(max(moment - self.clock.now(), timedelta(0)))
            async with self.workshop.work() as work:
                for stored in await work.unit.hand_offs.due(work.now, 64):
                    await offer_due(work, stored)
                while self.agenda and self.agenda[0][0] <= work.now:
                    await heapq.heappop(self.agenda)[2](work)
                await self._hand_out_cards(work)

    async def _next(self) -> datetime | None:
        async with self.workshop.view() as view:
            due = await view.hand_offs.next_due()
        planned = self.agenda[0][0] if self.agenda else None
        return min((each for each in (due, planned) if each is not None), default=None)

    async def _hand_out_cards(self, work: Work) -> None:
        """Let who got a card look at it in a while; three of ten have no time for it."""
        rows = await work.unit._connection.execute(
            text(
                "SELECT id, chat_id, hand_off_id FROM outbox WHERE id > :seen AND kind = 'hand_off'"
                " AND edits IS NULL AND hand_off_id IS NOT NULL ORDER BY id"
            ),
            {"seen": self._cards_seen},
        )
        for number, manager, hand_off in rows.all():
            self._cards_seen = number
            calendar = TEAM.get(manager)
            if calendar is not None and works(work.now, calendar) and self.chance.random() < 0.7:
                self.at(work.now + self._minutes(1, 12), self._takes(manager, hand_off))

    def _takes(self, manager: int, hand_off: int) -> Doing:
        async def doing(work: Work) -> None:
            await self._taps(work, manager, hand_off, CardAction.TAKE)
            stored = await work.unit.hand_offs.by_id(hand_off)
            if stored is not None and (stored.state.phase, stored.state.taken_by) == (Phase.TAKEN, manager):
                contact = work.now + self._minutes(2, 60)
                self.at(contact, self._does(manager, hand_off, CardAction.CONTACTED))
                self.at(contact + self._minutes(600, 4000), self._does(manager, hand_off, CardAction.NOT_NOW))

        return doing

    def _does(self, manager: int, hand_off: int, action: CardAction) -> Doing:
        async def doing(work: Work) -> None:
            await self._taps(work, manager, hand_off, action)

        return doing

    @staticmethod
    async def _taps(work: Work, manager: int, hand_off: int, action: CardAction) -> None:
        person = await work.unit.prospects.by_telegram_id(manager)
        assert person is not None
        await seen(work, manager)
        await act(work, person, CardTapped(hand_off, action), TapReceived("1", "", None))

    def _minutes(self, least: int, most: int) -> timedelta:
        return self.chance.randint(least * 60, most * 60) * timedelta(seconds=1)


@pytest.fixture
async def month(migrated: Path) -> AsyncIterator[Month]:
    database = await Database.open(f"sqlite+aiosqlite:///{migrated.with_name('month.db')}", a_keyring())
    workshop = await a_workshop(database, ROUTING, managers=())
    clock = workshop.clock
    assert isinstance(clock, StandingClock)
    async with workshop.work() as work:
        for number, calendar in TEAM.items():
            await work.unit.prospects.met(number, f"Manager {number}", None, "en", work.now)
            await work.unit.members.join(number, f"Manager {number}", Role.MANAGER, "sales", work.now)
            await work.unit.members.work(number, calendar)
            await work.unit.members.limit(number, 12)
        await work.unit.members.head(15, is_head=True)
    yield Month(workshop, clock, Random(2026))  # noqa: S311 - a month, not a secret
    await database.close()


@pytest.mark.slow
async def test_a_month_ends_with_no_hot_lead_without_an_owner_or_an_alarm(month: Month) -> None:
    _plan(month)
    await month.passes()
    async with month.workshop.view() as view:
        rows = await view._connection.execute(text("SELECT id, offered_at FROM hand_offs ORDER BY id"))
        offered = [(await view.hand_offs.by_id(number), at) for number, at in rows.all()]
        takes = await view._connection.execute(
            text("SELECT json_extract(facts, '$.lead'), count(*) FROM journal WHERE event = 'take' GROUP BY 1")
        )
        alarms = await view._connection.scalar(
            text("SELECT count(*) FROM outbox WHERE kind = 'hand_off' AND hand_off_id IS NULL AND chat_id = :ada"),
            {"ada": ADA},
        )
    states = [stored.state for stored, _ in offered if stored is not None]
    assert len(states) > PEOPLE * HOT * 0.7
    nobodys = [state for state in states if state.phase is Phase.OFFERED]
    assert all(state.due_at is not None for state in nobodys)  # somebody is asked, or will be
    assert all(state.taken_by is not None for state in states if state.phase is not Phase.OFFERED)
    assert {times for _, times in takes.all()} == {1}  # nobody's lead was taken twice
    assert alarms  # there were evenings and a blocked bot: somebody heard of them
    contacted = [(state.offered_at, state.contacted_at) for state in states if state.contacted_at]
    waits = [(at - offered).total_seconds() for offered, at in contacted]
    worked = [worked_between(offered, at, *TEAM.values()).total_seconds() for offered, at in contacted]
    assert max(worked) < timedelta(days=2).total_seconds()
    told = f"{len(states)} hot leads of {PEOPLE} people, {len(nobodys)} still on offer, {alarms} alarms"
    print(  # noqa: T201 - the figures are what the month is for
        f"\n{told}; median of the first contact:"
        f" {median(waits) / 60:.0f} minutes by the clock, {median(worked) / 60:.0f} of working time"
    )


def _plan(month: Month) -> None:
    """People come by day and by night, one in seventeen of them hot; one manager is ill, one blocks the bot."""
    cold: dict[datetime, list[int]] = {}
    for person in range(100_000, 100_000 + PEOPLE):
        moment = NOON + month.chance.random() * (MONTH - timedelta(days=1))
        if month.chance.random() < HOT:
            month.at(moment, _becomes_hot(person))
        else:
            cold.setdefault(moment.replace(minute=0, second=0, microsecond=0) + 60 * MINUTE, []).append(person)
    for hour, people in cold.items():
        month.at(hour, _come(people))

    async def blocks(work: Work) -> None:
        await lost(work, BLOCKS, "the bot was blocked")

    async def is_back(work: Work) -> None:
        await seen(work, BLOCKS)

    async def is_ill(work: Work) -> None:
        await work.unit.members.away(SICK, work.now, WELL_AT)

    month.at(BLOCKED_AT, blocks)
    month.at(BACK_AT, is_back)
    month.at(SICK_AT, is_ill)


def _becomes_hot(person: int) -> Doing:
    async def doing(work: Work) -> None:
        await an_offered_lead(work, person)

    return doing


def _come(people: list[int]) -> Doing:
    """Let people in of whom nobody becomes hot: their walks are tried elsewhere, and cost most of the time."""

    async def doing(work: Work) -> None:
        for person in people:
            await work.unit.prospects.met(person, "Somebody", None, "en", work.now)

    return doing
