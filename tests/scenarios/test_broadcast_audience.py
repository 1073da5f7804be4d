"""Who a broadcast goes to: people chosen by anything, who agreed, are free, and did not stop it meanwhile."""

from __future__ import annotations

from sqlalchemy import insert

from bot.broadcasts.audience import shorthand
from bot.follow_ups.enrolling import stop_follow_ups
from bot.privacy.withdrawing import record_withdrawal
from storage.enrolments import EndReason
from storage.records import Method
from storage.segments import BATCH
from storage.tables import ProspectRow
from tests.scenarios import kept
from tests.scenarios.crowd import STOP, clara, crowd, hold, reads_report, sends, writes
from tests.scenarios.over_http import Guest, House
from tests.scenarios.quick import QUICK
from tests.scenarios.stories import HOT_LEAD, WARM_LEAD, walk

__all__ = ["clara", "crowd"]


async def test_people_are_chosen_by_anything_and_by_all_of_it_with_a_live_count(
    house: House, crowd: list[Guest], ada: Guest, clara: Guest
) -> None:
    await house.later(minutes=1)
    await clara.starts(f"{QUICK}--ads_may")
    await walk(clara, WARM_LEAD.but(role="self"), "uk")
    clara.skims()
    await writes(ada)
    await ada.taps("👥 To whom")
    ada.sees_change("3 people")
    for facet, option, said, people in (
        ("Band", "☐ warm", "Band: warm", "2 people"),
        ("Band", "☐ cold", "Band: warm or cold", "3 people"),
        ("Stage", "☐ customer", "Stage: customer", "0 people"),
        ("Stage", "☑ customer", "Band: warm or cold", "3 people"),
        ("Source", "☐ ads_may", "Source: ads_may", "1 person"),
        ("Activity", "☐ Were here in the last 7 days", "Were here in the last 7 days", "1 person"),
        ("Activity", "☐ Silent for 30 days", "Silent for 30 days", "0 people"),
    ):
        await ada.taps(facet)
        await ada.taps(option)
        await ada.taps("← Back")
        *_, line = ada.skims()
        assert said in line.text
        assert f"👥 {people}" in line.text
    await ada.taps("👥 Everyone who agreed")
    ada.sees_change("Broadcast 1", "To everyone who agreed", "3 people")


async def test_among_more_people_than_one_look_goes_through_nobody_is_forgotten(
    house: House, crowd: list[Guest], ada: Guest
) -> None:
    async with house.work() as work:
        somebody = {
            "bot_id": work.unit.bot_id,
            "first_name": "X",
            "first_seen_at": work.now,
            "last_seen_at": work.now,
        }
        silent = [{**somebody, "telegram_id": number} for number in range(10**9, 10**9 + BATCH + 1)]
        await work.unit._connection.execute(insert(ProspectRow), silent)
    dora = house.guest(7_000_000_004, "Dora", phone="+380674567890")
    await dora.goes_through(WARM_LEAD)
    await writes(ada)
    ada.sees_change("Broadcast 1", "👥 4 people")
    await ada.taps("🚀 Send now")
    ada.sees_change("🔄 Counting: 3 people so far")
    ada.sees_change("Send it to 4 people now?")
    await ada.taps("✅ Yes, send it")
    ada.sees_change("on its way")
    for guest in (*crowd, dora):
        for seconds in (1, 1):
            await house.later(seconds=seconds)
        guest.sees("our spring collection")
    assert "Sent: 4" in ada.skims()[-1].text


async def test_people_are_found_by_their_answers_though_these_are_sealed(
    house: House, crowd: list[Guest], ada: Guest, clara: Guest
) -> None:
    await house.later(minutes=1)
    await clara.starts(QUICK)
    await walk(clara, WARM_LEAD.but(role="self"), "uk")
    clara.skims()
    await writes(ada)
    await ada.taps("👥 To whom")
    ada.skims()
    await ada.taps("Answer")
    ada.sees_change("The answer to which question?")
    await ada.taps_data(f"bc:whom:1:answer.{shorthand(QUICK, 'role')}")  # another quiz has a «Buyer», too
    ada.sees_change("Any of what you tick will do")
    await ada.taps("☐ For myself")
    ada.sees_change("For myself", "1 person")
    await ada.taps("☐ For a company")
    ada.sees_change("For myself or For a company", "3 people")
    await ada.taps("☑ For a company")
    ada.sees_change("For myself", "1 person")
    await ada.taps("← Back")
    await ada.taps("← Back")
    await ada.taps("← Back")
    ada.skims()
    await sends(ada, "1 person")
    clara.sees("Hi Клара")
    await reads_report(house, ada)


