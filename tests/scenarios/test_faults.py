"""What Telegram and the network do wrong: too fast, out of order, no answer, and nobody there."""

from __future__ import annotations

import pytest

from bot.demo.emulator import ConnectionDropAfter, Refusal, ServerError, TooManyRequests
from storage.messages import Fate
from tests.scenarios import kept
from tests.scenarios.over_http import Guest, House
from tests.scenarios.stories import HOT_LEAD, WARM_LEAD


def _sent(house: House) -> int:
    return sum(call.method in ("sendMessage", "sendPhoto") for call in house.emulator.calls)


async def test_a_429_silences_its_chat_until_its_time_has_passed(house: House, anna: Guest, boris: Guest) -> None:
    await anna.starts()
    anna.skims()
    house.emulator.fail(TooManyRequests(30), method="sendMessage", chat=anna.person.id)
    await anna.taps_unanswered("For a company")
    anna.sees_change("✓ For a company")
    await boris.starts()
    boris.sees("Hi Boris!")
    boris.sees("Who is the furniture for?")
    await house.later(seconds=29.9)
    anna.sees_nothing()
    await house.later(seconds=0.1)
    anna.sees("What do you need?")


async def test_429s_of_two_chats_together_silence_the_bot_until_their_time_has_passed(
    house: House, anna: Guest, boris: Guest, ada: Guest
) -> None:
    for guest in (anna, boris):
        await guest.starts()
        guest.skims()
        house.emulator.fail(TooManyRequests(30), method="sendMessage", chat=guest.person.id)
        await guest.taps_unanswered("For a company")
        guest.sees_change("✓ For a company")
    tried = _sent(house)
    await ada.says("/id")
    await house.later(seconds=29.9)
    ada.sees_nothing()
    assert _sent(house) == tried
    await house.later(seconds=0.1)
    for guest in (anna, boris):
        guest.sees("What do you need?")
    ada.sees(str(ada.person.id))


async def test_a_429_is_remembered_over_a_restart(house: House, anna: Guest) -> None:
    house.emulator.fail(TooManyRequests(30), method="sendPhoto")
    await anna.starts()
    tried = _sent(house)
    await house.restarts()
    await house.later(seconds=29)
    assert _sent(house) == tried
    await house.later(seconds=1)
    anna.sees("Hi Anna!")
    anna.sees("Who is the furniture for?")


async def test_a_502_is_tried_again_and_the_chat_stays_in_order(house: House, anna: Guest) -> None:
    house.emulator.fail(ServerError(502), method="sendPhoto")
    await anna.starts()
    for _ in range(2):
        anna.sees_nothing()  # the question waits behind the greeting
        await house.later(seconds=0.5)
    anna.sees("Hi Anna!")
    anna.sees("Who is the furniture for?")


async def test_pauses_between_attempts_grow(house: House, anna: Guest) -> None:
    await anna.starts()
    anna.skims()
    house.emulator.fail(ServerError(500), method="sendMessage", times=3)
    await anna.taps("For a company")
    anna.sees_change("✓ For a company")
    for seconds in (1, 2):
        await house.later(seconds=seconds)
        anna.sees_nothing()
    await house.later(seconds=3.9)
    anna.sees_nothing()
    await house.later(seconds=0.1)
    anna.sees("What do you need?")


async def test_a_follow_up_of_unknown_fate_is_not_sent_again(house: House, anna: Guest) -> None:
    await anna.goes_through(WARM_LEAD)
    house.emulator.fail(ConnectionDropAfter(), method="sendMessage", chat=anna.person.id)
    await house.later(hours=1)
    anna.sees("ready-made work places")  # it did arrive, which the bot cannot know
    await house.restarts()
    await house.later(hours=20)
    anna.sees_nothing()
    async with house.view() as view:
        assert (await view.outbox.counts())[Fate.UNKNOWN] == 1
    await house.later(hours=4)
    anna.sees("Three numbers")


async def test_a_follow_up_that_met_a_502_is_unknown_too(house: House, anna: Guest) -> None:
    await anna.goes_through(WARM_LEAD)
    house.emulator.fail(ServerError(502), method="sendMessage", chat=anna.person.id)
    await house.later(hours=1)
    await house.later(hours=20)
    anna.sees_nothing()
    states = await kept.rows(house, "SELECT state FROM outbox WHERE kind = 'follow_up'")
    assert states == [("unknown",)]


