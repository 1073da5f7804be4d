"""Every kind of question as a chat: what is shown, what is understood, what is refused, and how kindly."""

from __future__ import annotations

import pytest

from dialogs.answers import Choices, Day, Number, Place, Skipped, Written
from tests.scenarios import kept
from tests.scenarios.over_http import MAX
from tests.scenarios.small import AGREE, PHONE, Step, Trying

NEEDS: Step = {
    "id": "needs",
    "ask": "What do you need?",
    "several": {"min": 1, "max": 2},
    "choices": [
        {"id": "desks", "text": "Desks"},
        {"id": "chairs", "text": "Chairs"},
        {"id": "lamps", "text": "Lamps"},
    ],
}
PLACES: Step = {
    "id": "places",
    "ask": "How many places?",
    "number": {"min": 1, "max": 500, "unit": "places"},
}
TAX: Step = {
    "id": "tax",
    "ask": "Your tax number?",
    "optional": True,
    "text": {"pattern": "[0-9]{8}", "hint": "Eight digits, please."},
}
NAME: Step = {"id": "name", "ask": "What is your name?", "name": "first"}
WORKDAYS = ["mon", "tue", "wed", "thu", "fri"]
VISIT: Step = {
    "id": "visit",
    "ask": "When shall we come?",
    "date": {
        "from": "1d",
        "to": "40d",
        "weekdays": ["mon", "tue", "wed", "thu", "fri"],
        "times": "10-18",
        "every": "2h",
    },
}
NOTHING = "\u2800"
TIMES = ["10:00", "12:00", "14:00", "16:00", "← Another day", "← Back"]
HURRY: Step = {
    "id": "hurry",
    "ask": "How urgent is it?",
    "rating": {"max": 5, "low": "can wait", "high": "burning"},
    "points": [{"to": 3, "add": 0}, {"add": 5}],
}
CITY: Step = {"id": "city", "ask": "Which city are you in?", "city": True}


async def test_several_choices_are_ticked_and_done(trying: Trying) -> None:
    async with trying(NEEDS) as (house, anna):
        anna.sees("What do you need?", buttons=["☐ Desks", "☐ Chairs", "☐ Lamps", "← Back"])
        await anna.taps("☐ Desks")
        anna.sees_change("What do you need?", buttons=["☑ Desks", "☐ Chairs", "☐ Lamps", "✔️ Done (1)", "← Back"])
        await anna.taps("☐ Lamps")
        anna.sees_change(buttons=["☑ Desks", "☐ Chairs", "☑ Lamps", "✔️ Done (2)", "← Back"])
        await anna.taps("☐ Chairs")
        anna.is_told("At most 2")
        await anna.taps("☑ Desks")
        anna.sees_change(buttons=["☐ Desks", "☐ Chairs", "☑ Lamps", "✔️ Done (1)", "← Back"])
        await anna.taps("☐ Chairs")
        anna.sees_change(buttons=["☐ Desks", "☑ Chairs", "☑ Lamps", "✔️ Done (2)", "← Back"])
        await anna.taps("✔️ Done (2)")
        anna.sees_change("✓ Chairs, Lamps", buttons=[])
        anna.sees("Thank you!")
        assert await kept.answer(house, anna, "needs") == Choices(choices=("chairs", "lamps"))


@pytest.mark.parametrize("word", ["Done", "done.", "✔️ Done", "готово", "That’s all!"])
async def test_who_has_ticked_enough_can_say_so_in_a_word(trying: Trying, word: str) -> None:
    async with trying(NEEDS) as (house, anna):
        anna.skims()
        await anna.says(word)
        anna.sees("tap one of the buttons", "What do you need?")
        await anna.taps("☐ Desks")
        anna.skims()
        await anna.says(word)
        anna.sees_change("✓ Desks")
        anna.sees("Thank you!")
        assert await kept.answer(house, anna, "needs") == Choices(choices=("desks",))


@pytest.mark.parametrize("word", ["все", "усе", "всё", "all"])
async def test_all_of_them_does_not_mean_that_the_ticks_are_done(trying: Trying, word: str) -> None:
    async with trying(NEEDS) as (_, anna):
        anna.skims()
        await anna.taps("☐ Desks")
        anna.skims()
        await anna.says(word)
        anna.sees("tap one of the buttons", "What do you need?")


