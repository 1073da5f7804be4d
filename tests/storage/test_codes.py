"""Codes in the database: which one counts, and how many were sent."""

from __future__ import annotations

from storage.records import StoredCode
from tests.storage.conftest import Begin
from tests.storage.samples import ANNA, BORIS, HOUR, MINUTE, NOON, OTHER_BOT, a_session

LATER = NOON + 15 * MINUTE


async def test_a_code_counts_until_it_is_settled(begin: Begin) -> None:
    async with begin() as unit:
        session = await a_session(unit)
        number = await unit.codes.add(session.prospect_id, session.id, "email", "fp", NOON, LATER)
        await unit.codes.sealed(number, "code fp")
        await unit.codes.tried(number)
        assert await unit.codes.open(session.id, "email") == StoredCode(number, "code fp", LATER, 1)
        assert await unit.codes.open(session.id, "other") is None
        await unit.codes.settle(session.id, "email", NOON)
        assert await unit.codes.open(session.id, "email") is None


async def test_a_newer_code_of_the_same_question_takes_the_place_of_the_earlier(begin: Begin) -> None:
    async with begin() as unit:
        session = await a_session(unit)
        other = await unit.codes.add(session.prospect_id, session.id, "second", "fp", NOON, LATER)
        for _ in range(2):
            newest = await unit.codes.add(session.prospect_id, session.id, "email", "fp", NOON, LATER)
        found = [await unit.codes.open(session.id, question) for question in ("email", "second")]
    assert [code.id for code in found if code] == [newest, other]


async def test_codes_are_counted_by_person_and_by_address_whatever_became_of_them(begin: Begin) -> None:
    async with begin() as unit:
        anna, boris = await a_session(unit, ANNA), await a_session(unit, BORIS)
        for minutes, session, address in ((0, anna, "x"), (1, anna, "y"), (2, boris, "x")):
            moment = NOON + minutes * MINUTE
            await unit.codes.add(session.prospect_id, session.id, "email", address, moment, LATER)
        assert await unit.codes.sent_to_prospect(anna.prospect_id, NOON - HOUR) == [NOON, NOON + MINUTE]
        assert await unit.codes.sent_to_prospect(anna.prospect_id, NOON) == [NOON + MINUTE]
        assert await unit.codes.sent_to_address("x", NOON - HOUR) == [NOON, NOON + 2 * MINUTE]
    async with begin(OTHER_BOT) as unit:
        assert await unit.codes.sent_to_address("x", NOON - HOUR) == []


def test_a_code_shows_no_fingerprint_in_a_log() -> None:
    assert "secret" not in repr(StoredCode(1, "secret", LATER, 0))