async def test_a_card_of_unknown_fate_is_sent_again_and_says_so(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    house.emulator.fail(ConnectionDropAfter(), method="sendMessage", chat=max_.person.id)
    await anna.goes_through(HOT_LEAD)
    max_.sees("Hot lead · 90 points")
    vera.sees("Hot lead")
    await house.later(seconds=1)
    again = max_.sees("Sent again: it may have reached you before", "Hot lead · 90 points", buttons=["✋ Take"])
    assert again.text.startswith("🔁")

    stale, _ = max_.button("✋ Take")
    first = min(message.id for message in max_.person.messages if "Hot lead ·" in message.text)
    assert first < stale
    await max_.taps_old("✋ Take", first)
    max_.is_told("It’s yours")
    for guest in (anna, max_, vera, ada):
        guest.skims()


async def test_a_question_of_unknown_fate_is_asked_again_without_a_word(house: House, anna: Guest) -> None:
    await anna.starts()
    anna.skims()
    house.emulator.fail(ConnectionDropAfter(), method="sendMessage", chat=anna.person.id)
    await anna.taps("For a company")
    anna.sees_change("✓ For a company")
    first = anna.sees("What do you need?")
    await house.later(seconds=1)
    assert anna.sees("What do you need?").text == first.text
    await anna.taps("☐ Desks")
    anna.sees_change("What do you need?")
    await anna.taps("✔️ Done (1)")
    anna.sees_change("✓ Desks")
    anna.sees("How many places")


async def test_an_edit_that_telegram_refuses_does_not_stop_the_chat(house: House, anna: Guest, ada: Guest) -> None:
    await anna.starts()
    anna.skims()
    house.emulator.fail(Refusal(400, "Bad Request: message can't be edited"), method="editMessageText")
    await anna.taps("For a company")
    anna.sees("What do you need?")
    ada.sees_nothing()


GONE = [
    Refusal(400, "Bad Request: message to edit not found"),
    Refusal(400, "Bad Request: message can't be edited"),
]


@pytest.mark.parametrize("refused", GONE, ids=["deleted", "uneditable"])
async def test_ticks_that_cannot_be_shown_come_with_the_question_anew(
    house: House, anna: Guest, refused: Refusal
) -> None:
    await anna.starts()
    await anna.taps("For a company")
    anna.skims()
    house.emulator.fail(refused, method="editMessageText")
    await anna.taps("☐ Desks")
    assert "☑ Desks" in anna.sees("What do you need?").labels
    await anna.taps("☐ Chairs")
    assert {"☑ Desks", "☑ Chairs"} <= set(anna.sees_change("What do you need?").labels)
    await anna.taps("✔️ Done (2)")
    anna.sees_change("✓ Desks, Chairs")
    anna.sees("How many places")


@pytest.mark.parametrize("refused", GONE, ids=["deleted", "uneditable"])
async def test_a_taken_card_that_cannot_be_changed_comes_anew_and_is_kept_true(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest, refused: Refusal
) -> None:
    await anna.goes_through(HOT_LEAD)
    max_.skims()
    house.emulator.fail(refused, method="editMessageText", chat=max_.person.id)
    await max_.taps("✋ Take")
    max_.is_told("It’s yours")
    max_.sees("Yours. Taken", buttons=["📞 Contacted", "🏆 Won", "⏳ Not now", "✖️ Lost", "⋯ More"])
    await max_.taps("✖️ Lost")
    max_.is_told("Why")
    max_.sees_change("Yours. Taken")
    await max_.taps("← Back")
    max_.sees_change("Yours. Taken")
    await max_.taps("📞 Contacted")
    max_.is_told("Noted")
    max_.sees_change("Contacted")
    for guest in (anna, vera, ada):
        guest.skims()


async def test_a_spinner_that_cannot_be_ended_does_not_stop_the_chat(house: House, anna: Guest) -> None:
    await anna.starts()
    anna.skims()
    house.emulator.fail(ServerError(502), method="answerCallbackQuery")
    await anna.taps_unanswered("For a company")
    anna.sees_change("✓ For a company")
    anna.sees("What do you need?")


async def test_receiving_goes_on_after_telegram_was_away(house: House, anna: Guest) -> None:
    house.emulator.fail(ServerError(502), method="getUpdates")
    anna.person.starts()
    await house.recovers()
    anna.sees("Hi Anna!")
    anna.sees("Who is the furniture for?")


async def test_who_blocked_the_bot_in_the_middle_can_come_back(house: House, anna: Guest) -> None:
    await anna.starts()
    await anna.taps("For a company")
    anna.skims()
    await anna.does("blocks the bot", lambda phone: phone.blocks())
    await house.later(days=1)
    await anna.starts()
    anna.sees("Good to see you again", buttons=["▶️ Continue from question 2", "↺ Start over"])
    await anna.taps("▶️ Continue from question 2")
    anna.sees_change("Good to see you again", buttons=[])
    anna.sees("What do you need?")


async def test_a_manager_who_blocked_the_bot_is_an_alarm(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await vera.does("blocks the bot", lambda phone: phone.blocks())
    await anna.goes_through(HOT_LEAD)
    max_.sees("Hot lead")
    ada.sees("Vera cannot get cards of hot leads", "blocked")
