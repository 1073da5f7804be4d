"""Consents that end by themselves, and people who are kept no longer than their quiz says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.scenarios import kept
from tests.scenarios.conftest import Opening
from tests.scenarios.over_http import ADA, ANNA, BORIS, MAX, Guest, House
from tests.scenarios.quick import quick_quiz
from tests.scenarios.stories import HOT_LEAD, WARM_LEAD

ERASED = "🗑 Erased: the time to keep it is over"


def _quiz(folder: Path, retention: dict[str, str] | None = None, **expires: str) -> Path:
    """The short quiz, with consents that end and people who go."""
    document: dict[str, Any] = yaml.safe_load(quick_quiz().read_text(encoding="utf-8"))
    if retention:
        document["retention"] = retention
    for step in document["steps"]:
        if step["id"] in expires:
            step["expires"] = expires[step["id"]]
    file = folder / "ending.yaml"
    file.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return file


async def _opened(opening: Opening, quiz: Path) -> AsyncIterator[House]:
    async with opening(quiz=(str(quiz),), managers=(MAX,), admins=(ADA,)) as house:
        house.guest(MAX, "Max").person.starts()
        await house.quiet()
        house.guests[MAX].skims()
        yield house


@pytest.fixture
async def ending(opening: Opening, tmp_path: Path) -> AsyncIterator[House]:
    """A house where agreeing to be contacted lasts ten days, and to messages half an hour."""
    async for house in _opened(opening, _quiz(tmp_path, agree="10d", letters="30m")):
        yield house


@pytest.fixture
async def forgetful(opening: Opening, tmp_path: Path) -> AsyncIterator[House]:
    """A house that keeps leads for thirty days and everybody else for three."""
    async for house in _opened(opening, _quiz(tmp_path, {"leads": "30d", "others": "3d"})):
        yield house


async def _consents(house: House) -> list[tuple[Any, ...]]:
    return await kept.rows(house, "SELECT purpose, event, method, actor FROM consents ORDER BY id")


# Consents ------------------------------------------------------------------------------------------------


async def test_a_consent_that_is_over_ends_follow_ups_without_a_word(ending: House) -> None:
    anna = ending.guest(ANNA, "Anna")
    await anna.goes_through(WARM_LEAD)
    await ending.later(minutes=29, seconds=59)
    assert len(await _consents(ending)) == 2
    await ending.later(seconds=1)
    assert (await _consents(ending))[2:] == [("follow_ups", "expired", "clock", "clock")]
    assert await kept.rows(ending, "SELECT end_reason FROM enrolments") == [("unsubscribed",)]
    for days in (1, 1, 1):
        await ending.later(days=days)
    anna.sees_nothing()


async def test_a_consent_that_was_over_while_the_bot_was_down_sends_nothing_first(ending: House) -> None:
    anna = ending.guest(ANNA, "Anna")
    await anna.goes_through(WARM_LEAD)
    await ending.closes()
    await ending.restarts_after(hours=2)  # the consent ended before the first follow-up was due
    anna.sees_nothing()
    assert (await _consents(ending))[-1][1] == "expired"


async def test_the_end_of_the_contact_consent_withdraws_the_lead(ending: House) -> None:
    anna, manager = ending.guest(ANNA, "Anna"), ending.guests[MAX]
    await anna.goes_through(HOT_LEAD)
    manager.sees("Hot lead")
    await manager.taps("✋ Take")
    manager.skims()
    anna.skims()
    await ending.later(days=10)
    manager.sees_change("Took the consent back", buttons=[])
    anna.sees_nothing()
    assert (await kept.stages(ending))[-1] == "lost"
    assert ("contact", "expired", "clock", "clock") in await _consents(ending)


async def test_privacy_says_until_when_a_consent_lasts(ending: House) -> None:
    anna = ending.guest(ANNA, "Anna")
    await anna.goes_through(WARM_LEAD)
    await anna.says("/privacy")
    anna.sees("being contacted by a person, since March 2, 2026; ends by itself on March 12, 2026")


async def test_what_was_taken_back_does_not_expire_as_well(ending: House) -> None:
    anna = ending.guest(ANNA, "Anna")
    await anna.goes_through(WARM_LEAD)
    await anna.says("/stop")
    anna.skims()
    await ending.later(hours=1)
    assert [event for purpose, event, _, _ in await _consents(ending) if purpose == "follow_ups"] == [
        "given",
        "withdrawn",
    ]


# People --------------------------------------------------------------------------------------------------


async def _people(house: House) -> list[int]:
    rows = await kept.rows(house, "SELECT telegram_id FROM prospects ORDER BY telegram_id")
    return [number for (number,) in rows]


async def test_who_left_no_contact_is_erased_sooner_and_without_a_word(forgetful: House) -> None:
    anna, boris = forgetful.guest(ANNA, "Anna"), forgetful.guest(BORIS, "Boris")
    await anna.goes_through(HOT_LEAD)
    await boris.goes_through(HOT_LEAD, until="when_needed")
    manager = forgetful.guests[MAX]
    await manager.taps("✋ Take")
    manager.skims()
    anna.skims()
    await forgetful.later(days=2, hours=23)
    assert await _people(forgetful) == [MAX, ANNA, BORIS]
    boris.skims()  # the question that he left open is called back to mind
    await forgetful.later(hours=1)
    assert await _people(forgetful) == [MAX, ANNA]
    await forgetful.later(days=26, hours=23)
    assert await _people(forgetful) == [MAX, ANNA]
    await forgetful.later(hours=1)
    manager.sees_change(ERASED, buttons=[])
    assert await _people(forgetful) == [MAX]  # who works here stays
    assert await kept.rows(forgetful, "SELECT reason FROM erasures") == [("kept_long_enough",)] * 2
    anna.sees_nothing()
    boris.sees_nothing()


async def test_every_sign_of_life_begins_the_time_anew(forgetful: House) -> None:
    boris = forgetful.guest(BORIS, "Boris")
    await boris.starts()
    for _ in range(3):
        await forgetful.later(days=2)
        await boris.says("hm")
    boris.skims()
    assert await _people(forgetful) == [MAX, BORIS]
    await boris.says("/privacy")
    boris.sees("we erase all of it by ourselves on March 11, 2026")
    await forgetful.later(days=3)
    assert await _people(forgetful) == [MAX]


async def test_without_a_retention_nobody_is_erased_by_time(house: House, anna: Guest) -> None:
    await anna.goes_through(WARM_LEAD, until="agree")
    await house.later(days=3000)
    assert ANNA in await _people(house)
    anna.skims()
