"""Reads UTM marks from what an admin typed or pasted."""

from __future__ import annotations

import re
from urllib.parse import unquote_plus

from storage.links import Utm

LONGEST_MARK = 100
_NAMES = ("source", "medium", "campaign", "content", "term")
_MARK = re.compile(rf"utm_({'|'.join(_NAMES)})=([^&#\s]*)", re.IGNORECASE)


def read_utm(text: str) -> Utm | None:
    """Read `utm_source=…&utm_medium=…`, also inside a pasted address; None when there are none to be used."""
    marks: dict[str, str] = {}
    for name, raw in _MARK.findall(text):
        value = unquote_plus(raw).strip()
        if len(value) > LONGEST_MARK or not value.isprintable():
            return None
        if value:
            marks.setdefault(name.lower(), value)
    return Utm(**marks) if marks else None