async def test_several_choices_can_be_typed(trying: Trying) -> None:
    async with trying(NEEDS) as (house, anna):
        anna.skims()
        await anna.says("desks, chairs and lamps")
        anna.sees("At most 2", "What do you need?")
        await anna.says("something else")
        anna.sees("tap one of the buttons", "What do you need?")
        await anna.says("1, 3")
        anna.sees_change("✓ Desks, Lamps")
        anna.sees("Thank you!")
        assert await kept.answer(house, anna, "needs") == Choices(choices=("desks", "lamps"))


async def test_a_number_is_understood_as_people_write_it(trying: Trying) -> None:
    async with trying(PLACES) as (house, anna):
        anna.sees("How many places?", buttons=["← Back"])
        for wrong, why in (
            ("a lot", "I need a number here"),
            ("0", "the smallest I can note is 1 places"),
            ("10k", "the most I can note is 500 places"),
            ("1 500", "the most I can note is 500 places"),
        ):
            await anna.says(wrong)
            anna.sees(why, "How many places?", buttons=["← Back"])
        await anna.says("10-15 people")
        anna.sees_change("How many places?", "✓ 10–15 places")
        anna.sees("Thank you!")
        assert await kept.answer(house, anna, "places") == Number(number=12.5, said="10–15")


async def test_about_twenty_is_twenty(trying: Trying) -> None:
    async with trying(PLACES) as (_, anna):
        anna.skims()
        await anna.says("about 20")
        anna.sees_change("✓ 20 places")
        anna.sees("Thank you!")


async def test_a_text_of_the_wrong_shape_is_met_with_the_admins_own_hint(trying: Trying) -> None:
    async with trying(TAX) as (house, anna):
        anna.sees("Your tax number?", buttons=["← Back", "Skip"])
        for wrong in ("123", "12345678 or so", "abc"):
            await anna.says(wrong)
            assert anna.sees("Your tax number?", buttons=["← Back", "Skip"]).text.startswith(
                "Eight digits, please."
            )
        await anna.says(" 12345678 ")
        anna.sees_change("✓ 12345678")
        anna.sees("Thank you!")
        assert await kept.answer(house, anna, "tax") == Written(text="12345678")


@pytest.mark.parametrize("word", ["Skip", "skip", "пропустити", "дальше"])
async def test_a_question_is_skipped_with_its_button_or_in_words(trying: Trying, word: str) -> None:
    async with trying(TAX) as (house, anna):
        anna.skims()
        await (anna.taps(word) if word == "Skip" else anna.says(word))
        anna.sees_change("Your tax number?", "– skipped", buttons=[])
        anna.sees("Thank you!")
        assert await kept.answer(house, anna, "tax") == Skipped()


async def test_a_question_that_must_be_answered_is_not_skipped(trying: Trying) -> None:
    async with trying(PLACES) as (house, anna):
        anna.skims()
        await anna.says("skip")
        anna.sees("I need a number here", "How many places?")
        await anna.taps_data(anna.button_data("← Back").replace(".back", ".skip"))
        anna.is_told("answered already")
        assert await kept.answers_of(house, anna) == ["who"]


async def test_the_name_that_telegram_tells_is_suggested(trying: Trying) -> None:
    async with trying(NAME) as (house, anna):
        anna.sees("What is your name?", buttons=["Anna", "← Back"])
        await anna.says("+380 67 123 45 67")
        anna.sees("I need a name here", buttons=["Anna", "← Back"])
        await anna.taps("Anna")
        anna.sees_change("✓ Anna")
        anna.sees("Thank you!")
        assert await kept.answer(house, anna, "name") == Written(text="Anna")


async def test_a_full_name_has_two_words(trying: Trying) -> None:
    async with trying(NAME | {"name": "full"}) as (_, anna):
        anna.sees("What is your name?", buttons=["← Back"])  # «Anna» alone is not enough
        await anna.says("anna")
        anna.sees("first and last name", "What is your name?")
        await anna.says("Anna-Maria  O’Neil")
        anna.sees_change("✓ Anna-Maria O’Neil")
        anna.sees("Thank you!")


