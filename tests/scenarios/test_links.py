"""Links of campaigns and recommendations: what stands behind a token, and what people and managers see of it."""

from __future__ import annotations

import pytest

from storage.links import Link, Utm
from tests.scenarios import kept
from tests.scenarios.over_http import ADA, Guest, House
from tests.scenarios.quick import QUICK
from tests.scenarios.stories import HOT_LEAD, walk

ADDRESS = "https://t.me/hotlead_demo_bot?start="


async def token_in(guest: Guest) -> str:
    """Return the token in the newest message that has an address."""
    texts = [message.text for message in reversed(guest.person.messages) if ADDRESS in message.text]
    return texts[0].partition(ADDRESS)[2].split()[0]


async def a_link(ada: Guest, name: str = "Autumn fair") -> str:
    """Let the admin make a link at once; return its token."""
    await ada.says(f"/link {name}")
    ada.sees("The link is ready", name, ADDRESS)
    return await token_in(ada)


async def link_of(house: House, token: str) -> Link:
    async with house.view() as view:
        found = await view.links.by_token(token)
    assert found is not None
    return found


async def counts(house: House, token: str) -> tuple[int, int, int, int]:
    async with house.view() as view:
        reach = await view.links.reach(await link_of(house, token))
    return reach.first, reach.last, reach.leads, reach.hot


# People who come by a link ---------------------------------------------------------------------------------


async def test_a_link_opens_its_quiz_in_its_language_and_the_card_names_the_campaign(
    house: House, anna: Guest, ada: Guest, max_: Guest, vera: Guest
) -> None:
    await ada.says("/link")
    ada.sees("What is the campaign called?")
    await ada.says("Осінній ярмарок")
    ada.sees("Which quiz")
    await ada.taps_data(f"k:quiz:0:{QUICK}")
    ada.sees("In which language")
    await ada.taps("Українська")
    ada.sees("UTM")
    await ada.taps("Without UTM")
    ada.sees("The link is ready", "Українська")
    token = await token_in(ada)
    await anna.starts(token)
    anna.sees("Вітаємо!")
    anna.sees("Для кого меблі?")
    await walk(anna, HOT_LEAD, "uk")
    anna.skims()
    for manager in (max_, vera):
        manager.sees("Hot lead", "from Осінній ярмарок")
    assert await counts(house, token) == (1, 1, 1, 1)
    assert (await kept.session_of(house, anna)).link_id == (await link_of(house, token)).id


async def test_the_language_of_a_link_stays_when_the_quiz_is_begun_anew(anna: Guest) -> None:
    await anna.starts("office-furniture--ads_oct--uk")
    anna.sees("Вітаємо!")
    anna.skims()
    await anna.says("/restart")
    anna.sees("Вітаємо!")
    anna.skims()


async def test_a_language_that_the_quiz_does_not_speak_changes_nothing(anna: Guest) -> None:
    await anna.starts("office-furniture--ads_oct--de")
    anna.sees("Hi Anna!")
    anna.skims()


async def test_the_first_touch_stays_and_the_last_is_replaced_over_two_visits(
    house: House, anna: Guest, ada: Guest
) -> None:
    fair, flyer = await a_link(ada), await a_link(ada, "Flyer")
    await anna.starts(fair)
    anna.skims()
    await house.later(days=3)
    await anna.starts(flyer)
    anna.skims()
    prospect = await kept.prospect_of(house, anna)
    assert (prospect.first_source, prospect.last_source) == ("Autumn fair", "Flyer")
    assert (await kept.session_of(house, anna)).source == "Autumn fair"
    assert (await counts(house, fair))[:2] == (1, 0)
    assert (await counts(house, flyer))[:2] == (0, 1)


async def test_a_retired_link_still_tells_where_people_come_from(house: House, anna: Guest, ada: Guest) -> None:
    token = await a_link(ada)
    await ada.taps("✖️ Put out of use")
    ada.is_told("Out of use")
    ada.sees_change("out of use", buttons=["🔳 QR code"])
    await anna.starts(token)
    anna.sees("Hi Anna!")
    anna.skims()
    assert (await kept.prospect_of(house, anna)).first_source == "Autumn fair"
    assert (await counts(house, token))[:2] == (1, 1)


async def test_a_forged_recommendation_is_an_unknown_source_and_the_quiz_begins(house: House, anna: Guest) -> None:
    await anna.starts("r_AAAAAAAA")
    anna.sees("Hi Anna!")
    anna.sees("Who is the furniture for?")
    assert (await kept.prospect_of(house, anna)).first_source == "unknown"


# Recommendations -------------------------------------------------------------------------------------------


