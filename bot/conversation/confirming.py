"""Confirming an e-mail address: a code is sent to it, and typed back into the chat."""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import assert_never

from bot.telegram.requests import SendMail
from bot.texts import Html, count, duration, plain, say
from bot.work import Work
from dialogs.session import CodeCheck as Check
from storage.messages import Kind
from storage.records import Prospect

DIGITS = 6
VALID_FOR = timedelta(minutes=15)
TRIES = 5
"""Wrong tries that a code bears. Five of a million numbers, five codes an hour: guessing takes years."""
LIMITS_OF_PROSPECT = ((1, timedelta(minutes=1)), (5, timedelta(hours=1)))
LIMITS_OF_ADDRESS = ((5, timedelta(days=1)),)
"""So many codes in so much time; an address may be a stranger's, who must not be flooded."""

_BETWEEN = r"[\s.·‐-―−-]*"
_DIGITS_APART = re.compile(rf"\d(?:{_BETWEEN}\d)*")


@dataclass(frozen=True)
class CodeSent:
    """A code is on its way; it counts until then."""

    expires_at: datetime


@dataclass(frozen=True)
class CodeLater:
    """Too many codes were asked for; the next one is possible then."""

    at: datetime


CodeOutcome = CodeSent | CodeLater


@dataclass(frozen=True)
class CodeRight:
    """The code was typed back: whoever did it reads that address."""


@dataclass(frozen=True)
class CodeWrong:
    """That is not the code. What holds no six digits is wrong too, but spends no try."""

    tries_left: int


@dataclass(frozen=True)
class CodeExpired:
    """Its time is over; a new one is needed."""


@dataclass(frozen=True)
class CodeTooMany:
    """It was tried too often; a new one is needed."""


@dataclass(frozen=True)
class CodeNone:
    """No code waits to be typed back."""


CodeCheck = CodeRight | CodeWrong | CodeExpired | CodeTooMany | CodeNone


async def send_code(
    work: Work, prospect: Prospect, session_id: int, question: str, address: str, language: str
) -> CodeOutcome:
    """Send a code to an address, unless too many were asked for; an earlier one of the question counts no more."""
    unit, now, setup = work.unit, work.now, work.setup
    recipient = setup.fingerprint("address", address.strip().casefold())
    later = await _possible_at(work, prospect.id, recipient)
    if later > now:
        return CodeLater(later)
    expires_at = now + VALID_FOR
    number = await unit.codes.add(prospect.id, session_id, question, recipient, now, expires_at)
    code = f"{setup.draw(10**DIGITS):0{DIGITS}}"
    await unit.codes.sealed(number, _fingerprint(work, number, code))
    # A letter whose code counts no more would only be typed in vain.
    await unit.outbox.drop_mail(prospect.telegram_id, now)
    company = await _company(work, session_id)
    text = plain(language, "code.mail.text", code=code, company=company, time=duration(language, VALID_FOR))
    letter = SendMail(
        chat_id=prospect.telegram_id,
        to=address,
        subject=plain(language, "code.mail.subject", company=company),
        text=text,
        sender=company,
        until=expires_at,
        undelivered=say(language, "code.undelivered", address=hidden(address)),
    )
    await work.send(letter, Kind.MAIL)
    await work.note("code_sent", prospect.id, question=question)
    return CodeSent(expires_at)


async def check_code(work: Work, session_id: int, question: str, typed: str) -> CodeCheck:
    """Compare what was typed with the code of a question; the right one counts once."""
    codes = work.unit.codes
    waiting = await codes.open(session_id, question)
    if waiting is None:
        return CodeNone()
    if waiting.expires_at <= work.now:
        return CodeExpired()
    if waiting.tries >= TRIES:
        return CodeTooMany()
    code = typed_code(typed)
    if code is None:
        return CodeWrong(TRIES - waiting.tries)
    # In constant time: how long the answer takes must not tell how much of it is right.
    if hmac.compare_digest(_fingerprint(work, waiting.id, code).encode(), waiting.fingerprint.encode()):
        await codes.settle(session_id, question, work.now)
        return CodeRight()
    await codes.tried(waiting.id)
    left = TRIES - waiting.tries - 1
    return CodeWrong(left) if left else CodeTooMany()


