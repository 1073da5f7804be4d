"""Deep links: where a prospect came from, and which quiz the link names."""

from __future__ import annotations

from tests.scenarios import kept
from tests.scenarios.over_http import Guest, House
from tests.scenarios.stories import DANCE_HOT


async def test_the_first_touch_stays_and_the_last_one_is_replaced(house: House, anna: Guest) -> None:
    for payload in ("ads_oct", "", "flyer-7"):
        await anna.starts(payload)
        anna.skims()
    prospect = await kept.prospect_of(house, anna)
    assert (prospect.first_source, prospect.last_source) == ("ads_oct", "flyer-7")


async def test_a_link_chooses_the_quiz_and_names_the_source(
    house: House, anna: Guest, max_: Guest, vera: Guest
) -> None:
    await anna.starts("dance-school--insta_1")
    anna.sees("This is Tempo")
    anna.skims()
    await anna.goes_through(DANCE_HOT)
    for manager in (max_, vera):
        manager.sees("Dance school · from insta_1")
    assert (await kept.prospect_of(house, anna)).first_source == "insta_1"


async def test_a_link_to_the_quiz_in_progress_resumes_and_one_to_another_begins_that(anna: Guest) -> None:
    await anna.starts("dance-school")
    anna.sees("This is Tempo")
    anna.sees("Who is going to dance?")
    await anna.starts("dance-school--again")
    anna.sees("Who is going to dance?")  # with no greeting: it goes on where it was
    await anna.starts("office-furniture")
    anna.sees("This is Daylight")
    anna.sees("Who is the furniture for?")


GARBAGE = ("какой-то", "a b c", "x" * 65, "<b>", "'; DROP TABLE prospects", "--", "no-quiz--ads", "dance-school-")


async def test_a_garbage_payload_begins_the_quiz_all_the_same(house: House, ada: Guest) -> None:
    for number, payload in enumerate(GARBAGE, start=100):
        guest = house.guest(number, f"Guest {number}")
        await guest.starts(payload)
        guest.sees("This is Daylight")
        guest.sees("Who is the furniture for?")
        source = (await kept.prospect_of(house, guest)).first_source
        assert source in (payload, "unknown")
        assert len(source) <= 64
    ada.sees_nothing()
