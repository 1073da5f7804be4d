"""Prospects, their sessions and answers."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from dialogs.answers import Choice, Contact, Number
from tests.storage.conftest import Begin
from tests.storage.samples import (
    ANNA,
    BORIS,
    BOT,
    DAY,
    HOUR,
    NOON,
    OTHER_BOT,
    QUIZ,
    a_prospect,
    a_session,
    a_walk,
)


async def test_a_person_is_one_row_for_ever(begin: Begin) -> None:
    async with begin() as unit:
        first = await a_prospect(unit)
        again = await unit.prospects.met(ANNA, "Hanna", None, "pl", NOON + DAY)
    assert (again.id, again.first_name, again.username, again.language) == (first.id, "Hanna", None, "pl")


async def test_who_writes_again_has_not_blocked_the_bot(begin: Begin) -> None:
    async with begin() as unit:
        anna = await a_prospect(unit)
        await unit.prospects.blocked(anna.id, NOON + HOUR)
        assert (await unit.prospects.by_id(anna.id)).blocked_at == NOON + HOUR
        assert (await a_prospect(unit)).blocked_at is None


async def test_the_first_source_stays_and_the_last_one_is_replaced(begin: Begin) -> None:
    async with begin() as unit:
        anna = await a_prospect(unit)
        for source in ("ads_oct", "friend", "banner"):
            await unit.prospects.came_from(anna.id, source)
        kept = await unit.prospects.by_id(anna.id)
    assert (kept.first_source, kept.last_source) == ("ads_oct", "banner")


async def test_a_chosen_language_is_stronger_than_telegrams_and_outlives_it(begin: Begin) -> None:
    async with begin() as unit:
        anna = await a_prospect(unit)
        assert anna.speaks == "uk"
        await unit.prospects.choose_language(anna.id, "en")
        assert (await a_prospect(unit)).speaks == "en"


async def test_names_are_known_of_those_who_ever_wrote(begin: Begin) -> None:
    async with begin() as unit:
        await a_prospect(unit, ANNA, "Anna")
        assert await unit.prospects.names([ANNA, BORIS]) == {ANNA: "Anna"}
        assert await unit.prospects.names([]) == {}


# Sessions and answers ------------------------------------------------------------------------------------


async def test_a_session_comes_back_as_the_engine_left_it(begin: Begin) -> None:
    async with begin() as unit:
        stored = await a_session(unit)
        answers = {"role": Choice(choice="company"), "places": Number(number=2.5)}
        moved = stored.session.model_copy(update={"answers": answers, "at": "phone"})
        saved = await unit.sessions.save(stored, moved)
        await unit.sessions.wait_for(stored.id, None, None, asked_in=77)
    async with begin() as unit:
        found = await unit.sessions.by_id(stored.id)
    assert found is not None
    assert (found.session, found.asked_in, found.source) == (moved, 77, "ads_oct")
    assert saved.session == moved


async def test_a_new_session_puts_the_open_one_aside(begin: Begin) -> None:
    async with begin() as unit:
        first = await a_session(unit)
        second = await a_session(unit)
        latest = await unit.sessions.latest(first.prospect_id)
        opened = await unit._connection.execute(text("SELECT id FROM sessions WHERE is_open"))
        assert (latest.id if latest else None, [row[0] for row in opened]) == (second.id, [second.id])


async def test_the_database_itself_allows_one_open_session_a_person(begin: Begin) -> None:
    async with begin() as unit:
        first, _ = await a_session(unit), await a_session(unit)
        with pytest.raises(IntegrityError, match=r"sessions\.bot_id, sessions\.prospect_id|uq_sessions_open"):
            await unit._connection.execute(text(f"UPDATE sessions SET is_open = TRUE WHERE id = {first.id}"))  # noqa: S608


async def test_a_session_that_ended_is_no_longer_open_and_still_the_latest(begin: Begin) -> None:
    async with begin() as unit:
        stored = await a_session(unit)
        await unit.sessions.save(stored, a_walk(at=None, ended_with="bye"))
        opened = await unit._connection.scalar(text("SELECT count(*) FROM sessions WHERE is_open"))
        latest = await unit.sessions.latest(stored.prospect_id)
    assert opened == 0
    assert latest is not None
    assert latest.session.over


async def test_the_latest_session_is_a_persons_own(begin: Begin) -> None:
    async with begin() as unit:
        annas, boris = await a_session(unit), await a_prospect(unit, BORIS)
        await a_session(unit, BORIS)
        latest = await unit.sessions.latest(annas.prospect_id)
        assert latest is not None
        assert (latest.id, latest.prospect_id != boris.id) == (annas.id, True)


async def test_a_later_answer_takes_the_place_of_an_earlier_one(begin: Begin) -> None:
    email = Contact(contact="email", value="a@b.c", verified=False)
    async with begin() as unit:
        stored = await a_session(unit)
        await unit.sessions.save_answer(stored.id, "role", Choice(choice="self"), NOON)
        await unit.sessions.save_answer(stored.id, "email", email, NOON)
        await unit.sessions.save_answer(stored.id, "role", Choice(choice="company"), NOON + HOUR)
        answers = await unit.sessions.answers(stored.id)
    assert answers == {"role": Choice(choice="company"), "email": email}


# Two bots ------------------------------------------------------------------------------------------------


async def test_two_bots_do_not_see_each_others_people(begin: Begin) -> None:
    async with begin(BOT) as unit:
        ours = await a_session(unit)
    async with begin(OTHER_BOT) as unit:
        assert await unit.prospects.by_telegram_id(ANNA) is None
        assert await unit.prospects.names([ANNA]) == {}
        assert await unit.sessions.by_id(ours.id) is None
        theirs = await a_session(unit)
        assert theirs.prospect_id != ours.prospect_id
    async with begin(BOT) as unit:
        assert (await unit.sessions.latest(ours.prospect_id)) == ours
        assert (await unit.sessions.by_id(ours.id)) is not None
        assert ours.session.quiz == QUIZ
