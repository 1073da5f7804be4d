"""What PTB's exceptions mean: outcomes of requests, and errors without the address, which holds the token."""

from __future__ import annotations

import httpx
from telegram.error import NetworkError
from telegram.error import TelegramError as PtbError

from bot.telegram.port import AnotherPollerError, TelegramError, TokenRefusedError, TooFastError
from bot.telegram.refusals import FAILED, GIBBERISH, NO_ANSWER, NO_CONNECTION, TOKEN_REFUSED, UNREACHED, refused
from bot.telegram.requests import Moved, NotSent, Refused, Result, Unknown, Unreachable, Wait
from bot.telegram.with_ptb.line import AnsweredError, UnreadableError

NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""Errors before the first byte was sent."""
MISREAD = (AttributeError, KeyError, TypeError, ValueError)
"""What PTB raises when an answer is not of the shape it expects: it looks at none beforehand."""


def result_of(error: PtbError) -> Result:
    """Return what came of a request that ended with an error."""
    match error:
        case AnsweredError(retry_after=seconds) if seconds is not None:
            return Wait(float(seconds))
        case AnsweredError(migrate_to_chat_id=chat_id) if chat_id is not None:
            return Moved(chat_id)
        case AnsweredError(readable=False) | UnreadableError():
            return Unknown(GIBBERISH)
        case AnsweredError(status=400, description=reason):
            return refused(reason)
        case AnsweredError(status=401):
            return NotSent(TOKEN_REFUSED)  # whoever asks for updates says so, and stops
        case AnsweredError(status=403, description=reason):
            return Unreachable(reason)
        case AnsweredError(status=status) if status >= 500:  # noqa: PLR2004 - HTTP's own
            return Unknown(FAILED)
        case AnsweredError(description=reason):
            return Refused(reason)
        case NetworkError() if isinstance(error.__cause__, NEVER_LEFT):
            return NotSent(NO_CONNECTION)
        case NetworkError():
            return Unknown(NO_ANSWER)
        case _:
            return Refused(type(error).__name__)


def told(error: PtbError) -> TelegramError:
    """Say what went wrong without the address: it holds the token."""
    match error:
        case AnsweredError(status=401 | 404, readable=True):
            return TokenRefusedError()
        case AnsweredError(status=409, readable=True):
            return AnotherPollerError()
        case AnsweredError(retry_after=seconds) if seconds is not None:
            return TooFastError(seconds)
        case AnsweredError(readable=False) | UnreadableError():
            return TelegramError(f"Telegram answered with {GIBBERISH}")
        case AnsweredError(status=status):
            return TelegramError(f"Telegram answered with HTTP {status}")
        case NetworkError():
            return TelegramError(UNREACHED)
        case _:
            return TelegramError(f"Telegram answered with {type(error).__name__}")
