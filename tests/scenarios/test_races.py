"""Two things at the same moment, in both orders: one owner, one place, and nobody's words are lost."""

from __future__ import annotations

import pytest

from tests.scenarios import kept
from tests.scenarios.office import Office, office
from tests.scenarios.over_http import ADA, ANNA, MAX, VERA, Guest, House
from tests.scenarios.stories import HOT_LEAD

__all__ = ["office"]
CAP = {"hot": {"cap": {"leads": 1, "per": "week"}}}


@pytest.mark.parametrize("first", [MAX, VERA])
async def test_of_two_who_take_at_the_same_moment_the_first_has_the_lead(
    house: House, anna: Guest, first: int
) -> None:
    await anna.goes_through(HOT_LEAD)
    winner, loser = house.guests[first], house.guests[VERA if first == MAX else MAX]
    taps = [guest.person.taps("✋ Take") for guest in (winner, loser)]
    await house.quiet()
    name = winner.person.account.first_name
    assert [tap.text for tap in taps] == ["It’s yours. Good luck!", f"{name} was first"]
    assert await kept.rows(house, "SELECT taken_by FROM hand_offs") == [(first,)]
    anna.sees(f"{name} has your answers now")
    for guest in house.guests.values():
        guest.skims()


@pytest.mark.parametrize("first", [0, 1])
async def test_of_two_who_become_hot_at_the_same_moment_one_has_the_last_place_and_the_other_waits(
    office: Office, first: int
) -> None:
    async with office(routing=CAP) as house:
        people = [house.guest(ANNA + number, f"P{number}", phone=f"+38067111110{number}") for number in (0, 1)]
        for guest in people:
            await guest.starts()
            await guest.taps("A company")
            await guest.taps("✅ I agree")
            guest.skims()
        for guest in (people[first], people[1 - first]):
            guest.person.shares_contact()
        await house.quiet()
        (placed,) = [guest for guest in people if "within 5 minutes" in guest.chat.unseen[-1].text]
        (waits,) = [guest for guest in people if "every place is taken for now" in guest.chat.unseen[-1].text]
        house.guests[MAX].sees("Hot lead", placed.person.account.first_name)
        house.guests[ADA].sees("waits: this week’s places", "Waiting now: 1")
        assert placed is people[first]
        assert waits is not placed
        assert await kept.rows(house, "SELECT count(*), count(waiting_since) FROM leads") == [(2, 1)]
        for guest in house.guests.values():
            guest.skims()


@pytest.mark.parametrize("first", ["reply", "tap"])
async def test_a_reply_at_the_moment_its_lead_is_passed_on_arrives_or_its_writer_is_told_why_not(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest, first: str
) -> None:
    await anna.goes_through(HOT_LEAD)
    await max_.taps("✋ Take")
    await ada.says("/lead 1")
    await ada.taps("🔁 Pass on")
    for guest in house.guests.values():
        guest.skims()
    card = max_.message("Hot lead")
    if first == "reply":
        max_.person.says("Hello Anna", reply_to=card)
    ada.person.taps("Vera")
    if first == "tap":
        max_.person.says("Hello Anna", reply_to=card)
    await house.quiet()
    assert await kept.rows(house, "SELECT phase, taken_by, offered_to FROM hand_offs") == [("offered", None, VERA)]
    told = [line.text for line in max_.skims()]
    got = [line.text for line in anna.skims()]
    if first == "reply":
        assert any("Hello Anna" in text for text in got)
        assert not any("Not sent" in text for text in told)
        await anna.says("I am here")
        assert any("I am here" in line.text for line in vera.skims())  # the chat is a human's still
    else:
        assert got == []
        assert any("Not sent" in text and "on its way to Vera" in text for text in told)
    for guest in house.guests.values():
        guest.skims()