async def test_a_prospect_recommends_us_and_the_card_says_who(
    house: House, anna: Guest, boris: Guest, max_: Guest, vera: Guest
) -> None:
    await anna.starts(QUICK)
    anna.skims()
    await anna.says("/share")
    anna.sees("Thank you for recommending us", buttons=["📨 Send to a friend", "🔳 QR code"])
    anna.sees("Daylight Office Furniture", f"{ADDRESS}r_")
    payload = await token_in(anna)
    await boris.starts(payload)
    await walk(boris, HOT_LEAD, "en")
    boris.skims()
    for manager in (max_, vera):
        manager.sees("Hot lead", "recommended by Anna")
    found = await kept.prospect_of(house, boris)
    assert found.referred_by == (await kept.prospect_of(house, anna)).id
    assert found.first_source == "referral"


async def test_who_asks_twice_gets_the_same_link_and_another_for_another_quiz(house: House, anna: Guest) -> None:
    tokens = []
    for quiz in ("", "", "dance-school"):
        if quiz:
            await anna.starts(quiz)
        await anna.says("/share")
        anna.skims()
        tokens.append(await token_in(anna))
    assert tokens[0] == tokens[1] != tokens[2]
    assert await kept.rows(house, "SELECT quiz FROM links") == [("office-furniture",), ("dance-school",)]


async def test_the_own_link_is_no_recommendation_of_oneself(house: House, anna: Guest) -> None:
    await anna.says("/share")
    anna.skims()
    await anna.starts(await token_in(anna))
    anna.sees("Hi Anna!")
    anna.skims()
    prospect = await kept.prospect_of(house, anna)
    assert (prospect.referred_by, prospect.first_source) == (None, None)


async def test_a_prospect_gets_the_qr_picture_of_the_own_link_only(
    house: House, anna: Guest, boris: Guest, ada: Guest
) -> None:
    await a_link(ada)
    await anna.says("/share")
    anna.skims()
    await anna.taps("🔳 QR code")
    line = anna.sees("Point a phone’s camera", f"{ADDRESS}r_")
    assert (line.picture or "").endswith(".png")
    await boris.starts()
    boris.skims()
    for number in (1, 2):
        await boris.taps_data(f"k:qr:{number}:")
        boris.is_told("no longer works")
    assert len(await kept.rows(house, "SELECT id FROM files")) == 1


# Admins ----------------------------------------------------------------------------------------------------


async def test_an_admin_makes_a_link_step_by_step_with_utm(house: House, ada: Guest) -> None:
    await ada.says("/links")
    ada.sees("There are no links yet", buttons=["➕ New link"])
    await ada.taps("➕ New link")
    ada.sees("What is the campaign called?", "/cancel")
    await ada.says("Autumn   fair")
    ada.sees("Which quiz", buttons=["Office furniture", "Dance school", "Office furniture"])
    await ada.taps("Dance school")
    ada.sees("In which language", buttons=["In the person’s own", "English", "Українська", "Русский"])
    await ada.taps("In the person’s own")
    ada.sees("UTM", buttons=["Without UTM"])
    await ada.says("https://tempo.example/?id=5&utm_source=insta&utm_medium=story")
    ada.sees(
        *("The link is ready", "Autumn fair · Dance school", ADDRESS, "utm_source=insta", "utm_medium=story"),
        buttons=["🔳 QR code", "✖️ Put out of use"],
    )
    link = await link_of(house, await token_in(ada))
    assert (link.campaign, link.quiz, link.language) == ("Autumn fair", "dance-school", None)
    assert link.utm == Utm(source="insta", medium="story")
    assert await kept.rows(house, "SELECT created_by FROM links") == [(ADA,)]


async def test_nonsense_on_the_way_to_a_link_is_explained_and_nothing_is_lost(house: House, ada: Guest) -> None:
    await ada.says("/link")
    ada.sees("What is the campaign called?")
    await ada.says("x" * 65)
    ada.sees("up to 64 letters")
    await ada.says("Fair")
    ada.sees("Which quiz")
    await ada.says("the dance one")
    ada.sees("choose with a button")
    await ada.taps_data("k:quiz:0:ballet")
    ada.is_told("settled already")
    await ada.taps_data("k:language:0:uk")
    ada.is_told("settled already")
    await ada.taps("Dance school")
    ada.sees("In which language")
    await ada.taps_data("k:language:0:de")
    ada.is_told("settled already")
    await ada.taps("Русский")
    ada.sees("UTM")
    await ada.says("utm? what is that")
    ada.sees("no UTM marks", buttons=["Without UTM"])
    await ada.taps("Without UTM")
    ada.sees("The link is ready", "Fair · Dance school · Русский")
    await ada.taps_data("k:no_utm:0:")
    ada.is_told("settled already")
    assert len(await kept.rows(house, "SELECT id FROM links")) == 1


