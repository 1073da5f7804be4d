"""The webhook is registered, looked after, and registered again; and what Telegram says of it is passed on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from bot.arrivals import HEARD
from bot.clock import StandingClock
from bot.main import Hotlead, address_of, build
from bot.registration import LOOK_AGAIN, LOOK_EVERY, Registration, secret_of
from bot.settings import Settings
from bot.telegram.port import TelegramError, TokenRefusedError, WebhookRefusedError, WebhookState
from bot.telegram.updates import ALLOWED_UPDATES
from storage.database import Database
from tests.bot.fakes import BOT, PATIENCE, FakeMessenger, running, until

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
SETTINGS = Settings(
    _env_file=None,
    quiz=("sample",),
    receive="webhook",
    public_url="https://bot.acme.example",
    listen="127.0.0.1:0",
)
OURS = f"https://bot.acme.example/webhook/{BOT}"
REFUSED = "Connection refused"


@dataclass
class Watching:
    """A registration that runs, on a clock and with a Telegram in the test's hand."""

    hotlead: Hotlead
    telegram: FakeMessenger
    clock: StandingClock
    database: Database
    secret: str

    def problem(self) -> str | None:
        webhook = self.hotlead.pulse.webhook
        return webhook.problem if webhook else None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        assert self.hotlead.web is not None
        self.hotlead.web.started.set()
        async with running(self.hotlead.intake.run()):
            await self.looked()
            yield

    async def looked(self) -> None:
        """Wait until Telegram was asked, and all that follows is done."""
        intake = self.hotlead.intake
        assert isinstance(intake, Registration)

        async def done() -> bool:
            await self.events()
            return intake.next_look > self.clock.now()

        await until(done)

    async def after(self, span: timedelta) -> None:
        self.clock.move(span)
        await self.looked()

    def fails(self, at: datetime, error: str = REFUSED, waiting: int = 1) -> None:
        self.telegram.state = replace(self.telegram.state, last_error=error, last_error_at=at, waiting=waiting)

    async def comes(self, update_id: int) -> None:
        """Let Telegram post an update."""
        intake = self.hotlead.intake
        assert isinstance(intake, Registration)
        await intake.take([(update_id, "{}")])

    async def events(self) -> list[str]:
        async with self.database.look() as connection:
            rows = await connection.exec_driver_sql("SELECT event FROM journal ORDER BY id")
            return [row[0] for row in rows]

    async def heard(self) -> datetime | None:
        async with self.database.view(BOT) as view:
            return await view.states.moment(HEARD)


@pytest.fixture
async def watching(database: Database) -> Watching:
    telegram, clock = FakeMessenger(), StandingClock(NOON)
    async with database.unit(BOT) as unit:
        await unit.quizzes.publish("sample", "never read here", {}, NOON)
    hotlead = await build(SETTINGS, clock, telegram, database)
    address = address_of(SETTINGS, hotlead.workshop)
    assert address is not None
    assert address.url == OURS
    return Watching(hotlead, telegram, clock, database, address.secret)


async def test_it_is_registered_at_the_start_and_looked_at_every_minute(watching: Watching) -> None:
    async with watching.running():
        assert watching.telegram.registered == [(OURS, watching.secret)]
        assert watching.problem() is None
        await watching.after(LOOK_EVERY)
        assert watching.telegram.registered == [(OURS, watching.secret)]
        assert await watching.heard() == NOON + LOOK_EVERY


async def test_it_is_registered_only_once_somebody_listens(watching: Watching) -> None:
    async with running(watching.hotlead.intake.run()):
        for _ in range(5):
            await watching.events()
        assert watching.telegram.registered == []


@pytest.mark.parametrize(
    "found",
    [
        WebhookState(),
        WebhookState(url="https://other.example/123:TOKEN", allowed=ALLOWED_UPDATES),
        WebhookState(url=OURS, allowed=("message",)),
        WebhookState(url=OURS),
    ],
    ids=["deleted", "elsewhere", "fewer updates", "all updates"],
)
async def test_who_takes_the_webhook_away_loses_it_again(watching: Watching, found: WebhookState) -> None:
    async with watching.running():
        watching.telegram.state = found
        with capture_logs() as told:
            await watching.after(LOOK_EVERY)
        assert watching.telegram.registered == [(OURS, watching.secret)] * 2
        assert watching.problem() is None
        assert [line["event"] for line in told if line["event"].startswith("webhook_was")]
        assert "TOKEN" not in str(told)


