"""Sequences: conditions, questions, branches, goals, what stops them, and when they come."""

from __future__ import annotations

from typing import Any

import pytest

from bot.conversation.qualifying import rescore
from bot.stages.moving import move_along
from bot.telegram.callback_data import encode
from bot.telegram.taps import GoOnTapped
from qualification.score import Entry, Origin
from qualification.stages import Stage
from tests.scenarios import kept
from tests.scenarios.over_http import MAX, Guest, House
from tests.scenarios.small import AGREE, PHONE, Step, Trying

YES = "✅ I agree"
NO_MORE = "🔕 No more of these"
LETTERS: Step = {"id": "letters", "consent": "follow_ups", "text": "May we write to you?"}
CITY: Step = {"id": "city", "ask": "Which city?", "city": True}
SCORING: dict[str, Any] = {
    "bands": {"hot": 30, "warm": 5},
    "activity": {"product_link": 4, "other_link": 1, "silence": {"after": 2, "points": -6}},
}
LOOK = {"text": "Look", "link": "https://acme.example/look", "kind": "product_link"}
SOON: Step = {
    "id": "soon",
    "ask": "Has the day moved closer, {first_name}?",
    "choices": [
        {"id": "now", "text": "Yes, this month", "points": 25},
        {"id": "later", "text": "Not yet", "points": 1},
        {"id": "never", "text": "We gave it up", "unfit": True},
    ],
}


def followed(*messages: dict[str, Any], others: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Return the parts of a quiz whose warm leads get these messages."""
    tips = {"messages": [{"after": "1d", **each} for each in messages], **more}
    return {
        "scoring": SCORING,
        "routing": {"warm": {"sequence": "tips"}, "hot": {"say": "A manager is on the way."}},
        "sequences": {"tips": tips, **(others or {})},
    }


async def becomes_a_lead(anna: Guest) -> None:
    anna.sees("May we call you?")
    await anna.taps(YES)
    anna.skims()
    await anna.shares_her_phone()
    anna.skims()
    await anna.taps(YES)
    anna.skims()


async def happened(house: House, event: str) -> list[dict[str, Any]]:
    """Return what the journal says of an event, without people's numbers."""
    async with house.view() as view:
        entries = await view.journal.after(0, 1000)
    return [{k: v for k, v in each.facts.items() if k != "lead"} for each in entries if each.event == event]


async def ended(house: House) -> list[str | None]:
    return [reason for (reason,) in await kept.rows(house, "SELECT end_reason FROM enrolments ORDER BY id")]


STEPS = (AGREE, PHONE, LETTERS)


# What is sent ---------------------------------------------------------------------------------------------


async def test_a_step_whose_condition_is_false_is_left_out_visibly(trying: Trying) -> None:
    tips = followed(
        {"id": "schools", "text": "For schools", "when": {"who": "school"}},
        {"id": "busy", "text": "You like us", "when": {"activity": {"min": 1}}},
        {"id": "look", "after": "0m", "text": "Hi {first_name}, {company}!", "button": LOOK},
        {"id": "liked", "text": "You looked", "when": {"opened": "look", "band": "warm", "stage": "mql"}},
        {"id": "silent", "text": "Still there?", "when": {"silent": {"min": 2}}},
    )
    async with trying(*STEPS, **tips) as (house, anna):
        await becomes_a_lead(anna)
        await house.later(days=1)
        anna.sees_nothing()
        await house.later(days=1)
        anna.sees("Hi Anna, Acme!", buttons=["Look", NO_MORE])
        assert await happened(house, "follow_up_skipped") == [
            {"sequence": "tips", "step": "schools", "reason": "condition"},
            {"sequence": "tips", "step": "busy", "reason": "condition"},
        ]
        await anna.taps("Look")
        anna.is_told("The link is in the chat")
        anna.sees("Here you are")
        await house.later(days=1)
        anna.sees("You looked")
        await house.later(days=1)
        anna.sees_nothing()
        assert len(await happened(house, "follow_up_skipped")) == 3
        assert await ended(house) == ["finished"]


async def test_a_follow_up_carries_a_file_and_several_links_of_which_each_counts(
    trying: Trying, tmp_path: Any
) -> None:
    (tmp_path / "plan.pdf").write_bytes(b"%PDF-1.4")
    links = [LOOK, {"id": "call", "text": "Call", "link": "https://acme.example/call"}]
    tips = followed({"text": "The plan", "document": "plan.pdf", "buttons": links})
    async with trying(*STEPS, **tips) as (house, anna):
        await becomes_a_lead(anna)
        await house.later(days=1)
        line = anna.sees("The plan", buttons=["Look", "Call", NO_MORE])
        assert line.picture == "plan.pdf"
        shown, _ = anna.button("Look")
        for label in ("Call", "Look", "Call"):
            await anna.taps_old(label, shown)
            anna.skims()
        points = await kept.rows(house, "SELECT rule, detail FROM ledger WHERE origin = 'link' ORDER BY id")
        assert points == [("other_link", "tips/message-1/call"), ("product_link", "tips/message-1")]


# When it is sent ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("city", "hours"),
    [
        # It is Monday, noon in Kyiv (10:00 UTC): a day later it is 22:00 in Kamchatka, and 02:00 in Los Angeles.
        ("Kamchatka", 24 + 12),
        ("Los Angeles", 24 + 8),
        ("Kyiv", 24),
        ("Nowhereville", 24),
    ],
)
async def test_a_follow_up_comes_in_the_daytime_of_whoever_gets_it(trying: Trying, city: str, hours: int) -> None:
    tips = followed({"text": "Tip", "hours": "10-19"})
    async with trying(CITY, *STEPS, **tips) as (house, anna):
        anna.sees("Which city?")
        await anna.says(city)
        await becomes_a_lead(_past_thanks(anna))
        await house.later(hours=hours - 1, minutes=59)
        anna.sees_nothing()
        await house.later(minutes=1)
        anna.sees("Tip")


