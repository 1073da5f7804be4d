"""Tracked links: opening one leads on at once, is counted once, and only when a person did it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest

from tests.scenarios import kept
from tests.scenarios.browser import PUBLIC, Browser
from tests.scenarios.conftest import Opening
from tests.scenarios.over_http import ADA, ANNA, BORIS, MAX, Guest, House
from tests.scenarios.quick import quick_quiz
from tests.scenarios.stories import WARM_LEAD

CATALOGUE = "https://acme.example/catalogue"
OPEN = "Open the catalogue"
WEB = {"public_url": PUBLIC, "listen": "127.0.0.1:0"}


@pytest.fixture
async def house(opening: Opening) -> AsyncIterator[House]:
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
