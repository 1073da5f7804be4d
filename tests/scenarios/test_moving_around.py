"""Going back, changing an answer, how far it is, and /start in the middle."""

from __future__ import annotations

from collections import Counter

from tests.scenarios import kept
from tests.scenarios.over_http import MAX, Guest, House
from tests.scenarios.small import AGREE, PHONE, Step, Trying
from tests.scenarios.stories import HOT_LEAD

SIZE: Step = {"id": "size", "ask": "How many desks?", "number": {"min": 1, "max": 100}, "points": [{"add": 3}]}
DESK: Step = {
    "id": "desk",
    "ask": "A desk or a chair?",
    "choices": [{"id": "desk", "text": "A desk", "points": 2}, {"id": "chair", "text": "A chair"}],
}
ROOM: Step = {
    "id": "room",
    "ask": "Which room?",
    "choices": [{"id": "small", "text": "Small"}, {"id": "big", "text": "Big", "points": 4}],
    "when": {"who": "company"},
}


async def test_back_goes_step_by_step_and_the_way_forward_is_not_asked_twice(trying: Trying) -> None:
    async with trying(SIZE, DESK) as (house, anna):
        anna.sees("2 of 3", "How many desks?")
        await anna.says("12")
        anna.sees_change("✓ 12")
        anna.sees("3 of 3", "A desk or a chair?", buttons=["A desk", "A chair", "← Back"])
        await anna.taps("← Back")
        anna.sees_change("A desk or a chair?", buttons=[])
        anna.sees("2 of 3", "How many desks?", buttons=["← Back"])
        await anna.says("back")
        anna.sees_change("How many desks?", buttons=[])
        anna.sees("1 of 3", "Who is it for?", buttons=["A company", "A school", "Me"])
        await anna.taps("A school")
        anna.sees_change("✓ A school")
        anna.sees("A desk or a chair?")  # how many, she has said already
        assert await kept.answers_of(house, anna) == ["size", "who"]
        assert list((await kept.session_of(house, anna)).session.answers) == ["who", "size"]


async def test_the_first_question_has_nothing_to_go_back_to(trying: Trying) -> None:
    async with trying(SIZE, begun=False) as (_, anna):
        await anna.starts()
        anna.sees("Who is it for?", buttons=["A company", "A school", "Me"])
        await anna.says("← Back")
        anna.sees("tap one of the buttons", "Who is it for?")


async def test_a_changed_answer_lets_what_depended_on_it_fall_away_and_keeps_the_history(trying: Trying) -> None:
    async with trying(ROOM, SIZE, AGREE, PHONE, managers=True) as (house, anna):
        anna.sees("Which room?")
        await anna.taps("Big")
        await anna.says("12")
        anna.skims()
        await anna.says("/answers")
        anna.sees(
            "Who is it for?: A company",
            "Which room?: Big",
            "How many desks?: 12",
            buttons=["✏️ Who is it for?", "✏️ Which room?", "✏️ How many desks?"],
        )
        await anna.taps("✏️ Who is it for?")
        anna.sees_change("May we call you?", buttons=[])
        anna.sees("1 of 4", "Who is it for?", buttons=["A company", "A school"])
        await anna.taps("A school")
        anna.sees_change("✓ A school")
        anna.sees("May we call you?")
        await anna.taps("✅ I agree")
        anna.skims()
        await anna.shares_her_phone()
        anna.sees("Thank you!", key="")
        assert await kept.points(house) == {"who": 5, "size": 3}
        history = await kept.rows(
            house, "SELECT question, replaced_at IS NOT NULL FROM answers WHERE question != 'phone' ORDER BY id"
        )
        assert history == [("who", 1), ("room", 1), ("size", 0), ("who", 0), ("agree", 0)]


async def test_an_answer_that_was_changed_before_the_end_is_what_the_manager_sees(trying: Trying) -> None:
    async with trying(SIZE, AGREE, PHONE, managers=True) as (house, anna):
        await anna.says("12")
        anna.skims()
        await anna.taps("← Back")
        anna.skims()
        await anna.says("40")
        anna.sees_change("✓ 40")
        anna.sees("May we call you?")
        await anna.taps("✅ I agree")
        await anna.shares_her_phone()
        anna.skims()
        card = house.guests[MAX].sees("Hot lead · 13 points")
        assert "40" in card.text
        assert "12\n" not in card.text


async def test_the_last_of_the_questions_is_always_the_last_number(trying: Trying) -> None:
    async with trying(ROOM, SIZE, AGREE, PHONE, begun=False) as (_, anna):
        await anna.starts()
        anna.sees("1 of 4", "Who is it for?")
        await anna.taps("A school")  # a school is not asked for the room
        anna.skims_changes()
        anna.sees("2 of 3", "How many desks?")
        await anna.says("12")
        anna.skims_changes()
        assert not anna.sees("May we call you?").text.startswith("3")  # a consent is no question
        await anna.taps("✅ I agree")
        anna.skims_changes()
        anna.sees("3 of 3", "Which number?")


