"""Follow-ups: sent when they are due, in allowed hours, to those who agreed to them, and never twice."""

from __future__ import annotations

from tests.scenarios import kept
from tests.scenarios.over_http import Guest, House
from tests.scenarios.stories import DANCE_HOT, HOT_LEAD, WARM_LEAD

FIRST = ["Open the catalogue", "🔕 No more of these"]


async def test_a_warm_lead_gets_each_follow_up_when_it_is_due(house: House, anna: Guest, max_: Guest) -> None:
    await anna.goes_through(WARM_LEAD)
    max_.sees_nothing()
    await house.later(minutes=59)
    anna.sees_nothing()
    await house.later(minutes=1)
    anna.sees("ready-made work places", buttons=FIRST)
    await house.later(hours=23)
    anna.sees_nothing()
    await house.later(hours=1)
    anna.sees("Three numbers worth measuring", buttons=["🔕 No more of these"])
    await house.later(days=3)
    anna.sees("A team of forty")
    await house.later(days=7)
    anna.sees("This is our last message")
    await house.later(days=60)
    anna.sees_nothing()
    async with house.view() as view:
        assert await view.enrolments.active_of((await kept.lead(house)).prospect_id) == []


async def test_a_follow_up_waits_for_the_allowed_hours(house: House, anna: Guest) -> None:
    await house.later(hours=6, minutes=30)  # half past six in the evening, in Kyiv
    await anna.goes_through(WARM_LEAD)
    await house.later(hours=15, minutes=29)
    anna.sees_nothing()
    await house.later(minutes=1)  # ten in the morning
    anna.sees("ready-made work places")


async def test_a_follow_up_that_was_missed_is_not_sent_at_night(house: House, anna: Guest) -> None:
    await anna.goes_through(WARM_LEAD)
    await house.closes()
    await house.restarts_after(hours=15)  # three in the night: it was due at one in the afternoon
    anna.sees_nothing()
    await house.later(hours=7)
    anna.sees("ready-made work places")


async def test_a_follow_up_survives_a_restart_and_comes_once(house: House, anna: Guest) -> None:
    await anna.goes_through(WARM_LEAD)
    await house.restarts()
    await house.closes()
    await house.restarts_after(hours=2)
    anna.sees("ready-made work places")
    await house.restarts()
    anna.sees_nothing()


async def test_who_refused_follow_ups_never_gets_one(house: House, anna: Guest) -> None:
    await anna.goes_through(WARM_LEAD.but(letters="no"))
    await house.later(days=60)
    anna.sees_nothing()
    assert "not_enrolled" in await kept.events(house)
    assert await kept.rows(house, "SELECT id FROM enrolments") == []


async def test_a_tap_on_a_product_gives_points_once_and_makes_the_lead_hot(
    house: House, anna: Guest, max_: Guest, vera: Guest
) -> None:
    await anna.goes_through(WARM_LEAD)
    await house.later(hours=1)
    anna.sees("ready-made work places")

    await anna.taps("Open the catalogue")
    anna.is_told("The link is in the chat")
    anna.sees("Here you are", buttons=["Open the catalogue"])
    for manager in (max_, vera):
        manager.sees("Hot lead · 90 points", "Open the catalogue", buttons=["✋ Take"])
    assert (await kept.points(house))["product_link"] == 30

    first, _ = anna.button("Open the catalogue")
    for _ in range(2):
        await anna.taps_old("Open the catalogue", first)
        anna.is_told("The link is in the chat")
        anna.sees("Here you are")
    assert len(await kept.rows(house, "SELECT id FROM ledger WHERE origin = 'link'")) == 1
    assert len(await kept.rows(house, "SELECT id FROM hand_offs")) == 1
    await house.later(minutes=4)
    anna.sees_nothing()


async def test_follow_ups_stop_when_the_lead_is_handed_off(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await anna.goes_through(WARM_LEAD)
    await house.later(hours=1)
    await anna.taps("Open the catalogue")
    await max_.taps("✋ Take")
    for guest in (anna, max_, vera, ada):
        guest.skims()
    await house.later(days=60)
    anna.sees_nothing()


async def test_who_became_hot_by_a_tap_is_not_told_of_a_promise_that_nobody_made(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await anna.goes_through(WARM_LEAD)
    await house.later(hours=1)
    await anna.taps("Open the catalogue")
    promised = any("contact you within" in message.text for message in anna.person.messages if message.from_bot)
    anna.skims()
    await house.later(minutes=5)
    apologised = any("longer than we promised" in line.text for line in anna.skims())
    assert apologised == promised
    for guest in (max_, vera, ada):
        guest.skims()


async def test_not_now_does_not_send_again_what_was_sent_before(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await anna.goes_through(WARM_LEAD)
    await house.later(hours=1)
    anna.sees("ready-made work places")
    await anna.taps("Open the catalogue")
    await max_.taps("✋ Take")
    await max_.taps("⏳ Not now")
    for guest in (anna, max_, vera, ada):
        guest.skims()
    for _ in range(30):
        await house.later(days=1)
    texts = [line.text for line in anna.skims()]
    assert len(texts) == len(set(texts)) <= 3, texts  # «four messages at most», and one had come before
    assert not any("ready-made work places" in text for text in texts), texts


async def test_a_follow_up_speaks_the_language_chosen_last(house: House, anna: Guest) -> None:
    await anna.goes_through(WARM_LEAD)
    await anna.says("/language")
    anna.sees("Which language")
    await anna.taps("Українська")
    anna.skims()
    await house.later(hours=1)
    anna.sees("Ось готові робочі місця", buttons=["Відкрити каталог", "🔕 Більше не надсилати"])


async def test_a_lead_of_two_quizzes_is_followed_up_by_each(
    house: House, anna: Guest, max_: Guest, vera: Guest
) -> None:
    await anna.goes_through(WARM_LEAD)
    await anna.starts("dance-school--insta")
    anna.skims()
    await anna.goes_through(DANCE_HOT, until="letters")
    await anna.taps("No messages, please")
    anna.skims()
    max_.sees("Hot lead", "Dance school · from insta")
    vera.skims()
    assert {(await kept.lead(house, n)).quiz for n in (1, 2)} == {HOT_LEAD.quiz, DANCE_HOT.quiz}
