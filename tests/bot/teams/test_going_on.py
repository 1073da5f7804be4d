"""Leads go on: whatever becomes of the one who is asked, somebody else is asked at once, and only once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.bell import Bell
from bot.hand_off.offering import give_back, offer_lead
from bot.hand_off.reassigning import colleagues_of
from bot.insight.alarms import Watch
from bot.teams.managing import release, team_tapped
from bot.teams.presence import lost
from bot.telegram.taps import TeamAction, TeamTapped
from bot.telegram.updates import TapReceived
from bot.timers import POSTPONED, Timers
from bot.watching.pulse import Pulse
from bot.work import Work, Workshop
from dialogs.session import Session
from qualification.handoff import Phase, Reach, take
from storage.database import Database
from storage.members import Role
from storage.records import Lead, StoredHandOff
from storage.tables import OutboxRow
from tests.bot.stages.workshop import ADA, MAX, QUIZ, VERA, a_workshop, an_offered_lead, person, the_quiz

TAP = TapReceived(tap_id="1", data="", message_id=1)
ANNA, BORIS = 10_001, 10_002


@pytest.fixture
async def team(database: Database) -> Workshop:
    """Max and Vera take turns, and it is Max's."""
    workshop = await a_workshop(database, managers=())
    async with workshop.work() as work:
        for number, name in ((MAX, "Max"), (VERA, "Vera")):
            await work.unit.members.join(number, name, Role.MANAGER, "sales", work.now)
    return workshop


async def hand_off_of(work: Work, lead: Lead) -> StoredHandOff:
    (stored,) = await work.unit.hand_offs.all_of([lead.id])
    return stored


async def test_who_is_out_of_reach_is_neither_asked_nor_passed_a_lead(team: Workshop) -> None:
    async with team.work() as work:
        await lost(work, MAX, "blocked")
        stored = await hand_off_of(work, await an_offered_lead(work, ANNA))
        assert stored.state.offered_to == VERA
        colleagues = [number for number, _ in await colleagues_of(work, await person(work, VERA), stored)]
        assert colleagues == [str(ADA)]


@pytest.mark.parametrize(
    ("change", "to"),
    [
        (TeamAction.TEAM, "-"),
        (TeamAction.ROLE, "viewer"),
        (TeamAction.ABSENT, "on"),
        (TeamAction.REMOVE, "yes"),
    ],
)
async def test_what_waits_for_the_answer_of_who_is_not_there_any_more_goes_to_the_next(
    team: Workshop, change: TeamAction, to: str
) -> None:
    async with team.work() as work:
        lead = await an_offered_lead(work, ANNA)
        assert (await hand_off_of(work, lead)).state.offered_to == MAX
        await team_tapped(work, await person(work, ADA), TeamTapped(change, MAX, to), TAP)
        assert (await hand_off_of(work, lead)).state.offered_to == VERA


async def test_who_leaves_leaves_neither_what_they_took_nor_what_they_were_asked(team: Workshop) -> None:
    async with team.work() as work:
        first, second = await an_offered_lead(work, ANNA), await an_offered_lead(work, BORIS)
        for lead in (first, second):
            stored = await hand_off_of(work, lead)
            taken = take(stored.state, stored.state.offered_to or 0, work.now)
            assert not isinstance(taken, str)
            if lead is second:
                await work.unit.hand_offs.save(stored, taken)
        await work.unit.members.leave(MAX, work.now)
        await work.unit.members.leave(VERA, work.now)
        assert await release(work, MAX) + await release(work, VERA) == 2
        for lead in (first, second):
            state = (await hand_off_of(work, lead)).state
            assert (state.phase, state.taken_by, state.offered_to) == (Phase.OFFERED, None, None)
            assert state.due_at is not None


async def test_a_lead_that_is_offered_or_taken_is_not_offered_a_second_time(team: Workshop) -> None:
    async with team.work() as work:
        quiz, lead = await the_quiz(work), await an_offered_lead(work, ANNA)
        await offer_lead(work, lead.id, quiz)
        stored = await hand_off_of(work, lead)
        taken = take(stored.state, MAX, work.now)
        assert not isinstance(taken, str)
        await work.unit.hand_offs.save(stored, taken)
        await offer_lead(work, lead.id, quiz)
        await give_back(work, lead.id, quiz, VERA)
        assert (await hand_off_of(work, lead)).state.taken_by == MAX


async def test_an_admin_who_is_alone_is_the_team_and_gets_no_alarm_about_nobody(database: Database) -> None:
    async with (await a_workshop(database, managers=())).work() as work:
        state = (await hand_off_of(work, await an_offered_lead(work, ANNA))).state
        assert state.reach is Reach.TEAM
        said = await work.unit._connection.scalars(select(OutboxRow.request).where(OutboxRow.chat_id == ADA))
        assert len([each for each in said if "Hot lead" in each]) == 1


async def loses_its_quiz(work: Work, lead: Lead) -> None:
    """Let a lead have walked a revision that there is not."""
    gone = Session(quiz=QUIZ, revision=99, language="en", started_at=work.now, at=None)
    walked = await work.unit.sessions.start(lead.prospect_id, gone, None)
    await work.unit.leads.open(lead.prospect_id, QUIZ, walked.id, work.now)


async def test_a_lead_that_cannot_be_passed_on_keeps_nobody_elses_from_it(team: Workshop) -> None:
    async with team.work() as work:
        broken, _, sound = [await an_offered_lead(work, ANNA + number) for number in range(3)]  # Max, Vera, Max
        before = (await hand_off_of(work, broken)).state
        await loses_its_quiz(work, broken)
        await lost(work, MAX, "blocked")  # its caller has a message's fate to write down
        assert (await hand_off_of(work, broken)).state == before  # the timer comes back to it
        assert (await hand_off_of(work, sound)).state.offered_to == VERA


async def test_a_lead_that_cannot_be_offered_again_waits_and_holds_up_no_other(team: Workshop) -> None:
    async with team.work() as work:
        broken, sound = await an_offered_lead(work, ANNA), await an_offered_lead(work, BORIS)
        await loses_its_quiz(work, broken)
        for lead in (broken, sound):
            await work.unit.hand_offs.postpone((await hand_off_of(work, lead)).id, work.now)
    timers = Timers(team, Bell(), lambda: None, Watch(team, Pulse(team.clock), lambda: None))
    await timers.do_due()
    async with team.work() as work:
        assert (await hand_off_of(work, broken)).state.due_at == work.now + POSTPONED
        state = (await hand_off_of(work, sound)).state
        assert state.due_at is not None
        assert timedelta(0) < state.due_at - work.now < POSTPONED
    due = await timers.next_due()
    assert due is not None
    assert due > team.clock.now()  # nothing is tried again and again
