"""What becomes of a lead that a manager took."""

from __future__ import annotations

import pytest

from tests.scenarios import kept
from tests.scenarios.over_http import Guest, House
from tests.scenarios.stories import HOT_LEAD, Story

ENDS = ["🏆 Won", "⏳ Not now", "✖️ Lost", "⋯ More"]
REASONS = ["Too expensive", "Chose somebody else", "Does not answer", "No longer needs it", "Wrong contact"]


async def _taken(anna: Guest, story: Story, max_: Guest, *others: Guest) -> None:
    await anna.goes_through(story)
    await max_.taps("✋ Take")
    for guest in (anna, max_, *others):
        guest.skims()


async def test_contacted_then_won(house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest) -> None:
    await _taken(anna, HOT_LEAD, max_, vera, ada)
    await house.later(minutes=2)

    await max_.taps("📞 Contacted")
    max_.is_told("Noted")
    max_.sees_change("Contacted after 2 minutes", buttons=ENDS)
    vera.sees_change("Contacted after 2 minutes")
    ada.sees("Lead #1: Max made contact after 2 minutes")

    await max_.taps("🏆 Won")
    max_.is_told("Noted")
    max_.sees_change("Won", buttons=[])
    vera.sees_change("Won")
    ada.sees("Lead #1: won by Max")
    max_.sees("How much is the deal with lead #1 worth?")
    assert await kept.stages(house) == ["lead", "mql", "sql", "customer"]
    assert (await kept.lead(house)).closed_at == house.clock.now()


async def test_lost_with_a_reason_and_back_leads_back(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await _taken(anna, HOT_LEAD, max_, vera, ada)

    await max_.taps("✖️ Lost")
    max_.is_told("Why?")
    max_.sees_change("Yours", buttons=[*REASONS, "← Back"])
    await max_.taps("← Back")
    max_.sees_change("Yours", buttons=["📞 Contacted", *ENDS])
    vera.sees_nothing()

    await max_.taps("✖️ Lost")
    max_.is_told("Why?")
    max_.sees_change("Yours")
    await max_.taps("Too expensive")
    max_.is_told("Noted")
    max_.sees_change("Lost: Too expensive", buttons=[])
    vera.sees_change("Lost: Too expensive")
    ada.sees("Lead #1: lost (Too expensive), Max")
    assert (await kept.stages(house))[-1] == "lost"
    await house.later(days=30)


async def test_not_now_leads_back_to_follow_ups(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await _taken(anna, HOT_LEAD, max_, vera, ada)
    await max_.taps("⏳ Not now")
    max_.is_told("Noted")
    max_.sees_change("Not now: back to follow-ups", buttons=[])
    vera.sees_change("Not now")
    ada.sees("Lead #1: not now, Max")
    assert (await kept.stages(house))[-1] == "lead"

    await house.later(hours=1)
    anna.sees("ready-made work places", buttons=["Open the catalogue", "🔕 No more of these"])


async def test_not_now_sends_nothing_to_who_never_agreed_to_follow_ups(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await _taken(anna, HOT_LEAD.but(letters="no"), max_, vera, ada)
    await max_.taps("⏳ Not now")
    max_.is_told("Noted")
    max_.sees_change("There is no consent for follow-ups, so nothing will be sent")
    vera.skims()
    ada.skims()
    await house.later(days=60)
    anna.sees_nothing()


@pytest.mark.parametrize("action", ["contacted:", "won:", "not_now:", "lost:price"])
async def test_nobody_closes_the_lead_of_another_manager(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest, action: str
) -> None:
    await _taken(anna, HOT_LEAD, max_, vera, ada)
    await vera.taps_data(f"h:1:{action}")
    vera.is_told("This lead is with Max")
    assert await kept.stages(house) == ["lead", "mql"]


async def test_a_closed_lead_stays_closed(house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest) -> None:
    await _taken(anna, HOT_LEAD, max_, vera, ada)
    await max_.taps("🏆 Won")
    for guest in (max_, vera, ada):
        guest.skims()
    for action in ("take:", "contacted:", "lost:price", "won:", "lost:", "back:"):
        await max_.taps_data(f"h:1:{action}")
        max_.skims()
    assert (await kept.stages(house))[-1] == "customer"
    assert [str(x) for x in await kept.rows(house, "SELECT outcome FROM hand_offs")] == ["('won',)"]


async def test_who_takes_the_consent_back_on_a_second_walk_is_left_alone(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await _taken(anna, HOT_LEAD, max_, vera, ada)
    await anna.says("/restart")
    await anna.taps("For a company")
    await anna.taps("This month")
    anna.skims()
    await anna.taps("No, don’t contact me")
    anna.sees_change("✗")
    anna.sees("nobody will call")
    for manager in (max_, vera):
        manager.sees_change("Lost: Took the consent back", buttons=[])
    assert (await kept.stages(house))[-1] == "lost"
    await house.later(days=40)  # was: the card stayed, and follow-ups went on
    anna.sees_nothing()
