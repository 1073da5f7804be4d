"""The site: how the bot is, told to whom it concerns and to nobody else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.bell import Bell
from bot.telegram.requests import SendText, Sent, Unreachable, Wait
from bot.watching.health import ASK_AGAIN, SILENT_AFTER, STANDS_AFTER
from bot.watching.pulse import WatchedMessenger, WebhookHealth
from bot.web.asking import Answer, Asked
from bot.web.redirecting import Redirects
from bot.web.site import Site
from storage.messages import Fate, Kind
from storage.states import BACKUP, EVERY_BOT
from tests.bot.bench import ANNA, Bench
from tests.bot.fakes import BOT

PUBLIC = "https://go.acme.example"
TOKEN = "a-long-enough-token"
SECOND = timedelta(seconds=1)
PERSON = 7_000_000_001
Open = Callable[..., Site]


@pytest.fixture
def site(bench: Bench) -> Open:
    """A site over the bench, with a public address; Telegram has just been heard."""
    bench.hotlead.pulse.heard()

    def opened(token: str | None = None) -> Site:
        workshop = bench.hotlead.workshop
        workshop = replace(workshop, setup=replace(workshop.setup, public_url=PUBLIC))
        return Site(workshop, bench.hotlead.pulse, Redirects(workshop, Bell()), lambda: 12345, token)

    return opened


async def _asks(site: Site, path: str, method: str = "GET", **headers: str) -> Answer:
    return await site.answer(Asked(method, path, {"host": "127.0.0.1:8080", **headers}))


async def _problems(site: Site) -> list[str]:
    answer = await _asks(site, "/health")
    told = json.loads(answer.body)
    assert (answer.status == 200) is told["ok"] is (not told["problems"])
    return list(told["problems"])


async def test_when_all_is_well_health_says_so(site: Open) -> None:
    assert await _problems(site()) == []


async def test_health_says_when_telegram_is_not_heard(bench: Bench, site: Open) -> None:
    open_site = site()
    bench.clock.move(SILENT_AFTER)
    assert await _problems(open_site) == []
    bench.clock.move(ASK_AGAIN)
    assert await _problems(open_site) == ["Telegram is not heard"]
    await WatchedMessenger(bench.telegram, bench.hotlead.pulse).identify()
    bench.telegram.incoming.append([])
    await WatchedMessenger(bench.telegram, bench.hotlead.pulse).receive(None, 0)
    bench.clock.move(ASK_AGAIN)
    assert await _problems(open_site) == []


async def test_health_says_when_updates_are_not_handled(bench: Bench, site: Open) -> None:
    open_site = site()
    async with bench.database.unit(BOT) as unit:
        await unit.inbox.keep([(1, "{}")], bench.clock.now())
    bench.clock.move(STANDS_AFTER)
    assert await _problems(open_site) == []
    bench.clock.move(ASK_AGAIN)
    assert await _problems(open_site) == ["updates are not handled"]


async def test_health_says_when_messages_are_not_sent_though_they_could(bench: Bench, site: Open) -> None:
    open_site = site()
    await bench.put(Kind.DIALOG, ANNA)
    bench.clock.move(STANDS_AFTER + SECOND)
    assert await _problems(open_site) == ["messages are not sent"]


async def test_a_long_queue_that_moves_is_no_problem(bench: Bench, site: Open) -> None:
    open_site = site()
    await bench.put(Kind.DIALOG, ANNA)
    bench.clock.move(STANDS_AFTER + SECOND)
    bench.hotlead.pulse.asks()
    assert await _problems(open_site) == []


async def test_looking_at_the_health_does_not_become_the_load(bench: Bench, site: Open) -> None:
    open_site = site()
    await _problems(open_site)
    async with bench.database.transaction() as connection:
        await connection.exec_driver_sql("DELETE FROM states WHERE name = 'health'")
    await _problems(open_site)
    async with bench.database.view(BOT) as view:
        assert await view.states.read("health") is None  # it was not asked again
        bench.clock.move(ASK_AGAIN)
    await _problems(open_site)
    async with bench.database.view(BOT) as view:
        assert await view.states.read("health") is not None


FROM_ELSEWHERE = (
    {"host": "go.acme.example"},
    {"host": "GO.acme.example"},
    {"x-forwarded-for": "203.0.113.7"},
    {"forwarded": "for=203.0.113.7"},
    {"x-real-ip": "203.0.113.7"},
    {"via": "1.1 proxy"},
)


@pytest.mark.parametrize("path", ["/health", "/metrics"])
@pytest.mark.parametrize("headers", FROM_ELSEWHERE, ids=str)
async def test_how_the_bot_is_is_not_told_to_the_public(site: Open, path: str, headers: dict[str, str]) -> None:
    assert (await _asks(site(), path, **headers)).status == 404
    assert (await _asks(site(TOKEN), path, **headers)).status == 404
    shown = {**headers, "authorization": f"Bearer {TOKEN}"}
    assert (await _asks(site(TOKEN), path, **shown)).status == 200
    assert (await _asks(site(), path, **shown)).status == 404


@pytest.mark.parametrize(
    "shown", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", TOKEN, "Bearer ключ", "Bearer \udcff"]
)
async def test_metrics_want_the_token_if_there_is_one(site: Open, shown: str) -> None:
    refused = await _asks(site(TOKEN), "/metrics", authorization=shown)
    assert refused.status == 401
    assert refused.headers["WWW-Authenticate"] == "Bearer"
    assert TOKEN not in refused.body
    assert (await _asks(site(TOKEN), "/metrics", authorization=f"Bearer {TOKEN}")).status == 200
    assert (await _asks(site(TOKEN), "/health")).status == 200


async def test_metrics_tell_what_an_operator_wants_to_know(bench: Bench, site: Open) -> None:
    pulse = bench.hotlead.pulse
    request = SendText(chat_id=PERSON, html="canary")
    for result in (Sent(1), Sent(2), Wait(3.0), Unreachable("Forbidden: canary")):
        pulse.performed(request, result)
    await bench.put(Kind.DIALOG, PERSON, "canary")
    await bench.put(Kind.FOLLOW_UP, PERSON, "canary")
    lost = await bench.put(Kind.FOLLOW_UP, PERSON, "canary")
    async with bench.database.unit(BOT) as unit:
        await unit.outbox.settle(lost, Fate.UNKNOWN, bench.clock.now())
        await unit.inbox.keep([(1, "canary"), (2, "canary")], bench.clock.now())
        (received, _) = await unit.inbox.waiting(2)
        await unit.inbox.park(received, "canary", PERSON)
        await unit.states.keep("alarm:delivery", "{}")
        await unit.outbox.pause(0, bench.clock.now() + 20 * SECOND)
    async with bench.database.unit(EVERY_BOT) as unit:
        await unit.states.keep(BACKUP, bench.clock.now().isoformat())
    bench.clock.move(7 * SECOND)
    told = (await _asks(site(), "/metrics")).body
    for line in (
        "hotlead_healthy 1",
        'hotlead_inbox_updates{state="waiting"} 1',
        'hotlead_inbox_updates{state="parked"} 1',
        "hotlead_inbox_lag_seconds 7",
        'hotlead_outbox_messages{kind="dialog",state="waiting"} 1',
        'hotlead_outbox_messages{kind="follow_up",state="waiting"} 1',
        'hotlead_unknown_messages{kind="follow_up"} 1',
        'hotlead_requests_total{method="send_text",result="sent"} 2',
        'hotlead_requests_total{method="send_text",result="unreachable"} 1',
        "hotlead_too_fast_total 1",
        "hotlead_sent_per_minute 2",
        "hotlead_paused_seconds 13",
        "hotlead_follow_ups_due 0",
        "hotlead_hand_offs_untaken 0",
        "hotlead_backup_age_seconds 7",
        "hotlead_disk_free_bytes 12345",
        'hotlead_trouble{trouble="delivery"} 1',
    ):
        assert line in told.splitlines(), told
    assert "canary" not in told
    assert str(PERSON) not in told
    named = set(re.findall(r"^# TYPE (\S+) (?:gauge|counter)$", told, re.MULTILINE))
    for line in told.splitlines():
        if not line.startswith("#"):
            found = re.fullmatch(r'(\w+)(?:\{\w+="[^"]*"(?:,\w+="[^"]*")*\})? -?\d+(?:\.\d+)?(?:e[+-]\d+)?', line)
            assert found, line
            assert found[1] in named


async def test_only_a_minute_counts_for_the_pace(bench: Bench) -> None:
    pulse = bench.hotlead.pulse
    pulse.performed(SendText(chat_id=ANNA, html="Hi"), Sent(1))
    bench.clock.move(59 * SECOND)
    assert pulse.sent_lately() == 1
    bench.clock.move(SECOND)
    assert pulse.sent_lately() == 0


async def test_a_webhook_that_does_not_work_is_told(bench: Bench, site: Open) -> None:
    open_site, pulse = site(), bench.hotlead.pulse
    assert "hotlead_webhook" not in (await _asks(open_site, "/metrics")).body  # who polls has none
    pulse.webhook = WebhookHealth(waiting=3)
    bench.clock.move(ASK_AGAIN)
    assert await _problems(open_site) == []
    pulse.webhook = WebhookHealth(3, "Connection refused", bench.clock.now())
    bench.clock.move(ASK_AGAIN)
    assert await _problems(open_site) == ["the webhook does not work: Connection refused"]
    told = (await _asks(open_site, "/metrics")).body.splitlines()
    assert "hotlead_webhook_failing 1" in told
    assert "hotlead_webhook_waiting 3" in told


async def test_robots_are_asked_to_stay_away(site: Open) -> None:
    assert (await _asks(site(), "/robots.txt")).body == "User-agent: *\nDisallow: /\n"
