"""What ends a sequence: a goal, what the admin said, or silence."""

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
from tests.scenarios.following import (
    LOOK,
    STEPS,
    becomes_a_lead,
    ended,
    followed,
    happened,
)
from tests.scenarios.over_http import MAX, Guest, House
from tests.scenarios.small import Trying


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