async def test_whoever_is_in_the_middle_of_a_quiz_or_with_a_manager_is_left_out(
    house: House, crowd: list[Guest], boris: Guest, ada: Guest, max_: Guest, vera: Guest
) -> None:
    anna, _, clara = crowd
    dora = house.guest(7_000_000_004, "Dora", phone="+380674567890")
    await dora.goes_through(HOT_LEAD)
    for manager in (max_, vera):
        manager.skims()
    await anna.says("/restart")
    anna.skims()
    await writes(ada)
    assert "2 people" in ada.chat.lines[-1].text
    assert "2 more are left out for now" in ada.chat.lines[-1].text
    await sends(ada, "2 people")
    for guest in (boris, clara):
        guest.sees("our spring collection")
    for guest in (anna, dora):
        guest.sees_nothing()
    await reads_report(house, ada)


async def test_who_speaks_a_language_with_a_text_of_its_own_gets_that_one(
    house: House, crowd: list[Guest], ada: Guest
) -> None:
    anna, boris, clara = crowd
    await ada.says("/broadcast")
    await ada.sends_photo("Spring is here, {first_name}")
    ada.skims()
    await ada.taps("🌐 Another language")
    ada.sees_change("Which language gets a text", buttons=["English", "Українська", "Русский", "← Back"])
    await ada.taps("Українська")
    ada.sees("Write the text in this language: Українська")
    await ada.says("{first_name}, весна вже тут")
    ada.sees("📎 photo.jpg", "Spring is here", "With a text of its own in: Українська")
    await ada.taps("👀 Send me a test")
    ada.sees("Ada, весна вже тут")
    ada.sees("Spring is here, Ada")
    ada.is_told("The test is in the chat")
    await sends(ada)
    for guest in (anna, boris):
        assert guest.sees(f"Spring is here, {guest.chat.name}").picture
    assert clara.sees("Клара, весна вже тут", buttons=["🔕 Більше не надсилати"]).picture
    await reads_report(house, ada)


# When ------------------------------------------------------------------------------------------------------


async def test_who_unsubscribed_before_is_not_counted_and_gets_nothing(
    house: House, crowd: list[Guest], ada: Guest
) -> None:
    anna, *others = crowd
    await anna.says("/stop")
    anna.skims()
    await writes(ada)
    await sends(ada, "2 people")
    for guest in others:
        guest.sees("our spring collection")
    anna.sees_nothing()
    await reads_report(house, ada)


async def test_who_unsubscribes_while_it_waits_for_them_gets_nothing(
    house: House, crowd: list[Guest], ada: Guest
) -> None:
    anna, *others = crowd
    await hold(house, anna, seconds=5)
    await writes(ada)
    await sends(ada)
    await anna.says("/stop")
    for guest in others:
        guest.sees("our spring collection")
    await house.later(seconds=5)
    anna.sees("no more")
    anna.sees_nothing()
    await house.later(seconds=1)
    assert "Not sent after all: 1" in ada.skims()[-1].text


async def test_a_consent_that_ended_while_it_waits_is_looked_at_once_more_when_it_is_sent(
    house: House, crowd: list[Guest], ada: Guest
) -> None:
    anna, *others = crowd
    await hold(house, anna, seconds=5)
    await writes(ada)
    await sends(ada)
    async with house.work() as work:  # the record alone, without taking back what waits
        prospect = await kept.prospect_of(house, anna)
        await record_withdrawal(
            work, prospect, "follow_ups", Method.COMMAND, "/stop", message_id=None, update_id=1
        )
    for guest in others:
        guest.sees("our spring collection")
    await house.later(seconds=5)
    anna.sees_nothing()
    await house.later(seconds=1)
    assert "Not sent after all: 1" in ada.skims()[-1].text


async def test_the_button_below_it_stops_broadcasts_and_follow_ups_for_good(
    house: House, crowd: list[Guest], ada: Guest
) -> None:
    anna, *others = crowd
    await writes(ada)
    await sends(ada)
    for guest in crowd:
        guest.sees("our spring collection", buttons=[guest.labels_on_screen()[-1]])
    await anna.taps(STOP)
    anna.sees("no more")
    await house.later(seconds=1)
    assert "Want no more: 1" in ada.skims()[-1].text
    await writes(ada, "And a second one")
    await sends(ada, "2 people")
    for guest in others:
        guest.sees("And a second one")
    await house.later(days=3)
    anna.sees_nothing()
    for guest in (*others, ada):
        guest.skims()


async def test_what_waits_of_a_broadcast_is_taken_back_when_a_manager_takes_the_lead(
    house: House, crowd: list[Guest], ada: Guest
) -> None:
    anna, *others = crowd
    await hold(house, anna, seconds=60)
    await writes(ada)
    await sends(ada)
    async with house.work() as work:
        await stop_follow_ups(work, await kept.prospect_of(house, anna), EndReason.HANDED_OFF)
    await house.later(seconds=61)
    anna.sees_nothing()
    for guest in others:
        guest.sees("our spring collection")
    await house.later(seconds=3)
    ada.skims()
