"""The post: e-mails go beside Telegram's messages, at most once each, and never in their way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from bot.mail.port import MailResult
from bot.mail.post import AT_ONCE, Post
from bot.pace import Pace
from bot.telegram.requests import NotSent, Refused, SendMail, SendText, Sent, Unknown, Wait
from storage.database import Database
from storage.messages import Fate, Kind
from storage.tables import OutboxRow
from tests.bot.bench import ANNA, BORIS, NOON, UNBOUND, Bench, a_bench
from tests.bot.fakes import BOT, FakePostman, fates, running, until, until_fates


async def until_posted(bench: Bench, times: int) -> None:
    async def reached() -> bool:
        await fates(bench.database)
        return len(bench.postman.posted) >= times

    await until(reached)


def stuck(free: asyncio.Event) -> Callable[[SendMail], Awaitable[MailResult]]:
    async def wait(_: SendMail) -> MailResult:
        await free.wait()
        return Sent()

    return wait


async def request_of(bench: Bench, number: int) -> str:
    async with bench.database.view(BOT) as view:
        found = await view.outbox._connection.execute(select(OutboxRow.request).where(OutboxRow.id == number))
        return str(found.scalar_one())


async def test_an_email_is_handed_to_the_postman_and_not_to_telegram(bench: Bench) -> None:
    await bench.put_mail()
    async with bench.posting():
        await until_fates(bench.database, sent=1)
    assert [mail.to for mail in bench.postman.posted] == ["person1@example.org"]
    assert bench.telegram.performed == []


async def test_a_slow_mail_server_does_not_delay_the_chats_next_question(bench: Bench) -> None:
    free = asyncio.Event()
    bench.postman.results = [stuck(free)]
    await bench.put_mail(ANNA)
    await bench.put(Kind.DIALOG, ANNA, "Next question")
    async with bench.posting():
        await until_fates(bench.database, sending=1, sent=1)
        assert bench.texts == ["Next question"]
        free.set()
        await until_fates(bench.database, sent=2)


async def test_however_many_emails_hang_telegram_goes_on(bench: Bench) -> None:
    free = asyncio.Event()
    bench.postman.results = [stuck(free)] * 20
    for chat in range(1, 21):
        await bench.put_mail(chat)
    async with bench.posting():
        await until_posted(bench, AT_ONCE)
        for chat in range(1, 21):
            await bench.put(Kind.DIALOG, chat)
        bench.hotlead.delivery._outbox.ring()
        await until_fates(bench.database, sending=AT_ONCE, waiting=20 - AT_ONCE, sent=20)
        assert len(bench.postman.posted) == AT_ONCE
        free.set()
        await until_fates(bench.database, sent=40)


async def test_an_email_waits_for_no_earlier_message_of_its_chat(bench: Bench) -> None:
    free = asyncio.Event()

    async def slow(_: object) -> Sent:
        await free.wait()
        return Sent(1)

    bench.telegram.results = [slow]
    await bench.put(Kind.DIALOG, ANNA)
    await bench.put_mail(ANNA)
    async with bench.posting():
        await until_fates(bench.database, sending=1, sent=1)
        assert len(bench.postman.posted) == 1
        free.set()
        await until_fates(bench.database, sent=2)


async def test_an_email_neither_counts_for_telegrams_pace_nor_keeps_to_it(database: Database) -> None:
    bench = await a_bench(database, Pace(bot=UNBOUND, chat=1, chat_burst=1))
    for _ in range(3):
        await bench.put_mail(ANNA)
    await bench.put(Kind.DIALOG, ANNA)
    async with bench.posting():
        await until_fates(database, sent=4)


async def test_a_429_of_telegram_does_not_hold_emails_back(bench: Bench) -> None:
    bench.telegram.results = [Wait(30)]
    await bench.put(Kind.DIALOG, ANNA)
    async with bench.posting():
        await bench.until_performed(1)
        await until_fates(bench.database, waiting=1)
        await bench.put_mail(ANNA)
        bench.hotlead.post._waiting.ring()
        await until_fates(bench.database, waiting=1, sent=1)


async def test_what_never_left_is_tried_again_until_its_code_would_be_of_no_use(
    bench: Bench,
) -> None:
    bench.postman.results = [NotSent("the mail server said 451 4.7.1")] * 9
    await bench.put_mail(until=NOON + timedelta(seconds=7.5), undelivered="Not delivered")
    async with running(bench.hotlead.post.run()):
        for tries, pause in enumerate((1, 2, 4), start=1):
            await until_posted(bench, tries)
            await until_fates(bench.database, waiting=1)
            await bench.moves(pause - 0.5, waiting=1)
            assert len(bench.postman.posted) == tries
            await bench.moves(0.5)
        await until_fates(bench.database, refused=1, waiting=1)
    assert len(bench.postman.posted) == 4
    async with bench.delivering():
        await until_fates(bench.database, refused=1, sent=1)
    assert bench.telegram.performed == [SendText(chat_id=ANNA, html="Not delivered")]


async def test_an_email_that_was_put_off_arrives_at_the_next_try(bench: Bench) -> None:
    bench.postman.results = [NotSent("cannot be reached")]
    await bench.put_mail()
    async with running(bench.hotlead.post.run()):
        await until_posted(bench, 1)
        await until_fates(bench.database, waiting=1)
        await bench.moves(1, sent=1)
    assert len(bench.postman.posted) == 2


async def test_an_unknown_fate_is_not_repeated_for_a_new_code_can_be_asked_for(bench: Bench) -> None:
    bench.postman.results = [Unknown("the connection broke")]
    await bench.put_mail(undelivered="Not delivered")
    async with bench.posting():
        await until_fates(bench.database, unknown=1)
    assert len(bench.postman.posted) == 1
    assert bench.telegram.performed == []


async def test_a_refused_email_is_told_in_the_chat_at_once(bench: Bench) -> None:
    bench.postman.results = [Refused("the mail server said 550 5.1.1")]
    await bench.put_mail(BORIS, undelivered="Not delivered to b•••@example.org")
    async with bench.posting():
        await until_fates(bench.database, refused=1, sent=1)
    assert bench.telegram.performed == [SendText(chat_id=BORIS, html="Not delivered to b•••@example.org")]


async def test_what_the_last_process_was_sending_is_settled_and_not_repeated(bench: Bench) -> None:
    await bench.put_mail()
    async with bench.database.unit(BOT) as unit:
        assert len(await unit.outbox.claim_mail(NOON, 1)) == 1
    async with bench.posting():
        await until_fates(bench.database, unknown=1)
    assert bench.postman.posted == []


@pytest.mark.parametrize("result", [Sent(), Refused("the mail server said 550"), Unknown("the connection broke")])
async def test_once_its_fate_is_known_the_address_and_the_code_are_gone(bench: Bench, result: MailResult) -> None:
    bench.postman.results = [result]
    number = await bench.put_mail()
    assert "person1@example.org" in await request_of(bench, number)
    async with bench.posting():
        await until_fates(bench.database, **{Fate[type(result).__name__.upper()].value: 1})
    assert await request_of(bench, number) == "{}"


async def test_without_a_mail_server_an_email_is_refused_and_the_log_names_no_address(
    bench: Bench,
) -> None:
    ours = bench.hotlead.post
    post = Post(None, bench.hotlead.workshop, ours._waiting, ours._committed)
    await bench.put_mail(undelivered="Not delivered")
    with capture_logs() as logs:
        async with running(post.run()), bench.delivering():
            await until_fates(bench.database, refused=1, sent=1)
    (line,) = [log for log in logs if log["event"] == "mail_not_delivered"]
    assert line["reason"] == "HOTLEAD_SMTP is not set"
    assert "example.org" not in str(logs)


async def test_a_postman_who_breaks_stops_no_other_email_and_logs_no_address(bench: Bench) -> None:
    async def broken(mail: SendMail) -> MailResult:
        raise ZeroDivisionError(mail.to)

    bench.postman = FakePostman()
    bench.hotlead.post._postman = bench.postman
    bench.postman.results = [broken]
    await bench.put_mail(ANNA)
    await bench.put_mail(BORIS)
    with capture_logs() as logs:
        async with bench.posting():
            await until_fates(bench.database, refused=1, sent=1)
    assert "example.org" not in str(logs)


async def test_an_email_under_way_may_arrive_when_the_process_stops(bench: Bench) -> None:
    free = asyncio.Event()
    bench.postman.results = [stuck(free)]
    await bench.put_mail()
    task = asyncio.ensure_future(bench.hotlead.post.run())
    await until_posted(bench, 1)
    task.cancel()
    await asyncio.sleep(0)
    free.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await fates(bench.database) == {Fate.SENT: 1}
