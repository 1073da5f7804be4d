"""Requests as python-telegram-bot makes them, with Telegram's own answers, and with logs that hold no secret.

PTB rewrites the words of a refusal, forgets its HTTP status, and logs answers that it cannot read.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any, Final

from telegram import Bot
from telegram.error import TelegramError
from telegram.request import BaseRequest, HTTPXRequest, RequestData

from bot.telegram.limits import ANSWER_WITHIN, MOVED_WITHIN
from bot.telegram.updates import ALLOWED_UPDATES

AT_ONCE = 32
"""How many requests may be under way, besides the one that waits for updates."""
CONNECTED_WITHIN = 10
"""Seconds in which Telegram's server must take a connection."""


class AnsweredError(TelegramError):
    """Telegram answered, and not with what was asked for."""

    def __init__(self, status: int, answer: Mapping[str, Any] | None) -> None:
        super().__init__(f"HTTP {status}")
        self.status: Final = status
        self.readable: Final = answer is not None
        answer = answer or {}
        parameters = answer.get("parameters") or {}
        self.description: Final = str(answer.get("description") or f"HTTP {status}")
        self.retry_after: Final[float | None] = parameters.get("retry_after")
        self.migrate_to_chat_id: Final[int | None] = parameters.get("migrate_to_chat_id")


class UnreadableError(TelegramError):
    """An answer that is none of Telegram's."""

    def __init__(self) -> None:
        super().__init__("an unreadable answer")


class Line(HTTPXRequest):
    """One pool of connections for everything; like aiogram, it heeds no proxy of the environment."""

    def __init__(self) -> None:
        super().__init__(
            connection_pool_size=AT_ONCE + 1,
            read_timeout=ANSWER_WITHIN,
            write_timeout=ANSWER_WITHIN,
            connect_timeout=CONNECTED_WITHIN,
            pool_timeout=ANSWER_WITHIN,
            media_write_timeout=MOVED_WITHIN,
            httpx_kwargs={"trust_env": False},
        )

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Carry out a request. Raises AnsweredError with Telegram's own words."""
        status, body = await super().do_request(
            url, method, request_data, read_timeout, write_timeout, connect_timeout, pool_timeout
        )
        if 200 <= status < 300:  # noqa: PLR2004 - HTTP's own
            return status, body
        raise AnsweredError(status, _object(body))

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Read an answer. Raises UnreadableError."""
        answer = _object(payload)
        if answer is None or "result" not in answer:
            raise UnreadableError
        return answer


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        answer = json.loads(body.decode("utf-8", "replace"))
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None


SILENT: Final = logging.Logger("a bot that keeps to itself")  # noqa: LOG001 - nobody is to find it, nor turn it up
SILENT.disabled = True


class RawBot(Bot):
    """PTB's bot that leaves every update as it came: one that cannot be read must not lose the others."""

    __slots__ = ()
    _LOGGER = SILENT
    """PTB's own writes the token, and what people say, when somebody wants to debug their own application."""

    async def raw_updates(self, offset: int | None, timeout: int) -> list[dict[str, Any]]:  # noqa: ASYNC109 - Telegram's
        """Wait up to `timeout` seconds for updates, and return Telegram's own JSON. Raises TelegramError."""
        asked = {"offset": offset, "limit": 100, "timeout": timeout, "allowed_updates": ALLOWED_UPDATES}
        updates = await self._post("getUpdates", asked, read_timeout=timeout + ANSWER_WITHIN)
        if not isinstance(updates, list):
            raise UnreadableError
        return updates


class Discretion(logging.Filter):
    """Strikes the token out of what httpx logs: the address of every request holds it."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self._secret = token.partition(":")[2] or token
        """without the number: in the address of a file the colon is written in another way"""
        self._logger = logging.getLogger("httpx")

    def begin(self) -> None:
        """Look at what httpx logs from now on."""
        self._logger.addFilter(self)

    def end(self) -> None:
        """Let it be."""
        self._logger.removeFilter(self)

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite a record that holds the secret."""
        said = record.getMessage()
        if self._secret in said:
            record.msg, record.args = said.replace(self._secret, "<token>"), None
        return True
