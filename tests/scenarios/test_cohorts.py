"""Cohorts: who finished the quiz earlier gets a sequence that was written later."""

from __future__ import annotations

from bot.follow_ups.cohorts import Enrolling
from qualification.segments import Segment
from tests.scenarios.following import followed
from tests.scenarios.office import LETTERS, Office, leaves_a_phone, office
from tests.scenarios.over_http import ADA, BORIS, House
from tests.scenarios.small import AGREE, PHONE

__all__ = ["office"]
NEWS = [{"after": "1d", "text": "News for {first_name}"}, {"after": "2d", "text": "More"}]
"""A sequence into which no routing leads."""
BOTH = followed({"text": "Tip one"}, others={"news": NEWS})
NO_MORE = "🔕 No more of these"


async def the_operator_enrols(house: House) -> int:
    """Do what `hotlead enrol small news --yes` does, on the scenario's clock."""
    work = house.app.workshop
    enrolling = await Enrolling.of(work.database, work.bot_id, house.clock, "small", "news", Segment())
    async for _ in enrolling.run():
        pass
    return enrolling.enrolled


async def test_whoever_finished_earlier_and_agreed_gets_the_new_sequence_and_the_other_nothing(
    office: Office,
) -> None:
    async with office(AGREE, PHONE, LETTERS, **BOTH) as house:
        anna = await leaves_a_phone(house)
        await anna.taps("✅ I agree")
        boris = await leaves_a_phone(house, BORIS, "Boris")
        await boris.taps("✅ I agree")
        await boris.says("/stop")
        await house.later(days=30)
        for guest in house.guests.values():
            guest.skims()
        assert await the_operator_enrols(house) == 1
        await house.later(hours=23)
        anna.sees_nothing()
        await house.later(hours=1)
        anna.sees("News for Anna")
        assert NO_MORE in anna.labels_on_screen()
        assert await the_operator_enrols(house) == 0
        await anna.taps(NO_MORE)
        anna.skims()
        await house.later(days=9)
        anna.sees_nothing()
        boris.sees_nothing()
        assert await the_operator_enrols(house) == 0
        ada = house.guests[ADA]
        await ada.says("/audit")
        ada.sees("What was done last", "the server · let people who were here already into news of small")
