"""Structured logs to standard error: ids, words and numbers, never anything personal and never the token."""

from __future__ import annotations

import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterator, MutableMapping
from types import TracebackType
from typing import Any

import structlog

_TOKEN = re.compile(r"\d{5,}(?::|%3[Aa])[A-Za-z0-9_-]{20,}")
_EMAIL = re.compile(r"[^\s<>\"'(),:;=]+(?:@|%40)[^\s<>\"'(),:;=]+\.[^\s<>\"'(),:;=]+")
_PHONE = re.compile(r"(?<![\w.:/-])\+?\(?\d(?:[ ()\u00a0./-]{0,3}\d){8,16}(?![\w:])")
"""Nine digits or more, as people write them down; ids of people in a text are struck out with them."""
_NO_PHONE = re.compile(r"\d{4}-\d\d-\d\d(?:\D|$)|\d{1,3}(?:\.\d{1,3}){3}$")
"""Days, and addresses of machines."""
PERSONAL = frozenset({"first_name", "username", "phone", "email", "contact", "text", "body", "answer"})
"""Facts of these names are people's own words: they have no business in a log."""
STRUCK = "<struck out>"


def set_up_logs(*, verbose: bool = False) -> None:
    """Let all logs go one way: a line an event, libraries only when all is lost, secrets struck out."""
    set_up_own_logs(verbose=verbose)
    # Libraries put requests, and with them tokens and texts, into their logs and tracebacks.
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Discreet("%(name)s: %(message)s"))
    logging.basicConfig(level=logging.CRITICAL, handlers=[handler])
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread
    sys.unraisablehook = _unraisable


def set_up_own_logs(*, verbose: bool = False) -> None:
    """Let our own events go to standard error, a line each, secrets struck out; whatever others log is theirs."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,  # which bot it is about
            structlog.processors.add_log_level,
            _explain_errors,
            _strike_out_secrets,
            structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False),
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), sort_keys=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if verbose else logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def strike_out(text: str) -> str:
    """Strike out tokens and whatever looks like a phone or an e-mail."""
    text = _EMAIL.sub("<e-mail>", _TOKEN.sub("<token>", text))
    return _PHONE.sub(lambda found: found[0] if _NO_PHONE.match(found[0]) else "<phone>", text)


def traceback_of(error: BaseException) -> str:
    """Return a traceback with the kinds and places of errors but not their words, which may hold people's data."""
    return strike_out("".join(_lines(error, set())).rstrip())


def _lines(error: BaseException, told: set[int]) -> Iterator[str]:
    told.add(id(error))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None and id(before) not in told:
        yield from _lines(before, told)
        yield "which led to\n"
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"  {frame.filename}:{frame.lineno} in {frame.name}\n"
    yield f"{type(error).__name__}\n"
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _lines(each, told)


def _explain_errors(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace an error that comes with an event by a traceback that gives nothing away."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["exception"] = traceback_of(error)
    return event


def _strike_out_secrets(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name, value in event.items():
        if name in PERSONAL:
            event[name] = STRUCK
        elif value is not None and not isinstance(value, bool | int | float):
            event[name] = strike_out(value if isinstance(value, str) else str(value))
    return event


class _Discreet(logging.Formatter):
    """Writes what libraries say without secrets, and errors without their words."""

    def format(self, record: logging.LogRecord) -> str:
        """Format a record."""
        return strike_out(super().format(record))

    def formatException(  # noqa: N802 - named by logging
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        """Format an error."""
        return traceback_of(ei[1]) if ei[1] is not None else ""


def _say(what: str, error: BaseException | None) -> None:
    told = traceback_of(error) if error is not None else "no more is known"
    sys.stderr.write(f"{what}\n{told}\n")


def _uncaught(_: type[BaseException], error: BaseException, __: TracebackType | None) -> None:
    _say("an error ended the process", error)


def _uncaught_in_thread(found: threading.ExceptHookArgs) -> None:
    _say("an error ended a thread", found.exc_value)


def _unraisable(found: sys.UnraisableHookArgs) -> None:
    _say("an error that nobody could be told of", found.exc_value)
