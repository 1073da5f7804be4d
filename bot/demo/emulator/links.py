"""Which addresses Telegram lets a bot show as links."""

import re

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE)
_OWN_SCHEME = re.compile(r"(tg|ton):", re.IGNORECASE)


def fault_of(link: str) -> str | None:
    """Return what Telegram holds against `link`, in its words; None when it is a good one."""
    if _OWN_SCHEME.match(link):
        return None
    scheme = _SCHEME.match(link)
    if scheme and scheme[1].lower() not in {"http", "https"}:
        return "Unsupported URL protocol"
    rest = link[scheme.end() :] if scheme else link
    host = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2]
    # A word without a dot is a name in somebody's own network; `javascript:alert(1)` ends here as well.
    if re.search(r"\s", host) or ("." not in host and not host.startswith("[")):
        return "Wrong HTTP URL"
    if not re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]()'\"<>]+)(:\d{1,5})?", host):
        return "Wrong HTTP URL"
    return None


def checked(link: str) -> str | None:
    """Return `link` with its scheme, or None when Telegram would not link it."""
    if fault_of(link) is not None:
        return None
    return link if _OWN_SCHEME.match(link) or _SCHEME.match(link) else f"http://{link}"
