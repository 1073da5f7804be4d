"""The commands: /start in the middle, /restart, /language, /help, /id, and those that there are not."""

from __future__ import annotations

from tests.scenarios import kept
from tests.scenarios.over_http import Guest, House
from tests.scenarios.stories import FURNITURE_HOT


async def test_start_in_the_middle_offers_to_go_on_where_it_stopped(house: House, anna: Guest) -> None:
    await anna.goes_through(FURNITURE_HOT, until="when_needed")
    await anna.says("/start")
    anna.sees("Good to see you again", buttons=["▶️ Continue from question 4", "↺ Start over"])
    await anna.taps("▶️ Continue from question 4")
    anna.sees_change("Good to see you again", buttons=[])
    anna.sees("When do you need it?", buttons=["This month", "In two or three months", "Later", "← Back"])
    await anna.taps("This month")
    anna.sees_change("✓ This month")
    anna.sees("budget")
    assert await kept.answers_of(house, anna) == ["role", "office_need", "places", "when_needed"]


async def test_start_in_the_middle_goes_on_after_a_restart_of_the_bot(house: House, anna: Guest) -> None:
    await anna.goes_through(FURNITURE_HOT, until="places")
    await house.restarts()
    await anna.says("12")
    anna.sees_change("How many places", "✓ 12")
    anna.sees("When do you need it?")


async def test_restart_begins_anew(house: House, anna: Guest) -> None:
    await anna.goes_through(FURNITURE_HOT, until="when_needed")
    await anna.says("/restart")
    anna.sees("Hi Anna!")
    anna.sees("Who is the furniture for?")
    assert await kept.answers_of(house, anna) == []
    assert len(await kept.rows(house, "SELECT id FROM sessions")) == 2


async def test_start_after_the_end_begins_anew_and_stays_one_lead(
    house: House, anna: Guest, max_: Guest, vera: Guest
) -> None:
    await anna.goes_through(FURNITURE_HOT)
    await anna.goes_through(FURNITURE_HOT.but(places="5"))
    for manager in (max_, vera):
        manager.sees("Hot lead", "Work places: 12")
        manager.sees_change("Hot lead", "Work places: 5")
    assert len(await kept.rows(house, "SELECT id FROM leads")) == 1
    assert len(await kept.rows(house, "SELECT id FROM hand_offs")) == 1


async def test_another_language_in_the_middle_keeps_the_place(
    house: House, anna: Guest, max_: Guest, vera: Guest
) -> None:
    await anna.goes_through(FURNITURE_HOT, until="when_needed")
    await anna.says("/language")
    anna.sees("Which language", buttons=["English", "Українська", "Русский"])
    await anna.taps("Українська")
    anna.is_told("Далі — українською")
    anna.sees("На коли потрібно?", buttons=["Цього місяця", "За два-три місяці", "Пізніше", "← Назад"])
    await anna.taps("Цього місяця")
    anna.sees_change("✓ Цього місяця")
    anna.sees("Який бюджет")
    assert (await kept.answers_of(house, anna))[0] == "role"
    await anna.taps("15–30 тис. грн")
    await anna.says("Київ")
    await anna.taps("Пропустити")
    await anna.taps("Так, зв’яжіться зі мною")
    await anna.shares_her_phone()
    await anna.taps("Ні, без повідомлень")
    anna.skims()
    max_.sees("Hot lead · 90 points", "Needed by: This month")  # managers keep their own
    vera.skims()


async def test_a_language_can_be_chosen_before_the_start(anna: Guest) -> None:
    await anna.says("/language")
    anna.sees("Which language")
    await anna.taps("Русский")
    anna.is_told("Дальше — по-русски")
    await anna.starts()
    anna.sees("Здравствуйте!")
    anna.sees("Для кого мебель?")


async def test_a_prospect_is_met_in_the_language_of_their_phone(house: House) -> None:
    for number, spoken in enumerate(("uk", "uk-UA", "ru", "en-GB", "de", None), start=100):
        guest = house.guest(number, "Guest")
        guest.person.language = spoken
        await guest.starts()
        guest.sees({"uk": "Вітаємо!", "ru": "Здравствуйте!"}.get((spoken or "en")[:2], "Hi Guest!"))
        guest.skims()


async def test_help_says_who_asks_and_what_can_be_done(anna: Guest) -> None:
    for command in ("/help", "/nonsense", "/HELP", "/help@hotlead_demo_bot"):
        await anna.says(command)
        anna.sees("Daylight Office Furniture", "/start", "/restart", "/language", "/stop")


async def test_id_tells_an_id_of_more_than_31_bits(house: House, anna: Guest, ada: Guest) -> None:
    await anna.says("/id")
    anna.sees("7000000001")
    await ada.says("/id")
    ada.sees("Your Telegram id: 3")
    assert (await kept.prospect_of(house, anna)).telegram_id == 7_000_000_001
