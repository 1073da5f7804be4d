"""One person with two accounts, once that is decided: one stream of follow-ups and broadcasts, not two."""

from __future__ import annotations

from datetime import datetime

from qualification.segments import Segment
from tests.scenarios import kept
from tests.scenarios.actor import PHONE as NUMBER
from tests.scenarios.following import followed
from tests.scenarios.office import LETTERS, Office, leaves_a_phone, office
from tests.scenarios.over_http import ADA, BORIS, Guest, House
from tests.scenarios.small import AGREE, PHONE

__all__ = ["office"]
STEPS = (AGREE, PHONE, LETTERS)
TIPS = followed({"text": "Tip one"}, {"text": "Tip two"}, {"text": "Tip three"})


async def _two_who_are_one(house: House) -> tuple[Guest, Guest]:
    """Let Anna and Boris become warm leads by the same phone, and agree to be written to."""
    anna = await leaves_a_phone(house)
    await anna.taps("✅ I agree")
    await house.later(minutes=1)
    boris = await leaves_a_phone(house, BORIS, "Boris", phone=NUMBER)
    await boris.taps("✅ I agree")
    for guest in house.guests.values():
        guest.skims()
    return anna, boris


async def _written_to(house: House, now: datetime) -> int:
    async with house.view() as view:
        return (await view.segments.count(Segment(), now)).people


async def test_of_two_accounts_the_one_that_was_heard_last_gets_what_is_sent(office: Office) -> None:
    async with office(*STEPS, **TIPS) as house:
        anna, boris = await _two_who_are_one(house)
        assert await _written_to(house, house.clock.now()) == 2
        await house.guests[ADA].taps("🔗 Merge")
        house.guests[ADA].is_told("Noted")
        assert await _written_to(house, house.clock.now()) == 1
        await house.later(days=1)
        boris.sees("Tip one")
        anna.sees_nothing()
        for guest in house.guests.values():
            guest.skims()


async def test_undo_lets_each_go_on_where_they_were(office: Office) -> None:
    async with office(*STEPS, **TIPS) as house:
        anna, boris = await _two_who_are_one(house)
        await house.later(days=1)
        for guest in (anna, boris):
            guest.sees("Tip one")
        await house.guests[ADA].taps("🔗 Merge")
        house.guests[ADA].is_told("Noted")
        await house.later(days=1)
        boris.sees("Tip two")
        anna.sees_nothing()
        await house.guests[ADA].taps("↩️ Undo")
        house.guests[ADA].is_told("Noted")
        assert await _written_to(house, house.clock.now()) == 2
        await house.later(days=1)
        anna.sees("Tip two")
        boris.sees("Tip three")
        reasons = await kept.rows(house, "SELECT end_reason FROM enrolments WHERE end_reason = 'merged'")
        assert len(reasons) == 1
        for guest in house.guests.values():
            guest.skims()
