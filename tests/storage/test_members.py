"""Members and invites: who works here, and links that work once."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from qualification.handoff import HandOff, Phase, Reach, take
from qualification.working_time import ALWAYS, Calendar, Shift
from storage.members import RANKS, Role
from tests.storage.conftest import Begin
from tests.storage.samples import ANNA, BORIS, HOUR, MINUTE, NOON, a_lead

OLENA, PETRO = 1001, 1002
OFFICE = Calendar(timezone="Europe/Kyiv", shifts=(Shift(day=0, begin=540, end=1080),))


async def test_who_joins_is_a_member_until_they_leave(begin: Begin) -> None:
    async with begin() as unit:
        assert await unit.members.of(OLENA) is None
        await unit.members.join(OLENA, "Olena", Role.MANAGER, "sales", NOON)
        olena = await unit.members.of(OLENA)
        assert olena is not None
        assert (olena.role, olena.team, olena.name, olena.calendar) == (Role.MANAGER, "sales", "Olena", ALWAYS)
        await unit.members.leave(OLENA, NOON)
        assert await unit.members.of(OLENA) is None
        assert await unit.members.all() == []


async def test_who_comes_back_begins_anew(begin: Begin) -> None:
    async with begin() as unit:
        await unit.members.join(OLENA, "Olena", Role.ADMIN, "sales", NOON)
        await unit.members.head(OLENA, is_head=True)
        await unit.members.limit(OLENA, 3)
        await unit.members.leave(OLENA, NOON)
        await unit.members.join(OLENA, "Olena", Role.VIEWER, "", NOON)
        olena = await unit.members.of(OLENA)
        assert olena is not None
        assert (olena.role, olena.is_head, olena.capacity) == (Role.VIEWER, False, None)


async def test_all_that_is_said_about_a_member_is_kept(begin: Begin) -> None:
    async with begin() as unit:
        await unit.members.join(OLENA, "Olena", Role.MANAGER, "sales", NOON)
        await unit.members.know(OLENA, ["uk", "en"], ["kitchens"])
        await unit.members.work(OLENA, OFFICE)
        await unit.members.away(OLENA, NOON, NOON + HOUR)
        await unit.members.assigned(OLENA, NOON)
        olena = await unit.members.of(OLENA)
        assert olena is not None
        assert (olena.languages, olena.skills) == (frozenset({"uk", "en"}), frozenset({"kitchens"}))
        assert (olena.hours, olena.assigned_at) == (OFFICE, NOON)
        assert olena.is_away(NOON)
        assert not olena.is_away(NOON + HOUR)
        await unit.members.move(OLENA, "service")
        await unit.members.become(OLENA, Role.ADMIN)
        await unit.members.called(OLENA, "Olena K.")
        moved = await unit.members.of(OLENA)
        assert moved is not None
        assert (moved.team, moved.role, moved.name) == ("service", Role.ADMIN, "Olena K.")


async def test_being_out_of_reach_is_news_once(begin: Begin) -> None:
    async with begin() as unit:
        await unit.members.join(OLENA, "Olena", Role.MANAGER, "sales", NOON)
        assert not await unit.members.unreachable(OLENA, None)
        assert await unit.members.unreachable(OLENA, NOON)
        assert not await unit.members.unreachable(OLENA, NOON + HOUR)
        assert await unit.members.unreachable(OLENA, None)
        assert not await unit.members.unreachable(PETRO, NOON)  # nobody's member


async def test_a_name_is_sealed_and_goes_when_its_member_leaves(begin: Begin) -> None:
    async with begin() as unit:
        await unit.members.join(OLENA, "Olena Petrenko", Role.MANAGER, "sales", NOON)
        (kept,) = await unit._connection.scalars(text("SELECT name FROM members"))
        assert "Olena" not in kept
        await unit.members.leave(OLENA, NOON)
        assert (await unit.members.of(OLENA)) is None


async def test_each_bot_has_its_own_members(begin: Begin) -> None:
    async with begin() as unit:
        await unit.members.join(OLENA, "Olena", Role.OWNER, "", NOON)
    async with begin(42) as unit:
        assert await unit.members.all() == []


def test_each_role_may_do_what_the_next_one_may() -> None:
    assert [role.runs_things for role in RANKS] == [True, True, False, False]
    assert [role.takes_leads for role in RANKS] == [True, True, True, False]


async def test_an_invite_works_once_and_in_time(begin: Begin) -> None:
    async with begin() as unit:
        number = await unit.invites.add("f1", Role.MANAGER, "sales", OLENA, NOON, NOON + HOUR)
        invite = await unit.invites.by_fingerprint("f1")
        assert invite is not None
        assert (invite.id, invite.role, invite.team, invite.invited_by) == (number, Role.MANAGER, "sales", OLENA)
        assert await unit.invites.by_fingerprint("f2") is None
        assert not await unit.invites.use(number, ANNA, NOON + HOUR)
        assert await unit.invites.use(number, ANNA, NOON + HOUR - timedelta(seconds=1))
        assert not await unit.invites.use(number, BORIS, NOON)
    async with begin(42) as unit:
        assert await unit.invites.by_fingerprint("f1") is None


async def test_of_many_who_open_an_invite_at_once_one_is_let_in(begin: Begin) -> None:
    async with begin() as unit:
        number = await unit.invites.add("f1", Role.MANAGER, "sales", OLENA, NOON, NOON + HOUR)

    async def opens(person: int) -> bool:
        async with begin() as unit:
            return await unit.invites.use(number, person, NOON)

    assert sorted(await asyncio.gather(*(opens(person) for person in range(1, 9)))) == [False] * 7 + [True]


async def test_a_hand_off_keeps_whom_it_is_offered_to_and_who_was_tried(begin: Begin) -> None:
    offer = HandOff(
        Phase.OFFERED,
        NOON,
        due_at=NOON + 5 * MINUTE,
        reach=Reach.ONE,
        offered_to=OLENA,
        tried=(PETRO, 7),
        counted_from=NOON + HOUR,
    )
    async with begin() as unit:
        stored = await unit.hand_offs.add((await a_lead(unit)).id, "sales", offer)
        again = await unit.hand_offs.by_id(stored.id)
        assert again is not None
        assert again.state == offer
        assert [each.id for each in await unit.hand_offs.offered_only_to(OLENA)] == [stored.id]
        assert await unit.hand_offs.loads() == {OLENA: 1}
        taken = take(offer, PETRO, NOON)
        assert isinstance(taken, HandOff)
        await unit.hand_offs.save(stored, taken)
        assert await unit.hand_offs.offered_only_to(OLENA) == []
        assert [each.id for each in await unit.hand_offs.taken_by(PETRO)] == [stored.id]
        assert await unit.hand_offs.loads() == {PETRO: 1}


async def test_of_one_morning_the_oldest_is_offered_first(begin: Begin) -> None:
    morning = NOON + 10 * HOUR
    async with begin() as unit:
        for person, minutes in ((ANNA, 9), (BORIS, 3), (7_100_000_003, 6)):
            lead = await a_lead(unit, person)
            at = NOON + minutes * MINUTE
            await unit.hand_offs.add(
                lead.id, "sales", HandOff(Phase.OFFERED, at, due_at=morning, reach=Reach.WAITING)
            )
        due = await unit.hand_offs.due(morning, 10)
        assert [(each.state.offered_at - NOON) // MINUTE for each in due] == [3, 6, 9]


@pytest.mark.parametrize(
    ("phase", "talking", "due"),
    [
        (Phase.CONTACTED, None, 1),
        (Phase.CONTACTED, NOON, 0),
        (Phase.OFFERED, NOON, 1),  # passed on in the middle of a talk: nobody has it, so somebody must take it
    ],
)
async def test_nothing_is_over_while_its_owner_writes_to_the_lead(
    begin: Begin, phase: Phase, talking: datetime | None, due: int
) -> None:
    async with begin() as unit:
        state = HandOff(phase, NOON, due_at=NOON, talking_since=talking)
        await unit.hand_offs.add((await a_lead(unit)).id, "sales", state)
        assert len(await unit.hand_offs.due(NOON, 10)) == due
        assert (await unit.hand_offs.next_due() is not None) is bool(due)
