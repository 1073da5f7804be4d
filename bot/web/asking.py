"""What the web is asked and answers, as values: no framework knows more of us, and none is needed to test us."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Asked:
    """A request without a body; the names of its headers are in small letters."""

    method: str
    path: str
    """as it was sent, without what stands after a question mark"""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Answer:
    """What is answered; every answer says that nobody is to keep it."""

    status: int
    body: str = ""
    kind: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