async def test_what_waits_after_failures_is_delivered_at_once_by_a_new_webhook(watching: Watching) -> None:
    watching.telegram.state = WebhookState(OURS, 3, ALLOWED_UPDATES, REFUSED, NOON - MINUTE)
    async with watching.running():
        assert watching.telegram.registered == [("", ""), (OURS, watching.secret)]


async def test_an_address_that_telegram_does_not_take_stops_the_start(watching: Watching) -> None:
    async def refuse(url: str, secret: str) -> None:
        raise WebhookRefusedError("bad webhook: Failed to resolve host")

    watching.telegram.set_webhook = refuse  # type: ignore[method-assign]
    assert watching.hotlead.web is not None
    watching.hotlead.web.started.set()
    with pytest.raises(WebhookRefusedError, match="does not take the address of the webhook: bad webhook: Failed"):
        await asyncio.wait_for(watching.hotlead.intake.run(), PATIENCE)


async def test_one_that_was_taken_before_is_tried_again(watching: Watching) -> None:
    async with watching.running():
        watching.telegram.state = WebhookState()
        working = watching.telegram.set_webhook

        async def refuse(url: str, secret: str) -> None:
            raise WebhookRefusedError("bad webhook: Failed to resolve host")

        watching.telegram.set_webhook = refuse  # type: ignore[method-assign]
        await watching.after(LOOK_EVERY)
        assert "Failed to resolve host" in (watching.problem() or "")
        watching.telegram.set_webhook = working  # type: ignore[method-assign]
        await watching.after(SECOND)
        assert watching.problem() is None


async def test_a_token_that_is_refused_stops_the_bot(watching: Watching) -> None:
    watching.telegram.trouble = TokenRefusedError()
    assert watching.hotlead.web is not None
    watching.hotlead.web.started.set()
    with pytest.raises(TokenRefusedError):
        await asyncio.wait_for(watching.hotlead.intake.run(), PATIENCE)


async def test_telegram_is_asked_again_after_growing_pauses(watching: Watching) -> None:
    async with watching.running():
        watching.telegram.trouble = TelegramError("Telegram cannot be reached")
        await watching.after(LOOK_EVERY)
        intake = watching.hotlead.intake
        assert isinstance(intake, Registration)
        for pause in (1, 2, 4, 8, 16, 30, 30):
            assert intake.next_look - watching.clock.now() == pause * SECOND
            await watching.after(pause * SECOND)
        assert watching.problem() == "Telegram cannot be reached"
        watching.telegram.trouble = None
        await watching.after(30 * SECOND)
        assert watching.problem() is None


async def test_while_telegram_cannot_deliver_it_is_looked_at_more_often_and_said_once(watching: Watching) -> None:
    async with watching.running():
        with capture_logs() as told:
            watching.fails(NOON + 30 * SECOND)
            await watching.after(LOOK_EVERY)
            assert watching.problem() == REFUSED
            for _ in range(3):
                await watching.after(LOOK_AGAIN)
            await watching.comes(1)
            await watching.after(LOOK_AGAIN)
            assert watching.problem() is None
        events = [line["event"] for line in told]
        assert (events.count("webhook_in_trouble"), events.count("webhook_works_again")) == (1, 1)
        assert await watching.events() == []  # a hundred seconds are no outage


async def test_that_nothing_waits_any_more_is_no_proof_that_updates_come(watching: Watching) -> None:
    async with watching.running():
        watching.fails(NOON + 30 * SECOND)
        await watching.after(LOOK_EVERY)
        watching.fails(NOON + 30 * SECOND, waiting=0)  # the tap is too old now, and forgotten
        for _ in range(20):
            await watching.after(LOOK_AGAIN)
        assert watching.problem() == REFUSED


