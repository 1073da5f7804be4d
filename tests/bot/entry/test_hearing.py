"""«Where did you hear of us»: the answer is the source of who came without one."""

from __future__ import annotations

import pytest

from bot.conversation import walking
from bot.entry.arriving import Arrival, arrive
from bot.entry.hearing import heard
from bot.entry.sources import heard_question, is_known, source_name
from bot.work import Work
from dialogs.answers import Choice, Written
from qualification.loading import load
from storage.records import Prospect, StoredSession
from tests.bot.entry.samples import HEARD, a_prospect

QUIZ = load(HEARD, "heard.yaml")
QUESTION, ROLE = QUIZ.by_id["heard"], QUIZ.by_id["role"]
FRIENDS, SEARCH = Choice(choice="friends"), Choice(choice="search")


async def came(work: Work, payload: str) -> tuple[Prospect, StoredSession]:
    anna = await a_prospect(work)
    await walking.start(work, anna, await arrive(work, anna, payload))
    stored = await work.unit.sessions.latest(anna.id)
    assert stored is not None
    return anna, stored


async def sources(work: Work, stored: StoredSession) -> tuple[str | None, ...]:
    kept, prospect = await work.unit.sessions.by_id(stored.id), await a_prospect(work)
    assert kept is not None
    return kept.source, prospect.first_source, prospect.last_source


@pytest.mark.parametrize("payload", ["", "пошук"])
async def test_the_answer_becomes_the_source_of_who_came_without_one(work: Work, payload: str) -> None:
    anna, stored = await came(work, payload)
    told = await heard(work, anna, stored, QUESTION, FRIENDS)
    assert told.source == "said:friends"
    assert await sources(work, stored) == ("said:friends",) * 3


async def test_a_changed_answer_changes_the_source(work: Work) -> None:
    anna, stored = await came(work, "")
    told = await heard(work, anna, stored, QUESTION, FRIENDS)
    assert (await heard(work, anna, told, QUESTION, SEARCH)).source == "said:search"
    assert await sources(work, stored) == ("said:search",) * 3


async def test_a_link_is_believed_more_than_a_memory(work: Work) -> None:
    anna, stored = await came(work, "ads_oct")
    assert await heard(work, anna, stored, QUESTION, FRIENDS) == stored
    assert await sources(work, stored) == ("ads_oct",) * 3


async def test_the_first_touch_stays_when_a_later_visit_is_asked(work: Work) -> None:
    await came(work, "ads_oct")
    anna = await a_prospect(work)
    await walking.start(work, anna, Arrival())
    stored = await work.unit.sessions.latest(anna.id)
    assert stored is not None
    await heard(work, anna, stored, QUESTION, FRIENDS)
    assert await sources(work, stored) == ("said:friends", "ads_oct", "said:friends")


async def test_answers_to_other_questions_say_nothing_of_the_source(work: Work) -> None:
    anna, stored = await came(work, "")
    assert await heard(work, anna, stored, ROLE, Choice(choice="company")) == stored
    assert await heard(work, anna, stored, QUESTION, Written(text="friends")) == stored
    assert await sources(work, stored) == (None, None, None)


@pytest.mark.parametrize(
    ("source", "known"), [(None, False), ("unknown", False), ("ads", True), ("said:friends", True), ("", True)]
)
def test_only_a_source_that_says_something_spares_the_question(source: str | None, known: bool) -> None:
    assert is_known(source) is known


def test_the_question_is_found() -> None:
    assert heard_question(QUIZ) is QUESTION
    assert heard_question(load(HEARD.replace("    heard_from: true\n", ""), "q.yaml")) is None


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("ads_oct", "ads_oct"),
        ("said:friends", "«Від друзів» (зі слів людини)"),
        ("said:gone", "said:gone"),
        ("unknown", "невідоме посилання"),
        ("referral", "рекомендація"),
    ],
)
def test_a_source_is_shown_in_words(source: str, name: str) -> None:
    assert source_name(QUIZ, source, "uk") == name
