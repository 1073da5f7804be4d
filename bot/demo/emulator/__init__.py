"""An emulator of Telegram's Bot API: strict as the real one, and with people to talk to."""

from bot.demo.emulator.emulator import Emulator
from bot.demo.emulator.faults import (
    ConnectionDropAfter,
    Delay,
    Fault,
    ServerError,
    TimeoutAfter,
    TimeoutBefore,
    TooManyRequests,
)
from bot.demo.emulator.groups import Group
from bot.demo.emulator.ledger import Call
from bot.demo.emulator.limits import Limits
from bot.demo.emulator.markup import Button, KeyButton
from bot.demo.emulator.messages import Contact, Location, Media, Message
from bot.demo.emulator.people import Person
from bot.demo.emulator.refusals import Refusal
from bot.demo.emulator.spec import Violation
from bot.demo.emulator.taps import NoSuchButton, Tap
from bot.demo.emulator.world import Change

__all__ = [
    "Button",
    "Call",
    "Change",
    "ConnectionDropAfter",
    "Contact",
    "Delay",
    "Emulator",
    "Fault",
    "Group",
    "KeyButton",
    "Limits",
    "Location",
    "Media",
    "Message",
    "NoSuchButton",
    "Person",
    "Refusal",
    "ServerError",
    "Tap",
    "TimeoutAfter",
    "TimeoutBefore",
    "TooManyRequests",
    "Violation",
]
