"""Sequences: what they send, when it comes, and how one leads into another."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios import kept
from tests.scenarios.following import (
    CITY,
    LOOK,
    NO_MORE,
    SOON,
    STEPS,
    becomes_a_lead,
    ended,
    followed,
    happened,
)
from tests.scenarios.over_http import Guest
from tests.scenarios.small import Trying

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