async def test_a_day_and_a_time_are_chosen_in_the_calendar(trying: Trying) -> None:
    async with trying(VISIT) as (house, anna):  # it is Monday, 2 March, noon in Kyiv
        shown = anna.sees("When shall we come?")
        assert shown.buttons[0] == (NOTHING, "March 2026", "›")
        assert shown.buttons[1] == ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
        assert shown.buttons[2] == ("·", "3", "4", "5", "6", "·", "·")
        assert shown.buttons[-1] == ("← Back",)
        await anna.taps("·")
        await anna.taps("Mo")
        anna.sees_nothing()  # but the spinner ends
        await anna.taps("›")
        turned = anna.sees_change("When shall we come?")
        assert turned.buttons[0] == ("‹", "April 2026", NOTHING)
        assert turned.buttons[2][:3] == (NOTHING, NOTHING, "1")
        assert "13" not in turned.labels  # more than 40 days away
        await anna.taps("‹")
        assert anna.sees_change().labels == shown.labels
        await anna.taps("4")
        anna.sees_change("When shall we come?", buttons=TIMES)
        await anna.taps("← Another day")
        assert anna.sees_change().labels == shown.labels
        await anna.taps("5")
        anna.sees_change("When shall we come?")
        await anna.taps("14:00")
        anna.sees_change("✓ 5 March 2026, 14:00", buttons=[])
        anna.sees("Thank you!")
        assert await kept.answer(house, anna, "visit") == Day.model_validate({"day": "2026-03-05", "at": "14:00"})


async def test_a_day_and_a_time_are_understood_in_words(trying: Trying) -> None:
    async with trying(VISIT) as (_, anna):
        anna.skims()
        for wrong, why in (
            ("soon", "I could not read a day"),
            ("today 14:00", "too soon"),
            ("1.1.2030", "too far ahead"),
            ("saturday", "Nothing is free on that day"),
            ("tomorrow 15:00", "That time is not free"),
        ):
            await anna.says(wrong)
            anna.sees(why, "When shall we come?")
        await anna.says("завтра о 16:00")
        anna.sees_change("✓ 3 March 2026, 16:00")
        anna.sees("Thank you!")


async def test_a_day_alone_is_followed_by_its_times(trying: Trying) -> None:
    async with trying(VISIT) as (_, anna):
        anna.skims()
        await anna.says("04.03")
        anna.sees_change("When shall we come?", buttons=[])
        anna.sees("When shall we come?", buttons=TIMES)
        await anna.says("at noon o'clock")
        anna.sees("That time is not free", "When shall we come?")
        await anna.says("12:00")
        anna.sees_change("✓ 4 March 2026, 12:00")
        anna.sees("Thank you!")


async def test_a_rating_stands_in_one_row_with_words_for_its_ends(trying: Trying) -> None:
    async with trying(HURRY, AGREE, PHONE, managers=True) as (house, anna):
        asked = anna.sees("How urgent is it?", "1 – can wait · 5 – burning")
        assert asked.buttons == (("1", "2", "3", "4", "5"), ("← Back",))
        await anna.says("6")
        anna.sees("tap one of the buttons", "How urgent is it?")
        await anna.says("4")
        anna.sees_change("How urgent is it?", "✓ 4/5")
        anna.sees("May we call you?")
        await anna.taps("✅ I agree")
        anna.skims()
        await anna.says("067 123 45 67")
        anna.sees("Thank you!", "A manager will contact you", key="")
        house.guests[MAX].sees("How urgent is it?: 4/5 +5")
        assert await kept.points(house) == {"who": 10, "hurry": 5}


async def test_a_city_is_typed_and_gives_its_time_zone(trying: Trying) -> None:
    async with trying(CITY) as (house, anna):
        anna.sees("Which city are you in?", key="📍 Share my location")
        await anna.says("!!!")
        anna.sees("name of your city", "Which city are you in?")
        await anna.says("київ")
        anna.sees("Thank you!", key="")
        assert await kept.answer(house, anna, "city") == Place(name="київ", timezone="Europe/Kyiv")
        assert (await kept.prospect_of(house, anna)).timezone == "Europe/Kyiv"


async def test_a_phone_keyboard_has_its_way_back_too(trying: Trying) -> None:
    async with trying(CITY | {"optional": True}) as (house, anna):
        anna.sees("Which city are you in?", key="📍 Share my location")
        keys = [key.text for row in anna.person.keyboard for key in row]
        assert keys == ["📍 Share my location", "← Back", "Skip"]
        await anna.does("presses [← Back]", lambda phone: phone.presses("← Back"))
        anna.sees("One step back", key="")
        anna.sees("Who is it for?", buttons=["A company", "A school", "Me"])
        assert anna.person.keyboard == ()
        await anna.taps("A school")
        anna.sees_change("✓ A school")
        anna.sees("Which city are you in?", key="📍 Share my location")
        await anna.does("presses [Skip]", lambda phone: phone.presses("Skip"))
        anna.sees("Thank you!", key="")
        assert await kept.answer(house, anna, "city") == Skipped()
