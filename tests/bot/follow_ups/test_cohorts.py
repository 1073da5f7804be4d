"""Cohorts: a whole segment begins a sequence batch by batch, whatever happens in between."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import StandingClock
from bot.follow_ups.cohorts import AT_ONCE, FEWEST, PATIENCE, CohortError, Enrolling, next_size
from bot.publishing import NoSuchQuizError, load_file, quiz_path
from bot.revisions import publish_file
from bot.timers import BATCH
from qualification.segments import Segment
from storage.cohorts import Obstacle
from storage.database import Database
from storage.records import ConsentEventKind
from storage.states import EVERY_BOT
from tests.bot.bench import a_bench
from tests.bot.fakes import BOT as OURS
from tests.dialogs.broken_quizzes import GOOD
from tests.storage.samples import BOT, DAY, NOON, OTHER_BOT, a_consent, a_prospect
from tests.storage.test_cohorts import FIRST, a_warm_lead

QUIZ = "study-abroad"
NEWS = "  news:\n    - {after: 2d, hours: 10-19, text: {uk: Новини, en: News}}\n"
"""The quiz is at home in Kyiv, where noon in UTC is 14:00 in March."""


async def publish(database: Database, folder: Path, source: str = GOOD + NEWS) -> None:
    file = folder / "quiz.yaml"
    file.write_text(source, encoding="utf-8")
    async with database.unit(BOT) as unit:
        await publish_file(unit, load_file(file), NOON)


async def leads(database: Database, count: int) -> None:
    async with database.unit(BOT) as unit:
        for person in range(FIRST, FIRST + count):
            await a_warm_lead(unit, person, quiz=QUIZ)


async def begun(database: Database, at_once: int = AT_ONCE) -> Enrolling:
    enrolling = await Enrolling.of(database, BOT, StandingClock(NOON), QUIZ, "news", Segment())
    enrolling.at_once = at_once
    return enrolling


async def inside(database: Database) -> int:
    async with database.view(EVERY_BOT) as view:
        return (await view.enrolments.count(NOON))[1]


@pytest.fixture
async def crowd(database: Database, tmp_path: Path) -> Database:
    """Seven people who could begin."""
    await publish(database, tmp_path)
    await leads(database, 7)
    return database


async def test_everybody_begins_and_the_audit_log_says_it_once(crowd: Database) -> None:
    enrolling = await begun(crowd, at_once=2)
    assert await enrolling.counted() == Counter({None: 7})
    steps = []
    async for people in enrolling.run():
        steps.append(people)
        enrolling.at_once = 2
    assert steps == [2, 2, 2, 1]
    assert enrolling.enrolled == await inside(crowd) == 7
    async with crowd.view(BOT) as view:
        told = [(each.action, each.admin, each.subject, each.facts) for each in await view.audit.newest(1)]
        events = Counter(each.event for each in await view.journal.after(0))
        actions = Counter(each.action for each in await view.audit.newest(10))
    assert told == [("enrol", None, QUIZ, {"sequence": "news"})]
    assert (events["enrolled"], actions["enrol"]) == (7, 1)


async def test_the_first_message_comes_in_the_hours_of_each_ones_own_zone(crowd: Database) -> None:
    async with crowd.unit(BOT) as unit:
        tokyo, lima = await a_prospect(unit, FIRST), await a_prospect(unit, FIRST + 1)
        await unit.prospects.lives_in(tokyo.id, "Asia/Tokyo")  # 21:00 there: not before ten in the morning
        await unit.prospects.lives_in(lima.id, "America/Lima")  # 07:00: three hours later
    async for _ in (await begun(crowd)).run():
        pass
    async with crowd.unit(BOT) as unit:
        due = {each.prospect_id: each.due_at for each in await unit.enrolments.due(NOON + 9 * DAY, 10)}
    assert due.pop(tokyo.id) == NOON + 2 * DAY + timedelta(hours=13)
    assert due.pop(lima.id) == NOON + 2 * DAY + timedelta(hours=3)
    assert set(due.values()) == {NOON + 2 * DAY}


async def test_one_that_was_killed_goes_on_with_the_others(crowd: Database, other: Database) -> None:
    killed = (await begun(crowd, at_once=3)).run()
    assert await anext(killed) == 3
    assert await inside(other) == 3  # what was said is on the disk
    again = await begun(other)
    assert await again.counted() == Counter({None: 4, Obstacle.INSIDE: 3})
    assert [people async for people in again.run()] == [4]
    await killed.aclose()
    assert await inside(other) == 7


async def test_a_batch_that_breaks_off_enrols_nobody_of_it(crowd: Database) -> None:
    enrolling = await begun(crowd)

    async def break_off() -> None:
        async with crowd.unit(BOT) as unit:
            found, _ = await unit.cohorts.find(enrolling.cohort, NOON, 0, 10)
            leads = [each.lead_id for each in found]
            assert await unit.cohorts.enrol(enrolling.cohort, 1, leads, {None: NOON}, NOON) == 7
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await break_off()
    assert await inside(crowd) == 0
    async with crowd.view(BOT) as view:
        assert "enrolled" not in {each.event for each in await view.journal.after(0)}


async def test_who_unsubscribes_between_the_count_and_their_batch_is_left_out(crowd: Database) -> None:
    enrolling = await begun(crowd, at_once=3)
    assert (await enrolling.counted())[None] == 7
    running = enrolling.run()
    await anext(running)
    async with crowd.unit(BOT) as unit:
        last = await a_prospect(unit, FIRST + 6)
        await unit.consents.record(a_consent(last, ConsentEventKind.WITHDRAWN))
    async for _ in running:
        pass
    assert enrolling.enrolled == await inside(crowd) == 6
    async with crowd.view(BOT) as view:
        assert await view.enrolments.active_of(last.id) == []


async def test_another_bots_people_stay_where_they_are(crowd: Database) -> None:
    async with crowd.unit(OTHER_BOT) as unit:
        theirs = await a_warm_lead(unit, FIRST, quiz=QUIZ)
    async for _ in (await begun(crowd)).run():
        pass
    assert await inside(crowd) == 7
    async with crowd.view(OTHER_BOT) as view:
        assert await view.enrolments.active_of(theirs.prospect_id) == []
    with pytest.raises(NoSuchQuizError):
        await Enrolling.of(crowd, OTHER_BOT, StandingClock(NOON), QUIZ, "news", Segment())


async def test_whoever_begins_now_begins_the_newest_revision(crowd: Database, tmp_path: Path) -> None:
    await publish(crowd, tmp_path, GOOD + NEWS.replace("2d", "3d"))
    async for _ in (await begun(crowd)).run():
        pass
    async with crowd.unit(BOT) as unit:
        found = await unit.enrolments.due(NOON + 9 * DAY, 1)
    assert [(each.revision, each.due_at) for each in found] == [(2, NOON + 3 * DAY)]


async def test_a_revision_that_comes_in_between_is_begun_by_the_others(crowd: Database, tmp_path: Path) -> None:
    running = (await begun(crowd, at_once=3)).run()
    await anext(running)
    await publish(crowd, tmp_path, GOOD + NEWS.replace("2d", "3d"))
    async for _ in running:
        pass
    async with crowd.unit(BOT) as unit:
        found = await unit.enrolments.due(NOON + 9 * DAY, 10)
    assert [each.revision for each in found] == [1, 1, 1, 2, 2, 2, 2]


async def test_a_sequence_that_is_taken_out_in_between_is_begun_by_nobody_more(
    crowd: Database, tmp_path: Path
) -> None:
    running = (await begun(crowd, at_once=3)).run()
    await anext(running)
    await publish(crowd, tmp_path, GOOD)
    with pytest.raises(CohortError, match="has no sequence `news`"):
        await anext(running)
    assert await inside(crowd) == 3


async def test_a_quiz_of_which_there_is_only_a_draft_cannot_be_begun(database: Database) -> None:
    async with database.unit(BOT) as unit:
        await unit.quizzes.draft(QUIZ, GOOD, {}, 1, NOON)
    with pytest.raises(CohortError, match="has only drafts"):
        await begun(database)


async def test_a_sequence_that_was_taken_out_cannot_be_begun(crowd: Database, tmp_path: Path) -> None:
    await publish(crowd, tmp_path, GOOD)
    with pytest.raises(CohortError, match="has no sequence `news`"):
        await begun(crowd)


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
async def test_who_is_being_talked_to_begins_afterwards_or_is_named(crowd: Database, other: Database) -> None:
    async with other.unit(BOT) as unit:
        await unit.turns.alone_with(FIRST)
        enrolling = await begun(crowd)
        assert [people async for people in enrolling.run()] == [6, 0]
        assert [each.telegram_id for each in enrolling.left] == [FIRST]
        running = (again := await begun(crowd)).run()
        assert await anext(running) == 0
    assert [people async for people in running] == [1]
    assert again.left == []
    assert await inside(crowd) == 7


async def test_what_is_due_for_all_of_them_at_once_is_written_so_many_at_a_time(
    database: Database, tmp_path: Path
) -> None:
    bench = await a_bench(database, folder=tmp_path)
    shipped = quiz_path("office-furniture")
    assert shipped is not None
    async with database.unit(OURS) as unit:
        await publish_file(unit, load_file(shipped), NOON)
        for person in range(FIRST, FIRST + 150):
            await a_warm_lead(unit, person)
    sequence = "office-furniture", "warm-up"
    async for _ in (await Enrolling.of(database, OURS, bench.clock, *sequence, Segment())).run():
        pass
    bench.clock.move(DAY)
    steps = []
    while True:
        async with database.view(OURS) as view:
            waiting = (await view.enrolments.count(bench.clock.now()))[0]
        if not waiting:
            break
        steps.append(waiting)
        await bench.hotlead.timers.do_due()
    assert steps == [150, 150 - BATCH, 150 - 2 * BATCH]


@pytest.mark.parametrize(
    ("size", "took", "then"),
    [
        (1000, PATIENCE * 2, 500),
        (60, PATIENCE * 2, FEWEST),
        (500, PATIENCE / 2, 500),
        (500, timedelta(0), 1000),
        (1000, timedelta(0), AT_ONCE),
    ],
)
def test_a_slow_disk_gets_smaller_batches(size: int, took: timedelta, then: int) -> None:
    assert next_size(size, took) == then
