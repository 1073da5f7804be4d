"""Tracked links: opening one leads on at once, is counted once, and only when a person did it."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest

from bot.telegram.requests import LinkButton
from bot.tracking.buttons import tracked
from tests.bot.test_logs import logs
from tests.scenarios import kept
from tests.scenarios.browser import PHONE, PUBLIC, Browser
from tests.scenarios.combination import ABOUT_A_FILE
from tests.scenarios.conftest import Opening
from tests.scenarios.disk import Disk
from tests.scenarios.over_http import ADA, MAX, Guest, House
from tests.scenarios.quick import quick_quiz
from tests.scenarios.stories import HOT_LEAD, WARM_LEAD

CATALOGUE = "https://acme.example/catalogue"
OPEN = "Open the catalogue"
WEB = {"public_url": PUBLIC, "listen": "127.0.0.1:0"}


@pytest.fixture
def disk() -> Iterator[Disk]:
    with Disk().installed() as disk:
        yield disk


@pytest.fixture
async def house(opening: Opening, disk: Disk) -> AsyncIterator[House]:
    """The furniture maker's bot with a public address, a manager and an admin."""
    async with opening(quiz=(str(quick_quiz()),), managers=(MAX,), admins=(ADA,), **WEB) as opened:
        for number, name in ((MAX, "Max"), (ADA, "Ada")):
            await opened.guest(number, name).starts()
            opened.guests[number].skims()
        yield opened


@pytest.fixture
def browser(house: House) -> Browser:
    return Browser(house)


async def _link(house: House, guest: Guest) -> str:
    """Let somebody become a warm lead and get a follow-up; return where its button leads."""
    await guest.goes_through(WARM_LEAD)
    await house.later(hours=1)
    guest.sees("ready-made work places", buttons=[OPEN, "🔕 No more of these"])
    return guest.person.opens(OPEN)


async def test_a_link_leads_on_and_a_lead_that_becomes_hot_by_it_is_handed_off_at_once(
    house: House, anna: Guest, max_: Guest, browser: Browser
) -> None:
    link = await _link(house, anna)
    assert re.fullmatch(rf"{PUBLIC}/r/[A-Za-z0-9_-]{{22}}", link)
    page = await browser.opens(link)
    assert page.status == 302
    assert page.leads_to is not None
    assert page.leads_to.startswith("https://")
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    max_.sees("Hot lead · 90 points", OPEN, buttons=["✋ Take"])
    assert (await kept.points(house))["product_link"] == 30
    anna.sees_nothing()


async def test_a_link_counts_once_however_often_and_by_whichever_way_it_is_opened(
    house: House, anna: Guest, max_: Guest, browser: Browser
) -> None:
    link = await _link(house, anna)
    for _ in range(3):
        assert (await browser.opens(link)).status == 302
    await asyncio.gather(*(browser.opens(link) for _ in range(5)))
    await anna.taps_data("m:1")  # the way without a public address
    anna.is_told("The link is in the chat")
    anna.sees("Here you are", buttons=[OPEN])
    max_.sees("Hot lead · 90 points")
    assert len(await kept.rows(house, "SELECT id FROM ledger WHERE origin = 'link'")) == 1
    assert len(await kept.rows(house, "SELECT id FROM hand_offs")) == 1
    assert (await kept.events(house)).count("opened_link") == 1


async def test_a_tap_and_a_link_of_the_same_message_give_its_points_once(
    opening: Opening, house: House, anna: Guest, max_: Guest
) -> None:
    await anna.goes_through(WARM_LEAD)
    await house.restarts(public_url=None, listen=None)
    await house.later(hours=1)
    anna.sees("ready-made work places")
    await anna.taps(OPEN)
    anna.skims()
    max_.sees("Hot lead · 90 points")
    async with house.work() as work:  # the same follow-up, sent once more with a link
        person = await kept.prospect_of(house, anna)
        once = "link:quick-furniture:warm-up:sets"
        (known,) = await kept.rows(house, "SELECT once FROM ledger WHERE origin = 'link'")
        assert known == (once,)
        button = await tracked(
            replace(work, setup=replace(work.setup, public_url=PUBLIC)),
            person,
            text=OPEN,
            url=CATALOGUE,
            kind="product_link",
            once=once,
            enrolment=1,
            step="sets",
        )
    assert isinstance(button, LinkButton)
    await house.restarts(**WEB)
    assert (await Browser(house).opens(button.url)).leads_to == CATALOGUE
    assert len(await kept.rows(house, "SELECT id FROM ledger WHERE origin = 'link'")) == 1
    max_.sees_nothing()


