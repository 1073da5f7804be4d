"""The emulator posts updates to a webhook as Telegram does."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.clock import StandingClock
from bot.demo.emulator import Emulator, Person
from bot.demo.serving import served
from tests.bot.demo.asking import Asker

URL = "https://bot.example/hook"
BUTTON = {"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]}


@dataclass
class Bot:
    """A bot's web server in the test's hand: it answers with what `statuses` hold, then with 200."""

    statuses: deque[int] = field(default_factory=deque)
    headers: dict[str, str] = field(default_factory=dict)
    got: list[tuple[int, str]] = field(default_factory=list)
    secrets: list[str | None] = field(default_factory=list)
    held: asyncio.Event | None = None
    at_once: int = 0

    async def hook(self, request: Request) -> Response:
        update = json.loads(await request.body())
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        self.got.append((update["update_id"], next(kind for kind in update if kind != "update_id")))
        self.at_once += 1
        if self.held is not None:
            await self.held.wait()
        self.at_once -= 1
        return Response(status_code=self.statuses.popleft() if self.statuses else 200, headers=self.headers)


@pytest.fixture
async def bot(emulator: Emulator) -> AsyncIterator[Bot]:
    it = Bot()
    async with served(Starlette(routes=[Route("/hook", it.hook, methods=["POST"])])) as address:
        emulator.lead("https://bot.example", address)
        yield it


@asynccontextmanager
async def within_a_moment() -> AsyncIterator[None]:
    async with asyncio.timeout(5):
        yield


async def _got(bot: Bot, times: int) -> None:
    async with within_a_moment():
        while len(bot.got) < times:  # noqa: ASYNC110 - it looks from outside, where no bell rings
            await asyncio.sleep(0.002)


async def _tried(emulator: Emulator, times: int) -> None:
    async with within_a_moment():
        while len(emulator.deliveries) < times:  # noqa: ASYNC110 - it looks from outside, where no bell rings
            await asyncio.sleep(0.002)


async def _nothing_more(emulator: Emulator, times: int) -> None:
    await asyncio.sleep(0.05)
    assert len(emulator.deliveries) == times


async def test_an_update_is_posted_with_the_secret_and_is_gone_after_a_yes(
    ask: Asker, anna: Person, bot: Bot
) -> None:
    anna.starts()  # what waits already is posted too
    await ask("setWebhook", url=URL, secret_token="s3cret")
    anna.says("Hi")
    await _got(bot, 2)
    assert bot.got == [(1, "message"), (2, "message")]
    assert bot.secrets == ["s3cret", "s3cret"]
    async with within_a_moment():
        while (await ask("getWebhookInfo")).result["pending_update_count"]:
            pass
    info = (await ask("getWebhookInfo")).result
    assert "last_error_date" not in info
    assert (await ask("getUpdates")).status == 409


async def test_a_chat_that_was_answered_no_waits_and_others_go_on(
    emulator: Emulator, ask: Asker, anna: Person, bot: Bot, clock: StandingClock
) -> None:
    boris = emulator.person(8, first_name="Boris")
    await ask("setWebhook", url=URL)
    bot.statuses.extend([500, 503])
    anna.starts()
    await _got(bot, 2)  # tried again at once, then after growing pauses
    anna.says("Hi")
    boris.starts()
    await _got(bot, 3)
    assert [number for number, _ in bot.got] == [1, 1, 3]
    await _nothing_more(emulator, 3)
    info = (await ask("getWebhookInfo")).result
    assert info["last_error_message"] == "Wrong response from the webhook: 503 Service Unavailable"
    assert info["last_error_date"] == int(clock.now().timestamp())
    assert info["pending_update_count"] == 2
    clock.move(timedelta(seconds=2))
    await _got(bot, 5)
    assert [number for number, _ in bot.got] == [1, 1, 3, 1, 2]


async def test_pauses_double_up_to_a_minute_or_two(
    emulator: Emulator, ask: Asker, anna: Person, bot: Bot, clock: StandingClock
) -> None:
    bot.statuses.extend([500] * 12)
    await ask("setWebhook", url=URL)
    anna.starts()
    await _tried(emulator, 2)
    for tries, pause in enumerate([2, 4, 8, 16, 32], start=2):
        clock.move(timedelta(seconds=pause - 1))
        await _nothing_more(emulator, tries)
        clock.move(timedelta(seconds=1))
        await _tried(emulator, tries + 1)
    for tries in (7, 8):
        clock.move(timedelta(seconds=59))
        await _nothing_more(emulator, tries)
        clock.move(timedelta(seconds=61))
        await _tried(emulator, tries + 1)


async def test_the_pause_that_the_bot_asks_for_is_kept(
    emulator: Emulator, ask: Asker, anna: Person, bot: Bot, clock: StandingClock
) -> None:
    bot.statuses.append(503)
    bot.headers = {"Retry-After": "30"}
    await ask("setWebhook", url=URL)
    anna.starts()
    await _tried(emulator, 1)
    clock.move(timedelta(seconds=29))
    await _nothing_more(emulator, 1)
    clock.move(timedelta(seconds=1))
    await _tried(emulator, 2)


async def test_a_tap_that_would_be_too_old_by_the_next_try_is_forgotten(
    emulator: Emulator, ask: Asker, anna: Person, clock: StandingClock
) -> None:
    anna.starts()
    await ask("sendMessage", chat_id=anna.id, text="?", reply_markup=BUTTON)
    await ask("getUpdates", offset=2)
    await ask("setWebhook", url="https://nowhere.example/hook")
    anna.taps("A")
    anna.says("Hi")
    for _ in range(8):
        tried = len(emulator.deliveries)
        await _tried(emulator, tried)
        clock.move(timedelta(seconds=20))
        await asyncio.sleep(0.03)
    info = (await ask("getWebhookInfo")).result
    assert info["pending_update_count"] == 1  # the message is kept for a day
    assert info["last_error_message"] == "Failed to resolve host: Name or service not known"


async def test_messages_taps_and_membership_do_not_wait_for_each_other(
    emulator: Emulator, ask: Asker, anna: Person, bot: Bot
) -> None:
    anna.starts()
    await ask("sendMessage", chat_id=anna.id, text="?", reply_markup=BUTTON)
    await ask("getUpdates", offset=2)
    bot.held = asyncio.Event()
    await ask("setWebhook", url=URL)
    anna.says("Hi")
    anna.says("Are you there?")
    anna.taps("A")
    anna.blocks()
    await _got(bot, 3)
    assert bot.at_once == 3
    assert {kind for _, kind in bot.got} == {"message", "callback_query", "my_chat_member"}
    bot.held.set()
    await _tried(emulator, 4)


async def test_no_more_are_posted_at_once_than_the_bot_wants(emulator: Emulator, ask: Asker, bot: Bot) -> None:
    bot.held = asyncio.Event()
    await ask("setWebhook", url=URL, max_connections=2)
    for number in range(5):
        emulator.person(100 + number, first_name="P").starts()
    await _got(bot, 2)
    await asyncio.sleep(0.03)
    assert bot.at_once == 2
    bot.held.set()
    await _tried(emulator, 5)


async def test_the_same_webhook_again_changes_nothing_and_a_new_one_begins_at_once(
    emulator: Emulator, ask: Asker, anna: Person, bot: Bot
) -> None:
    bot.statuses.extend([500, 500])
    await ask("setWebhook", url=URL, secret_token="a")
    anna.starts()
    await _tried(emulator, 2)
    await ask("setWebhook", url=URL, secret_token="a")
    await _nothing_more(emulator, 2)
    assert "last_error_date" in (await ask("getWebhookInfo")).result
    await ask("deleteWebhook")
    await ask("setWebhook", url=URL, secret_token="a")
    await _tried(emulator, 3)
    assert "last_error_date" not in (await ask("getWebhookInfo")).result


async def test_without_the_webhook_what_waits_can_be_fetched(emulator: Emulator, ask: Asker, anna: Person) -> None:
    await ask("setWebhook", url="https://nowhere.example/hook")
    anna.starts()
    await _tried(emulator, 1)
    await ask("deleteWebhook")
    assert [update["update_id"] for update in (await ask("getUpdates")).result] == [1]
