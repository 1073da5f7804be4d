"""Lines to Telegram in scenarios: on whichever framework is chosen, some of which read in a way of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from bot.telegram import frameworks
from bot.telegram.port import Messenger
from bot.telegram.updates import Incoming
from tests.scenarios.combination import CHOICE

Read = Callable[[str], Incoming | None]
Reading = Callable[[Read, str], Incoming | None]
"""A way to read an update's JSON; it is given the usual one."""


def plainly(read: Read, body: str) -> Incoming | None:
    """Read as the product does."""
    return read(body)


class _Line:
    """A line that reads in its own way, and does all else as the one it stands for."""

    def __init__(self, line: Messenger, reading: Reading) -> None:
        self._line = line
        self._reading = reading

    def read(self, body: str) -> Incoming | None:
        return self._reading(self._line.read, body)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._line, name)


def line_to(server: str, token: str, reading: Reading = plainly) -> Messenger:
    """Return a line on the framework that the scenarios run on."""
    line = frameworks.messenger(CHOICE.present.framework, token, server)
    return line if reading is plainly else cast("Messenger", _Line(line, reading))


async def close(line: Messenger) -> None:
    """Close a line at once: aiogram sleeps a quarter of a second for TLS, which is not spoken here."""
    session = getattr(getattr(line, "_bot", None), "session", None)
    connections = getattr(session, "_session", None)
    if connections is not None:
        await connections.close()
    await line.close()
