"""Logs go to standard error, a line an event, and strike out tokens."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import structlog

from bot.logs import set_up_logs, strike_out
from tests.bot.hooks import error_hooks_as_before

TOKEN = "123456:AAH-secret_secret_secret_secret_sec"


@contextmanager
def logs(*, verbose: bool = False) -> Iterator[None]:
    """Set up the logs for a while, on the standard error that the test watches."""
    handlers = logging.getLogger().handlers[:]
    logging.getLogger().handlers[:] = []
    try:
        with error_hooks_as_before():
            set_up_logs(verbose=verbose)
            yield
    finally:
        structlog.reset_defaults()
        logging.getLogger().handlers[:] = handlers


@pytest.mark.parametrize(
    "text",
    [
        TOKEN,
        f"https://api.telegram.org/bot{TOKEN}/getMe",
        f"({TOKEN})",
        f"/file/bot{TOKEN.replace(':', '%3A')}/a.jpg",
    ],
)
def test_a_token_is_struck_out_wherever_it_stands(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with logs():
        structlog.get_logger().warning("failed", reason=text)
        structlog.get_logger().warning(f"failed {text}")
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("<token>") == 2
    assert "secret_secret" not in err


@pytest.mark.parametrize("value", [[TOKEN], {"url": TOKEN}, ValueError(TOKEN)], ids=["list", "dict", "error"])
def test_a_token_is_struck_out_inside_other_values(value: object, capsys: pytest.CaptureFixture[str]) -> None:
    with logs():
        structlog.get_logger().warning("failed", reason=value)
    assert "secret_secret" not in capsys.readouterr().err


def test_an_event_is_a_line_with_its_facts(capsys: pytest.CaptureFixture[str]) -> None:
    with logs():
        structlog.get_logger().info("scored", lead=7, band="hot")
        structlog.get_logger().debug("too small to tell")
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert "scored" in lines[0]
    assert "lead=7" in lines[0]


PHONES = ("+380671234567", "+38 (067) 123-45-67", "067 123 45 67", "(067) 123-45-67", "380671234567", "0671234567")
CANARIES = (TOKEN, "anna.kovalenko@pumps.example", "anna%40pumps.example", *PHONES)
DIGITS = ("1234567", "123-45-67", "123 45 67", "kovalenko", "pumps", "secret_secret")
"""What must not be left of them."""


@pytest.mark.parametrize("level", ["debug", "info", "warning", "error", "critical"])
@pytest.mark.parametrize("canary", CANARIES)
def test_what_looks_like_a_phone_or_an_email_is_struck_out_at_every_level(
    level: str, canary: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with logs(verbose=True):
        log = structlog.get_logger()
        getattr(log, level)(f"said {canary}", reason=canary, inside=[{"deep": (canary, canary.encode())}])
    told = capsys.readouterr().err
    assert "said <" in told
    assert not [left for left in DIGITS if left in told]


def _fail(words: str) -> None:
    nothing: dict[str, str] = {}
    try:
        nothing[words]
    except KeyError as error:
        raise ExceptionGroup(words, [ValueError(words)]) from error


@pytest.mark.parametrize("canary", [*CANARIES, "Anna Kovalenko, Soborna 5"])
def test_a_traceback_tells_where_an_error_came_from_and_none_of_its_words(
    canary: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with logs():
        try:
            _fail(canary)
        except ExceptionGroup as error:
            structlog.get_logger().exception("failed")
            logging.getLogger("library").critical("failed with %s", canary.partition(",")[2], exc_info=True)
            sys.excepthook(type(error), error, error.__traceback__)
    told = capsys.readouterr().err
    assert [told.count(f"\n{kind}") for kind in ("KeyError", "ValueError")] == [3, 3]
    assert "test_logs.py" in told
    assert not [left for left in (*DIGITS, "Anna") if left in told]


def test_an_error_that_ends_a_thread_gives_nothing_away(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise ValueError(PHONES[0])

    with logs():
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
    told = capsys.readouterr().err
    assert "ValueError" in told
    assert "1234567" not in told


def test_facts_with_the_names_of_personal_things_are_struck_out(capsys: pytest.CaptureFixture[str]) -> None:
    with logs():
        structlog.get_logger().info("met", first_name="Anna", text="I am Anna")
    assert "Anna" not in capsys.readouterr().err


@pytest.mark.parametrize(
    "harmless",
    [
        "2026-03-02T12:00:00",
        "2026-03-02 12:00",
        "192.168.100.100",
        "http://127.0.0.1:8080/x",
        "12 to 34",
        "v1.2.3",
    ],
)
def test_days_and_addresses_of_machines_stay(harmless: str) -> None:
    assert strike_out(f"at {harmless} it was") == f"at {harmless} it was"


def test_libraries_are_not_heard_as_they_log_requests(capsys: pytest.CaptureFixture[str]) -> None:
    with logs():
        logging.getLogger("aiogram.event").error("Failed to fetch updates from bot%s", TOKEN)
    assert capsys.readouterr().err == ""
