"""Confirming an e-mail address: who gets a code, how often, and what typing it back comes to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.confirming import (
    TRIES,
    CodeCheck,
    CodeExpired,
    CodeLater,
    CodeNone,
    CodeOutcome,
    CodeRight,
    CodeSent,
    CodeTooMany,
    CodeWrong,
    check_code,
    give_up_code,
    hidden,
    send_code,
    told_checked,
    told_sent,
    typed_code,
)
from bot.telegram.requests import REQUEST, SendMail
from bot.texts import LANGUAGES
from bot.work import Library, Setup, Work
from dialogs.session import Session
from storage.database import Database
from storage.erasing import ErasureList
from storage.messages import Fate
from tests.bot.fakes import BOT
from tests.dialogs.broken_quizzes import GOOD
from tests.keys import a_keyring

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
COMPANY = "Nova & Study"
ADDRESS = "anna@example.org"
QUESTION = "email"


NO_ERASURES = ErasureList(Path("nowhere"), lambda _, value: value)


@dataclass
class Desk:
    """Everything that a code needs, with the moment and the next codes in the test's hand."""

    database: Database
    setup: Setup
    sessions: dict[int, int] = field(default_factory=dict)
    now: datetime = NOON

    async def send(self, address: str = ADDRESS, person: int = 1, question: str = QUESTION) -> CodeOutcome:
        async with self.database.unit(BOT) as unit:
            prospect = await unit.prospects.met(person, "Anna", None, "uk", self.now)
            if person not in self.sessions:
                walk = Session(quiz="study-abroad", revision=1, language="uk", started_at=NOON, at="x")
                self.sessions[person] = (await unit.sessions.start(prospect.id, walk, None)).id
            work = Work(unit, self.now, self.setup, Library(), NO_ERASURES)
            return await send_code(work, prospect, self.sessions[person], question, address, "uk")

    async def check(self, typed: str, person: int = 1) -> CodeCheck:
        async with self.database.unit(BOT) as unit:
            work = Work(unit, self.now, self.setup, Library(), NO_ERASURES)
            return await check_code(work, self.sessions.get(person, 0), QUESTION, typed)

    async def give_up(self) -> None:
        async with self.database.unit(BOT) as unit:
            prospect = await unit.prospects.met(1, "Anna", None, "uk", self.now)
            work = Work(unit, self.now, self.setup, Library(), NO_ERASURES)
            await give_up_code(work, prospect, self.sessions[1], QUESTION)

    async def mails(self) -> list[SendMail]:
        """Take the e-mails that wait."""
        async with self.database.unit(BOT) as unit:
            claimed = await unit.outbox.claim_mail(self.now, 100)
        requests = [REQUEST.validate_json(queued.request) for queued in claimed]
        return [request for request in requests if isinstance(request, SendMail)]


def drawn(first: int = 42) -> Iterator[int]:
    """Codes as chance may give them, each another."""
    while True:
        yield first
        first += 1


@pytest.fixture
async def desk(database: Database) -> Desk:
    numbers = drawn()
    source = "\n".join(
        f'controller: {{name: "{COMPANY}", contact: a@b.example}}' if line.startswith("controller:") else line
        for line in GOOD.splitlines()
    )
    async with database.unit(BOT) as unit:
        await unit.quizzes.publish("study-abroad", source, {}, NOON)
    setup = Setup(("study-abroad",), fingerprint=a_keyring().fingerprint, draw=lambda _: next(numbers))
    return Desk(database, setup)


# Sending --------------------------------------------------------------------------------------------------------


async def test_a_code_goes_out_in_the_prospects_language_from_the_quizs_company(desk: Desk) -> None:
    assert await desk.send() == CodeSent(NOON + 15 * MINUTE)
    (mail,) = await desk.mails()
    assert (mail.to, mail.sender, mail.until) == (ADDRESS, COMPANY, NOON + 15 * MINUTE)
    assert mail.subject == f"Код підтвердження від {COMPANY}"
    assert "Ваш код: 000042\n" in mail.text
    assert "15 хвилин" in mail.text
    assert "000042" not in mail.subject
    assert "a•••@example.org" in mail.undelivered


async def test_any_number_below_a_million_may_be_drawn_and_is_written_with_six_digits(desk: Desk) -> None:
    asked: list[int] = []

    def draw(below: int) -> int:
        asked.append(below)
        return 7

    desk.setup = replace(desk.setup, draw=draw)
    await desk.send()
    assert asked == [1_000_000]
    assert await desk.check("000007") == CodeRight()


