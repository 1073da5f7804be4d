"""What the web is asked and answers, as values: no framework knows more of us, and none is needed to test us."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from bot.web.errors import BodyTooLargeError


def body_of(content: bytes) -> Callable[[int], Awaitable[bytes]]:
    """Return what reads a body that is all there."""

    async def read(most: int) -> bytes:
        if len(content) > most:
            raise BodyTooLargeError
        return content

    return read


@dataclass(frozen=True)
class Asked:
    """A request; the names of its headers are in small letters."""

    method: str
    path: str
    """as it was sent, without what stands after a question mark"""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    read: Callable[[int], Awaitable[bytes]] = field(default=body_of(b""), repr=False)
    """reads the body, up to so many bytes; raises BodyTooLargeError before more is read, or BodyBrokenError"""


@dataclass(frozen=True)
class Answer:
    """What is answered; every answer says that nobody is to keep it."""

    status: int
    body: str = ""
    kind: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
