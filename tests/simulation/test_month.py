"""A month of a sales team on a moved clock: no hot lead of two thousand people is without owner or alarm."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from random import Random
from statistics import median, quantiles
from typing import Any

import pytest
from sqlalchemy import event, select, text

from bot.clock import StandingClock
from qualification.handoff import HandOff, Phase
from qualification.working_time import worked_between
from storage.database import Database
from storage.members import Role
from storage.records import StoredHandOff
from storage.tables import OutboxRow
from storage.unit import Unit
from tests.bot.stages.workshop import ADA, a_workshop
from tests.keys import a_keyring
from tests.simulation.month import (
    BLOCKS,
    GROUP,
    HEAD,
    PEOPLE,
    ROUTING,
    SHARES,
    SOURCE,
    SUPERGROUP,
    TEAM,
    VANISHES,
    Month,
    Outcome,
)

HEAD_HAS_IT = timedelta(minutes=15)


@pytest.fixture
async def month(migrated: Path) -> AsyncIterator[Month]:
    database = await Database.open(f"sqlite+aiosqlite:///{migrated.with_name('month.db')}", a_keyring())
    await _without_waiting_for_the_disk(database)
    workshop = await a_workshop(database, ROUTING, managers=(), source=SOURCE)
    clock = workshop.clock
    assert isinstance(clock, StandingClock)
    async with workshop.work() as work:
        for number, calendar in TEAM.items():
            await work.unit.prospects.met(number, f"Manager {number}", None, "en", work.now)
            await work.unit.members.join(number, f"Manager {number}", Role.MANAGER, "sales", work.now)
            await work.unit.members.work(number, calendar)
            await work.unit.members.limit(number, 12)
        await work.unit.members.head(HEAD, is_head=True)
        await work.unit.groups.bring(GROUP, "sales", "Sales floor", "en", ADA, work.now)
    yield Month(workshop, clock, Random(2026))  # noqa: S311 - a month, not a secret
    await database.close()


async def _without_waiting_for_the_disk(database: Database) -> None:
    """A month is about people; that a commit survives a power cut is shown elsewhere."""

    @event.listens_for(database._engine.sync_engine, "connect")
    def _hurry(connection: Any, _: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA synchronous=OFF")
        cursor.close()

    await database._engine.dispose()  # connections made from now on hurry


@pytest.mark.slow
async def test_a_month_ends_with_no_hot_lead_without_an_owner_or_an_alarm(month: Month) -> None:
    month.plan()
    await month.passes()
    async with month.workshop.view() as view:
        offered = await _hand_offs(view)
        alarmed = await _leads_in_alarms(view)
        await _everybody_came_to_an_outcome(view, month)
        await _nobody_has_two_owners(view)
        await _the_group_has_one_message_for_each(view)
        told: dict[str, int] = dict(
            (await view._connection.execute(text("SELECT event, count(*) FROM journal GROUP BY 1"))).all()
        )
    hot = Counter(month.outcomes.values())[Outcome.HOT]
    assert len(offered) == hot  # each of them was offered, once
    for stored in offered:
        _has_an_owner_or_an_alarm(month, stored, alarmed)
    assert {"unreachable", "reachable", "away", "group_moved", "group_gone", "group_brought"} <= told.keys()
    print(f"\n{_figures(month, [stored.state for stored in offered])}, {len(alarmed)} leads alarmed about")  # noqa: T201 - the figures are what the month is for


def _has_an_owner_or_an_alarm(month: Month, stored: StoredHandOff, alarmed: set[int]) -> None:
    """The promise: whoever is not taken is asked about at a moment to come, and after its time admins know."""
    state, end = stored.state, month.clock.now()
    if state.phase is Phase.OFFERED:
        assert state.due_at is not None
        assert state.due_at > end - timedelta(minutes=1)
    else:
        assert state.taken_by is not None
    # While the only one at work is out of reach nobody is: the wait begins when the next one is there.
    since = state.counted_from or state.offered_at
    waited = worked_between(since, state.taken_at or end, *TEAM.values())
    assert waited <= HEAD_HAS_IT or stored.lead_id in alarmed


async def _counted(view: Unit, query: str) -> dict[str, int]:
    rows = await view._connection.execute(text(query))
    return {str(name): int(number) for name, number in rows}


async def _hand_offs(view: Unit) -> list[StoredHandOff]:
    rows = await view._connection.execute(text("SELECT id FROM hand_offs ORDER BY id"))
    found = [await view.hand_offs.by_id(number) for (number,) in rows.all()]
    return [stored for stored in found if stored is not None]


async def _leads_in_alarms(view: Unit) -> set[int]:
    """Return the leads that the admin heard an alarm about."""
    alarms = select(OutboxRow.request).where(OutboxRow.chat_id == ADA, OutboxRow.kind == "hand_off")
    alarms = alarms.where(OutboxRow.hand_off_id.is_(None))
    return {
        int(found[1]) for (request,) in await view._connection.execute(alarms) if (found := _LEAD.search(request))
    }


_LEAD = re.compile(r"#(\d+)")


async def _everybody_came_to_an_outcome(view: Unit, month: Month) -> None:
    over = await view._connection.scalar(text("SELECT count(*) FROM sessions WHERE ended_at IS NOT NULL"))
    leads: dict[str, int] = dict(
        (await view._connection.execute(text("SELECT band, count(*) FROM leads GROUP BY 1"))).all()
    )
    wanted = Counter(month.outcomes.values())
    assert over == PEOPLE
    assert sum(leads.values()) == wanted[Outcome.HOT] + wanted[Outcome.WARM]
    assert wanted.keys() == SHARES.keys()


async def _nobody_has_two_owners(view: Unit) -> None:
    """A lead is taken once; only of who went out of reach it may be taken again by another."""
    takers: dict[int, list[int]] = {}
    taken = text(
        "SELECT json_extract(facts, '$.lead'), json_extract(facts, '$.manager') FROM journal"
        " WHERE event = 'take' ORDER BY id"
    )
    for lead, manager in await view._connection.execute(taken):
        takers.setdefault(lead, []).append(manager)
    assert {manager for managers in takers.values() for manager in managers[:-1]} <= {BLOCKS, VANISHES}


async def _the_group_has_one_message_for_each(view: Unit) -> None:
    rows = await view._connection.execute(
        text(
            "SELECT chat_id, hand_off_id, count(*) FROM outbox WHERE chat_id < 0 AND hand_off_id IS NOT NULL"
            " AND edits IS NULL GROUP BY 1, 2"
        )
    )
    posts = [tuple(row) for row in rows.all()]
    assert {times for _, _, times in posts} == {1}
    assert {chat for chat, _, _ in posts} == {GROUP, SUPERGROUP}


def _figures(month: Month, states: list[HandOff]) -> str:
    contacted = [(state.offered_at, state.contacted_at) for state in states if state.contacted_at]
    waits = [(at - offered).total_seconds() / 60 for offered, at in contacted]
    worked = [worked_between(offered, at, *TEAM.values()).total_seconds() / 60 for offered, at in contacted]
    untaken = sum(state.phase is Phase.OFFERED for state in states)
    parts = [f"{count} {outcome}" for outcome, count in Counter(month.outcomes.values()).most_common()]
    return (
        f"{PEOPLE} people: {', '.join(parts)}; first contact after a median of {median(waits):.0f} minutes by the"
        f" clock, {median(worked):.0f} of working time (nine of ten within {quantiles(worked, n=10)[-1]:.0f});"
        f" {untaken} still on offer"
    )
