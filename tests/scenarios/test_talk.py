"""A manager and a prospect talk through the bot: replies to the card, answers below it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.demo.emulator import Person, TooManyRequests
from storage.records import ConsentEventKind
from tests.scenarios import kept
from tests.scenarios.over_http import Guest, House
from tests.scenarios.stories import HOT_LEAD, WARM_LEAD

CARD = "Hot lead ·"
TALKING = ["🏁 End the conversation", "🏆 Won", "⏳ Not now", "✖️ Lost", "⋯ More"]


async def _taken(anna: Guest, max_: Guest, *others: Guest) -> None:
    await anna.goes_through(HOT_LEAD)
    await max_.taps("✋ Take")
    for guest in (anna, max_, *others):
        guest.skims()


async def _talking(anna: Guest, max_: Guest, *others: Guest) -> None:
    await _taken(anna, max_, *others)
    await max_.replies(CARD, "Hello Anna, which chairs do you like?")
    for guest in (anna, max_, *others):
        guest.skims()


async def test_a_reply_to_the_card_reaches_the_prospect_and_the_answer_comes_back_below_the_card(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await _taken(anna, max_, vera, ada)
    await house.later(minutes=3)

    await max_.replies(CARD, "Hello Anna! <Which> chairs do you like?")
    anna.sees("Max from Daylight", "Just write here")
    anna.sees("💬 Max\nHello Anna! <Which> chairs do you like?")
    ada.sees("Lead #1: Max made contact after 3 minutes")
    max_.sees_change("Contacted after 3 minutes", "In conversation since 12:03", buttons=TALKING)
    vera.sees_change("Contacted after 3 minutes", "In conversation since 12:03", buttons=[])

    await anna.says("The grey ones & a lamp")
    max_.sees_under(CARD, "💬 Anna · #1\nThe grey ones & a lamp")
    vera.sees_nothing()
    anna.sees_nothing()

    await max_.replies("The grey ones", "Good choice.")
    anna.sees("💬 Max\nGood choice.")
    assert await kept.stages(house) == ["lead", "mql", "sql"]
    events = await kept.events(house)
    assert (events.count("contacted"), events.count("wrote"), events.count("answered_manager")) == (1, 2, 1)


@pytest.mark.parametrize("kind", ["photo", "document", "voice", "video", "audio"])
async def test_files_go_both_ways_as_what_they_are(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest, kind: str
) -> None:
    await _talking(anna, max_, vera, ada)
    sends: Callable[[Person, int | None], object] = {
        "photo": lambda person, to: person.sends_photo(caption="Look", reply_to=to),
        "document": lambda person, to: person.sends_document("plan.pdf", b"%PDF plan", "Look", reply_to=to),
        "voice": lambda person, to: person.sends_voice(caption="Look", reply_to=to),
        "video": lambda person, to: person.sends_video(caption="Look", reply_to=to),
        "audio": lambda person, to: person.sends_audio(caption="Look", reply_to=to),
    }[kind]
    await max_.replies_with(CARD, f"a {kind}", sends)
    anna.sees("💬 Max\nLook")
    assert getattr(anna.person.messages[-1], kind) is not None

    await anna.does(f"sends a {kind}", lambda person: sends(person, None))
    max_.sees_under(CARD, "💬 Anna · #1\nLook")
    assert getattr(max_.person.messages[-1], kind) is not None


async def test_what_cannot_be_passed_on_is_said_to_who_sent_it(
    anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await _talking(anna, max_, vera, ada)
    await anna.does("sends a sticker", lambda person: person.sends_sticker())
    anna.sees("can’t pass this on")
    await anna.does("shares a place", lambda person: person.sends_location(50.45, 30.52))
    max_.sees_under(CARD, "📍 50.45000, 30.52000")


async def test_a_text_as_long_as_telegram_takes_arrives_whole(
    anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await _talking(anna, max_, vera, ada)
    text = "".join(f"{number:04} " for number in range(819)) + "🪑"
    await anna.says(text)
    first, second = max_.sees_under(CARD, "💬 Anna"), max_.sees_under(CARD, "💬 Anna")
    arrived = "".join(line.text.partition("\n")[2] for line in (first, second))
    assert arrived.replace(" ", "") == text.replace(" ", "")

    await anna.edits("0001", "In short: yes")
    max_.sees_change("💬 Anna · #1\nIn short: yes")
    max_.sees_change("…")


async def test_edits_are_mirrored_both_ways(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await _taken(anna, max_, vera, ada)
    await max_.replies(CARD, "The price is 1000")
    for guest in (anna, max_, vera, ada):
        guest.skims()
    await max_.edits("The price is 1000", "The price is 900")
    anna.sees_change("💬 Max\nThe price is 900")
    await anna.says("At five?")
    max_.sees("At five?")
    await anna.edits("At five?", "At six?")
    max_.sees_change("💬 Anna · #1\nAt six?")
    await anna.sends_photo("My room")
    max_.sees("My room")
    await anna.edits("My room", "My living room")
    max_.sees_change("💬 Anna · #1\nMy living room")
    assert (await kept.rows(house, "SELECT count(*) FROM talk")) == [(3,)]


async def test_while_a_human_has_the_chat_the_quiz_and_the_clock_are_silent(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await _taken(anna, max_, vera, ada)
    await anna.says("/restart")
    anna.sees("Hi Anna!")
    anna.sees("Who is the furniture for?")
    await max_.replies(CARD, "Before you go on: when may I call?")
    for guest in (anna, max_, vera, ada):
        guest.skims()

    await anna.taps("For a company")
    anna.is_told("You are talking with Max now")
    await anna.says("/restart")
    anna.sees("You are talking with Max")
    await anna.says("Tomorrow")
    max_.sees("Tomorrow")
    await house.later(days=40)
    anna.sees_nothing()

    # What a person has a right to works all the same.
    await anna.says("/privacy")
    anna.sees("What we hold about you", "Messages between you and our team: 2")


async def test_the_manager_ends_the_talk_and_the_quiz_goes_on_where_it_stood(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await _taken(anna, max_, vera, ada)
    await anna.says("/restart")
    anna.skims()
    await max_.replies(CARD, "One moment")
    for guest in (anna, max_, vera, ada):
        guest.skims()

    await max_.taps("🏁 End the conversation")
    max_.is_told("What comes next?")
    max_.sees_change(
        "In conversation",
        buttons=["▶️ Back to the questions", "✉️ Back to follow-ups", "⏸ Nothing for now", "← Back"],
    )
    await max_.taps("▶️ Back to the questions")
    max_.is_told("Noted")
    max_.sees_change("Contacted", buttons=["🏆 Won", "⏳ Not now", "✖️ Lost", "⋯ More"])
    vera.sees_change("Contacted")
    anna.sees("Max has ended the conversation", "go on with the questions")
    anna.sees("Who is the furniture for?")
    await anna.taps("For a company")
    anna.sees_change("✓ For a company")
    anna.sees("When")


async def test_the_talk_can_end_with_follow_ups(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await _talking(anna, max_, vera, ada)
    await max_.taps("🏁 End the conversation")
    max_.is_told("What comes next?")
    max_.sees_change("In conversation", buttons=["✉️ Back to follow-ups", "⏸ Nothing for now", "← Back"])
    await max_.taps("✉️ Back to follow-ups")
    max_.is_told("Noted")
    max_.sees_change("Not now: back to follow-ups", buttons=[])
    vera.sees_change("Not now")
    ada.sees("not now, Max")
    await house.later(hours=1)
    anna.sees("ready-made work places")


async def test_after_nothing_for_now_nothing_comes_but_a_reply_still_gets_through(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await _talking(anna, max_, vera, ada)
    await max_.taps("🏁 End the conversation")
    max_.skims()
    await max_.taps("⏸ Nothing for now")
    for guest in (max_, vera):
        guest.skims()
    anna.sees("Max has ended the conversation", "reply to one of the messages above")
    await house.later(days=40)
    anna.sees_nothing()
    await anna.says("Hello?")
    anna.sees("/start")
    max_.sees_nothing()
    await anna.replies("which chairs", "The grey ones!")
    max_.sees_under(CARD, "The grey ones!")
    await max_.replies("The grey ones!", "Great")
    max_.sees_change("In conversation")
    vera.skims()
    anna.sees("Max from Daylight")
    anna.sees("Great")


async def test_whoever_has_not_taken_the_lead_cannot_write_to_it(
    anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await anna.goes_through(HOT_LEAD)
    max_.sees(CARD)
    vera.sees(CARD)
    await max_.replies(CARD, "Hi")
    max_.sees_under("Hi", "Not sent", "Take the lead first")
    await vera.taps("✋ Take")
    for guest in (anna, max_, vera, ada):
        guest.skims()
    await max_.replies(CARD, "Hi, it’s Max")
    max_.sees_under("Hi, it’s Max", "Not sent", "This lead is with Vera")
    anna.sees_nothing()


async def test_a_prospect_who_replies_to_a_message_writes_no_card(house: House, anna: Guest, max_: Guest) -> None:
    await anna.goes_through(HOT_LEAD)
    await anna.replies("Hi Anna!", "Hi")
    anna.skims()
    assert await kept.rows(house, "SELECT count(*) FROM talk") == [(0,)]
    max_.skims()
    house.guests[4].skims()


async def test_without_consent_nothing_is_sent_and_the_manager_is_told(
    anna: Guest, max_: Guest, vera: Guest, ada: Guest, house: House
) -> None:
    await _talking(anna, max_, vera, ada)
    await anna.says("/privacy")
    await anna.taps("↩️ Please don’t contact me any more")
    anna.skims()
    for guest in (max_, vera):
        guest.sees_change("Lost: Took the consent back", buttons=[])
    await max_.replies(CARD, "But why?")
    max_.sees_under("But why?", "Not sent", "This hand-off is closed")
    await max_.edits("which chairs", "Please come back")
    max_.sees_under("Please come back", "Not sent", "no consent")
    anna.sees_nothing()


async def test_a_consent_that_ended_is_seen_in_the_moment_of_writing(
    anna: Guest, max_: Guest, vera: Guest, ada: Guest, house: House
) -> None:
    await _taken(anna, max_, vera, ada)
    async with house._database.unit(house.emulator.bot_id) as unit:
        person = await kept.prospect_of(house, anna)
        given = await unit.consents.newest(person.id, "contact")
        assert given is not None
        kind = ConsentEventKind.WITHDRAWN
        await unit.consents.record(replace(given.event, event=kind, record="0" * 32, at=house.clock.now()))
    await max_.replies(CARD, "Hello")
    max_.sees_under("Hello", "Not sent", "no consent to contact this person")
    assert "contacted" not in await kept.events(house)


async def test_a_prospect_who_blocks_the_bot_is_told_to_the_manager(
    anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await _talking(anna, max_, vera, ada)
    await anna.does("blocks the bot", lambda person: person.blocks())
    max_.sees_under(CARD, "Anna (lead #1) has blocked the bot")
    await max_.replies(CARD, "Anna?")
    max_.sees_under("Anna?", "Not sent", "blocked the bot")


async def test_a_message_that_telegram_refuses_comes_back_as_not_delivered(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await _talking(anna, max_, vera, ada)
    await anna.does("deletes the account", lambda person: person.deactivates())
    await max_.replies(CARD, "Still there?")
    max_.sees_under("Still there?", "Not delivered to lead #1", "deactivated")
    max_.sees_nothing()


async def test_a_card_that_was_deleted_does_not_keep_an_answer_from_arriving(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await _talking(anna, max_, vera, ada)
    number = max_.message(CARD)
    del max_.person._chat.messages[number]
    await anna.says("Are you there?")
    max_.sees("Are you there?")


async def test_a_manager_who_writes_without_replying_is_told_how(
    anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await _taken(anna, max_, vera, ada)
    await max_.says("Hello Anna")
    max_.sees("To write to a lead, reply to their card")
    anna.sees_nothing()


async def test_a_talk_survives_a_restart(house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest) -> None:
    await _talking(anna, max_, vera, ada)
    await house.restarts()
    await anna.says("Hello again")
    max_.sees_under(CARD, "Hello again")
    await max_.replies("Hello again", "Hi!")
    anna.sees("Hi!")


async def test_an_answer_that_telegram_would_not_take_now_arrives_later(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await _talking(anna, max_, vera, ada)
    house.emulator.fail(TooManyRequests(5), method="sendMessage")
    await anna.says("Did you get this?")
    max_.sees_nothing()
    await house.later(seconds=6)
    max_.sees_under(CARD, "Did you get this?")


async def test_a_warm_lead_is_not_disturbed(house: House, anna: Guest, max_: Guest) -> None:
    await anna.goes_through(WARM_LEAD)
    await max_.says("Hello")
    max_.sees("/start")
    anna.sees_nothing()
    assert await kept.rows(house, "SELECT count(*) FROM talk") == [(0,)]
