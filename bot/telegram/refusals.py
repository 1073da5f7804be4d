"""What Telegram's refusals mean, by their words: it tells them apart by nothing else."""

from __future__ import annotations

from bot.telegram.requests import Needless, Refused, Result, Uneditable, Unknown, Unreachable, Wait

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

# What we say ourselves, in the same words whichever framework met it.
FAILED = "Telegram failed before it answered"
GIBBERISH = "an answer that is none of Telegram's"
NO_ANSWER = "no answer from Telegram"
NO_CONNECTION = "no connection to Telegram"
TOKEN_REFUSED = "the token is refused"  # noqa: S105 - words
UNREACHED = "Telegram cannot be reached"
DOWNLOAD_BROKE = "the download broke off"
FILE_MISSING = Refused("the file is missing")
FILES_MISSING = Refused("the files are missing")
FILE_TOO_BIG = Refused("the file is too big to be fetched")
NOT_TELEGRAMS = Refused("an e-mail does not go through Telegram")


def refused(reason: str) -> Result:
    """Return what a bad request comes to."""
    if any(text in reason for text in NEEDLESS):
        return Needless(reason)
    if any(text in reason for text in UNEDITABLE):
        return Uneditable(reason)
    if any(text in reason for text in UNREACHABLE):
        return Unreachable(reason)
    return Refused(reason)


def is_stale_file(reason: str) -> bool:
    """Tell whether Telegram no longer takes its own name for a file: the bytes must be sent again."""
    return any(text in reason.lower() for text in STALE_FILE)


def not_downloaded(status: int) -> Result:
    """Return what a download comes to that HTTP refused."""
    match status:
        case 429:
            return Wait(1.0)
        case _ if status >= 500:  # noqa: PLR2004 - HTTP's own
            return Unknown(f"the download failed with HTTP {status}")
        case _:
            return Refused(f"the download was refused with HTTP {status}")
