"""People who block the bot: all that waits for them stops, and nothing of it begins again by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.conversation.reception import receive
from bot.telegram.updates import BotBlocked, BotUnblocked, Happening, Incoming, Person, TextReceived
from bot.work import Workshop
from storage.database import Database
from storage.enrolments import EndReason
from storage.messages import Fate, Kind
from tests.bot.conftest import ON_BOTH
from tests.bot.fakes import BOT, fates
from tests.bot.stages.workshop import NOON, QUIZ, a_hot_lead, a_workshop
from tests.storage.samples import ANNA, BORIS, put

pytestmark = ON_BOTH
LATER = NOON + timedelta(days=1)


@pytest.fixture
async def workshop(database: Database) -> Workshop:
    return await a_workshop(database)


async def _does(workshop: Workshop, happening: Happening) -> None:
    async with workshop.work() as work:
        await receive(work, Incoming(1, Person(ANNA, "Anna"), happening))


async def _is_followed_up(workshop: Workshop, whose: int = ANNA) -> int:
    """Let somebody be in the middle of a sequence, with a message that waits; return the enrolment's number."""
    async with workshop.work() as work:
        lead = await a_hot_lead(work, whose)
        place = (lead.id, lead.prospect_id, QUIZ, 1, "warm-up", None)
        await put(work.unit, Kind.FOLLOW_UP, whose)
        return await work.unit.enrolments.enrol(*place, LATER, NOON)


async def test_who_blocks_the_bot_gets_nothing_more_even_after_letting_it_in(workshop: Workshop) -> None:
    number = await _is_followed_up(workshop)
    boris = await _is_followed_up(workshop, BORIS)
    await _does(workshop, BotBlocked())
    async with workshop.view() as view:
        anna = await view.prospects.by_telegram_id(ANNA)
        assert anna is not None
        assert anna.blocked_at == NOON
    await _does(workshop, BotUnblocked())
    async with workshop.view() as view:
        ended, other = [await view.enrolments.by_id(each) for each in (number, boris)]
        assert ended is not None
        assert other is not None
        assert (ended.end_reason, ended.due_at) == (EndReason.BLOCKED, None)
        assert (other.end_reason, other.due_at) == (None, LATER)
    async with workshop.database.unit(BOT) as unit:
        assert [each.id for each in await unit.enrolments.due(LATER, 10)] == [boris]
    assert await fates(workshop.database) == {Fate.DROPPED: 1, Fate.WAITING: 1}


async def test_who_writes_again_is_answered_and_is_in_no_sequence(workshop: Workshop) -> None:
    number = await _is_followed_up(workshop)
    await _does(workshop, BotBlocked())
    await _does(workshop, BotUnblocked())
    await _does(workshop, TextReceived("/stop"))
    async with workshop.view() as view:
        anna = await view.prospects.by_telegram_id(ANNA)
        assert anna is not None
        assert anna.blocked_at is None
        assert await view.enrolments.active_of(anna.id) == []
        ended = await view.enrolments.by_id(number)
        assert ended is not None
        assert ended.end_reason == EndReason.BLOCKED
    assert await fates(workshop.database) == {Fate.DROPPED: 1, Fate.WAITING: 1}


async def test_a_stranger_who_blocks_the_bot_is_not_written_down(workshop: Workshop) -> None:
    await _does(workshop, BotBlocked())
    await _does(workshop, BotUnblocked())
    async with workshop.view() as view:
        assert await view.prospects.by_telegram_id(ANNA) is None
