"""Questions in a sequence: what an answer changes, and what becomes of one that nobody answers."""

from __future__ import annotations

from tests.scenarios import kept
from tests.scenarios.following import (
    NO_MORE,
    SOON,
    STEPS,
    becomes_a_lead,
    ended,
    followed,
    happened,
)
from tests.scenarios.over_http import MAX
from tests.scenarios.small import Trying


async def test_a_question_in_a_sequence_is_asked_again_and_its_answer_makes_the_lead_hot(trying: Trying) -> None:
    thanks = "Wonderful, {first_name}!"
    tips = followed({"id": "ask", "question": SOON, "thanks": thanks}, {"text": "Tip"})
    async with trying(*STEPS, managers=True, **tips) as (house, anna):
        max_ = house.guests[MAX]
        await becomes_a_lead(anna)
        await house.later(days=1)
        anna.sees(
            "Has the day moved closer, Anna?", buttons=["Yes, this month", "Not yet", "We gave it up", NO_MORE]
        )
        await anna.says("Perhaps")
        anna.sees("Please tap one of the buttons", "Has the day moved closer")
        max_.sees_nothing()
        await anna.taps("Yes, this month")
        anna.sees_change("Has the day moved closer, Anna?", "✓ Yes, this month", buttons=[])
        anna.sees("Wonderful, Anna!", "A manager is on the way.")
        max_.sees("Hot lead · 35 points", "Yes, this month", buttons=["✋ Take"])
        assert await ended(house) == ["handed_off"]
        assert (await kept.points(house))["soon"] == 25
        await house.later(minutes=4)
        anna.sees_nothing()
        await anna.starts()  # the question is over: a new chat begins
        anna.sees("Who is it for?")


async def test_an_answer_that_changes_nothing_is_kept_and_the_sequence_goes_on(trying: Trying) -> None:
    tips = followed({"question": SOON}, {"text": "You said: {soon}", "when": {"soon": "later"}})
    async with trying(*STEPS, managers=True, **tips) as (house, anna):
        await becomes_a_lead(anna)
        await house.later(days=1)
        anna.sees("Has the day moved closer")
        await anna.says("not yet")
        anna.sees_change("✓ Not yet")
        anna.sees("Thank you! We’ve noted it.")
        await house.later(days=1)
        anna.sees("You said: Not yet")
        house.guests[MAX].sees_nothing()
        assert (await kept.points(house))["soon"] == 1
        assert await ended(house) == ["finished"]


async def test_a_question_that_nobody_answers_is_let_go_and_words_are_words_again(trying: Trying) -> None:
    tips = followed({"question": SOON}, {"text": "Tip"})
    async with trying(*STEPS, **tips) as (house, anna):
        await becomes_a_lead(anna)
        await house.later(days=1)
        anna.sees("Has the day moved closer")
        await house.later(days=1)
        anna.sees_change("Has the day moved closer", "No answer needed any more.", buttons=[])
        anna.sees("Tip", buttons=[NO_MORE])
        await anna.says("not yet")
        anna.sees("I am a bot and can only ask my questions")
        assert "soon" not in await kept.answers_of(house, anna)
        assert await ended(house) == ["finished"]


async def test_the_last_question_of_a_sequence_is_let_go_in_its_time(trying: Trying) -> None:
    async with trying(*STEPS, **followed({"question": SOON})) as (house, anna):
        await becomes_a_lead(anna)
        await house.later(days=1)
        anna.sees("Has the day moved closer")
        await house.later(days=2, hours=23)
        anna.sees_nothing()
        await house.later(hours=1)
        anna.sees_change("Has the day moved closer", "No answer needed any more.")
        assert await ended(house) == ["finished"]


async def test_who_is_ruled_out_by_an_answer_hears_so_and_gets_no_more(trying: Trying) -> None:
    tips = followed({"question": SOON}, {"text": "Tip"})
    tips["routing"]["unfit"] = {"say": "Then we wish you well."}
    async with trying(*STEPS, **tips) as (house, anna):
        await becomes_a_lead(anna)
        await house.later(days=1)
        anna.sees("Has the day moved closer")
        await anna.taps("We gave it up")
        anna.sees_change("✓ We gave it up")
        anna.sees("Then we wish you well.")
        assert await ended(house) == ["unfit"]
        await house.later(days=3)
        anna.sees_nothing()


async def test_nobody_in_the_middle_of_a_quiz_is_asked_something_else(trying: Trying) -> None:
    async with trying(*STEPS, **followed({"id": "ask", "question": SOON}, {"text": "Tip"})) as (house, anna):
        await becomes_a_lead(anna)
        await anna.starts()
        anna.sees("Who is it for?")
        await house.later(days=1)
        anna.skims()  # the nudge
        assert (await happened(house, "follow_up_skipped"))[0]["reason"] == "in a quiz"
        await anna.taps("A school")
        anna.sees_change("✓ A school")
        anna.sees("May we call you?")
