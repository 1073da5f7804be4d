"""The people of the benchmarks: whoever answers them wrongly is found out."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.people import ASK_NEED, People, WrongScoreError, expected_score

SOMEBODY = 1_000_007
QUESTIONS = [{"text": str(n), "callback_data": str(n)} for n in range(4)]


def a_bot_that_says(last: str) -> People:
    """People in front of a bot that asks all there is, and ends with these words."""
    people = People()
    shown = iter([*("a question",) * 5, ASK_NEED, "Your phone?", last])

    async def feed(_: dict[str, Any]) -> None:
        markup = {"inline_keyboard": [QUESTIONS]}
        people.answer("sendMessage", {"chat_id": SOMEBODY, "text": next(shown), "reply_markup": markup})

    people.feed = feed
    return people


async def test_a_bot_with_the_right_score_is_believed() -> None:
    people = a_bot_that_says(f"Thank you! Your score: {expected_score(SOMEBODY)}")
    await people.walk(SOMEBODY, 1, 1)

    assert people.walked == [SOMEBODY]


async def test_a_bot_that_says_another_score_is_found_out() -> None:
    people = a_bot_that_says(f"Thank you! Your score: {expected_score(SOMEBODY) - 10}")
    with pytest.raises(WrongScoreError, match=str(SOMEBODY)):
        await people.walk(SOMEBODY, 1, 1)


async def test_a_bot_that_stored_another_score_or_none_is_found_out() -> None:
    people = a_bot_that_says("Thank you!")
    await people.walk(SOMEBODY, 1, 1)

    people.compare({SOMEBODY: expected_score(SOMEBODY)})
    with pytest.raises(WrongScoreError):
        people.compare({SOMEBODY: expected_score(SOMEBODY) + 10})
    with pytest.raises(WrongScoreError):
        people.compare({})


def test_people_choose_differently_so_that_mixed_up_people_are_noticed() -> None:
    assert len({expected_score(person) for person in range(1_000_000, 1_000_064)}) > 4
