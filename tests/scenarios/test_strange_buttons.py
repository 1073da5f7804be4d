"""Buttons that are old, somebody else's, or made up: each spinner ends, and nothing else happens."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from storage.tables import AnswerRow
from tests.scenarios import kept
from tests.scenarios.over_http import Guest, House
from tests.scenarios.stories import HOT_LEAD, WARM_LEAD

HUGE = "f" * 20
"""More than 64 bits."""


async def test_the_same_old_button_again_is_noted_already(anna: Guest) -> None:
    await anna.starts()
    data = anna.button_data("For a company")
    await anna.taps("For a company")
    anna.skims()
    await anna.taps_data(data)
    anna.is_told("Already noted")


async def test_another_button_of_an_old_question_changes_nothing(house: House, anna: Guest) -> None:
    await anna.starts()
    data = anna.button_data("For myself")
    await anna.taps("For a company")
    anna.skims()
    await anna.taps_data(data)
    anna.is_told("This one is answered already")
    assert await kept.rows(house, select(AnswerRow.answer)) == [('{"kind":"choice","choice":"company"}',)]


async def test_a_button_of_an_earlier_walk_does_not_answer_the_present_one(house: House, anna: Guest) -> None:
    await anna.starts()
    old, _ = anna.button("For a company")
    await anna.says("/restart")
    anna.skims()
    await anna.taps_old("For a company", old)
    anna.is_told("The open question is further down")
    assert await kept.answers_of(house, anna) == []


async def test_a_button_after_the_end_says_how_to_begin_again(anna: Guest, max_: Guest, vera: Guest) -> None:
    await anna.starts()
    old = anna.button_data("For myself")
    await anna.goes_through(HOT_LEAD)
    await anna.taps_data(old)
    anna.is_told("send /start")
    max_.skims()
    vera.skims()


async def test_a_link_button_from_before_links_had_numbers_says_so(house: House, anna: Guest) -> None:
    await anna.goes_through(WARM_LEAD)
    await anna.taps_data("m:1:sets")
    anna.is_told("too old to open its link")


async def test_nobody_answers_for_another_person(house: House, anna: Guest, boris: Guest) -> None:
    await anna.starts()
    await boris.starts()
    anna.skims()
    boris.skims()
    await boris.taps_data(anna.button_data("For a company"))
    boris.is_told("")
    assert await kept.answers_of(house, anna) == []
    assert await kept.answers_of(house, boris) == []


async def test_nobody_opens_or_ends_the_follow_ups_of_another_person(
    house: House, anna: Guest, boris: Guest
) -> None:
    await anna.goes_through(WARM_LEAD)
    await house.later(hours=1)
    anna.sees("ready-made work places")
    await boris.starts()
    boris.skims()
    await boris.taps_data(anna.button_data("Open the catalogue"))
    boris.is_told("no longer works")
    await boris.taps_data(anna.button_data("🔕 No more of these"))
    boris.sees("You will get no more follow-up messages")
    assert "product_link" not in await kept.points(house)
    await house.later(days=1)
    anna.sees("Three numbers")


MADE_UP = (
    "x",
    "q",
    "q:zz:role:company",
    "q:1:role",
    "q:1:role:nobody",
    "q:1:hello:company",
    "q:1:agree:maybe",
    f"q:{HUGE}:role:company",
    "h:1:take:",
    "h:1:steal:",
    "m:1:sets",
    "l:",
    "l:xx",
    "🙂" * 16,
    "a" * 64,
    "q:1:role:' OR 1=1 --",
)


async def test_made_up_data_does_nothing_and_alarms_nobody(house: House, anna: Guest, ada: Guest) -> None:
    await anna.starts()
    anna.skims()
    for data in MADE_UP:
        await anna.taps_data(data)  # fails when the spinner does not end
        ada.sees_nothing()
        anna.skims()
        session = (await kept.session_of(house, anna)).session
        assert (session.at, session.language, dict(session.answers)) == ("role", "en", {}), data
        assert (await kept.prospect_of(house, anna)).chosen_language is None, data


@pytest.mark.parametrize("data", [f"h:{HUGE}:take:", f"m:{HUGE}:sets", f"u:{HUGE}"])
async def test_a_number_that_no_row_can_have_is_made_up_too(anna: Guest, ada: Guest, data: str) -> None:
    await anna.starts()
    await anna.taps_data(data)
    ada.sees_nothing()
    anna.skims()


async def test_a_managers_button_of_no_lead_no_longer_works(max_: Guest, ada: Guest) -> None:
    for data in ("h:99:take:", "h:0:lost:", "h:-1:back:"):
        await max_.taps_data(data)
        max_.is_told("no longer works")
    ada.sees_nothing()
