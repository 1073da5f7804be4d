"""Logs go to standard error, a line an event, and strike out tokens."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import structlog

from bot.logs import set_up_logs

TOKEN = "123456:AAH-secret_secret_secret_secret_sec"


@contextmanager
def logs() -> Iterator[None]:
    """Set up the logs for a while, on the standard error that the test watches."""
    handlers = logging.getLogger().handlers[:]
    logging.getLogger().handlers[:] = []
    set_up_logs()
    try:
        yield
    finally:
        structlog.reset_defaults()
        logging.getLogger().handlers[:] = handlers


@pytest.mark.parametrize("text", [TOKEN, f"https://api.telegram.org/bot{TOKEN}/getMe", f"({TOKEN})"])
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


def test_libraries_are_not_heard_as_they_log_requests(capsys: pytest.CaptureFixture[str]) -> None:
    with logs():
        logging.getLogger("aiogram.event").error("Failed to fetch updates from bot%s", TOKEN)
    assert capsys.readouterr().err == ""
