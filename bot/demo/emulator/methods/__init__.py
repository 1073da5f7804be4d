"""The methods of the Bot API that the emulator knows."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.demo.emulator.methods import albums, answering, editing, profile, sending, webhook
from bot.demo.emulator.parameters import Parameters
from bot.demo.emulator.world import World

Method = Callable[[World, Parameters], Any]

GET_UPDATES = "getUpdates"  # the only one that waits: the desk answers it itself

METHODS: Mapping[str, Method] = {
    **albums.METHODS,
    **answering.METHODS,
    **editing.METHODS,
    **profile.METHODS,
    **sending.METHODS,
    **webhook.METHODS,
}
_BY_SMALL_LETTERS = {name.lower(): name for name in (*METHODS, GET_UPDATES)}


def known_as(name: str) -> str | None:
    """Return the method's name as documented, whatever the case of its letters; None when unknown."""
    return _BY_SMALL_LETTERS.get(name.lower())