async def test_the_database_keeps_neither_the_code_nor_the_address_once_it_was_sent(desk: Desk) -> None:
    await desk.send()
    async with desk.database.unit(BOT) as unit:
        (queued,) = await unit.outbox.claim_mail(NOON, 9)
        await unit.outbox.settle(queued.id, Fate.SENT, NOON)
    async with desk.database.view(BOT) as view:
        for table in ("codes", "outbox", "journal"):
            rows = str((await view.codes._connection.exec_driver_sql(f"SELECT * FROM {table}")).all())  # noqa: S608 - our own
            assert "000042" not in rows
            assert ADDRESS not in rows


# Limits ---------------------------------------------------------------------------------------------------------


async def test_one_code_a_minute(desk: Desk) -> None:
    await desk.send()
    desk.now += 59 * SECOND
    assert await desk.send() == CodeLater(NOON + MINUTE)
    assert await desk.check("000042") == CodeRight()  # the first one still counts
    desk.now += SECOND
    assert isinstance(await desk.send(), CodeSent)


async def test_five_codes_an_hour_whatever_the_address(desk: Desk) -> None:
    for number in range(5):
        assert isinstance(await desk.send(f"anna{number}@example.org"), CodeSent)
        desk.now += MINUTE
    assert await desk.send("another@example.org") == CodeLater(NOON + HOUR)
    desk.now = NOON + HOUR - SECOND
    assert await desk.send("another@example.org") == CodeLater(NOON + HOUR)
    desk.now = NOON + HOUR
    assert isinstance(await desk.send("another@example.org"), CodeSent)


async def test_five_codes_a_day_to_an_address_whoever_asks_and_however_it_is_written(desk: Desk) -> None:
    for person, address in enumerate([ADDRESS, ADDRESS.upper(), f" {ADDRESS}", ADDRESS, ADDRESS], start=1):
        assert isinstance(await desk.send(address, person), CodeSent)
        desk.now += SECOND
    assert await desk.send(ADDRESS, 6) == CodeLater(NOON + 24 * HOUR)
    assert isinstance(await desk.send("boris@example.org", 6), CodeSent)
    desk.now = NOON + 24 * HOUR
    assert isinstance(await desk.send(ADDRESS, 7), CodeSent)


async def test_what_is_put_off_sends_nothing(desk: Desk) -> None:
    await desk.send()
    assert len(await desk.mails()) == 1
    await desk.send()
    assert await desk.mails() == []


# Checking -------------------------------------------------------------------------------------------------------


async def test_the_right_code_counts_once(desk: Desk) -> None:
    await desk.send()
    assert await desk.check("000 042") == CodeRight()
    assert await desk.check("000 042") == CodeNone()


async def test_without_a_code_there_is_nothing_to_check(desk: Desk) -> None:
    assert await desk.check("000042") == CodeNone()


async def test_a_code_counts_for_fifteen_minutes_and_not_a_moment_longer(desk: Desk) -> None:
    await desk.send()
    desk.now += 15 * MINUTE - SECOND
    assert await desk.check("111111") == CodeWrong(TRIES - 1)
    desk.now += SECOND
    assert await desk.check("000042") == CodeExpired()
    await desk.send()
    assert await desk.check("000043") == CodeRight()


async def test_five_wrong_tries_and_even_the_right_code_counts_no_more(desk: Desk) -> None:
    await desk.send()
    checks = [await desk.check(f"11111{number}") for number in range(TRIES)]
    assert checks == [CodeWrong(4), CodeWrong(3), CodeWrong(2), CodeWrong(1), CodeTooMany()]
    assert await desk.check("000042") == CodeTooMany()
    desk.now += MINUTE
    await desk.send()
    assert await desk.check("000043") == CodeRight()


async def test_what_holds_no_six_digits_spends_no_try(desk: Desk) -> None:
    await desk.send()
    assert await desk.check("111111") == CodeWrong(4)
    for typed in ("Which code?", "12345", "1234567", "", "📬"):
        assert await desk.check(typed) == CodeWrong(4)
    assert await desk.check("000042") == CodeRight()


async def test_once_a_newer_code_was_asked_for_the_older_is_wrong_and_its_letter_stays_here(desk: Desk) -> None:
    await desk.send()
    desk.now += MINUTE
    await desk.send("new@example.org")
    assert await desk.check("000042") == CodeWrong(4)
    assert await desk.check("000043") == CodeRight()
    assert [mail.to for mail in await desk.mails()] == ["new@example.org"]


async def test_a_code_that_was_given_up_counts_no_more_and_is_not_sent(desk: Desk) -> None:
    await desk.send()
    await desk.give_up()
    assert await desk.check("000042") == CodeNone()
    assert await desk.mails() == []


async def test_one_persons_code_confirms_nothing_for_another(desk: Desk) -> None:
    await desk.send(person=1)
    await desk.send("boris@example.org", person=2)
    assert await desk.check("000042", person=2) == CodeWrong(4)
    assert await desk.check("000043", person=2) == CodeRight()