@pytest.mark.parametrize(
    ("method", "agent", "headers"),
    [
        ("HEAD", PHONE, {}),
        ("GET", "TelegramBot (like TwitterBot)", {}),
        ("GET", "WhatsApp/2.23.20.0", {}),
        ("GET", "curl/8.5.0", {}),
        ("GET", PHONE, {"Sec-Purpose": "prefetch;prerender"}),
    ],
    ids=["HEAD", "Telegram's preview", "WhatsApp's preview", "curl", "prefetch"],
)
async def test_a_robot_is_led_on_and_counts_nothing(
    house: House, anna: Guest, browser: Browser, method: str, agent: str, headers: dict[str, str]
) -> None:
    link = await _link(house, anna)
    page = await browser.opens(link, method, agent=agent, **headers)
    assert page.status == 302
    assert page.text == ""
    assert await kept.rows(house, "SELECT opened_at FROM tracked_links") == [(None,)]
    assert "product_link" not in await kept.points(house)


async def test_a_forwarded_link_counts_for_whom_it_was_made(
    house: House, anna: Guest, boris: Guest, max_: Guest, browser: Browser
) -> None:
    """Nobody can tell whose browser it is: all that can be held is that it counts for one person, and once."""
    link = await _link(house, anna)
    await boris.goes_through(WARM_LEAD)
    await browser.opens(link, agent="Mozilla/5.0 (iPhone) of Boris")
    max_.sees("Hot lead", "Anna")
    assert "product_link" not in await kept.points(house, 2)


STRANGE = (
    "/r/",
    "/r/AAAAAAAAAAAAAAAAAAAAAA",
    "/r//evil.example",
    "/r/https://evil.example",
    "/r/%2F%2Fevil.example",
    "/r/..%2f..%2fevil.example",
    "//evil.example/r/x",
    "/r/\\evil.example",
    "/nothing",
    "/",
)


@pytest.mark.parametrize("path", STRANGE)
async def test_nothing_in_an_address_leads_anywhere_but_to_what_was_stored(
    house: House, browser: Browser, path: str
) -> None:
    page = await browser.opens(path)
    assert page.status == 404
    assert page.leads_to is None
    assert "evil" not in page.text


async def test_what_is_hung_onto_a_link_changes_nothing_of_where_it_leads(
    house: House, anna: Guest, max_: Guest, browser: Browser
) -> None:
    link = await _link(house, anna)
    leads_to = (await browser.opens(link)).leads_to
    max_.skims()
    for more in ("?to=https://evil.example", "?url=//evil.example&next=//evil.example"):
        assert (await browser.opens(link + more)).leads_to == leads_to
    for more in ("/../../evil.example", "%00", "/", "//evil.example", "@evil.example"):
        assert (await browser.opens(link + more)).status == 404
    assert (await browser.opens(link, Host="evil.example")).leads_to == leads_to


@pytest.mark.parametrize(
    ("accepts", "said"),
    [
        ("uk-UA,uk;q=0.9,en;q=0.8", "Це посилання нікуди не веде"),
        ("ru", "Эта ссылка никуда не ведёт"),
        ("en-GB", "This link leads nowhere"),
        ("de-DE, ru;q=0.3, uk;q=0.7", "Це посилання нікуди не веде"),
        ("uk;q=0, de", "This link leads nowhere"),
        ("nonsense;;;q=x,\t", "This link leads nowhere"),
    ],
)
async def test_a_link_that_leads_nowhere_says_so_in_the_readers_language(
    house: House, browser: Browser, accepts: str, said: str
) -> None:
    page = await browser.opens("/r/AAAAAAAAAAAAAAAAAAAAAA", Accept_Language=accepts)
    assert said in page.text
    assert "https://t.me/" in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


