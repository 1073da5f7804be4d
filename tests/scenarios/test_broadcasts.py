"""Broadcasts: written by an admin in the chat, to some of those who agreed, once each, stopped at any moment."""

from __future__ import annotations

from sqlalchemy import select

from bot.demo.emulator import ConnectionDropAfter, Refusal
from storage.tables import OutboxRow
from tests.scenarios import kept
from tests.scenarios.crowd import STOP, TEXT, begins, clara, crowd, hold, reads_report, sends, writes
from tests.scenarios.over_http import Guest, House

__all__ = ["clara", "crowd"]


async def test_a_broadcast_from_the_first_word_to_the_report(
    house: House, crowd: list[Guest], ada: Guest, max_: Guest, vera: Guest
) -> None:
    anna, boris, clara = crowd
    await ada.says("/broadcast")
    ada.sees("A new broadcast")
    await ada.says(TEXT)
    ada.sees("📣 Broadcast 1", TEXT, "To everyone who agreed to hear from you", "3 people")
    await ada.taps("🔘 Add a button")
    ada.sees("What should the button say")
    await ada.says("See it\nhttps://acme.example/spring")
    ada.sees("🔘 See it → https://acme.example/spring")
    await ada.taps("👀 Send me a test")
    ada.sees("Hi Ada, our spring collection is here!", buttons=["See it", STOP])
    ada.is_told("The test is in the chat")
    ada.sees_nothing()
    await ada.taps("👥 To whom")
    ada.sees_change("3 people", "Whom should it reach?")
    await ada.taps("Language")
    ada.sees_change("3 people", buttons=["☐ English", "☐ Українська", "☐ Русский", "← Back"])
    await ada.taps("☐ English")
    ada.sees_change("Language: English", "2 people")
    await ada.taps("← Back")
    ada.sees_change("2 people")
    await ada.taps("← Back")
    ada.sees_change("Broadcast 1", "Language: English", "2 people")
    await ada.taps("🚀 Send now")
    ada.sees_change("Send it to 2 people now?", buttons=["✅ Yes, send it", "← Back"])
    for guest in crowd:
        guest.sees_nothing()
    await ada.taps("✅ Yes, send it")
    ada.sees_change(
        "Broadcast 1 · on its way", "Sent: 0", "Still to go: 2", buttons=["⏸ Pause", "✖️ Stop for good"]
    )
    anna.sees("Hi Anna, our spring collection is here!", buttons=["See it", STOP])
    boris.sees("Hi Boris, our spring collection is here!", buttons=["See it", STOP])
    clara.sees_nothing()
    await anna.taps("See it")
    anna.is_told("The link is in the chat")
    anna.sees("Here you are", buttons=["See it"])
    for manager in (max_, vera):  # a warm lead became a hot one by it
        manager.sees("Hot lead", "Anna", "opened “See it”", buttons=["✋ Take"])
    await house.later(seconds=1)
    ada.sees_change("Broadcast 1 · done", "Sent: 2", "Tapped: 1")
    ada.sees(
        "Broadcast 1 · done",
        "Sent: 2",
        "Blocked the bot: 0",
        "Tapped: 1",
        buttons=["📬 Who got it", "👆 Who tapped"],
    )
    await ada.taps("👆 Who tapped")
    ada.sees("Who tapped", "• Anna · /lead 1")
    await ada.says("/broadcasts")
    ada.sees("Broadcast 1 · done", "Hi {first_name}", "📬 2 · ⛔ 0 · 👆 1 · 🔕 0")


# Whom ------------------------------------------------------------------------------------------------------


async def test_a_broadcast_is_planned_for_tomorrow_and_can_be_called_off_until_then(
    house: House, crowd: list[Guest], ada: Guest
) -> None:
    await writes(ada)
    await ada.taps("🗓 Send later")
    ada.sees("When?", buttons=["In an hour (13:00)", "Tomorrow at 10:00"])
    await ada.says("yesterday")
    ada.sees("I don’t see a moment to come in that")
    await ada.says("tomorrow 10:00")
    ada.sees("Send it on Tue, 3 Mar, 10:00?", "3 people", buttons=["✅ Yes, send it", "← Back"])
    await ada.taps("✅ Yes, send it")
    ada.sees_change("It goes out on Tue, 3 Mar, 10:00", buttons=["✏️ Change or call off"])
    await ada.taps("✏️ Change or call off")
    ada.sees_change("Broadcast 1", "send yourself a test")
    await house.later(hours=22)
    for guest in crowd:
        assert not any("spring collection" in line.text for line in guest.skims())
    await ada.taps("🗓 Send later")
    await ada.taps("In an hour (11:00)")
    await ada.taps("✅ Yes, send it")
    ada.skims()
    await house.later(minutes=59)
    for guest in crowd:
        guest.skims()
    await house.later(minutes=1)
    for guest in crowd:
        guest.sees("our spring collection")
    ada.skims()
    await reads_report(house, ada)


