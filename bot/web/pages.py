"""The few pages that people see of us: a link that leads nowhere, and one that cannot be looked up now."""

from __future__ import annotations

import re
from string import Template

from bot.telegram.addresses import chat_address
from bot.texts import LANGUAGES, escaped, plain
from bot.web.asking import Answer, Asked

_PAGE = Template("""<!doctype html>
<html lang="$language"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex"><title>$title</title><style>
body{font:18px/1.5 system-ui,sans-serif;max-width:30em;margin:20vh auto 0;padding:0 1.5em;color:#1d2733}
h1{font-size:1.4em}a{color:#1a73b7}
@media(prefers-color-scheme:dark){body{color:#e6ebf0;background:#17212b}a{color:#6ab7f0}}
</style></head><body><h1>$title</h1><p>$text</p>$chat</body></html>
""")
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def gone(asked: Asked, username: str) -> Answer:
    """Answer that no link has this address: it was never one of ours, or its person was erased."""
    return _page(404, asked, "gone", username)


def later(asked: Asked, username: str) -> Answer:
    """Answer that the link cannot be looked up now."""
    return _page(503, asked, "later", username, {"Retry-After": "30"})


def language_of(header: str) -> str:
    """Return the catalogue language that a browser likes best, by its Accept-Language."""
    liked: list[tuple[float, str]] = []
    for part in header.lower().split(",")[:20]:
        found = re.fullmatch(r"\s*([a-z]{2,3})(?:-[a-z0-9-]+)?\s*(?:;\s*q=([01](?:\.[0-9]{1,3})?))?\s*", part)
        if found and found[1] in LANGUAGES and (weight := float(found[2] or 1)):
            liked.append((weight, found[1]))
    return max(liked, key=lambda each: each[0], default=(0.0, LANGUAGES[0]))[1]


def _page(status: int, asked: Asked, page: str, username: str, headers: dict[str, str] | None = None) -> Answer:
    language = language_of(asked.headers.get("accept-language", ""))
    chat = (
        f'<p><a href="{chat_address(username)}">{escaped(plain(language, "web.chat"))}</a></p>' if username else ""
    )
    body = _PAGE.substitute(
        language=language,
        title=escaped(plain(language, f"web.title.{page}")),
        text=escaped(plain(language, f"web.text.{page}")),
        chat=chat,
    )
    policy = {"Content-Security-Policy": _POLICY, "Content-Language": language, "Vary": "Accept-Language"}
    return Answer(status, body, "text/html; charset=utf-8", policy | (headers or {}))
