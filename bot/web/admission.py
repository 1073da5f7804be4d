"""Who may see how the bots are: not the public, and metrics only who shows the token, where there is one."""

from __future__ import annotations

from hmac import compare_digest
from urllib.parse import urlsplit

from bot.web.asking import Answer, Asked

FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
"""What proxies add: such a request came from elsewhere."""


class Admission:
    """Tells requests of our own people from those of the public."""

    def __init__(self, public_url: str | None, token: str | None) -> None:
        """`token` is what somebody has to show who wants to see metrics."""
        self._public = urlsplit(public_url or "").netloc.lower()
        self._token = token

    def lets_in(self, asked: Asked) -> bool:
        """Tell whether to let on at all that there is something to see."""
        return self._shows_token(asked) or not self._from_elsewhere(asked)

    def refusal(self, asked: Asked) -> Answer | None:
        """Return the answer to somebody who has to show the token and does not."""
        if self._token is None or self._shows_token(asked):
            return None
        return Answer(401, "HOTLEAD_METRICS_TOKEN is needed.\n", headers={"WWW-Authenticate": "Bearer"})

    def _from_elsewhere(self, asked: Asked) -> bool:
        """Tell whether it came through the public address: how the bots are, is not the public's to know."""
        host = asked.headers.get("host", "").lower()
        return bool(self._public and host == self._public) or any(name in asked.headers for name in FORWARDED)

    def _shows_token(self, asked: Asked) -> bool:
        if self._token is None:
            return False
        shown = asked.headers.get("authorization", "").encode("utf-8", "surrogateescape")
        return compare_digest(shown, f"Bearer {self._token}".encode())
