"""Signatures: a receiver that checks them as the standard says is fooled by nothing."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import SystemRandom

import pytest

from bot.receivers.schedule import JITTER, PAUSES, pause_after
from bot.receivers.signing import new_id, new_secret, signed
from storage.receivers import NoticeKind
from tests.bot.receivers.listening import PAGE, Heard, is_genuine, the_pages_verify

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECRET = new_secret(SystemRandom())
BODY = '{"type":"lead.hot","data":{"name":"Анна"}}'.encode()
SPELLED_OUT = Heard(BODY, signed("msg_1", BODY, NOON, SECRET))


def test_what_we_sign_is_genuine_to_the_standards_own_way_of_checking() -> None:
    assert is_genuine(SPELLED_OUT, SECRET, NOON)
    assert set(SPELLED_OUT.headers) == {"webhook-id", "webhook-timestamp", "webhook-signature"}


def test_the_example_that_the_standards_libraries_are_tested_with_comes_out() -> None:
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    headers = signed("msg_p5jXN8AQM9LWM0D4loKWxJek", body, datetime.fromtimestamp(1614265330, UTC), secret)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    "tampered",
    [
        replace(SPELLED_OUT, body=BODY.replace(b"hot", b"won")),
        replace(SPELLED_OUT, headers={**SPELLED_OUT.headers, "webhook-id": "msg_2"}),
        replace(SPELLED_OUT, headers={**SPELLED_OUT.headers, "webhook-timestamp": str(int(NOON.timestamp()) + 1)}),
        Heard(BODY, signed("msg_1", BODY, NOON, new_secret(SystemRandom()))),
    ],
    ids=["the body", "the id", "the moment", "somebody else's secret"],
)
def test_whatever_is_tampered_with_is_noticed(tampered: Heard) -> None:
    assert not is_genuine(tampered, SECRET, NOON)


def test_a_notice_that_somebody_caught_and_sends_again_later_is_refused() -> None:
    assert not is_genuine(SPELLED_OUT, SECRET, NOON + timedelta(minutes=6))


def test_the_check_that_the_page_shows_says_the_same() -> None:
    verify, now = the_pages_verify(), NOON.timestamp
    assert verify(BODY, SPELLED_OUT.headers, SECRET, now)
    assert not verify(BODY + b" ", SPELLED_OUT.headers, SECRET, now)
    assert not verify(BODY, SPELLED_OUT.headers, new_secret(SystemRandom()), now)
    assert not verify(BODY, SPELLED_OUT.headers, SECRET, (NOON + timedelta(minutes=6)).timestamp)


def test_of_two_secrets_either_proves_the_same_notice_and_a_third_does_not() -> None:
    old, new, before = (new_secret(SystemRandom()) for _ in range(3))
    heard = Heard(BODY, signed("msg_1", BODY, NOON, new, old))
    assert re.fullmatch(r"v1,[A-Za-z0-9+/]{43}= v1,[A-Za-z0-9+/]{43}=", heard.headers["webhook-signature"])
    verify = the_pages_verify()
    for secret, counts in ((new, True), (old, True), (before, False)):
        assert is_genuine(heard, secret, NOON) is counts
        assert verify(BODY, heard.headers, secret, NOON.timestamp) is counts
    assert not verify(BODY + b" ", heard.headers, old, NOON.timestamp)


def test_the_page_lists_every_kind_there_is() -> None:
    assert re.findall(r"^\| `((?:lead|receiver)\.\w+)` \|", PAGE, re.MULTILINE) == list(NoticeKind)


def test_secrets_and_ids_are_as_the_standard_wants_them() -> None:
    assert len(base64.b64decode(SECRET.removeprefix("whsec_"))) == 32
    name = new_id(SystemRandom())
    assert re.fullmatch(r"msg_[A-Za-z0-9]{27}", name)
    assert name != new_id(SystemRandom())


def test_nine_more_tries_are_made_over_three_days_each_a_little_later_by_chance() -> None:
    for attempts, planned in enumerate(PAUSES, start=1):
        found = {pause_after(attempts, SystemRandom()) for _ in range(50)}
        assert len(found) > 1
        assert all(pause is not None and planned <= pause <= planned * (1 + JITTER) for pause in found)
    assert pause_after(len(PAUSES) + 1, SystemRandom()) is None
    assert sum(PAUSES, timedelta()) > timedelta(days=3)