async def give_up_code(work: Work, prospect: Prospect, session_id: int, question: str) -> None:
    """Let the code of a question count no more: it was skipped, or another address is to come."""
    await work.unit.codes.settle(session_id, question, work.now)
    await work.unit.outbox.drop_mail(prospect.telegram_id, work.now)


def told_sent(language: str, outcome: CodeOutcome, address: str, now: datetime) -> Html:
    """Say what came of asking for a code."""
    match outcome:
        case CodeSent(expires_at=expires_at):
            return say(language, "code.sent", address=hidden(address), time=duration(language, expires_at - now))
        case CodeLater(at=at):
            return say(language, "code.wait", time=duration(language, _rounded_up(at - now)))
        case _:
            assert_never(outcome)


def told_checked(language: str, check: CodeCheck) -> Html:
    """Say what came of typing a code."""
    match check:
        case CodeRight():
            return say(language, "code.confirmed")
        case CodeWrong(tries_left=left):
            return say(language, "code.wrong", left=count(language, "code.tries", left))
        case CodeExpired():
            return say(language, "code.expired")
        case CodeTooMany():
            return say(language, "code.too_many")
        case CodeNone():
            return say(language, "code.none")
        case _:
            assert_never(check)


def code_check(check: CodeCheck) -> Check:
    """Return the engine's word for what came of a code."""
    match check:
        case CodeRight():
            return Check.RIGHT
        case CodeWrong():
            return Check.WRONG
        case CodeExpired():
            return Check.EXPIRED
        case CodeTooMany():
            return Check.TOO_MANY
        case CodeNone():
            return Check.NONE
        case _:
            assert_never(check)


def typed_code(text: str) -> str | None:
    """Read a code out of typed words: «123 456», «123-456», «the code is 123456», in anybody's digits."""
    ascii_digits = "".join(str(unicodedata.decimal(sign, sign)) for sign in text)
    found = [re.sub(r"\D", "", digits) for digits in _DIGITS_APART.findall(ascii_digits)]
    codes = [digits for digits in found if len(digits) == DIGITS]
    return codes[0] if len(codes) == 1 else None


def hidden(address: str) -> str:
    """Show an address so that its owner knows it and nobody else learns it: «a•••@gmail.com»."""
    local, _, domain = address.strip().rpartition("@")
    return f"{local[:1]}•••@{domain}"


async def _possible_at(work: Work, prospect_id: int, recipient: str) -> datetime:
    """Return when the next code is possible: the latest moment that any limit names."""
    codes, moments = work.unit.codes, [work.now]
    for most, span in LIMITS_OF_PROSPECT:
        moments.append(_free_at(await codes.sent_to_prospect(prospect_id, work.now - span), most, span))
    for most, span in LIMITS_OF_ADDRESS:
        moments.append(_free_at(await codes.sent_to_address(recipient, work.now - span), most, span))
    return max(moments)


def _free_at(sent: Sequence[datetime], most: int, span: timedelta) -> datetime:
    """Return when a limit allows the next one, given when the ones within its span were sent."""
    return sent[-most] + span if len(sent) >= most else _ALWAYS


_ALWAYS = datetime.min.replace(tzinfo=UTC)


def _rounded_up(length: timedelta) -> timedelta:
    """Return a length of time that is not over too soon when it is said in whole minutes."""
    minute = timedelta(minutes=1)
    return length if length <= minute else -(-length // minute) * minute


def _fingerprint(work: Work, number: int, code: str) -> str:
    return work.setup.fingerprint("code", f"{number}:{code}")


async def _company(work: Work, session_id: int) -> str:
    """Return the company that a session's quiz speaks for."""
    stored = await work.unit.sessions.by_id(session_id)
    if stored is None:
        raise LookupError(f"there is no session {session_id}")
    return (await work.quiz(stored.session.quiz, stored.session.revision)).controller.name
