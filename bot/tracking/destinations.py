"""Destinations of tracked links: an https:// address of a site, and nothing that a browser reads otherwise."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from bot.tracking.errors import UnsafeDestinationError

LONGEST = 2000
_ODD = re.compile(r"[\x00-\x20\x7f\\]")
"""Controls and blanks break a header; a backslash is a slash to browsers."""
_AS_IT_IS = "!#$%&'()*+,/:;=?@[]~"


def destination(url: str) -> str:
    """Return an address as it can stand in a header. Raises UnsafeDestinationError."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        if not host.isascii():
            host = host.encode("idna").decode()
            parts = parts._replace(netloc=host if port is None else f"{host}:{port}")
    except ValueError:
        raise UnsafeDestinationError from None
    if parts.scheme != "https" or not host or "@" in parts.netloc or _ODD.search(url) or len(url) > LONGEST:
        raise UnsafeDestinationError
    return quote(parts.geturl(), safe=_AS_IT_IS)