@pytest.mark.parametrize("changed", [0, 1, 31, 63])
async def test_the_whole_fingerprint_is_compared(desk: Desk, changed: int) -> None:
    await desk.send()
    async with desk.database.unit(BOT) as unit:
        code = await unit.codes.open(desk.sessions[1], QUESTION)
        assert code is not None
        assert len(code.fingerprint) == 64
        other = "0" if code.fingerprint[changed] != "0" else "1"
        await unit.codes.sealed(code.id, code.fingerprint[:changed] + other + code.fingerprint[changed + 1 :])
    assert await desk.check("000042") == CodeWrong(4)


async def test_under_another_key_no_code_is_right(desk: Desk) -> None:
    await desk.send()
    desk.setup = replace(desk.setup, fingerprint=a_keyring(2).fingerprint)
    assert await desk.check("000042") == CodeWrong(4)


async def test_a_fingerprint_holds_for_one_purpose_and_one_row_only(desk: Desk) -> None:
    fingerprint = a_keyring().fingerprint
    assert (
        len({fingerprint("code", "1:000042"), fingerprint("code", "2:000042"), fingerprint("address", "x")}) == 3
    )
    await desk.send()
    async with desk.database.view(BOT) as view:
        code = await view.codes.open(desk.sessions[1], QUESTION)
    assert code is not None
    assert code.fingerprint == fingerprint("code", f"{code.id}:000042")


# Reading what was typed -----------------------------------------------------------------------------------------

SEPARATORS = st.text(st.sampled_from(" -–—‑.·\u00a0\n\t−"), max_size=2)
ZEROS = "0٠۰०０𝟘"
"""The zeros of several scripts; the other digits follow each."""


@given(
    st.lists(st.tuples(st.integers(0, 9), st.sampled_from(ZEROS), SEPARATORS), min_size=6, max_size=6),
    st.sampled_from(["", "Code: ", "ось 1) ", "мой код — "]),
    st.sampled_from(["", ".", " дякую!", " 😊", "\n"]),
)
def test_a_code_is_read_however_it_is_typed(digits: list[tuple[int, str, str]], before: str, after: str) -> None:
    typed = "".join(chr(ord(zero) + digit) + between for digit, zero, between in digits)
    assert typed_code(f"{before}{typed}{after}") == "".join(str(digit) for digit, _, _ in digits)


@given(st.integers(0, 12).filter(lambda length: length != 6))
def test_fewer_or_more_digits_are_no_code(length: int) -> None:
    assert typed_code("7" * length) is None


@pytest.mark.parametrize("typed", ["²²²²²²", "①②③④⑤⑥", "123456 or 654321", "123456 123456", "+380671234567"])
def test_what_is_not_one_code_is_not_guessed(typed: str) -> None:
    assert typed_code(typed) is None


@given(st.text(max_size=4096))
def test_anything_may_be_typed(typed: str) -> None:
    code = typed_code(typed)
    assert code is None or (len(code) == 6 and code.isascii() and code.isdecimal())


# What is said ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("anna.k@example.org", "a•••@example.org"),
        (" anna@пошта.укр ", "a•••@пошта.укр"),
        ("a@b.example", "a•••@b.example"),
        ('"odd@name"@b.example', '"•••@b.example'),
    ],
)
def test_an_address_is_shown_partly_hidden(address: str, shown: str) -> None:
    assert hidden(address) == shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_outcome_has_its_sentence_and_none_shows_the_address(language: str) -> None:
    said = [
        told_sent(language, CodeSent(NOON + 15 * MINUTE), ADDRESS, NOON),
        told_sent(language, CodeLater(NOON + MINUTE), ADDRESS, NOON),
        *(told_checked(language, check) for check in (CodeRight(), CodeWrong(3), CodeExpired(), CodeTooMany())),
        told_checked(language, CodeNone()),
    ]
    assert len(set(said)) == 7
    assert not any(ADDRESS in text for text in said)


@pytest.mark.parametrize(
    ("left", "said"),
    [(SECOND, "in 1 second"), (59 * SECOND, "in 59 seconds"), (61 * SECOND, "in 2 minutes"), (HOUR, "in 1 hour")],
)
def test_when_the_next_code_is_possible_is_never_said_too_soon(left: timedelta, said: str) -> None:
    assert said in told_sent("en", CodeLater(NOON + left), ADDRESS, NOON)


def test_tries_are_counted_as_people_do() -> None:
    assert "1 try is left" in told_checked("en", CodeWrong(1))
    assert "лишилося 4 спроби" in told_checked("uk", CodeWrong(4))
    assert "осталась 1 попытка" in told_checked("ru", CodeWrong(1))
