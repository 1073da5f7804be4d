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
from bot.telegram.requests import Moved, Needless, NotSent, Refused, Result, Uneditable, Unknown, Unreachable, Wait

NEEDLESS = ("message is not modified", "query is too old")
UNEDITABLE = ("message to edit not found", "message can't be edited")
UNREACHABLE = ("chat not found", "not enough rights to send", "CHAT_WRITE_FORBIDDEN")
HAS_NO_TEXT = "there is no text in the message to edit"
STALE_FILE = (
    "wrong file identifier",
    "wrong remote file identifier",
    "wrong file_id",
    "invalid file_id",
    "can't use file of type",
    "file_reference_",
    "media_empty",
)
"""What Telegram says, in small letters, about a name of a file that it no longer takes."""


def result_of(error: AiogramError) -> Result:
    """Return what came of a request that ended with an error."""
    match error:
        case TelegramRetryAfter(retry_after=seconds):
            return Wait(float(seconds))
        case TelegramMigrateToChat(migrate_to_chat_id=chat_id):
            return Moved(chat_id)
        case TelegramForbiddenError(message=reason):
            return Unreachable(reason)
        case TelegramBadRequest(message=reason) if any(text in reason for text in NEEDLESS):
            return Needless(reason)
        case TelegramBadRequest(message=reason) if any(text in reason for text in UNEDITABLE):
            return Uneditable(reason)
        case TelegramBadRequest(message=reason) if any(text in reason for text in UNREACHABLE):
            return Unreachable(reason)
        case TelegramServerError():
            return Unknown("Telegram failed before it answered")
        case ClientDecodeError():
            return Unknown("an answer that is none of Telegram's")
        case TelegramUnauthorizedError():
            return NotSent("the token is refused")  # whoever asks for updates says so, and stops
        case TelegramNetworkError() if isinstance(error.__cause__, ClientConnectorError):
            return NotSent("no connection to Telegram")
        case TelegramNetworkError():
            return Unknown("no answer from Telegram")
        case _:
            return Refused(getattr(error, "message", None) or type(error).__name__)


def stale_file(error: TelegramBadRequest) -> bool:
    """Tell whether Telegram no longer takes its own name for a file: the bytes must be sent again."""
    reason = error.message.lower()
    return any(text in reason for text in STALE_FILE)


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
            return TelegramError("Telegram cannot be reached")
        case _:
            return TelegramError(f"Telegram answered with {type(error).__name__}")
