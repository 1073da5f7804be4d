"""Several bots behind one web server: each link finds its bot, and whoever watches sees all of them."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.ensemble import LOOK_EVERY
from bot.watching.health import ASK_AGAIN
from tests.scenarios.browser import PUBLIC, Browser
from tests.scenarios.over_http import ADA, ANNA, Guest
from tests.scenarios.quick import quick_quiz
from tests.scenarios.stories import WARM_LEAD
from tests.scenarios.together import Room, Together, together

ROOFS, DANCES = 71, 72
OPEN = "Open the catalogue"


@pytest.fixture
async def company(migrated: Path, tmp_path: Path) -> AsyncIterator[Together]:
    """Two bots with a public address: roofs, which the settings name, and dances, which the database keeps."""
    shutil.copy(migrated, tmp_path / "hotlead.db")
    quiz = str(quick_quiz())
    async with together(tmp_path, roofs_bot=ROOFS, dances_bot=DANCES) as company:
        await company.adds(company.rooms[DANCES], quiz, admins=(ADA,))
        web: dict[str, Any] = {"public_url": PUBLIC, "listen": "127.0.0.1:0"}
        await company.starts(bot_token=company.rooms[ROOFS].token, quiz=(quiz,), admins=(ADA,), **web)
        await company.all_play()
        yield company


@pytest.fixture
def roofs(company: Together) -> Room:
    return company.rooms[ROOFS]


@pytest.fixture
def dances(company: Together) -> Room:
    return company.rooms[DANCES]


@pytest.fixture
def browser(company: Together) -> Browser:
    return Browser(company)


async def _link(room: Room) -> str:
    """Let Anna become a warm lead of a bot and get a follow-up; return where its button leads."""
    anna: Guest = room.guest(ANNA, "Anna")
    await anna.goes_through(WARM_LEAD)
    await room.later(hours=1)
    anna.skims()
    return anna.person.opens(OPEN)


async def _points(room: Room) -> int:
    async with room.view() as view:
        person = await view.prospects.by_telegram_id(ANNA)
        assert person is not None
        (lead,) = await view.leads.all_of(person.id)
        return sum(entry.points for entry in await view.ledger.entries(lead) if entry.origin == "link")


async def test_a_link_finds_the_bot_that_sent_it(
    company: Together, roofs: Room, dances: Room, browser: Browser
) -> None:
    here, there = await _link(roofs), await _link(dances)
    page = await browser.opens(there)
    assert page.status == 302
    assert (await _points(roofs), await _points(dances)) == (0, 30)
    assert (await browser.opens(here)).status == 302
    assert (await _points(roofs), await _points(dances)) == (30, 30)
    for nobodys in (f"{PUBLIC}/r/{'A' * 22}", f"{PUBLIC}/r/x", f"{PUBLIC}/webhook/99", f"{PUBLIC}/"):
        gone = await browser.opens(nobodys)
        assert gone.status == 404
        assert "_bot" not in gone.text  # whose it might be, nobody knows


async def test_links_of_a_paused_bot_lead_on_and_count_when_it_is_back(
    company: Together, dances: Room, browser: Browser
) -> None:
    link = await _link(dances)
    await company.pauses(dances)
    page = await browser.opens(link)
    assert page.status == 302
    assert (await browser.opens(f"{PUBLIC}/webhook/{DANCES}")).status == 503  # Telegram comes again
    assert await _points(dances) == 0
    await company.pauses(dances, resume=True)
    await company.quiet()
    assert await _points(dances) == 30


async def test_health_tells_of_every_bot_and_one_that_cannot_run_is_no_reason_to_restart_the_others(
    company: Together, dances: Room, browser: Browser
) -> None:
    page = await browser.opens("/health")
    told = json.loads(page.text)
    assert page.status == 200
    assert set(told["bots"]) == {"@roofs_bot", "@dances_bot"}
    assert told["stopped"] == {}
    dances.emulator._desk._token = "72:another-one"
    dances.guest(ANNA, "Anna").person.starts()
    await company.until(lambda: DANCES in company.ensemble.stopped)
    company.clock.move(ASK_AGAIN)
    page = await browser.opens("/health")
    told = json.loads(page.text)
    assert page.status == 200
    assert told["ok"] is True
    assert "refuses its token" in told["stopped"]["@dances_bot"]
    assert set(told["bots"]) == {"@roofs_bot"}
    assert 'hotlead_stopped{bot="dances_bot"} 1' in (await browser.opens("/metrics")).text
    company.clock.move(LOOK_EVERY)
    assert (await browser.opens("/health", host="go.acme.example")).status == 404


async def test_metrics_name_the_bot_and_tell_each_metric_once(company: Together, browser: Browser) -> None:
    told = (await browser.opens("/metrics")).text
    for bot in ("roofs_bot", "dances_bot"):
        assert f'hotlead_healthy{{bot="{bot}"}} 1' in told
        assert f'hotlead_inbox_updates{{bot="{bot}",state="waiting"}} 0' in told
    described = re.findall(r"^# TYPE (\S+)", told, re.MULTILINE)
    assert len(described) == len(set(described))
    assert re.search(r"^process_resident_memory_bytes \d", told, re.MULTILINE)
