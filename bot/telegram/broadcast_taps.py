"""The taps about broadcasts: what admins do with them, and what recipients do below them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class BroadcastAction(StrEnum):
    """What an admin can do with broadcasts."""

    NEW = "new"
    SHOW = "show"
    TEXT = "text"
    BUTTON = "button"
    BARE = "bare"
    WHOM = "whom"
    PICK = "pick"
    TEST = "test"
    HOURS = "hours"
    NOW = "now"
    AT = "at"
    SEND = "send"
    DISCARD = "discard"
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    CANCEL_NOW = "over"
    WHO = "who"


@dataclass(frozen=True)
class BroadcastTapped:
    """An admin's button; `choice` is a menu, what was chosen from it, or what the button was shown with."""

    action: BroadcastAction
    broadcast: int = 0
    choice: str = ""


@dataclass(frozen=True)
class NoNewsTapped:
    """«No more of these», below a broadcast."""

    broadcast: int


AboutBroadcast = BroadcastTapped | NoNewsTapped