async def test_where_it_is_night_people_get_it_in_the_morning(
    house: House, crowd: list[Guest], ada: Guest
) -> None:
    anna, *others = crowd
    async with house.work() as work:
        await work.unit.prospects.lives_in((await kept.prospect_of(house, anna)).id, "America/Los_Angeles")
    await writes(ada)
    await sends(ada)
    for guest in others:
        guest.sees("our spring collection")
    anna.sees_nothing()
    await house.later(seconds=1)
    await house.later(seconds=3)
    *_, line = ada.skims()
    assert "they get it later: 1" in line.text
    await house.restarts()
    await house.later(hours=7)  # nine in the morning there
    assert [line.text for line in anna.skims() if "spring" in line.text] == [
        "Hi Anna, our spring collection is here!"
    ]
    await house.later(seconds=1)
    assert "Sent: 3" in ada.skims()[-1].text
    for guest in others:
        assert not any("spring" in line.text for line in guest.skims())


# Stopping it -----------------------------------------------------------------------------------------------


async def test_a_pause_takes_effect_at_once_and_going_on_repeats_nobody(
    house: House, crowd: list[Guest], ada: Guest
) -> None:
    anna, *others = crowd
    await hold(house, *others)
    await writes(ada)
    await sends(ada)
    anna.sees("our spring collection")
    await ada.taps("⏸ Pause")
    ada.sees_change("paused", "Sent: 1", "Still to go: 2", buttons=["▶️ Go on", "✖️ Stop for good"])
    await house.later(minutes=1)
    for guest in others:
        guest.sees_nothing()
    await ada.says("/broadcasts")
    ada.sees("Broadcast 1 · paused")
    await ada.taps("№1 · Hi {first_name}, our spring collec…")
    ada.sees("Sent: 1", "Still to go: 2", buttons=["▶️ Go on", "✖️ Stop for good"])
    await ada.taps("▶️ Go on")
    ada.sees_change("on its way")
    for guest in others:
        guest.sees("our spring collection")
    await house.later(seconds=1)
    ada.sees_change("done", "Sent: 3")
    ada.sees("done", "Sent: 3")
    anna.sees_nothing()


async def test_a_broadcast_is_stopped_for_good_after_a_second_thought(
    house: House, crowd: list[Guest], ada: Guest
) -> None:
    anna, *others = crowd
    await hold(house, *others)
    await writes(ada)
    await sends(ada)
    anna.sees("our spring collection")
    await ada.taps("✖️ Stop for good")
    ada.sees_change("paused", "Stop it for good?", buttons=["✖️ Yes, stop it", "▶️ Go on"])
    old = ada.button_data("▶️ Go on")
    await ada.taps("✖️ Yes, stop it")
    ada.sees_change("Broadcast 1 · stopped", "Sent: 1", buttons=[])
    ada.sees("Broadcast 1 · stopped", "Sent: 1")
    await ada.taps_data(old)
    ada.is_told("not possible any more")
    ada.skims()
    await house.later(minutes=30)
    for guest in crowd:
        guest.sees_nothing()


async def test_a_restart_in_the_middle_loses_and_repeats_nobody(
    house: House, crowd: list[Guest], ada: Guest
) -> None:
    anna, *others = crowd
    await hold(house, *others)
    await writes(ada)
    await sends(ada)
    anna.sees("our spring collection")
    await house.closes()
    await house.restarts_after(seconds=10)
    await house.restarts()
    anna.sees_nothing()
    await house.later(seconds=30)
    for guest in others:
        guest.sees("our spring collection")
    await house.later(seconds=1)
    assert "Sent: 3" in ada.skims()[-1].text


async def test_a_message_that_perhaps_arrived_is_not_sent_twice(
    house: House, crowd: list[Guest], ada: Guest
) -> None:
    anna = crowd[0]
    house.emulator.fail(ConnectionDropAfter(), method="sendMessage", chat=anna.person.id)
    await writes(ada)
    await sends(ada)
    for guest in crowd:
        guest.sees("our spring collection")
    await house.later(seconds=1)
    assert "Perhaps arrived, not sent twice: 1" in ada.skims()[-1].text
    await house.later(minutes=10)
    for guest in crowd:
        guest.sees_nothing()


# Who wants none, and who is gone ---------------------------------------------------------------------------


async def test_who_blocked_the_bot_is_counted_as_such_and_left_alone(
    house: House, crowd: list[Guest], ada: Guest
) -> None:
    anna, boris, clara = crowd
    await boris.does("blocks the bot", lambda phone: phone.blocks())
    house.emulator.fail(
        Refusal(403, "Forbidden: bot was blocked by the user"), method="sendMessage", chat=anna.person.id
    )
    await writes(ada)
    await sends(ada, "2 people")
    clara.sees("our spring collection")
    await house.later(seconds=1)
    *_, line = ada.skims()
    assert "Sent: 1" in line.text
    assert "Blocked the bot: 1" in line.text
    await ada.taps("⛔ Who blocked the bot")
    ada.sees("Who blocked the bot", "• Anna")
    anna.sees_nothing()


