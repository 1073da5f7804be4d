"""Several bots in one process, on one database: none sees, disturbs or stops another."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from structlog.testing import capture_logs

from bot.conversation.reception import receive
from bot.demo.emulator import TooManyRequests
from bot.ensemble import LOOK_EVERY
from bot.telegram.broadcast_taps import BroadcastAction
from bot.telegram.port import TokenRefusedError
from bot.telegram.taps import (
    AdminAction,
    CardAction,
    InsightAction,
    LibraryAction,
    LinkAction,
    MergeAction,
    TeamAction,
)
from bot.telegram.updates import Incoming, Person, TapReceived
from qualification.costs import Cost
from storage.columns import Base
from storage.tables import OutboxRow
from tests.scenarios.over_http import ADA, ANNA, BORIS, MAX, PHONES, VERA, Guest
from tests.scenarios.quick import QUICK, quick_quiz
from tests.scenarios.stories import HOT_LEAD, WARM_LEAD
from tests.scenarios.together import Room, Together, together

ROOFS, DANCES = 71, 72
CLARA = 7_000_000_003


Rows = dict[str, list[tuple[Any, ...]]]


async def _rows_of(room: Room) -> Rows:
    """Return every row of a bot, but for what it remembers of its own well-being."""
    async with room.together.database.look() as connection:
        return await _rows(connection, room.number)


async def _rows(connection: AsyncConnection, bot_id: int) -> Rows:
    found: Rows = {}
    for table in Base.metadata.sorted_tables:
        if "bot_id" in table.c and table.name != "states":
            theirs = select(table).where(table.c.bot_id == bot_id).order_by(*table.primary_key)
            found[table.name] = [tuple(row) for row in await connection.execute(theirs)]
    return found


@pytest.fixture
async def company(migrated: Path, tmp_path: Path) -> AsyncIterator[Together]:
    """Two bots of one owner: roofs, which the settings name, and dances, which the database keeps."""
    shutil.copy(migrated, tmp_path / "hotlead.db")
    quiz = str(quick_quiz())
    async with together(tmp_path, roofs_bot=ROOFS, dances_bot=DANCES) as company:
        roofs, dances = company.rooms[ROOFS], company.rooms[DANCES]
        await company.adds(dances, quiz, managers=(VERA,), admins=(ADA,))
        settings: dict[str, Any] = {"quiz": (quiz,), "managers": (MAX,), "admins": (ADA,)}
        await company.starts(bot_token=roofs.token, **settings)
        await company.all_play()
        yield company
        for chat in company.chats:
            chat.must_be_seen()


@pytest.fixture
def roofs(company: Together) -> Room:
    return company.rooms[ROOFS]


@pytest.fixture
def dances(company: Together) -> Room:
    return company.rooms[DANCES]


async def _employs(room: Room, number: int, name: str) -> Guest:
    guest = room.guest(number, name)
    await guest.starts()
    guest.skims()
    return guest


async def _walks(room: Room, number: int = ANNA, name: str = "Anna", story: Any = HOT_LEAD) -> Guest:
    guest = room.guests.get(number) or room.guest(number, name)
    await guest.goes_through(story)
    return guest


# each on its own ----------------------------------------------------------------------------------------------


async def test_somebody_who_talks_to_two_bots_is_two_prospects_and_each_team_sees_its_own(
    roofs: Room, dances: Room
) -> None:
    max_, vera = await _employs(roofs, MAX, "Max"), await _employs(dances, VERA, "Vera")
    await _walks(roofs)
    max_.sees("Hot lead")
    vera.sees_nothing()
    anna = dances.guest(ANNA, "Anna")
    await anna.starts()
    anna.sees("Hi Anna!")  # as if they had never met
    anna.sees("Who is the furniture for?")
    for room, leads, sessions, consents in ((roofs, 1, 1, 2), (dances, 0, 1, 0)):
        async with room.view() as view:
            person = await view.prospects.by_telegram_id(ANNA)
            assert person is not None
            assert len(await view.leads.all_of(person.id)) == leads
            assert len(await view.sessions.of(person.id)) == sessions
            assert len(await view.consents.history(person.id)) == consents


async def test_the_same_verified_phone_in_two_bots_is_no_duplicate(roofs: Room, dances: Room) -> None:
    max_, vera = await _employs(roofs, MAX, "Max"), await _employs(dances, VERA, "Vera")
    await _walks(roofs)
    await _walks(dances)
    max_.sees("Hot lead")
    vera.sees("Hot lead")
    max_.sees_nothing()
    vera.sees_nothing()
    assert (await _rows_of(roofs))["merges"] == (await _rows_of(dances))["merges"] == []


async def test_whatever_happens_in_one_bot_changes_no_row_of_the_other(
    company: Together, roofs: Room, dances: Room
) -> None:
    ada = await _employs(dances, ADA, "Ada")
    await _walks(dances, story=WARM_LEAD)
    before = await _rows_of(dances)
    boss, max_ = await _employs(roofs, ADA, "Ada"), await _employs(roofs, MAX, "Max")
    anna = await _walks(roofs, story=WARM_LEAD)
    boris = await _walks(roofs, BORIS, "Boris")
    await max_.taps("✋ Take")
    await anna.says("/stop")
    await anna.says("/start")
    await boss.says("/stats")
    for guest in (max_, anna, boris):
        guest.skims()
    assert "Began the quiz: 2" in boss.skims()[-1].text
    assert await _rows_of(dances) == before
    await ada.says("/stats")
    ada.sees("Began the quiz: 1", "Left a contact: 1")
    for room, link in ((roofs, "mouth"), (dances, "flyer")):
        async with room.work() as work:
            await work.unit.links.create(link, work.now, work.chance)
    await ada.says("/links")
    ada.sees("flyer")
    assert "mouth" not in str(ada.chat.lines[-1])


async def test_a_broadcast_reaches_the_people_of_its_own_bot_only(roofs: Room, dances: Room) -> None:
    boss = await _employs(roofs, ADA, "Ada")
    here, there = await _walks(roofs, story=WARM_LEAD), await _walks(dances, story=WARM_LEAD)
    boris = await _walks(dances, BORIS, "Boris", WARM_LEAD)
    await boss.says("/broadcast")
    await boss.says("Spring is here!")
    boss.skims()
    await boss.taps("🚀 Send now")
    boss.sees_change("Send it to 1 person now?")
    await boss.taps("✅ Yes, send it")
    here.sees("Spring is here!")
    there.sees_nothing()
    boris.sees_nothing()
    boss.skims()


async def test_who_is_erased_in_one_bot_stays_in_the_other_and_a_copy_holds_one_bot_only(
    roofs: Room, dances: Room
) -> None:
    here, there = await _walks(roofs), await _walks(dances)
    before = await _rows_of(dances)
    await here.says("/privacy")
    await here.taps("🗑 Delete everything")
    await here.taps("Yes, delete everything")
    here.skims()
    assert await _rows_of(dances) == before
    assert (await _rows_of(roofs))["prospects"] == []
    await there.says("/privacy")
    there.sees("Answers you gave: 5")
    await here.says("/privacy")
    here.sees("We do not have your agreement")


async def test_a_stop_in_one_bot_leaves_the_follow_ups_of_the_other(
    company: Together, roofs: Room, dances: Room
) -> None:
    here, there = await _walks(roofs, story=WARM_LEAD), await _walks(dances, story=WARM_LEAD)
    await here.says("/stop")
    here.skims()
    await company.later(hours=1)
    there.sees("ready-made work places")
    here.sees_nothing()


def _forged(numbers: range) -> Iterator[str]:
    """Callback data of every kind, about every row that the other bot may have."""
    for number in (f"{each:x}" for each in numbers):
        yield from (f"{kind}:{number}" for kind in ("w", "m", "o", "u", "e", "bs"))
        yield from (
            f"q:{number}:role:company",
            f"b:{number}:role",
            f"c:{number}:{number}:on",
        )
        for kind, actions in (("h", CardAction), ("k", LinkAction), ("g", TeamAction), ("i", InsightAction)):
            yield from (f"{kind}:{action}:{number}:" for action in actions if kind != "h")
            yield from (f"h:{number}:{action}:{choice}" for action, choice in product(actions, ("", "price")))
        yield from (f"d:{number}:{action}" for action in MergeAction)
        yield from (f"y:{action}:{number}" for action in LibraryAction)
        yield from (f"bc:{action}:{number}:" for action in BroadcastAction)
        yield from (f"a:{action}:{QUICK}:{number}:{number}" for action in AdminAction)


async def test_nobody_reaches_a_row_of_another_bot_with_a_forged_button(
    company: Together, roofs: Room, dances: Room
) -> None:
    for room in (roofs, dances):
        await _employs(room, ADA, "Ada")
    boss, max_ = roofs.guests[ADA], await _employs(roofs, MAX, "Max")
    await _walks(roofs, name="Canary", story=WARM_LEAD)
    await _walks(roofs, BORIS, "Canary")
    roofs.guest(CLARA, "Canary", phone=PHONES[BORIS])
    await _walks(roofs, CLARA)
    await max_.taps("✋ Take")
    await boss.says("/broadcast")
    await boss.says("A canary sings")
    await company.later(hours=1)
    async with roofs.work() as work:
        await work.unit.links.create("canary", work.now, work.chance)
        await work.unit.materials.add("canary", "product_link", "https://canary.example", None, ADA, work.now)
        await work.unit.costs.enter(Cost("canary", Decimal(5), "EUR", work.now, work.now), ADA, work.now)
    before = await _rows_of(roofs)
    reached = ("hand_offs", "enrolments", "broadcasts", "tracked_links", "links", "materials", "costs", "merges")
    assert {table for table in reached if not before[table]} == set()
    tapper, tried = Person(ADA, "Ada", None, "en"), sorted(set(_forged(range(8))))
    with suppress(_EnoughError):
        async with dances.work() as work:
            connection = work.unit._connection
            for number, data in enumerate(tried):
                async with work.unit.attempt():
                    tap = TapReceived(str(number), data, 1)
                    await receive(replace(work, whose=ADA), Incoming(number, tapper, tap, 1))
            requests = select(OutboxRow.request).where(OutboxRow.bot_id == DANCES)
            said = [text.lower() for text in await connection.scalars(requests)]
            assert await _rows(connection, ROOFS) == before
            raise _EnoughError
    assert len(said) > len(tried)
    assert not [text for text in said if "canary" in text]
    for room in (roofs, dances):
        for guest in room.guests.values():
            guest.skims()


class _EnoughError(Exception):
    """All that was done is to be taken back."""


# one must not end another -------------------------------------------------------------------------------


async def test_a_token_that_is_taken_back_stops_its_own_bot_only_and_a_new_one_brings_it_back(
    company: Together, roofs: Room, dances: Room
) -> None:
    dances.emulator._desk._token = "72:another-one"
    anna = dances.guest(ANNA, "Anna")
    with capture_logs() as logged:
        anna.person.starts()
        await company.until(lambda: DANCES in company.ensemble.stopped)
        await company.later(seconds=30)
    told = [line for line in logged if line["event"] == "bot_stopped"]
    assert [line["reason"] for line in told] == [company.ensemble.stopped[DANCES]]
    assert "Telegram refuses its token" in company.ensemble.stopped[DANCES]
    assert not dances.plays
    await (await _employs(roofs, ANNA, "Anna")).says("/help")
    assert roofs.guests[ANNA].skims()
    async with dances.view() as view:
        assert "refuses its token" in (await view.states.read("stopped") or "")
    dances.token = "72:another-one"
    await company.adds(dances, str(quick_quiz()), managers=(VERA,))
    company.clock.move(LOOK_EVERY)
    await company.all_play(dances)
    anna.sees("Hi Anna!")
    anna.sees("Who is the furniture for?")
    assert company.ensemble.stopped == {}
    async with dances.view() as view:
        assert await view.states.read("stopped") is None


async def test_a_bot_that_crashes_is_started_again_and_the_other_never_notices(
    company: Together, roofs: Room, dances: Room
) -> None:
    crashed, other = dances.app, roofs.app
    crashed.worker._read = None  # type: ignore[assignment]  # what nobody foresaw
    crashed.intake._messenger = None  # type: ignore[assignment]
    with capture_logs() as logged:
        dances.guest(ANNA, "Anna").person.starts()
        await company.until(lambda: DANCES in company.ensemble.stopped)
    (told,) = [line for line in logged if line["event"] == "bot_stopped"]
    assert told["reason"].startswith("AttributeError at ")
    await company.comes_back(dances)
    assert roofs.app is other
    assert dances.app is not crashed
    dances.guests[ANNA].skims()


async def test_the_only_bot_of_the_settings_ends_the_process_when_its_token_is_refused(
    migrated: Path, tmp_path: Path
) -> None:
    shutil.copy(migrated, tmp_path / "hotlead.db")
    async with together(tmp_path, roofs_bot=ROOFS) as company:
        company.rooms[ROOFS].emulator._desk._token = "71:another-one"
        await company.starts(bot_token=company.rooms[ROOFS].token, quiz=(str(quick_quiz()),))
        with pytest.raises(TokenRefusedError):
            await company.until(lambda: False)


async def test_telegram_asks_one_bot_for_silence_and_the_other_goes_on(
    company: Together, roofs: Room, dances: Room
) -> None:
    here, there = roofs.guest(ANNA, "Anna"), dances.guest(ANNA, "Anna")
    for person in (ANNA, BORIS):
        roofs.emulator.fail(TooManyRequests(60), method="sendMessage", chat=person)
    await here.starts()
    here.sees_nothing()
    await there.starts()
    there.sees("Hi Anna!")
    there.skims()
    await company.later(minutes=1)
    here.sees("Hi Anna!")
    here.skims()
    roofs.emulator.recover()


# added, paused and resumed while the others run -----------------------------------------------------------


async def test_a_bot_that_is_added_runs_within_seconds_and_the_others_go_on(
    company: Together, roofs: Room
) -> None:
    other = roofs.app
    async with company.telegram(73, "schools_bot") as schools:
        await company.adds(schools, str(quick_quiz()))
        company.clock.move(LOOK_EVERY)
        await company.all_play()
        anna = schools.guest(ANNA, "Anna")
        await anna.starts()
        anna.sees("Hi Anna!")
        anna.skims()
        assert roofs.app is other
        await company.pauses(schools)


async def test_a_paused_bot_neither_hears_nor_speaks_and_loses_nothing(
    company: Together, roofs: Room, dances: Room
) -> None:
    anna = await _walks(dances, story=WARM_LEAD)
    await company.pauses(dances)
    assert roofs.plays
    anna.person.says("/help")
    company.clock.move(LOOK_EVERY * 20)
    await company.until(lambda: company.ensemble.playing.keys() == {ROOFS})
    assert len(dances.emulator._world.updates.pending) == 1
    anna.sees_nothing()
    await company.pauses(dances, resume=True)
    anna.sees("/")
    await company.later(hours=1)
    anna.sees("ready-made work places")


async def test_what_a_bot_is_to_be_may_change_while_it_runs(company: Together, roofs: Room, dances: Room) -> None:
    before, other = dances.app, roofs.app
    await company.adds(dances, str(quick_quiz()), managers=(MAX,), language="uk")
    company.clock.move(LOOK_EVERY)
    await company.until(lambda: dances.plays and dances.app is not before)
    assert dances.app.workshop.setup.managers == (MAX,)
    assert dances.app.workshop.setup.language == "uk"
    assert roofs.app is other
