"""What a lead does after the quiz counts: quick answers, messages of their own, coming back. Silence does too."""

from __future__ import annotations

from typing import Any

import pytest

from bot.conversation.qualifying import rescore
from bot.follow_ups.noticing import REPLIES_A_DAY
from qualification.activity import replayed
from qualification.score import FIT, Band, fit_entries
from tests.scenarios import kept
from tests.scenarios.over_http import MAX, Guest, House
from tests.scenarios.small import AGREE, PHONE, Step, Trying

LETTERS: Step = {"id": "letters", "consent": "follow_ups", "text": "May we write to you?"}
ACTIVITY = {
    "reply": 5,
    "comeback": {"after": "7d", "points": 15},
    "speed": {"within": "5m", "points": 3},
    "points_a_day": {"reply": 10},
    "product_link": 4,
    "silence": {"after": 2, "points": -8},
}
BANDS = {"bands": {"hot": 20, "warm": 5}, "activity": ACTIVITY}
YES = "✅ I agree"
STEPS = (AGREE, PHONE, LETTERS)
FOLLOWED: dict[str, Any] = {
    "scoring": BANDS,
    "routing": {"warm": {"sequence": "tips"}},
    "sequences": {"tips": [{"after": f"{day}d", "text": f"Tip {day}"} for day in (1, 2, 3)]},
}
LINKED: dict[str, Any] = {
    "scoring": {**BANDS, "activity": {"product_link": 4, "points_a_day": {"product_link": 6}}},
    "routing": {"warm": {"sequence": "tips"}},
    "sequences": {
        "tips": [
            {
                "after": "1h",
                "text": f"Tip {n}",
                "button": {"text": f"Look {n}", "link": "https://a.example", "kind": "product_link"},
            }
            for n in (1, 2)
        ]
    },
}


async def _becomes_a_lead(anna: Guest, *, letters: str = "No, thanks") -> None:
    anna.sees("May we call you?")
    await anna.taps(YES)
    anna.skims()
    await anna.shares_her_phone()
    anna.skims()
    await anna.taps(letters)
    anna.skims()


async def _replay_equals_live(house: House) -> None:
    """The ledger is what the stored answers and deeds give once more, each by the rules of its revision."""
    async with house.view() as view:
        lead = await view.leads.by_id(1)
        stored = await view.sessions.by_id(lead.session_id)
        assert stored is not None
        history = await view.ledger.history(lead)
        quizzes = {
            revision: await house.app.workshop.library.quiz(view, lead.quiz, revision) for revision, _ in history
        }
        answers = await view.sessions.answers(stored.id)
    fit = fit_entries(quizzes[stored.session.revision], answers, house.clock.now())
    live = [entry for _, entry in history]
    key = [(e.origin, e.rule, e.points, e.detail, e.product) for e in live if e.origin in FIT]
    assert key == [(e.origin, e.rule, e.points, e.detail, e.product) for e in fit]
    again = replayed((quizzes[revision], entry) for revision, entry in history)
    assert list(again) == [entry for entry in live if entry.origin not in FIT]


async def test_quick_answers_count_and_a_message_of_ones_own_makes_a_warm_lead_hot(trying: Trying) -> None:
    async with trying(*STEPS, managers=True, scoring=BANDS) as (house, anna):
        max_ = house.guests[MAX]
        await house.later(minutes=4)
        await _becomes_a_lead(anna)
        assert await kept.points(house) == {"who": 10, "speed": 3}
        max_.sees_nothing()

        await anna.says("When could you come by?")
        anna.skims()
        max_.sees_nothing()
        await anna.says("We are open on Friday, too")
        anna.skims()
        max_.sees("Hot lead · 23 points", "2 messages of their own accord +10")
        await _replay_equals_live(house)


async def test_who_takes_an_hour_for_the_quiz_is_not_quick(trying: Trying) -> None:
    async with trying(*STEPS, scoring=BANDS) as (house, anna):
        await house.later(minutes=6)
        await _becomes_a_lead(anna)
        assert await kept.points(house) == {"who": 10}
        deeds = "SELECT origin, detail, points FROM ledger WHERE origin = 'speed'"
        assert await kept.rows(house, deeds) == [("speed", "360", 0)]  # under other rules it may count