async def test_back_from_the_phone_takes_its_keyboard_away(house: House, anna: Guest) -> None:
    await anna.goes_through(HOT_LEAD, until="phone")
    await anna.does("presses [← Back]", lambda phone: phone.presses("← Back"))
    anna.sees("One step back", key="")
    anna.sees("may a manager contact you")
    assert anna.person.keyboard == ()


async def test_starting_over_takes_the_keyboard_away(house: House, anna: Guest) -> None:
    await anna.goes_through(HOT_LEAD, until="phone")
    await anna.says("/restart")
    anna.sees("Hi Anna!", key="")
    anna.sees("Who is the furniture for?")
    assert anna.person.keyboard == ()


async def test_starting_over_with_buttons_takes_the_keyboard_away_before(trying: Trying) -> None:
    async with trying(AGREE, PHONE) as (_, anna):
        await anna.taps("✅ I agree")
        anna.skims()
        await anna.says("/restart")  # the first question has buttons, and so no room for the keyboard to go
        anna.sees("from the beginning", key="")
        anna.sees("Who is it for?", buttons=["A company", "A school"])


async def test_start_in_the_middle_offers_to_start_over_as_well(house: House, anna: Guest) -> None:
    await anna.goes_through(HOT_LEAD, until="agree")
    offer = ["▶️ Continue", "↺ Start over"]  # the open step is a consent: it has no number
    await anna.says("/start")
    anna.sees("Good to see you again", buttons=offer)
    await anna.taps("↺ Start over")
    anna.sees_change("Good to see you again", buttons=[])
    anna.sees("Hi Anna!")
    anna.sees("Who is the furniture for?")
    assert await kept.answers_of(house, anna) == []


async def test_an_old_offer_to_start_over_starts_nothing_over(house: House, anna: Guest) -> None:
    await anna.goes_through(HOT_LEAD, until="when_needed")
    await anna.says("/start")
    anna.skims()
    on, anew = anna.button("▶️ Continue from question 2"), anna.button("↺ Start over")
    await anna.taps("▶️ Continue from question 2")
    anna.skims()
    for _, data in (on, anew):
        await anna.taps_data(data)
        anna.is_told("The open question is further down")
    await anna.taps("This month")
    anna.skims()
    await anna.taps_data(anew[1])
    anna.is_told("The open question is further down")
    anna.sees_nothing()
    assert await kept.answers_of(house, anna) == ["role", "when_needed"]


async def test_twenty_taps_on_an_offer_take_it_once(house: House, anna: Guest) -> None:
    for label, after in (("▶️ Continue from question 2", "When do you need it?"), ("↺ Start over", "Hi Anna!")):
        await anna.goes_through(HOT_LEAD, until="when_needed")
        await anna.says("/start")
        anna.skims()
        taps = [anna.person.taps(label) for _ in range(20)]
        await house.quiet()
        assert all(tap.answered for tap in taps)
        assert Counter(bool(tap.text) for tap in taps) == {False: 1, True: 19}
        anna.sees_change("Good to see you again", buttons=[])
        anna.sees(after)
        anna.chat.unseen.clear() if after == "Hi Anna!" else anna.sees_nothing()
        await anna.says("/restart")
        anna.skims()


async def test_start_before_any_answer_just_asks_again(house: House, anna: Guest) -> None:
    await anna.starts()
    anna.skims()
    await anna.says("/start")
    anna.sees("Who is the furniture for?")


async def test_there_is_nothing_to_change_before_the_start_nor_after_the_end(anna: Guest) -> None:
    await anna.says("/answers")
    anna.sees("Send /start")
    await anna.starts()
    anna.skims()
    await anna.says("/answers")
    anna.sees("no answers to change yet")
    await anna.taps("Just looking")
    anna.skims()
    await anna.says("/answers")
    anna.sees("These questions are finished")


async def test_old_buttons_to_change_an_answer_do_nothing_once_the_walk_is_over(house: House, anna: Guest) -> None:
    await anna.goes_through(HOT_LEAD, until="when_needed")
    await anna.says("/answers")
    data = anna.button_data("✏️ Buyer")
    anna.skims()
    await anna.says("/restart")
    anna.skims()
    await anna.taps_data(data)
    anna.is_told("The open question is further down")
    await anna.taps("Just looking")
    anna.skims()
    await anna.taps_data(data)
    anna.is_told("These questions are finished")