def _past_thanks(anna: Guest) -> Guest:
    while "May we call you?" not in anna.chat.unseen[0].text:
        anna.chat.unseen.popleft()
    return anna


async def test_a_follow_up_keeps_the_hours_of_its_zone_across_a_clock_change(trying: Trying) -> None:
    tips = followed({"text": "Tip", "hours": "10-19"}, {"text": "Next", "after": "12h"})
    async with trying(*STEPS, begun=False, **tips) as (house, anna):
        # Saturday, 28 March 2026, 18:30 in Kyiv: its clocks are put forward in the night after.
        await house.later(days=26, hours=6, minutes=30)
        await anna.starts()
        anna.sees("Who is it for?")
        await anna.taps("A company")
        anna.sees_change("Who is it for?")
        await becomes_a_lead(anna)
        began = house.clock.now()
        assert f"{began:%a %d %B %H:%M}" == "Sat 28 March 16:30"
        await house.later(hours=24)  # it is 19:30 by then, not 18:30: too late for Sunday
        anna.sees_nothing()
        due = began.replace(day=30, hour=7, minute=0)  # 10:00 in summer time
        await house.later(seconds=(due - house.clock.now()).total_seconds() - 1)
        anna.sees_nothing()
        await house.later(seconds=1)
        anna.sees("Tip")
        await house.later(hours=12)
        anna.sees("Next")


async def test_a_follow_up_waits_for_a_working_day_that_is_no_holiday(trying: Trying) -> None:
    async with trying(*STEPS, **followed({"text": "Tip"}, weekdays=["tue", "thu"], holidays=["03-03"])) as (
        house,
        anna,
    ):
        await becomes_a_lead(anna)  # on Monday, the second of March, at noon
        await house.later(days=2, hours=11, minutes=59)
        anna.sees_nothing()
        await house.later(minutes=2)  # Thursday has begun in Kyiv
        anna.sees("Tip")


# Questions ------------------------------------------------------------------------------------------------


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


# Other ways -----------------------------------------------------------------------------------------------

OTHERS = {"school-tips": [{"after": "1d", "text": "Of schools"}], "busy": [{"after": "2h", "text": "Be quick"}]}


async def test_a_condition_leads_into_another_sequence(trying: Trying) -> None:
    tips = followed(
        {"id": "not-me", "after": "0m", "go": "busy", "when": {"who": "school"}},
        {"id": "fork", "after": "0m", "go": "school-tips", "when": {"who": "company", "band": "warm"}},
        {"text": "Never sent"},
        others=OTHERS,
    )
    async with trying(*STEPS, **tips) as (house, anna):
        await becomes_a_lead(anna)
        await house.later(days=1)
        anna.sees("Of schools")
        assert await happened(house, "branched") == [{"sequence": "tips", "step": "fork", "to": "school-tips"}]
        assert await ended(house) == ["branched", "finished"]
        await house.later(days=3)
        anna.sees_nothing()


async def test_an_answer_leads_into_another_sequence_at_once(trying: Trying) -> None:
    now, later, never = SOON["choices"]
    asked = SOON | {"choices": [now, later | {"go": "busy"}, never], "go": "school-tips"}
    async with trying(*STEPS, **followed({"question": asked}, {"text": "Tip"}, others=OTHERS)) as (house, anna):
        await becomes_a_lead(anna)
        await house.later(days=1)
        anna.sees("Has the day moved closer")
        await anna.taps("Not yet")
        anna.sees_change("✓ Not yet")
        anna.sees("Thank you")
        await house.later(hours=2)
        anna.sees("Be quick")
        await house.later(days=3)
        anna.sees_nothing()
        assert await ended(house) == ["branched", "finished"]