# What it must not disturb ----------------------------------------------------------------------------------


async def test_a_reply_and_a_broadcast_that_waits_in_the_same_chat_both_arrive(
    house: House, crowd: list[Guest], ada: Guest
) -> None:
    anna, *others = crowd
    await hold(house, anna, seconds=5)
    await writes(ada)
    await sends(ada)
    for guest in others:
        guest.sees("our spring collection")
    await anna.says("/id")
    await house.later(seconds=5)
    arrived = " ".join(line.text for line in anna.skims())
    assert "7000000001" in arrived
    assert "our spring collection" in arrived
    await reads_report(house, ada)


async def test_below_a_test_nothing_is_counted_and_nothing_is_stopped(
    house: House, crowd: list[Guest], ada: Guest
) -> None:
    await writes(ada)
    await ada.taps("🔘 Add a button")
    await ada.says("no address")
    await ada.says("See it https://acme.example/spring")
    ada.skims()
    await ada.taps("👀 Send me a test")
    ada.skims()
    link = ada.person.messages[-1].buttons[0][0]
    assert (link.text, link.url) == ("See it", "https://acme.example/spring")
    await ada.taps(STOP)
    ada.is_told("Only a test")
    await ada.says("/broadcasts")
    ada.sees("Broadcast 1 · draft")
    await ada.taps("🗑 Discard")
    ada.is_told("Discarded")
    ada.sees_change("Broadcast 1 is gone")
    assert await kept.rows(house, "SELECT id FROM broadcasts") == []


async def test_nobody_but_an_admin_has_anything_to_do_with_broadcasts(
    house: House, crowd: list[Guest], ada: Guest, max_: Guest
) -> None:
    anna = crowd[0]
    await writes(ada)
    for person in (anna, max_):
        for command in ("/broadcast", "/broadcasts"):
            await person.says(command)
            assert not any("roadcast" in line.text for line in person.skims())
        await person.says("Buy everything from me")
        person.skims()
        for data in ("bc:new:0:", "bc:now:1:", "bc:send:1:3", "bc:show:1:", "bc:who:1:sent", "bc:over:1:"):
            await person.taps_data(data)
            person.is_told("button")
        for data in ("bo:1", "bo:9"):
            await person.taps_data(data)
            person.is_told("button")
        person.sees_nothing()
    assert await kept.rows(house, "SELECT state FROM broadcasts") == [("draft",)]
    await ada.taps_data("bc:send:1:3")  # nobody has been asked whether they are sure
    ada.is_told("not possible")
    ada.skims()
    await ada.taps_data("bc:now:63:")
    ada.is_told("gone")
    for data in ("bc:pick:1:band.boiling", "bc:pick:1:moon.full", "bc:whom:1:moon", "bc:at:1:never"):
        await ada.taps_data(data)
        ada.is_told("not possible")
        ada.skims()


async def test_what_was_counted_anew_is_shown_before_anything_goes_out(
    house: House, crowd: list[Guest], ada: Guest
) -> None:
    anna, *others = crowd
    await writes(ada)
    await ada.taps("🚀 Send now")
    ada.sees_change("Send it to 3 people now?")
    await anna.says("/stop")
    anna.skims()
    await ada.taps("✅ Yes, send it")
    ada.is_told("The number has changed")
    ada.sees_change("Send it to 2 people now?")
    await ada.taps("✅ Yes, send it")
    ada.skims()
    for guest in others:
        guest.sees("our spring collection")
    await reads_report(house, ada)


async def test_a_text_too_long_for_telegram_is_not_taken(house: House, ada: Guest) -> None:
    await begins(ada)
    await ada.says("w" * 4050 + " {first_name}")
    ada.sees("19 characters too long")
    await ada.sends_file("price.pdf", b"%PDF", "w" * 1030)
    ada.sees("6 characters too long")
    await ada.does("sends a voice message", lambda phone: phone.sends_voice())
    ada.sees("This can’t be sent")
    await ada.says("/cancel")
    ada.sees("nothing was changed")
    assert await kept.rows(house, "SELECT id FROM broadcasts") == []


async def test_the_names_of_who_got_a_broadcast_are_not_kept(house: House, crowd: list[Guest], ada: Guest) -> None:
    await writes(ada)
    await sends(ada)
    for guest in crowd:
        guest.sees("our spring collection")
    await house.later(seconds=3)
    ada.skims()
    await ada.taps("📬 Who got it")
    ada.sees("Anna", "Boris")
    async with house.view() as view:
        requests = await view._connection.scalars(select(OutboxRow.request))
        assert not [each for each in requests if "Boris</" in each or ("• " in each and "Boris" in each)]
