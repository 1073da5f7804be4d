"""Small quizzes whose warm leads get follow-ups, and what became of these."""

from __future__ import annotations

from typing import Any

from tests.scenarios import kept
from tests.scenarios.over_http import Guest, House
from tests.scenarios.small import AGREE, PHONE, Step

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