async def test_a_day_of_messages_gives_no_more_than_its_cap_and_is_not_written_down_for_ever(
    trying: Trying,
) -> None:
    async with trying(*STEPS, scoring=BANDS) as (house, anna):
        await house.later(minutes=6)
        await _becomes_a_lead(anna)
        for number in range(REPLIES_A_DAY + 2):
            await anna.says(f"Message {number}")
            anna.skims()
        replies = await kept.rows(house, "SELECT sum(points) FROM ledger WHERE rule = 'reply'")
        written = await kept.rows(house, "SELECT count(*) FROM ledger WHERE origin = 'reply'")
        assert (replies, written) == ([(10,)], [(REPLIES_A_DAY,)])
        for guest in house.guests.values():
            guest.skims()
        await _replay_equals_live(house)


async def test_who_comes_back_after_a_silence_counts_more_than_who_was_never_gone(trying: Trying) -> None:
    async with trying(*STEPS, managers=True, scoring=BANDS) as (house, anna):
        await house.later(minutes=6)
        await _becomes_a_lead(anna)
        await house.later(days=6)
        await anna.says("Are you still there?")
        anna.skims()
        assert "comeback" not in await kept.points(house)
        await house.later(days=8)
        await anna.says("Now we have decided")
        anna.skims()
        house.guests[MAX].sees("Hot lead · 35 points", "came back after 8 days +15")
        await _replay_equals_live(house)


@pytest.mark.parametrize("words", ["/stop", "/privacy"])
async def test_who_comes_to_leave_has_not_come_back(trying: Trying, words: str) -> None:
    async with trying(*STEPS, managers=True, scoring=BANDS) as (house, anna):
        await _becomes_a_lead(anna)
        await house.later(days=30)
        await anna.says(words)
        anna.skims()
        house.guests[MAX].sees_nothing()
        assert "comeback" not in await kept.points(house)


async def test_an_answer_in_the_middle_is_no_message_of_ones_own(trying: Trying) -> None:
    async with trying(*STEPS, scoring=BANDS) as (house, anna):
        anna.sees("May we call you?")
        await anna.taps(YES)
        anna.skims()
        await anna.shares_her_phone()
        anna.skims()
        await anna.says("What is this for?")
        anna.skims()
        assert "reply" not in await kept.points(house)


async def test_a_message_ends_the_silence(trying: Trying) -> None:
    async with trying(*STEPS, **FOLLOWED) as (house, anna):
        await house.later(minutes=6)
        await _becomes_a_lead(anna, letters=YES)
        await house.later(days=1)
        anna.sees("Tip 1")
        await anna.says("Thank you, interesting")
        anna.skims()
        await house.later(days=2)
        anna.sees("Tip 2")
        assert "silence" not in await kept.points(house)  # one message without a reaction, not two
        await house.later(days=3)
        anna.sees("Tip 3")
        assert (await kept.points(house))["silence"] == -8
        await _replay_equals_live(house)


async def test_a_second_tap_on_a_link_gives_nothing_and_takes_nothing_back(trying: Trying) -> None:
    async with trying(*STEPS, **LINKED) as (house, anna):
        await _becomes_a_lead(anna, letters=YES)
        for number in (1, 2):
            await house.later(hours=1)
            anna.sees(f"Tip {number}")
        for number in (1, 2, 1, 2):
            first, _ = anna.button(f"Look {number}")
            await anna.taps_old(f"Look {number}", first)
            anna.skims()
        given = await kept.rows(house, "SELECT origin, points FROM ledger WHERE rule = 'product_link' ORDER BY id")
        assert given == [("link", 4), ("link", 4), ("day_cap", -2)]
        await _replay_equals_live(house)


async def test_fading_points_move_a_lead_once_at_a_moment(trying: Trying) -> None:
    fading = {**BANDS, "activity": {"reply": 12, "half_life": "7d"}}
    async with trying(*STEPS, managers=True, scoring=fading) as (house, anna):
        await _becomes_a_lead(anna)
        await anna.says("Please call me")
        anna.skims()
        house.guests[MAX].sees("Hot lead · 22 points")
        await house.later(minutes=1)
        await house.guests[MAX].taps("✋ Take")
        await house.later(days=14)
        before = (await kept.events(house)).count("scored")
        bands = []
        for _ in range(3):
            async with house.app.workshop.work() as work:
                lead = await work.unit.leads.by_id(1)
                prospect = await work.unit.prospects.by_id(lead.prospect_id)
                await rescore(work, prospect, lead, reacted=True)
                bands.append((await work.unit.leads.by_id(1)).band)
        assert bands == [Band.WARM] * 3  # 10 + 12 / 4
        assert (await kept.events(house)).count("scored") == before + 1
        for guest in house.guests.values():
            guest.skims()