async def test_a_goal_ends_a_sequence_at_once(trying: Trying) -> None:
    goals = [{"id": "looked", "when": {"opened": "product_link"}}]
    tips = followed({"text": "Tip", "button": LOOK}, {"text": "Tip 2"}, goals=goals)
    async with trying(*STEPS, **tips) as (house, anna):
        await becomes_a_lead(anna)
        await house.later(days=1)
        anna.sees("Tip")
        await anna.taps("Look")
        anna.skims()
        assert await happened(house, "goal_reached") == [{"sequence": "tips", "goal": "looked"}]
        assert await ended(house) == ["goal"]
        await anna.taps_data(encode(GoOnTapped(1)))  # nobody was asked whether to go on
        anna.skims()
        await house.later(days=2)
        anna.sees_nothing()
        assert await ended(house) == ["goal"]


# What stops them ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stop_on", "reason"), [("reply", "replied"), ("tap", "tapped"), ("stage", "stage"), ("taken", "handed_off")]
)
async def test_a_sequence_stops_on_what_the_admin_said(trying: Trying, stop_on: str, reason: str) -> None:
    tips = followed({"text": "Tip", "button": LOOK}, {"text": "Tip 2"}, stop_on=[stop_on])
    async with trying(*STEPS, managers=True, **tips) as (house, anna):
        await becomes_a_lead(anna)
        await house.later(days=1)
        anna.sees("Tip")
        await _does(house, anna, stop_on)
        await house.later(days=1)
        assert await ended(house) == [reason]
        anna.sees_nothing()


@pytest.mark.parametrize("done", ["reply", "tap", "stage", "taken"])
async def test_a_sequence_goes_on_whatever_happens_where_nothing_stops_it(trying: Trying, done: str) -> None:
    tips = followed({"text": "Tip", "button": LOOK}, {"text": "Tip 2"}, stop_on=[])
    async with trying(*STEPS, managers=True, **tips) as (house, anna):
        await becomes_a_lead(anna)
        await house.later(days=1)
        anna.sees("Tip")
        await _does(house, anna, done)
        await house.later(days=1)
        anna.sees("Tip 2")
        assert await ended(house) == ["finished"]


async def _does(house: House, anna: Guest, what: str) -> None:
    """Let Anna reply or tap; or let her lead move on, or be handed off."""
    match what:
        case "reply":
            await anna.says("Interesting!")
        case "tap":
            await anna.taps("Look")
        case _:
            await house.later(minutes=1)
            async with house.work() as work:
                lead = await work.unit.leads.by_id(1)
                person = await work.unit.prospects.by_id(lead.prospect_id)
                if what == "stage":
                    await move_along(work, lead, Stage.SQL, "bot", "in a test")
                else:
                    gift = Entry(Origin.LINK, "product_link", 90, work.now)
                    await work.unit.ledger.enter(lead, 1, [gift], None, "gift")
                    await rescore(work, person, lead, reacted=True)
            await house.later(seconds=1)
            if what == "taken":
                await house.guests[MAX].taps("✋ Take")
    for guest in house.guests.values():
        guest.skims()


# Silence --------------------------------------------------------------------------------------------------

WEARY: dict[str, Any] = {
    "silence": {"slow_down": {"after": 1, "times": 2}, "ask_to_stop": {"after": 2}},
}
ASK = ["🔕 Yes, please stop", "No, go on"]


async def test_silence_slows_down_then_asks_and_without_an_answer_nothing_comes(trying: Trying) -> None:
    tips = followed({"text": "Tip"}, {"text": "Tip 2"}, {"text": "Tip 3"}, {"text": "Tip 4"}, **WEARY)
    async with trying(*STEPS, **tips) as (house, anna):
        await becomes_a_lead(anna)
        await house.later(days=1)
        anna.sees("Tip")
        await house.later(days=1)
        anna.sees_nothing()
        await house.later(days=1)
        anna.sees("Tip 2")
        assert (await kept.points(house))["silence"] == -6
        await house.later(days=2)
        anna.sees("quiet here for a while. Shall we stop writing", buttons=ASK)
        assert await happened(house, "asked_to_stop") == [{"sequence": "tips", "silent": 2}]
        await house.later(days=60)
        anna.sees_nothing()
        assert await ended(house) == ["silent"]


async def test_who_says_that_we_may_go_on_gets_the_rest_and_who_says_stop_is_unsubscribed(trying: Trying) -> None:
    tips = followed(*({"text": f"Tip {n}"} for n in range(1, 7)), **WEARY)
    async with trying(*STEPS, **tips) as (house, anna):
        await becomes_a_lead(anna)
        for days, words in ((1, "Tip 1"), (2, "Tip 2"), (2, "Shall we stop")):
            await house.later(days=days)
            anna.sees(words)
        await anna.taps("No, go on")
        anna.is_told("we’ll go on")
        anna.sees_change("we’ll go on", buttons=[])
        for days, words in ((1, "Tip 3"), (2, "Tip 4"), (2, "Shall we stop")):
            await house.later(days=days)
            anna.sees(words)
        asked, _ = anna.button("No, go on")
        await anna.taps("🔕 Yes, please stop")
        anna.sees("You will get no more")
        await anna.taps_old("No, go on", asked)  # too late
        anna.skims()
        await house.later(days=60)
        anna.sees_nothing()
        assert await ended(house) == ["silent", "silent"]
