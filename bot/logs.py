"""Structured logs to standard error: ids, words and numbers, never anything personal and never the token."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_TOKEN = re.compile(r"\d{5,}:[A-Za-z0-9_-]{20,}")


def set_up_logs(*, verbose: bool = False) -> None:
    """Let all logs go one way: a line an event, libraries only with warnings, tokens struck out."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False),
            _strike_tokens,
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), sort_keys=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if verbose else logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    # Libraries put requests, and with them tokens and texts, into their logs and tracebacks.
    logging.basicConfig(level=logging.CRITICAL, stream=sys.stderr, format="%(name)s: %(message)s")


def _strike_tokens(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name, value in event.items():
        if value is not None and not isinstance(value, int | float):
            event[name] = _TOKEN.sub("<token>", value if isinstance(value, str) else str(value))
    return event
