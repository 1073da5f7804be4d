"""Twenty taps at once, and one answer."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select

from storage.tables import AnswerRow
from tests.scenarios import kept
from tests.scenarios.over_http import Guest, House
from tests.scenarios.stories import HOT_LEAD


async def test_twenty_taps_on_one_button_give_one_answer_and_one_next_question(house: House, anna: Guest) -> None:
    await anna.starts()
    anna.skims()
    before = len(await kept.rows(house, "SELECT id FROM outbox"))

    taps = [anna.person.taps("For a company") for _ in range(20)]
    await house.quiet()

    assert all(tap.answered for tap in taps)
    assert Counter(tap.text for tap in taps) == {None: 1, "Already noted ✓": 19}
    anna.sees_change("✓ For a company", buttons=[])
    anna.sees("What do you need?")
    anna.sees_nothing()
    assert await kept.rows(house, "SELECT question FROM answers") == [("role",)]
    assert len(await kept.rows(house, "SELECT id FROM outbox")) - before == 20 + 2
    assert await kept.rows(house, "SELECT DISTINCT state FROM outbox") == [("sent",)]


async def test_twenty_taps_on_the_last_button_give_one_score_one_hand_off_and_one_card(
    house: House, anna: Guest, max_: Guest, vera: Guest
) -> None:
    await anna.goes_through(HOT_LEAD, until="letters")

    taps = [anna.person.taps("Yes, send me ideas") for _ in range(20)]
    await house.quiet()

    assert all(tap.answered for tap in taps)
    anna.sees_change("✓ Yes, send me ideas")
    anna.sees("A manager will contact you within 5 minutes")
    anna.sees_nothing()
    for manager in (max_, vera):
        manager.sees("Hot lead · 90 points")
        manager.sees_nothing()
    assert await kept.points(house) == {
        "role": 50,
        "when_needed": 25,
        "urgent-company": 15,
    }
    assert len(await kept.rows(house, "SELECT id FROM ledger WHERE points <> 0")) == 3
    assert len(await kept.rows(house, "SELECT id FROM hand_offs")) == 1
    assert (await kept.events(house)).count("scored") == 1
    consents = await kept.rows(house, "SELECT purpose FROM consents ORDER BY id")
    assert consents == [("contact",), ("follow_ups",)]


async def test_two_buttons_at_once_give_the_first_one(house: House, anna: Guest) -> None:
    await anna.starts()
    anna.skims()
    first, second = anna.person.taps("For a company"), anna.person.taps("For myself")
    await house.quiet()
    assert first.text is None
    assert second.text is not None
    assert "answered already" in second.text
    anna.sees_change("✓ For a company")
    anna.sees("What do you need?")
    assert await kept.rows(house, select(AnswerRow.answer)) == [('{"kind":"choice","choice":"company"}',)]


async def test_twenty_people_tap_at_once_and_nobody_gets_anothers_question(house: House) -> None:
    crowd = [house.guest(5_000_000_000 + number, f"Guest {number}") for number in range(20)]
    for guest in crowd:
        guest.person.starts()
    await house.quiet()
    for guest in crowd:
        guest.skims()
        guest.person.taps("For a company")
    await house.quiet()
    for guest in crowd:
        guest.sees_change("✓ For a company")
        guest.sees("What do you need?")


async def test_twenty_takes_by_one_manager_are_one(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await anna.goes_through(HOT_LEAD)
    taps = [max_.person.taps("✋ Take") for _ in range(20)]
    await house.quiet()
    assert Counter(tap.text for tap in taps) == {"It’s yours. Good luck!": 1, "It is yours already ✓": 19}
    anna.sees("Max has your answers")
    anna.sees_nothing()
    ada.sees("Max took it")
    max_.skims()
    vera.skims()
