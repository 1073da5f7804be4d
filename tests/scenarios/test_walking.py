"""Walking through a quiz: the same chat on the engine and over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest

from bot.texts import plain
from tests.scenarios.actor import Actor
from tests.scenarios.conftest import Opening
from tests.scenarios.on_engine import on_engine
from tests.scenarios.over_http import ANNA
from tests.scenarios.stories import B2B_HOT, DANCE_HOT, FURNITURE_HOT, LANGUAGES, walk

Talk = Callable[[str, str], Awaitable[Actor]]
every_language = pytest.mark.parametrize("language", LANGUAGES)


@pytest.fixture(params=["engine", "http"])
async def talk(request: pytest.FixtureRequest, opening: Opening) -> AsyncIterator[Talk]:
    """Let Anna talk about a quiz in a language, on either driver; in the end nothing is left unseen."""
    async with AsyncExitStack() as stack:
        actors: list[Actor] = []

        async def begin(quiz: str, language: str) -> Actor:
            if request.param == "engine":
                actor = on_engine(quiz, language)
            else:
                house = await stack.enter_async_context(opening(quiz=(quiz,)))
                actor = house.guest(ANNA, "Anna", language=language)
            actors.append(actor)
            return actor

        yield begin
        for actor in actors:
            actor.chat.must_be_seen()


async def test_a_whole_chat(talk: Talk) -> None:
    anna = await talk("office-furniture", "en")
    await anna.says("/start")
    anna.sees("Hi Anna! This is Daylight")
    anna.sees("Who is the furniture for?", buttons=["For a company", "For myself", "Just looking"])
    await anna.taps("For a company")
    anna.sees_change("✓ For a company", buttons=[])
    anna.sees("What do you need?")
    await anna.taps("☐ Desks")
    anna.sees_change(buttons=[
        "☑ Desks", "☐ Chairs", "☐ Meeting rooms", "☐ Cabinets and shelves", "☐ Repair or used furniture",
        "✔️ Done (1)", "← Back",
    ])  # fmt: skip
    await anna.taps("☐ Chairs")
    anna.sees_change()
    await anna.taps("✔️ Done (2)")
    anna.sees_change("✓ Desks, Chairs", buttons=[])
    anna.sees("How many places", buttons=["← Back"])
    await anna.says("12")
    anna.sees_change("How many places", "✓ 12", buttons=[])
    anna.sees("When do you need it?")
    await anna.taps("This month")
    anna.sees_change("✓ This month")
    anna.sees("What is your budget")
    await anna.taps("15,000–30,000 UAH")
    anna.sees_change("✓ 15,000–30,000 UAH")
    anna.sees("Which city", key="📍 Share my location")
    await anna.says("Lviv")
    anna.sees("Thank you", key="")
    anna.sees("floor plan or a photo", buttons=["← Back", "Skip"])
    await anna.taps("Skip")
    anna.sees_change("– skipped", buttons=[])
    anna.sees("may a manager contact you", "with the plan or photo, if you sent one", "/privacy")
    await anna.taps("Yes, contact me")
    anna.sees_change("✓ Yes, contact me")
    anna.sees("Which number", key="📱 Share my phone number")
    await anna.shares_her_phone()
    anna.sees("Thank you", key="")
    anna.sees("send you some ideas", "/stop ends them")
    await anna.taps("No messages, please")
    anna.sees_change("✗ No messages, please")
    anna.sees("A manager will contact you within 5 minutes", buttons=[])


@every_language
async def test_wrong_answers_are_met_kindly_and_asked_again(talk: Talk, language: str) -> None:
    anna = await talk("office-furniture", language)
    await anna.says("/start")
    _, question = anna.skims()

    for nonsense in ("blah", "42", "…"):
        await anna.says(nonsense)
        anna.sees(plain(language, "refusal.use_buttons"), question.text, buttons=question.labels)
    await walk(anna, FURNITURE_HOT, language, until="places")
    places = anna.skims()[-1]

    for wrong, why in (
        ("many", plain(language, "refusal.not_a_number")),
        ("so many, or more", plain(language, "refusal.not_a_number")),
        ("0", plain(language, "refusal.too_small", min="1")),
        ("-5", plain(language, "refusal.too_small", min="1")),
    ):
        await anna.says(wrong)
        anna.sees(why, places.text, buttons=places.labels)
    await anna.says("99999")
    assert anna.sees(places.text).text.startswith(plain(language, "refusal.too_big", min="", max="10")[:9])


@every_language
async def test_a_consent_is_never_guessed_from_words(talk: Talk, language: str) -> None:
    anna = await talk("dance-school", language)
    await anna.says("/start")
    await walk(anna, DANCE_HOT, language, until="agree")
    asked = anna.skims()[-1]
    for word in ("yes?", "мабуть", "наверное", "ок", "👍"):
        await anna.says(word)
        anna.sees(plain(language, "consent.asked_again"), asked.text, buttons=asked.labels)


@every_language
async def test_a_wrong_phone_is_asked_again_and_a_local_one_is_understood(talk: Talk, language: str) -> None:
    anna = await talk("dance-school", language)
    await anna.says("/start")
    await walk(anna, DANCE_HOT, language, until="phone")
    key = anna.skims()[-1].keyboard
    for wrong in ("12", "call me", "anna@example.com"):
        await anna.says(wrong)
        anna.sees(plain(language, "refusal.not_a_phone"), key=key)
    await anna.says("067 123-45-67")
    anna.sees(plain(language, "phone.thanks"), key="")
    anna.sees("/stop")


@every_language
async def test_a_wrong_mail_is_asked_again(talk: Talk, language: str) -> None:
    anna = await talk("b2b-agency", language)
    await anna.says("/start")
    await walk(anna, B2B_HOT, language, until="email")
    anna.skims()
    for wrong in ("anna", "anna@", "067 123 45 67"):
        await anna.says(wrong)
        anna.sees(plain(language, "refusal.not_an_email"))
    await anna.says("Anna@Pumps.example")
    anna.sees_change("✓ Anna@pumps.example", buttons=[])
    anna.sees("/stop")


async def test_an_answer_can_be_typed_instead_of_tapped(talk: Talk) -> None:
    anna = await talk("dance-school", "en")
    await anna.says("/start")
    anna.skims()
    await anna.says("my child")
    anna.sees_change("✓ My child", buttons=[])
    anna.sees("How old")
    await anna.says("he is 8 years old")
    anna.sees_change("✓ 8")
    for style in ("Hip-hop", "Contemporary", "Latin"):
        assert anna.sees(style).picture
    anna.sees("what style")
    await anna.says("3")  # the third choice
    anna.sees_change("✓ Latin")
    anna.sees("trial lesson")
    await anna.says("у вівторок о 18:00")  # in another language of the quiz
    anna.sees_change("✓ 3 March 2026, 18:00")
    anna.sees("How did you hear of us?")


async def test_an_old_button_says_where_the_question_is(talk: Talk) -> None:
    anna = await talk("dance-school", "en")
    await anna.says("/start")
    await anna.taps("My child")
    await anna.says("8")
    anna.skims()
    await anna.says("nothing of these")
    anna.sees("tap one of the buttons", "what style")
    await anna.taps("Hip-hop")  # of the newest message that has it
    anna.sees_change("✓ Hip-hop", buttons=[])
    anna.sees("trial lesson")
    await anna.taps("Latin")  # of the older one, where it still stands
    anna.is_told("This one is answered already")


@every_language
async def test_after_the_end_a_text_is_told_that_nobody_reads_it(talk: Talk, language: str) -> None:
    anna = await talk("b2b-agency", language)
    await anna.says("/start")
    await walk(anna, DANCE_HOT, language, until="who")
    await anna.says("3")  # sells to consumers only
    anna.skims()
    await anna.says("And what about me?")
    anna.sees("/start")