async def test_the_link_of_somebody_who_was_erased_leads_nowhere(
    house: House, anna: Guest, browser: Browser
) -> None:
    link = await _link(house, anna)
    await anna.says("/privacy")
    await anna.taps("🗑 Delete everything")
    await anna.taps("Yes, delete everything")
    anna.skims()
    assert (await browser.opens(link)).status == 404
    assert await kept.rows(house, "SELECT id FROM tracked_links") == []


async def test_who_opens_a_link_is_led_on_though_the_database_takes_nothing(
    house: House, anna: Guest, max_: Guest, browser: Browser, disk: Disk
) -> None:
    link = await _link(house, anna)
    with disk.read_only():
        assert (await browser.opens(link)).status == 302
        page = await browser.opens("/health")
        assert page.status == 503
        assert "the database cannot be written" in json.loads(page.text)["problems"]
        assert "hotlead_healthy 0" in (await browser.opens("/metrics")).text
    max_.sees_nothing()
    await house.later(seconds=6)
    assert "database" not in (await browser.opens("/health")).text
    await browser.opens(link)
    max_.sees("Hot lead · 90 points")


@ABOUT_A_FILE  # a trigger in SQLite's words
async def test_an_opening_that_could_not_be_counted_is_counted_later(
    house: House, anna: Guest, max_: Guest, browser: Browser
) -> None:
    link = await _link(house, anna)
    async with house._database.transaction() as connection:
        await connection.exec_driver_sql(
            "CREATE TRIGGER broken BEFORE INSERT ON ledger BEGIN SELECT RAISE(ABORT, 'broken'); END"
        )
    assert (await browser.opens(link)).status == 302
    max_.sees_nothing()
    async with house._database.transaction() as connection:
        await connection.exec_driver_sql("DROP TRIGGER broken")
    await house.restarts()
    await house.later(hours=1)
    max_.sees("Hot lead · 90 points")


async def test_a_material_that_is_opened_by_its_link_is_told_to_the_manager_once(
    house: House, anna: Guest, max_: Guest, ada: Guest, browser: Browser
) -> None:
    await ada.says("/materials")
    await ada.taps("➕ Add")
    await ada.says("Price list\nhttps://acme.example/prices?a=1&b=ціни")
    await ada.taps("product_link")
    await anna.goes_through(HOT_LEAD)
    await max_.taps("✋ Take")
    for label in ("⋯ More", "📎 Send material", "Price list"):
        await max_.taps(label)
    for guest in (max_, ada):
        guest.skims()
    anna.skims()
    link = anna.person.opens("👀 Open")
    for _ in range(2):
        page = await browser.opens(link)
        assert page.leads_to == "https://acme.example/prices?a=1&b=%D1%86%D1%96%D0%BD%D0%B8"
    max_.sees_under("Hot lead ·", "Anna (lead #1) has opened “Price list”")
    max_.sees_nothing()


async def test_neither_logs_nor_the_database_hold_a_link_that_stands_for_somebody(
    house: House,
    anna: Guest,
    max_: Guest,
    browser: Browser,
    disk: Disk,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with logs(verbose=True):
        link = await _link(house, anna)
        token = link.rpartition("/")[2]
        await browser.opens(link)
        await browser.opens(f"{link}x")
        with disk.read_only():
            await browser.opens(link)
        await house.restarts()
    max_.skims()
    told = capsys.readouterr()
    assert token not in told.out + told.err
    for path in house.folder.iterdir():
        if path.is_file():
            assert token.encode() not in path.read_bytes(), path.name


async def test_nobody_is_shown_a_link_that_was_made_for_somebody_else(
    house: House, anna: Guest, boris: Guest, max_: Guest
) -> None:
    await _link(house, anna)
    await boris.starts()
    boris.skims()
    for data, told in (("m:1", "This button no longer works"), ("m:99", "too old to open its link")):
        await boris.taps_data(data)
        boris.is_told(told)
        boris.sees_nothing()
    assert await kept.rows(house, "SELECT opened_at FROM tracked_links") == [(None,)]
    max_.sees_nothing()