async def test_an_error_of_long_ago_is_none_of_now(watching: Watching) -> None:
    watching.telegram.state = WebhookState(OURS, 0, ALLOWED_UPDATES, REFUSED, NOON - timedelta(days=3))
    async with watching.running():
        assert watching.problem() is None
        watching.fails(NOON - timedelta(days=3), waiting=5)  # they are on their way
        await watching.after(LOOK_EVERY)
        assert watching.problem() is None


async def test_an_update_that_came_after_a_failure_is_the_end_of_it(watching: Watching) -> None:
    async with watching.running():
        watching.fails(NOON + 30 * SECOND)
        watching.clock.move(40 * SECOND)
        await watching.comes(1)
        await watching.after(20 * SECOND)
        assert watching.problem() is None


async def test_a_clock_of_telegram_that_is_ahead_makes_no_trouble_that_never_ends(watching: Watching) -> None:
    async with watching.running():
        watching.fails(NOON + timedelta(hours=1))
        await watching.after(LOOK_EVERY)
        assert watching.problem() == REFUSED
        await watching.comes(1)
        await watching.after(LOOK_AGAIN)
        assert watching.problem() is None


async def test_a_secret_that_is_not_ours_is_replaced(watching: Watching) -> None:
    async with watching.running():
        watching.fails(NOON + 30 * SECOND, "Wrong response from the webhook: 401 Unauthorized")
        await watching.after(LOOK_EVERY)
        assert watching.telegram.registered == [(OURS, watching.secret)] * 2


async def test_down_for_long_means_that_questions_are_asked_again(watching: Watching) -> None:
    async with watching.database.unit(BOT) as unit:
        await unit.states.keep_moment(HEARD, NOON - timedelta(seconds=151))
    async with watching.running():
        assert await watching.events() == ["outage"]
        await watching.after(LOOK_EVERY)
        assert await watching.events() == ["outage"]


async def test_down_for_two_minutes_means_nothing(watching: Watching) -> None:
    async with watching.database.unit(BOT) as unit:
        await unit.states.keep_moment(HEARD, NOON - timedelta(seconds=150))
    async with watching.running():
        assert await watching.events() == []


async def test_the_first_update_after_an_outage_lets_questions_be_asked_again(watching: Watching) -> None:
    async with watching.running():
        watching.fails(NOON + 30 * SECOND)
        await watching.after(LOOK_EVERY)
        for _ in range(10):
            await watching.after(LOOK_AGAIN)
        assert await watching.events() == []
        assert await watching.heard() == NOON
        await watching.comes(1)
        assert await watching.events() == ["outage"]  # before that update is handled
        await watching.comes(2)
        await watching.after(LOOK_AGAIN)
        assert await watching.events() == ["outage"]


async def test_an_update_that_comes_before_the_first_look_tells_of_the_outage(watching: Watching) -> None:
    async with watching.database.unit(BOT) as unit:
        await unit.states.keep_moment(HEARD, NOON - timedelta(seconds=151))
    await watching.comes(1)
    assert await watching.events() == ["outage"]


async def test_a_clock_that_is_put_forward_is_no_outage(watching: Watching) -> None:
    async with watching.running():
        await watching.after(20 * MINUTE)
        await watching.after(timedelta(days=2))
        assert await watching.events() == []


def test_each_bot_has_a_secret_of_its_own_and_never_none() -> None:
    def fingerprint(kind: str, value: str) -> str:
        return f"{kind}:{value}"

    assert secret_of(None, fingerprint, 1) != secret_of(None, fingerprint, 2)
    assert secret_of("", fingerprint, 1) == secret_of(None, fingerprint, 1)
    assert secret_of("given-by-an-operator", fingerprint, 1) == "given-by-an-operator"


async def test_the_secret_is_one_that_telegram_takes_and_the_same_after_a_restart(watching: Watching) -> None:
    again = address_of(SETTINGS, watching.hotlead.workshop)
    assert again is not None
    assert again.secret == watching.secret
    assert 32 <= len(watching.secret) <= 256
    assert watching.secret.replace("-", "").replace("_", "").isalnum()
    assert watching.secret not in repr(again)
