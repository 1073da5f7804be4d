"""What aiogram's exceptions mean: outcomes of requests, and errors without the address, which holds the token."""

from __future__ import annotations

from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiohttp import ClientConnectorError

from bot.telegram.port import AnotherPollerError, TelegramError, TokenRefusedError, TooFastError
from bot.telegram.refusals import FAILED, GIBBERISH, NO_ANSWER, NO_CONNECTION, TOKEN_REFUSED, UNREACHED, refused
from bot.telegram.requests import Moved, NotSent, Refused, Result, Unknown, Unreachable, Wait


def result_of(error: AiogramError) -> Result:
    """Return what came of a request that ended with an error."""
    match error:
        case TelegramRetryAfter(retry_after=seconds):
            return Wait(float(seconds))
        case TelegramMigrateToChat(migrate_to_chat_id=chat_id):
            return Moved(chat_id)
        case TelegramForbiddenError(message=reason):
            return Unreachable(reason)
        case TelegramBadRequest(message=reason):
            return refused(reason)
        case TelegramServerError():
            return Unknown(FAILED)
        case ClientDecodeError():
            return Unknown(GIBBERISH)
        case TelegramUnauthorizedError():
            return NotSent(TOKEN_REFUSED)  # whoever asks for updates says so, and stops
        case TelegramNetworkError() if isinstance(error.__cause__, ClientConnectorError):
            return NotSent(NO_CONNECTION)
        case TelegramNetworkError():
            return Unknown(NO_ANSWER)
        case _:
            return Refused(getattr(error, "message", None) or type(error).__name__)


def told(error: AiogramError) -> TelegramError:
    """Say what went wrong without the address: it holds the token."""
    match error:
        case TelegramUnauthorizedError() | TelegramNotFound():
            return TokenRefusedError()
        case TelegramConflictError():
            return AnotherPollerError()
        case TelegramRetryAfter(retry_after=seconds):
            return TooFastError(seconds)
        case TelegramNetworkError():
            return TelegramError(UNREACHED)
        case _:
            return TelegramError(f"Telegram answered with {type(error).__name__}")