async def test_a_link_that_was_begun_can_be_cancelled(house: House, ada: Guest) -> None:
    await ada.says("/link")
    ada.sees("What is the campaign called?")
    await ada.says("/cancel")
    ada.sees("No link, then")
    await ada.says("Autumn fair")
    ada.sees("/start")
    await ada.says("/cancel")
    ada.sees("nothing to cancel")
    assert await kept.rows(house, "SELECT id FROM links") == []


@pytest.mark.parametrize("what", ["another command", "an hour"])
async def test_a_link_that_was_left_lying_takes_no_words_that_are_meant_for_others(
    house: House, ada: Guest, what: str
) -> None:
    await ada.says("/link")
    ada.sees("What is the campaign called?")
    if what == "an hour":
        await house.later(hours=1)
    else:
        await ada.says("/id")
        ada.sees("Your Telegram id")
    await ada.says("Autumn fair")
    ada.sees("/start")
    assert await kept.rows(house, "SELECT id FROM links") == []


async def test_a_link_that_was_begun_survives_a_restart_of_the_bot(house: House, ada: Guest) -> None:
    await ada.says("/link")
    ada.sees("What is the campaign called?")
    await house.restarts()
    await ada.says("Autumn fair")
    ada.sees("Which quiz")


async def test_the_list_shows_what_each_link_brought_page_by_page(house: House, anna: Guest, ada: Guest) -> None:
    first = await a_link(ada, "Link 0")
    await anna.starts(first)
    anna.skims()
    for number in range(1, 8):
        await a_link(ada, f"Link {number}")
    await ada.says("/links")
    newest = [f"Link {number}" for number in (7, 6, 5, 4, 3, 2)]
    ada.sees(*newest, buttons=[*newest, "▶", "➕ New link"])
    await ada.taps("▶")
    ada.sees_change(
        *("Link 0", f"{ADDRESS}{first}", "First visits: 1 · latest visits: 1 · leads: 0, hot: 0"),
        buttons=["Link 1", "Link 0", "◀", "➕ New link"],
    )
    await ada.taps("Link 0")
    ada.sees("The link", "Link 0", buttons=["🔳 QR code", "✖️ Put out of use"])
    await ada.taps("◀")
    ada.sees_change("Link 7")


async def test_the_qr_picture_is_drawn_once(house: House, ada: Guest) -> None:
    token = await a_link(ada)
    for _ in range(2):
        await ada.taps("🔳 QR code")
        line = ada.sees("Autumn fair", f"{ADDRESS}{token}")
        assert line.picture == f"hotlead_demo_bot-{token}.png"
    assert await kept.rows(house, "SELECT purpose, mime FROM files") == [("qr", "image/png")]


async def test_a_hostile_name_is_shown_as_it_was_typed(ada: Guest) -> None:
    await ada.says("/link <b>Fair</b> & 'co")
    ada.sees("<b>Fair</b> & 'co")


async def test_only_admins_have_links(house: House, anna: Guest, max_: Guest, ada: Guest) -> None:
    await a_link(ada)
    await anna.starts()
    anna.skims()
    for guest in (anna, max_):
        for words in ("/links", "/link Mine", "/cancel"):
            await guest.says(words)
            guest.sees("I ask a few short questions")
        for data in (
            "k:list:0:",
            "k:new:0:",
            "k:show:1:",
            "k:retire:1:",
            "k:qr:1:",
            "k:no_utm:0:",
            "k:quiz:0:quick",
        ):
            await guest.taps_data(data)
            guest.is_told("no longer works")
    assert await kept.rows(house, "SELECT campaign, retired_at FROM links") == [("Autumn fair", None)]


async def test_who_is_no_admin_any_more_loses_the_link_that_was_begun(house: House, ada: Guest) -> None:
    await ada.says("/link")
    ada.sees("What is the campaign called?")
    await house.restarts(admins=())
    await ada.says("Autumn fair")
    ada.sees("/start")
    assert await kept.rows(house, "SELECT id FROM links") == []


async def test_forged_taps_of_an_admin_harm_nothing(house: House, ada: Guest) -> None:
    await a_link(ada)
    for data in ("k:show:99:", "k:qr:99:", "k:retire:99:", "k:steal:1:", f"k:show:{'f' * 15}:"):
        await ada.taps_data(data)
        ada.is_told("no longer works")
    await ada.taps_data(f"k:list:{'f' * 15}:")
    ada.sees_change("Your links", buttons=["◀", "➕ New link"])
